/* Priorities and policies, and the system calls that change them. */
#include <linux/module.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include "sched.h"

#define WEIGHT_IDLEPRIO 3

/* Each nice level is worth a quarter more or a fifth less processor time than the next. */
static unsigned long nice_to_weight(int nice)
{
	unsigned long weight = NICE_0_LOAD << 10;

	for (; nice > 0; nice--)
		weight = weight / 5 * 4;
	for (; nice < 0; nice++)
		weight = weight / 4 * 5;
	return weight >> 10;
}

void set_load_weight(struct task_struct *p)
{
	if (rt_prio(p->prio))
		p->se.load.weight = nice_to_weight(-20) * 2;
	else if (p->policy == SCHED_IDLE)
		p->se.load.weight = WEIGHT_IDLEPRIO;
	else
		p->se.load.weight = nice_to_weight(TASK_NICE(p));
}

int effective_prio(struct task_struct *p)
{
	if (p->policy == SCHED_FIFO || p->policy == SCHED_RR)
		return MAX_RT_PRIO - 1 - p->rt_priority;
	return p->static_prio;
}

int task_prio(const struct task_struct *p)
{
	return p->prio - MAX_RT_PRIO;
}

int task_nice(const struct task_struct *p)
{
	return TASK_NICE(p);
}
EXPORT_SYMBOL(task_nice);

/* Takes the task off its queue, applies change, and puts it back. */
static void requeue(struct task_struct *p, void (*change)(struct task_struct *, int, int), int a, int b)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(p, &flags);
	int on_rq = p->se.on_rq, running = rq->curr == p;

	update_rq_clock(rq);
	if (on_rq)
		dequeue_task(rq, p, 0);
	if (running)
		p->sched_class->put_prev_task(rq, p);
	change(p, a, b);
	if (on_rq)
		enqueue_task(rq, p, 0);
	if (running)
		p->sched_class->set_curr_task(rq);
	if (on_rq)
		resched_task(rq->curr);
	task_rq_unlock(rq, &flags);
}

static void __set_nice(struct task_struct *p, int nice, int unused)
{
	p->static_prio = NICE_TO_PRIO(nice);
	p->prio = p->normal_prio = effective_prio(p);
	set_load_weight(p);
}

static void __setscheduler(struct task_struct *p, int policy, int prio)
{
	p->policy = policy;
	p->rt_priority = prio;
	p->prio = p->normal_prio = effective_prio(p);
	p->sched_class = rt_prio(p->prio) ? &rt_sched_class : &fair_sched_class;
	p->rt.time_slice = 100 * HZ / 1000;
	set_load_weight(p);
}

void set_user_nice(struct task_struct *p, long nice)
{
	if (TASK_NICE(p) == nice || nice < -20 || nice > 19)
		return;
	requeue(p, __set_nice, nice, 0);
}
EXPORT_SYMBOL(set_user_nice);

int can_nice(const struct task_struct *p, const int nice)
{
	int nice_rlim = 20 - nice;

	return nice_rlim <= (long)p->signal->rlim[RLIMIT_NICE].rlim_cur || capable(CAP_SYS_NICE);
}

asmlinkage long sys_nice(int increment)
{
	long nice = TASK_NICE(current) + max(min(increment, 40), -40);

	nice = nice < -20 ? -20 : nice > 19 ? 19 : nice;
	if (increment < 0 && !can_nice(current, nice))
		return -EPERM;
	set_user_nice(current, nice);
	return 0;
}

static struct task_struct *find_process_by_pid(pid_t pid)
{
	return pid ? find_task_by_vpid(pid) : current;
}

int sched_setscheduler(struct task_struct *p, int policy, struct sched_param *param)
{
	int reset_on_fork = policy < 0 ? p->sched_reset_on_fork : !!(policy & SCHED_RESET_ON_FORK);
	int rt;

	policy = policy < 0 ? p->policy : policy & ~SCHED_RESET_ON_FORK;
	rt = policy == SCHED_FIFO || policy == SCHED_RR;
	if (!rt && policy != SCHED_NORMAL && policy != SCHED_BATCH && policy != SCHED_IDLE)
		return -EINVAL;
	if (param->sched_priority < 0 || param->sched_priority > MAX_USER_RT_PRIO - 1)
		return -EINVAL;
	if (rt != (param->sched_priority != 0))
		return -EINVAL;
	if (rt && !capable(CAP_SYS_NICE))
		return -EPERM;
	p->sched_reset_on_fork = reset_on_fork;
	requeue(p, __setscheduler, policy, param->sched_priority);
	return 0;
}
EXPORT_SYMBOL(sched_setscheduler);

static int do_sched_setscheduler(pid_t pid, int policy, struct sched_param __user *param)
{
	struct sched_param lparam;
	struct task_struct *p;

	if (!param || pid < 0)
		return -EINVAL;
	if (copy_from_user(&lparam, param, sizeof(lparam)))
		return -EFAULT;
	p = find_process_by_pid(pid);
	return p ? sched_setscheduler(p, policy, &lparam) : -ESRCH;
}

asmlinkage long sys_sched_setscheduler(pid_t pid, int policy, struct sched_param __user *param)
{
	return policy < 0 ? -EINVAL : do_sched_setscheduler(pid, policy, param);
}

asmlinkage long sys_sched_setparam(pid_t pid, struct sched_param __user *param)
{
	return do_sched_setscheduler(pid, -1, param);
}

asmlinkage long sys_sched_getscheduler(pid_t pid)
{
	struct task_struct *p;

	if (pid < 0)
		return -EINVAL;
	p = find_process_by_pid(pid);
	if (!p)
		return -ESRCH;
	return p->policy | (p->sched_reset_on_fork ? SCHED_RESET_ON_FORK : 0);
}

asmlinkage long sys_sched_getparam(pid_t pid, struct sched_param __user *param)
{
	struct sched_param lp;
	struct task_struct *p;

	if (!param || pid < 0)
		return -EINVAL;
	p = find_process_by_pid(pid);
	if (!p)
		return -ESRCH;
	lp.sched_priority = p->rt_priority;
	return copy_to_user(param, &lp, sizeof(lp)) ? -EFAULT : 0;
}

asmlinkage long sys_sched_yield(void)
{
	struct rq *rq = this_rq();

	spin_lock_irq(&rq->lock);
	current->sched_class->yield_task(rq);
	spin_unlock_irq(&rq->lock);
	schedule();
	return 0;
}

asmlinkage long sys_sched_get_priority_max(int policy)
{
	switch (policy) {
	case SCHED_FIFO:
	case SCHED_RR:
		return MAX_USER_RT_PRIO - 1;
	case SCHED_NORMAL:
	case SCHED_BATCH:
	case SCHED_IDLE:
		return 0;
	}
	return -EINVAL;
}

asmlinkage long sys_sched_get_priority_min(int policy)
{
	switch (policy) {
	case SCHED_FIFO:
	case SCHED_RR:
		return 1;
	case SCHED_NORMAL:
	case SCHED_BATCH:
	case SCHED_IDLE:
		return 0;
	}
	return -EINVAL;
}

asmlinkage long sys_sched_rr_get_interval(pid_t pid, struct timespec __user *interval)
{
	struct task_struct *p;
	struct timespec t = { 0, 0 };

	if (pid < 0)
		return -EINVAL;
	p = find_process_by_pid(pid);
	if (!p)
		return -ESRCH;
	if (p->policy == SCHED_RR)
		t.tv_nsec = 100 * NSEC_PER_MSEC;
	else if (p->policy != SCHED_FIFO)
		t.tv_nsec = sysctl_sched_min_granularity;
	return copy_to_user(interval, &t, sizeof(t)) ? -EFAULT : 0;
}

asmlinkage long sys_sched_getaffinity(pid_t pid, unsigned int len, unsigned long __user *user_mask_ptr)
{
	struct task_struct *p = find_process_by_pid(pid);

	if (len < sizeof(cpumask_t))
		return -EINVAL;
	if (!p)
		return -ESRCH;
	if (copy_to_user(user_mask_ptr, &p->cpus_allowed, sizeof(cpumask_t)))
		return -EFAULT;
	return sizeof(cpumask_t);
}

asmlinkage long sys_sched_setaffinity(pid_t pid, unsigned int len, unsigned long __user *user_mask_ptr)
{
	struct task_struct *p = find_process_by_pid(pid);
	cpumask_t mask;

	memset(&mask, 0, sizeof(mask));
	if (copy_from_user(&mask, user_mask_ptr, min_t(unsigned int, len, sizeof(mask))))
		return -EFAULT;
	if (!p)
		return -ESRCH;
	if (!(mask.bits[0] & cpu_online_map.bits[0]))
		return -EINVAL;
	p->cpus_allowed = mask;
	return 0;
}

static long set_one_prio(struct task_struct *p, int niceval, long error)
{
	if (task_uid(p) != current_euid() && !capable(CAP_SYS_NICE))
		return -EPERM;
	if (niceval < TASK_NICE(p) && !can_nice(p, niceval))
		return -EACCES;
	set_user_nice(p, niceval);
	return error == -ESRCH ? 0 : error;
}

asmlinkage long sys_setpriority(int which, int who, int niceval)
{
	struct task_struct *p;
	long error = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	niceval = niceval < -20 ? -20 : niceval > 19 ? 19 : niceval;
	read_lock(&tasklist_lock);
	if (which == PRIO_PROCESS) {
		p = find_process_by_pid(who);
		if (p)
			error = set_one_prio(p, niceval, error);
	} else {
		for_each_process(p) {
			if (which == PRIO_PGRP ? pid_nr(task_pgrp(p)) == (who ?: pid_nr(task_pgrp(current)))
					       : task_uid(p) == (who ?: current_uid()))
				error = set_one_prio(p, niceval, error);
		}
	}
	read_unlock(&tasklist_lock);
	return error;
}

/* 20 minus the nice level, so that it is never negative. */
asmlinkage long sys_getpriority(int which, int who)
{
	struct task_struct *p;
	long retval = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	read_lock(&tasklist_lock);
	if (which == PRIO_PROCESS) {
		p = find_process_by_pid(who);
		if (p)
			retval = 20 - TASK_NICE(p);
	} else {
		for_each_process(p) {
			if (which == PRIO_PGRP ? pid_nr(task_pgrp(p)) == (who ?: pid_nr(task_pgrp(current)))
					       : task_uid(p) == (who ?: current_uid()))
				retval = max(retval, 20L - TASK_NICE(p));
		}
	}
	read_unlock(&tasklist_lock);
	return retval;
}
