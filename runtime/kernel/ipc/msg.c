/* Message queues: messages have a type, by which they can be taken out of turn. */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ipc.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

#define MSGMAX		8192
#define MSGMNB		16384
#define MSG_NOERROR	010000
#define MSG_EXCEPT	020000
#define MSG_COST	200	/* ns */

struct msg_msg {
	struct list_head m_list;
	long m_type;
	size_t m_ts;
	char text[];
};

struct msg_queue {
	struct kern_ipc_perm q_perm;
	time_t q_stime, q_rtime, q_ctime;
	unsigned long q_cbytes, q_qnum, q_qbytes;
	pid_t q_lspid, q_lrpid;
	int q_users;			/* calls that wait */
	struct list_head q_messages;
	wait_queue_head_t q_wait;
};

struct msqid64_ds {
	struct ipc64_perm msg_perm;
	time_t msg_stime;
	time_t msg_rtime;
	time_t msg_ctime;
	unsigned long msg_cbytes;
	unsigned long msg_qnum;
	unsigned long msg_qbytes;
	pid_t msg_lspid;
	pid_t msg_lrpid;
};

static struct ipc_ids msg_ids;

static struct kern_ipc_perm *newque(key_t key, int msgflg, size_t size)
{
	struct msg_queue *msq = kzalloc(sizeof(*msq), GFP_KERNEL);

	if (!msq)
		return ERR_PTR(-ENOMEM);
	ipc_init_perm(&msq->q_perm, key, msgflg);
	msq->q_ctime = get_seconds();
	msq->q_qbytes = MSGMNB;
	INIT_LIST_HEAD(&msq->q_messages);
	init_waitqueue_head(&msq->q_wait);
	return &msq->q_perm;
}

static int msg_more_checks(struct kern_ipc_perm *perm, size_t size)
{
	return 0;
}

asmlinkage long sys_msgget(key_t key, int msgflg)
{
	static const struct ipc_ops msg_ops = { newque, msg_more_checks };

	return ipcget(&msg_ids, &msg_ops, key, msgflg, 0);
}

static struct msg_queue *msq_check(int msqid, short flg)
{
	struct kern_ipc_perm *ipcp = ipc_check(&msg_ids, msqid);

	if (IS_ERR(ipcp))
		return ERR_CAST(ipcp);
	if (flg && ipcperms(ipcp, flg))
		return ERR_PTR(-EACCES);
	return container_of(ipcp, struct msg_queue, q_perm);
}

/* Sleeps until the queue has changed; -EIDRM when it has gone, -ERESTARTNOHAND for a signal. */
static int msg_wait(struct msg_queue *msq)
{
	DEFINE_WAIT(wait);
	int error = 0;

	msq->q_users++;
	prepare_to_wait(&msq->q_wait, &wait, TASK_INTERRUPTIBLE);
	if (!signal_pending(current))
		schedule();
	finish_wait(&msq->q_wait, &wait);
	if (msq->q_perm.deleted)
		error = -EIDRM;
	else if (signal_pending(current))
		error = -ERESTARTNOHAND;
	if (!--msq->q_users && msq->q_perm.deleted)
		kfree(msq);
	return error;
}

static struct msg_msg *load_msg(const void __user *src, size_t len, long type)
{
	struct msg_msg *msg = kmalloc(sizeof(*msg) + len, GFP_KERNEL);

	if (!msg)
		return ERR_PTR(-ENOMEM);
	msg->m_type = type;
	msg->m_ts = len;
	if (copy_from_user(msg->text, src, len)) {
		kfree(msg);
		return ERR_PTR(-EFAULT);
	}
	spend(MSG_COST + len / 8);
	return msg;
}

/* msgp points to a long, the type, and the text behind it. */
asmlinkage long sys_msgsnd(int msqid, const void __user *msgp, size_t msgsz, int msgflg)
{
	struct msg_queue *msq;
	struct msg_msg *msg;
	long mtype;
	int err;

	if (get_user(mtype, (const long __user *)msgp))
		return -EFAULT;
	if (msgsz > MSGMAX || mtype < 1)
		return -EINVAL;
	msg = load_msg((const char __user *)msgp + sizeof(long), msgsz, mtype);
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	for (;;) {
		msq = msq_check(msqid, 0222);
		err = IS_ERR(msq) ? PTR_ERR(msq) : 0;
		if (err || msgsz + msq->q_cbytes <= msq->q_qbytes)
			break;
		err = msgflg & IPC_NOWAIT ? -EAGAIN : msg_wait(msq);
		if (err)
			break;
	}
	if (err) {
		kfree(msg);
		return err;
	}
	list_add_tail(&msg->m_list, &msq->q_messages);
	msq->q_cbytes += msgsz;
	msq->q_qnum++;
	msq->q_lspid = task_tgid_vnr(current);
	msq->q_stime = get_seconds();
	wake_up_interruptible_all(&msq->q_wait);
	return 0;
}

/* The first message that the receiver wants: any for 0, that type, any other, or the lowest up to -type. */
static struct msg_msg *find_msg(struct msg_queue *msq, long type, int msgflg)
{
	struct msg_msg *msg, *best = NULL;

	list_for_each_entry(msg, &msq->q_messages, m_list) {
		if (type == 0 || (type > 0 && !(msgflg & MSG_EXCEPT) == (msg->m_type == type)))
			return msg;
		if (type < 0 && msg->m_type <= -type && (!best || msg->m_type < best->m_type))
			best = msg;
	}
	return best;
}

static long give_msg(struct msg_queue *msq, struct msg_msg *msg, void __user *msgp, size_t msgsz, int msgflg)
{
	size_t len = min(msgsz, msg->m_ts);
	long ret = len;

	if (msg->m_ts > msgsz && !(msgflg & MSG_NOERROR))
		return -E2BIG;
	list_del(&msg->m_list);
	msq->q_cbytes -= msg->m_ts;
	msq->q_qnum--;
	msq->q_lrpid = task_tgid_vnr(current);
	msq->q_rtime = get_seconds();
	wake_up_interruptible_all(&msq->q_wait);
	spend(MSG_COST + len / 8);
	if (put_user(msg->m_type, (long __user *)msgp) || copy_to_user((char __user *)msgp + sizeof(long), msg->text, len))
		ret = -EFAULT;
	kfree(msg);
	return ret;
}

asmlinkage long sys_msgrcv(int msqid, void __user *msgp, size_t msgsz, long msgtyp, int msgflg)
{
	struct msg_queue *msq;
	struct msg_msg *msg;
	int err;

	if (msqid < 0 || (long)msgsz < 0)
		return -EINVAL;
	for (;;) {
		msq = msq_check(msqid, 0444);
		if (IS_ERR(msq))
			return PTR_ERR(msq);
		msg = find_msg(msq, msgtyp, msgflg);
		if (msg)
			return give_msg(msq, msg, msgp, msgsz, msgflg);
		err = msgflg & IPC_NOWAIT ? -ENOMSG : msg_wait(msq);
		if (err)
			return err;
	}
}

static void freeque(struct msg_queue *msq)
{
	while (!list_empty(&msq->q_messages)) {
		struct msg_msg *msg = list_first_entry(&msq->q_messages, struct msg_msg, m_list);

		list_del(&msg->m_list);
		kfree(msg);
	}
	ipc_rmid(&msg_ids, &msq->q_perm);
	if (msq->q_users)
		wake_up_interruptible_all(&msq->q_wait);	/* the last of them frees it */
	else
		kfree(msq);
}

asmlinkage long sys_msgctl(int msqid, int cmd, void __user *buf)
{
	struct msg_queue *msq = msq_check(msqid, 0);
	struct msqid64_ds ds;

	if (IS_ERR(msq))
		return PTR_ERR(msq);
	switch (cmd & ~IPC_64) {
	case IPC_RMID:
		if (!ipc_may_change(&msq->q_perm))
			return -EPERM;
		freeque(msq);
		return 0;
	case IPC_STAT:
		if (ipcperms(&msq->q_perm, 0444))
			return -EACCES;
		memset(&ds, 0, sizeof(ds));
		kernel_to_ipc64_perm(&msq->q_perm, &ds.msg_perm);
		ds.msg_stime = msq->q_stime;
		ds.msg_rtime = msq->q_rtime;
		ds.msg_ctime = msq->q_ctime;
		ds.msg_cbytes = msq->q_cbytes;
		ds.msg_qnum = msq->q_qnum;
		ds.msg_qbytes = msq->q_qbytes;
		ds.msg_lspid = msq->q_lspid;
		ds.msg_lrpid = msq->q_lrpid;
		return copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : 0;
	}
	return -EINVAL;
}
