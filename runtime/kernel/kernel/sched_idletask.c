/* The idle class: the CPU's own task, when nobody else wants to run. */
#include "sched.h"

static void dequeue_task_idle(struct rq *rq, struct task_struct *p, int sleep)
{
	panic("bad: scheduling from the idle thread!");
}

static void check_preempt_curr_idle(struct rq *rq, struct task_struct *p, int flags)
{
	resched_task(rq->idle);
}

static struct task_struct *pick_next_task_idle(struct rq *rq)
{
	return rq->idle;
}

static void put_prev_task_idle(struct rq *rq, struct task_struct *prev)
{
}

static void set_curr_task_idle(struct rq *rq)
{
}

static void task_tick_idle(struct rq *rq, struct task_struct *curr, int queued)
{
}

const struct sched_class idle_sched_class = {
	.dequeue_task = dequeue_task_idle,
	.check_preempt_curr = check_preempt_curr_idle,
	.pick_next_task = pick_next_task_idle,
	.put_prev_task = put_prev_task_idle,
	.set_curr_task = set_curr_task_idle,
	.task_tick = task_tick_idle,
};
