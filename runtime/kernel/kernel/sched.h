/* The run queue of a CPU, shared by the scheduler's core and its classes. */
#ifndef _KERNEL_SCHED_H
#define _KERNEL_SCHED_H

#include <linux/clock.h>
#include <linux/sched.h>

/* Tasks of the fair class that want to run, ordered by vruntime; among equals the older comes first. */
struct cfs_rq {
	struct load_weight load;
	unsigned long nr_running;
	u64 exec_clock;
	u64 min_vruntime;		/* never falls: where a newcomer starts */
	struct rb_root tasks_timeline;
	struct rb_node *rb_leftmost;
	struct sched_entity *curr;	/* not in the tree while it runs */
};

/* A list for each priority, and a bit for each list that holds somebody. */
struct rt_rq {
	DECLARE_BITMAP(bitmap, MAX_RT_PRIO);
	struct list_head queue[MAX_RT_PRIO];
	unsigned long rt_nr_running;
};

/* All under lock, interrupts off. */
struct rq {
	spinlock_t lock;
	unsigned long nr_running;
	unsigned long cpu_load;
	u64 nr_switches;
	struct cfs_rq cfs;
	struct rt_rq rt;
	unsigned long nr_uninterruptible;
	struct task_struct *curr, *idle;
	struct mm_struct *prev_mm;	/* borrowed by the task switched from; dropped after the switch */
	u64 clock;			/* the time now, ns, as of update_rq_clock() */
	atomic_t nr_iowait;
	int cpu;
};

DECLARE_PER_CPU(struct rq, runqueues);

#define cpu_rq(cpu)	(&per_cpu(runqueues, cpu))
#define this_rq()	cpu_rq(smp_processor_id())
#define task_rq(p)	cpu_rq(task_cpu(p))
#define cpu_curr(cpu)	(cpu_rq(cpu)->curr)

/* A task that has been released, and runs its last instructions, has no group any more. */
static inline void account_group_exec_runtime(struct task_struct *tsk, u64 ns)
{
	if (tsk->signal)
		tsk->signal->sum_sched_runtime += ns;
}

#define WF_SYNC		0x01
#define WF_FORK		0x02

extern const struct sched_class rt_sched_class, fair_sched_class, idle_sched_class;
extern unsigned int sysctl_sched_latency, sysctl_sched_min_granularity, sysctl_sched_wakeup_granularity;

extern void resched_task(struct task_struct *p);
extern void update_rq_clock(struct rq *rq);
extern void init_cfs_rq(struct cfs_rq *cfs_rq);
extern void init_rt_rq(struct rt_rq *rt_rq);
extern struct rq *task_rq_lock(struct task_struct *p, unsigned long *flags);
extern void task_rq_unlock(struct rq *rq, unsigned long *flags);
extern void enqueue_task(struct rq *rq, struct task_struct *p, int wakeup);
extern void dequeue_task(struct rq *rq, struct task_struct *p, int sleep);
extern void set_load_weight(struct task_struct *p);
extern int effective_prio(struct task_struct *p);
extern int try_to_wake_up(struct task_struct *p, unsigned int state, int wake_flags);

#endif
