/*
 * The scheduler's core: run queues, sleeping and waking, the switch from one task to the next.
 *
 * Each CPU has a run queue under a lock of its own, taken with interrupts off. What runs next is the business of
 * the classes (sched_rt.c, sched_fair.c, sched_idletask.c), asked in this order. Kernel code is not
 * preempted: a task leaves the CPU in schedule(), which it calls itself or on its way back to user mode.
 */
#include <linux/interrupt.h>
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/syscalls.h>
#include <linux/tick.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include "sched.h"

#define CONTEXT_SWITCH_COST	900
#define WAKEUP_COST		280
#define PICK_COST		120
#define TICK_COST		250
#define LOAD_FREQ		(5 * HZ + 1)
#define FSHIFT			11
#define FIXED_1			(1UL << FSHIFT)

DEFINE_PER_CPU(struct rq, runqueues);
unsigned long avenrun[3];
static unsigned long calc_load_update;

/* The task's run queue, locked; it may change queues until then. */
struct rq *task_rq_lock(struct task_struct *p, unsigned long *flags)
{
	struct rq *rq;

	for (;;) {
		rq = task_rq(p);
		spin_lock_irqsave(&rq->lock, *flags);
		if (likely(rq == task_rq(p)))
			return rq;
		spin_unlock_irqrestore(&rq->lock, *flags);
	}
}

void task_rq_unlock(struct rq *rq, unsigned long *flags)
{
	spin_unlock_irqrestore(&rq->lock, *flags);
}

void update_rq_clock(struct rq *rq)
{
	rq->clock = cpu_clock[rq->cpu].now;
}

unsigned long long sched_clock(void)
{
	return clock_now();
}

/* The task is to give up the CPU at the next opportunity. Its run queue is locked. */
void resched_task(struct task_struct *p)
{
	set_tsk_need_resched(p);
}

static void sched_info_queued(struct rq *rq, struct task_struct *p)
{
	if (!p->sched_info.last_queued)
		p->sched_info.last_queued = rq->clock;
}

static void sched_info_arrive(struct rq *rq, struct task_struct *p)
{
	u64 delay = p->sched_info.last_queued ? rq->clock - p->sched_info.last_queued : 0;

	p->sched_info.run_delay += delay;
	if (p->sched_info.last_queued)
		trace_sched_stat_wait(p, delay);
	p->sched_info.last_queued = 0;
	p->sched_info.last_arrival = rq->clock;
	p->sched_info.pcount++;
}

static void sched_info_switch(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	if (prev != rq->idle && prev->state == TASK_RUNNING)
		sched_info_queued(rq, prev);
	if (next != rq->idle)
		sched_info_arrive(rq, next);
}

void enqueue_task(struct rq *rq, struct task_struct *p, int wakeup)
{
	sched_info_queued(rq, p);
	p->sched_class->enqueue_task(rq, p, wakeup);
	p->se.on_rq = 1;
}

void dequeue_task(struct rq *rq, struct task_struct *p, int sleep)
{
	p->sched_info.last_queued = 0;
	p->sched_class->dequeue_task(rq, p, sleep);
	p->se.on_rq = 0;
}

static int task_contributes_to_load(struct task_struct *p)
{
	return (p->state & TASK_UNINTERRUPTIBLE) != 0;
}

static void activate_task(struct rq *rq, struct task_struct *p, int wakeup)
{
	if (task_contributes_to_load(p))
		rq->nr_uninterruptible--;
	enqueue_task(rq, p, wakeup);
	rq->nr_running++;
}

static void deactivate_task(struct rq *rq, struct task_struct *p, int sleep)
{
	if (task_contributes_to_load(p))
		rq->nr_uninterruptible++;
	dequeue_task(rq, p, sleep);
	rq->nr_running--;
}

/* A better class preempts at once; within a class, it decides. */
static void check_preempt_curr(struct rq *rq, struct task_struct *p, int flags)
{
	const struct sched_class *class;

	if (p->sched_class == rq->curr->sched_class) {
		rq->curr->sched_class->check_preempt_curr(rq, p, flags);
		return;
	}
	for (class = &rt_sched_class; class; class = class->next) {
		if (class == rq->curr->sched_class)
			return;
		if (class == p->sched_class) {
			resched_task(rq->curr);
			return;
		}
	}
}

/* Makes p runnable if it is in one of the states. Returns 1 if it was asleep. */
int try_to_wake_up(struct task_struct *p, unsigned int state, int wake_flags)
{
	unsigned long flags;
	struct rq *rq;
	int success = 0;

	rq = task_rq_lock(p, &flags);
	update_rq_clock(rq);
	if (!(p->state & state))
		goto out;
	trace_sched_waking(p);
	spend(WAKEUP_COST);
	if (!p->se.on_rq) {
		activate_task(rq, p, 1);
		success = 1;
	}
	trace_sched_wakeup(rq, p, success);
	check_preempt_curr(rq, p, wake_flags);
	p->state = TASK_RUNNING;
out:
	task_rq_unlock(rq, &flags);
	return success;
}

int wake_up_process(struct task_struct *p)
{
	return try_to_wake_up(p, TASK_ALL, 0);
}
EXPORT_SYMBOL(wake_up_process);

int wake_up_state(struct task_struct *p, unsigned int state)
{
	return try_to_wake_up(p, state, 0);
}

int default_wake_function(wait_queue_t *curr, unsigned mode, int wake_flags, void *key)
{
	return try_to_wake_up(curr->private, mode, wake_flags);
}
EXPORT_SYMBOL(default_wake_function);

/* The task belongs to another CPU from now on. It is on no run queue. */
void set_task_cpu(struct task_struct *p, unsigned int new_cpu)
{
	if (task_cpu(p) != new_cpu)
		trace_sched_migrate_task(p, new_cpu);
	task_thread_info(p)->cpu = new_cpu;
}

static void __sched_fork(struct task_struct *p)
{
	memset(&p->se, 0, sizeof(p->se));
	memset(&p->sched_info, 0, sizeof(p->sched_info));
	INIT_LIST_HEAD(&p->rt.run_list);
	INIT_LIST_HEAD(&p->se.group_node);
}

/* A new task: not yet on a queue, and not to be woken before wake_up_new_task(). */
void sched_fork(struct task_struct *p, int clone_flags)
{
	__sched_fork(p);
	p->state = TASK_WAKING;
	if (p->sched_reset_on_fork && p->policy != SCHED_NORMAL) {
		p->policy = SCHED_NORMAL;
		p->rt_priority = 0;
		p->static_prio = NICE_TO_PRIO(0);
		p->sched_reset_on_fork = 0;
	}
	p->prio = p->normal_prio = effective_prio(p);
	p->sched_class = rt_prio(p->prio) ? &rt_sched_class : &fair_sched_class;
	set_load_weight(p);
	set_task_cpu(p, smp_processor_id());
	task_thread_info(p)->preempt_count = 0;
}

void wake_up_new_task(struct task_struct *p, unsigned long clone_flags)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(p, &flags);

	p->state = TASK_RUNNING;
	update_rq_clock(rq);
	if (p->sched_class->task_new)
		p->sched_class->task_new(rq, p);
	activate_task(rq, p, 0);
	trace_sched_wakeup_new(rq, p, 1);
	check_preempt_curr(rq, p, WF_FORK);
	task_rq_unlock(rq, &flags);
}

static void prepare_task_switch(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	sched_info_switch(rq, prev, next);
}

/* On the new task's stack: the run queue's lock, taken by the old one, is released here. */
static void finish_task_switch(struct rq *rq, struct task_struct *prev)
{
	struct mm_struct *mm = rq->prev_mm;
	long prev_state = prev->state;

	rq->prev_mm = NULL;
	spin_unlock_irq(&rq->lock);
	if (mm)
		mmdrop(mm);
	if (unlikely(prev_state == TASK_DEAD))
		put_task_struct(prev);
}

/* What a new task does first. */
asmlinkage void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(this_rq(), prev);
	if (current->set_child_tid)
		put_user(current->pid, current->set_child_tid);
}

/* A kernel thread has no mm and borrows the one it finds. */
static void context_switch(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	struct mm_struct *oldmm = prev->active_mm;

	prepare_task_switch(rq, prev, next);
	trace_sched_switch(false, rq, prev, next);
	if (!next->mm) {
		next->active_mm = oldmm;
		atomic_inc(&oldmm->mm_count);
	}
	if (!prev->mm) {
		prev->active_mm = NULL;
		rq->prev_mm = oldmm;
	}
	spend(CONTEXT_SWITCH_COST);
	switch_to(prev, next, prev);
	barrier();
	finish_task_switch(this_rq(), prev);
}

static struct task_struct *pick_next_task(struct rq *rq)
{
	const struct sched_class *class;
	struct task_struct *p;

	spend(PICK_COST);
	for (class = &rt_sched_class; ; class = class->next) {
		p = class->pick_next_task(rq);
		if (p)
			return p;
	}
}

/* Lets another task run. The caller, if it has set its state to sleep, comes back when it was woken. */
asmlinkage void __sched schedule(void)
{
	struct rq *rq;
	struct task_struct *prev, *next;
	unsigned long *switch_count;

	do {
		rq = this_rq();
		prev = rq->curr;
		switch_count = &prev->nivcsw;
		spin_lock_irq(&rq->lock);
		update_rq_clock(rq);
		clear_tsk_need_resched(prev);
		if (prev->state) {
			if (signal_pending_state(prev->state, prev))
				prev->state = TASK_RUNNING;
			else
				deactivate_task(rq, prev, 1);
			switch_count = &prev->nvcsw;
		}
		prev->sched_class->put_prev_task(rq, prev);
		next = pick_next_task(rq);
		if (likely(prev != next)) {
			rq->nr_switches++;
			rq->curr = next;
			++*switch_count;
			context_switch(rq, prev, next);
		} else {
			spin_unlock_irq(&rq->lock);
		}
	} while (need_resched());
}
EXPORT_SYMBOL(schedule);

int __sched cond_resched(void)
{
	if (!need_resched())
		return 0;
	schedule();
	return 1;
}
EXPORT_SYMBOL(cond_resched);

void __sched yield(void)
{
	set_current_state(TASK_RUNNING);
	sys_sched_yield();
}
EXPORT_SYMBOL(yield);

void __sched io_schedule(void)
{
	struct rq *rq = this_rq();

	atomic_inc(&rq->nr_iowait);
	current->in_iowait = 1;
	schedule();
	current->in_iowait = 0;
	atomic_dec(&rq->nr_iowait);
}
EXPORT_SYMBOL(io_schedule);

long __sched io_schedule_timeout(long timeout)
{
	struct rq *rq = this_rq();
	long ret;

	atomic_inc(&rq->nr_iowait);
	current->in_iowait = 1;
	ret = schedule_timeout(timeout);
	current->in_iowait = 0;
	atomic_dec(&rq->nr_iowait);
	return ret;
}

/* Each tick of a busy CPU, in the timer interrupt. */
void scheduler_tick(void)
{
	struct rq *rq = this_rq();
	struct task_struct *curr = rq->curr;

	spend(TICK_COST);
	spin_lock(&rq->lock);
	update_rq_clock(rq);
	curr->sched_class->task_tick(rq, curr, 0);
	spin_unlock(&rq->lock);
}

/* One of the load averages, a step on: the share of the old value that stays is exp / FIXED_1. */
static unsigned long calc_load(unsigned long load, unsigned long exp, unsigned long active)
{
	return (load * exp + active * (FIXED_1 - exp)) >> FSHIFT;
}

/* Load averages over 1, 5 and 15 minutes, every 5 s. */
void calc_global_load(void)
{
	unsigned long active;

	while (time_after_eq(jiffies, calc_load_update)) {
		active = (nr_running() + nr_uninterruptible()) * FIXED_1;
		avenrun[0] = calc_load(avenrun[0], 1884, active);
		avenrun[1] = calc_load(avenrun[1], 2014, active);
		avenrun[2] = calc_load(avenrun[2], 2037, active);
		calc_load_update += LOAD_FREQ;
	}
}

unsigned long nr_running(void)
{
	unsigned long sum = 0;
	int cpu;

	for_each_online_cpu(cpu)
		sum += cpu_rq(cpu)->nr_running;
	return sum;
}

unsigned long nr_uninterruptible(void)
{
	unsigned long sum = 0;
	int cpu;

	for_each_online_cpu(cpu)
		sum += cpu_rq(cpu)->nr_uninterruptible;
	return (long)sum < 0 ? 0 : sum;
}

unsigned long long nr_context_switches(void)
{
	unsigned long long sum = 0;
	int cpu;

	for_each_online_cpu(cpu)
		sum += cpu_rq(cpu)->nr_switches;
	return sum;
}

/* ns that the task has been running, up to now. */
unsigned long long task_sched_runtime(struct task_struct *p)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(p, &flags);
	u64 ns = p->se.sum_exec_runtime;

	if (rq->curr == p) {
		update_rq_clock(rq);
		ns += rq->clock - p->se.exec_start;
	}
	task_rq_unlock(rq, &flags);
	return ns;
}

int task_curr(const struct task_struct *p)
{
	return cpu_curr(task_cpu(p)) == p;
}

int idle_cpu(int cpu)
{
	return cpu_curr(cpu) == cpu_rq(cpu)->idle;
}

struct task_struct *idle_task(int cpu)
{
	return cpu_rq(cpu)->idle;
}

/* Another CPU that runs the task is to enter the kernel; a lone CPU is in it already. */
void kick_process(struct task_struct *p)
{
}

void sched_exec(void)
{
}

int in_sched_functions(unsigned long addr)
{
	extern char __sched_text_start[], __sched_text_end[];

	return addr >= (unsigned long)__sched_text_start && addr < (unsigned long)__sched_text_end;
}

/* A line about a task on the console, and where it sleeps. */
void sched_show_task(struct task_struct *p)
{
	static const char states[] = "RSDTtZX";
	unsigned state = p->state ? __ffs(p->state) + 1 : 0;

	printk(KERN_INFO "%-15.15s %c %5d %6d\n", p->comm, state < sizeof(states) - 1 ? states[state] : '?',
	       p->pid, p->real_parent->pid);
	show_stack(p, NULL);
}

/* Makes a task the idle task of a CPU: it is on no queue, and runs when nobody else does. */
void __init init_idle(struct task_struct *idle, int cpu)
{
	struct rq *rq = cpu_rq(cpu);
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	__sched_fork(idle);
	idle->se.exec_start = clock_now();
	idle->prio = idle->normal_prio = MAX_PRIO;
	idle->state = TASK_RUNNING;
	task_thread_info(idle)->cpu = cpu;
	idle->sched_class = &idle_sched_class;
	rq->curr = rq->idle = idle;
	spin_unlock_irqrestore(&rq->lock, flags);
}

void __init sched_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct rq *rq = cpu_rq(cpu);

		spin_lock_init(&rq->lock);
		rq->cpu = cpu;
		init_cfs_rq(&rq->cfs);
		init_rt_rq(&rq->rt);
	}
	calc_load_update = jiffies + LOAD_FREQ;
	set_load_weight(&init_task);
	atomic_inc(&init_mm.mm_count);
	init_idle(current, smp_processor_id());
}
