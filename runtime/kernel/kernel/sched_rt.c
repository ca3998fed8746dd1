/*
 * The real-time class: the highest priority runs; SCHED_RR tasks of one priority take turns.
 * All functions are called with the run queue's lock held.
 */
#include "sched.h"

#define DEF_TIMESLICE (100 * HZ / 1000)

static void update_curr_rt(struct rq *rq)
{
	struct task_struct *curr = rq->curr;
	u64 delta_exec = rq->clock - curr->se.exec_start;

	curr->se.sum_exec_runtime += delta_exec;
	account_group_exec_runtime(curr, delta_exec);
	curr->se.exec_start = rq->clock;
}

static void enqueue_task_rt(struct rq *rq, struct task_struct *p, int wakeup)
{
	list_add_tail(&p->rt.run_list, &rq->rt.queue[p->prio]);
	__set_bit(p->prio, rq->rt.bitmap);
	rq->rt.rt_nr_running++;
}

static void dequeue_task_rt(struct rq *rq, struct task_struct *p, int sleep)
{
	if (rq->curr == p)
		update_curr_rt(rq);
	list_del_init(&p->rt.run_list);
	if (list_empty(&rq->rt.queue[p->prio]))
		__clear_bit(p->prio, rq->rt.bitmap);
	rq->rt.rt_nr_running--;
}

static void requeue_task_rt(struct rq *rq, struct task_struct *p)
{
	list_move_tail(&p->rt.run_list, &rq->rt.queue[p->prio]);
}

static void yield_task_rt(struct rq *rq)
{
	requeue_task_rt(rq, rq->curr);
}

static void check_preempt_curr_rt(struct rq *rq, struct task_struct *p, int flags)
{
	if (p->prio < rq->curr->prio)
		resched_task(rq->curr);
}

static struct task_struct *pick_next_task_rt(struct rq *rq)
{
	struct task_struct *p;
	unsigned long prio;

	if (!rq->rt.rt_nr_running)
		return NULL;
	prio = find_first_bit(rq->rt.bitmap, MAX_RT_PRIO);
	p = list_first_entry(&rq->rt.queue[prio], struct task_struct, rt.run_list);
	p->se.exec_start = rq->clock;
	return p;
}

static void put_prev_task_rt(struct rq *rq, struct task_struct *p)
{
	update_curr_rt(rq);
}

static void set_curr_task_rt(struct rq *rq)
{
	rq->curr->se.exec_start = rq->clock;
}

static void task_tick_rt(struct rq *rq, struct task_struct *p, int queued)
{
	update_curr_rt(rq);
	if (p->policy != SCHED_RR || --p->rt.time_slice)
		return;
	p->rt.time_slice = DEF_TIMESLICE;
	if (p->rt.run_list.prev != p->rt.run_list.next) {
		requeue_task_rt(rq, p);
		resched_task(p);
	}
}

static void task_new_rt(struct rq *rq, struct task_struct *p)
{
	p->rt.time_slice = DEF_TIMESLICE;
}

void init_rt_rq(struct rt_rq *rt_rq)
{
	int i;

	for (i = 0; i < MAX_RT_PRIO; i++)
		INIT_LIST_HEAD(&rt_rq->queue[i]);
}

const struct sched_class rt_sched_class = {
	.next = &fair_sched_class,
	.enqueue_task = enqueue_task_rt,
	.dequeue_task = dequeue_task_rt,
	.yield_task = yield_task_rt,
	.check_preempt_curr = check_preempt_curr_rt,
	.pick_next_task = pick_next_task_rt,
	.put_prev_task = put_prev_task_rt,
	.set_curr_task = set_curr_task_rt,
	.task_tick = task_tick_rt,
	.task_new = task_new_rt,
};
