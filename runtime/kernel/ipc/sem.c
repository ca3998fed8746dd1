/*
 * Semaphores: sets of numbers, on which a list of operations is done as a whole or not at all. Who has to wait is in
 * the set's queue; every change lets those go on whose operations can be done now.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/ipc.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

#define SEM_UNDO	0x1000
#define GETPID		11
#define GETVAL		12
#define GETALL		13
#define GETNCNT		14
#define GETZCNT		15
#define SETVAL		16
#define SETALL		17
#define SEMMSL		250
#define SEMOPM		32
#define SEMVMX		32767
#define SEMOP_COST	80	/* ns an operation */

struct sembuf {
	unsigned short sem_num;
	short sem_op;
	short sem_flg;
};

struct sem {
	int semval;
	int sempid;
};

struct sem_array {
	struct kern_ipc_perm sem_perm;
	time_t sem_otime, sem_ctime;
	struct list_head sem_pending;
	struct list_head list_undo;
	unsigned long sem_nsems;
	struct sem sem_base[];
};

struct semid64_ds {
	struct ipc64_perm sem_perm;
	time_t sem_otime;
	time_t sem_ctime;
	unsigned long sem_nsems;
};

/* Somebody who waits, on his own stack. */
struct sem_queue {
	struct list_head list;
	struct task_struct *sleeper;
	int status;			/* 1 while it waits; then 0 or an error */
	struct sembuf *sops;
	int nsops;
};

/* What a process's exit takes back of a set. */
struct sem_undo {
	struct list_head list_proc;	/* the task's */
	struct list_head list_id;	/* the set's */
	struct sem_array *sma;
	short semadj[];
};

static struct ipc_ids sem_ids;

static struct kern_ipc_perm *newary(key_t key, int semflg, size_t nsems)
{
	struct sem_array *sma;

	if (!nsems)
		return ERR_PTR(-EINVAL);
	sma = kzalloc(sizeof(*sma) + nsems * sizeof(struct sem), GFP_KERNEL);
	if (!sma)
		return ERR_PTR(-ENOMEM);
	ipc_init_perm(&sma->sem_perm, key, semflg);
	INIT_LIST_HEAD(&sma->sem_pending);
	INIT_LIST_HEAD(&sma->list_undo);
	sma->sem_nsems = nsems;
	sma->sem_ctime = get_seconds();
	return &sma->sem_perm;
}

static int sem_more_checks(struct kern_ipc_perm *ipcp, size_t nsems)
{
	return nsems > container_of(ipcp, struct sem_array, sem_perm)->sem_nsems ? -EINVAL : 0;
}

asmlinkage long sys_semget(key_t key, int nsems, int semflg)
{
	static const struct ipc_ops sem_ops = { newary, sem_more_checks };

	if (nsems < 0 || nsems > SEMMSL)
		return -EINVAL;
	return ipcget(&sem_ids, &sem_ops, key, semflg, nsems);
}

static struct sem_array *sem_check(int semid)
{
	struct kern_ipc_perm *ipcp = ipc_check(&sem_ids, semid);

	return IS_ERR(ipcp) ? ERR_CAST(ipcp) : container_of(ipcp, struct sem_array, sem_perm);
}

/* Does all operations if that can be. 0; 1 if it has to wait; -EAGAIN, -ERANGE. */
static int try_atomic_semop(struct sem_array *sma, struct sembuf *sops, int nsops, struct sem_undo *un)
{
	int done, result = 0;

	for (done = 0; done < nsops; done++) {
		struct sem *curr = sma->sem_base + sops[done].sem_num;
		int op = sops[done].sem_op;

		spend(SEMOP_COST);
		if ((!op && curr->semval) || curr->semval + op < 0)
			result = sops[done].sem_flg & IPC_NOWAIT ? -EAGAIN : 1;
		else if (curr->semval + op > SEMVMX)
			result = -ERANGE;
		if (result)
			break;
		curr->semval += op;
	}
	if (result) {
		while (done--)
			sma->sem_base[sops[done].sem_num].semval -= sops[done].sem_op;
		return result;
	}
	for (done = 0; done < nsops; done++) {
		sma->sem_base[sops[done].sem_num].sempid = task_tgid_vnr(current);
		if (un && (sops[done].sem_flg & SEM_UNDO))
			un->semadj[sops[done].sem_num] -= sops[done].sem_op;
	}
	sma->sem_otime = get_seconds();
	return 0;
}

static struct sem_undo *find_undo(struct task_struct *tsk, struct sem_array *sma)
{
	struct sem_undo *un;

	list_for_each_entry(un, &tsk->sysvsem_undo, list_proc)
		if (un->sma == sma)
			return un;
	return NULL;
}

/* Lets those go on who can, from the front, until nobody can. */
static void update_queue(struct sem_array *sma)
{
	struct sem_queue *q;
	int error;

again:
	list_for_each_entry(q, &sma->sem_pending, list) {
		error = try_atomic_semop(sma, q->sops, q->nsops, find_undo(q->sleeper, sma));
		if (error > 0)
			continue;
		list_del_init(&q->list);
		q->status = error;
		wake_up_process(q->sleeper);
		goto again;
	}
}

/* The task's record of what to take back from this set. */
static struct sem_undo *get_undo(struct sem_array *sma)
{
	struct sem_undo *un = find_undo(current, sma);

	if (un)
		return un;
	un = kzalloc(sizeof(*un) + sma->sem_nsems * sizeof(short), GFP_KERNEL);
	if (!un)
		return NULL;
	un->sma = sma;
	list_add(&un->list_proc, &current->sysvsem_undo);
	list_add(&un->list_id, &sma->list_undo);
	return un;
}

static void free_undo(struct sem_undo *un)
{
	list_del(&un->list_proc);
	list_del(&un->list_id);
	kfree(un);
}

/* A task ends: what it did with SEM_UNDO is taken back. */
void exit_sem(struct task_struct *tsk)
{
	while (!list_empty(&tsk->sysvsem_undo)) {
		struct sem_undo *un = list_first_entry(&tsk->sysvsem_undo, struct sem_undo, list_proc);
		struct sem_array *sma = un->sma;
		unsigned long i;

		for (i = 0; i < sma->sem_nsems; i++) {
			struct sem *sem = sma->sem_base + i;

			if (un->semadj[i]) {
				sem->semval = min(max(sem->semval + un->semadj[i], 0), SEMVMX);
				sem->sempid = task_tgid_vnr(tsk);
			}
		}
		free_undo(un);
		update_queue(sma);
	}
}

/* Sleeps until somebody else's change lets the operations be done. The set may be gone then. */
static long wait_for_semaphores(struct sem_array *sma, struct sembuf *sops, int nsops, ktime_t *end)
{
	struct sem_queue queue = { .sleeper = current, .status = 1, .sops = sops, .nsops = nsops };
	int timed_out = 0;

	list_add_tail(&queue.list, &sma->sem_pending);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (queue.status != 1 || timed_out || signal_pending(current))
			break;
		timed_out = schedule_hrtimeout(end, HRTIMER_MODE_ABS) == 0;
	}
	__set_current_state(TASK_RUNNING);
	if (queue.status != 1)
		return queue.status;
	list_del(&queue.list);
	return timed_out ? -EAGAIN : -EINTR;
}

static int check_sops(struct sem_array *sma, struct sembuf *sops, int nsops, int *undos)
{
	int i, alter = 0;

	*undos = 0;
	for (i = 0; i < nsops; i++) {
		if (sops[i].sem_num >= sma->sem_nsems)
			return -EFBIG;
		*undos |= sops[i].sem_flg & SEM_UNDO;
		alter |= sops[i].sem_op;
	}
	return ipcperms(&sma->sem_perm, alter ? 0222 : 0444) ? -EACCES : 0;
}

asmlinkage long sys_semtimedop(int semid, struct sembuf __user *tsops, unsigned nsops,
			       const struct timespec __user *timeout)
{
	struct sembuf sops[SEMOPM];
	struct sem_undo *un = NULL;
	struct sem_array *sma;
	struct timespec ts;
	int error, undos;
	ktime_t end;

	if (nsops < 1 || semid < 0)
		return -EINVAL;
	if (nsops > SEMOPM)
		return -E2BIG;
	if (copy_from_user(sops, tsops, nsops * sizeof(*tsops)))
		return -EFAULT;
	if (timeout) {
		if (copy_from_user(&ts, timeout, sizeof(ts)))
			return -EFAULT;
		if (!timespec_valid(&ts))
			return -EINVAL;
		end = ktime_add(ktime_get(), timespec_to_ktime(ts));
	}
	sma = sem_check(semid);
	if (IS_ERR(sma))
		return PTR_ERR(sma);
	error = check_sops(sma, sops, nsops, &undos);
	if (error)
		return error;
	if (undos) {
		un = get_undo(sma);
		if (!un)
			return -ENOMEM;
	}
	error = try_atomic_semop(sma, sops, nsops, un);
	if (!error)
		update_queue(sma);
	return error <= 0 ? error : wait_for_semaphores(sma, sops, nsops, timeout ? &end : NULL);
}

asmlinkage long sys_semop(int semid, struct sembuf __user *tsops, unsigned nsops)
{
	return sys_semtimedop(semid, tsops, nsops, NULL);
}

/* The set goes: who waits is told. */
static void freeary(struct sem_array *sma)
{
	while (!list_empty(&sma->list_undo))
		free_undo(list_first_entry(&sma->list_undo, struct sem_undo, list_id));
	while (!list_empty(&sma->sem_pending)) {
		struct sem_queue *q = list_first_entry(&sma->sem_pending, struct sem_queue, list);

		list_del_init(&q->list);
		q->status = -EIDRM;
		wake_up_process(q->sleeper);
	}
	ipc_rmid(&sem_ids, &sma->sem_perm);
	kfree(sma);
}

/* How many wait for a semaphore: to become 0, or to grow. */
static int count_waiters(struct sem_array *sma, unsigned short semnum, int zero)
{
	struct sem_queue *q;
	int i, count = 0;

	list_for_each_entry(q, &sma->sem_pending, list)
		for (i = 0; i < q->nsops; i++)
			if (q->sops[i].sem_num == semnum && (zero ? !q->sops[i].sem_op : q->sops[i].sem_op < 0))
				count++;
	return count;
}

static long sem_stat(struct sem_array *sma, void __user *buf)
{
	struct semid64_ds ds;

	memset(&ds, 0, sizeof(ds));
	kernel_to_ipc64_perm(&sma->sem_perm, &ds.sem_perm);
	ds.sem_otime = sma->sem_otime;
	ds.sem_ctime = sma->sem_ctime;
	ds.sem_nsems = sma->sem_nsems;
	return copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : 0;
}

static long sem_all(struct sem_array *sma, int cmd, unsigned short __user *array)
{
	unsigned short value;
	unsigned long i;

	for (i = 0; i < sma->sem_nsems; i++) {
		if (cmd == GETALL) {
			if (put_user((unsigned short)sma->sem_base[i].semval, array + i))
				return -EFAULT;
			continue;
		}
		if (get_user(value, array + i))
			return -EFAULT;
		if (value > SEMVMX)
			return -ERANGE;
		sma->sem_base[i].semval = value;
	}
	if (cmd == SETALL)
		update_queue(sma);
	return 0;
}

/* Of one semaphore; arg is the new value for SETVAL. */
static long sem_one(struct sem_array *sma, struct sem *sem, int cmd, int val)
{
	switch (cmd) {
	case GETVAL:
		return sem->semval;
	case GETPID:
		return sem->sempid;
	case GETNCNT:
		return count_waiters(sma, sem - sma->sem_base, 0);
	case GETZCNT:
		return count_waiters(sma, sem - sma->sem_base, 1);
	case SETVAL:
		if (val < 0 || val > SEMVMX)
			return -ERANGE;
		sem->semval = val;
		sem->sempid = task_tgid_vnr(current);
		sma->sem_ctime = get_seconds();
		update_queue(sma);
		return 0;
	}
	return -EINVAL;
}

asmlinkage long sys_semctl(int semid, int semnum, int cmd, unsigned long arg)
{
	struct sem_array *sma = sem_check(semid);

	if (IS_ERR(sma))
		return PTR_ERR(sma);
	cmd &= ~IPC_64;
	if (cmd == IPC_RMID) {
		if (!ipc_may_change(&sma->sem_perm))
			return -EPERM;
		freeary(sma);
		return 0;
	}
	if (ipcperms(&sma->sem_perm, cmd == SETVAL || cmd == SETALL ? 0222 : 0444))
		return -EACCES;
	if (cmd == IPC_STAT)
		return sem_stat(sma, (void __user *)arg);
	if (cmd == GETALL || cmd == SETALL)
		return sem_all(sma, cmd, (unsigned short __user *)arg);
	if (semnum < 0 || semnum >= sma->sem_nsems)
		return -EINVAL;
	return sem_one(sma, sma->sem_base + semnum, cmd, arg);
}
