/*
 * The fair class: whoever has had the least processor time, weighted by its nice level, runs next.
 *
 * A task's vruntime grows with the time it runs; a heavier task's grows more slowly. The queue is a tree
 * ordered by vruntime. All functions are called with the run queue's lock held.
 */
#include <linux/tracepoint.h>
#include "sched.h"

/* ns within which each runnable task is to run once, and the least it gets then. */
unsigned int sysctl_sched_latency = 5000000;
unsigned int sysctl_sched_min_granularity = 1000000;
unsigned int sysctl_sched_wakeup_granularity = 1000000;

#define entity_of(node) rb_entry(node, struct sched_entity, run_node)
#define task_of(entity) container_of(entity, struct task_struct, se)

static inline u64 max_vruntime(u64 min_vruntime, u64 vruntime)
{
	return (s64)(vruntime - min_vruntime) > 0 ? vruntime : min_vruntime;
}

/* Real ns in the measure of vruntime. */
static u64 calc_delta_fair(u64 delta, struct sched_entity *se)
{
	return se->load.weight == NICE_0_LOAD ? delta : delta * NICE_0_LOAD / se->load.weight;
}

static void update_min_vruntime(struct cfs_rq *cfs_rq)
{
	u64 vruntime = cfs_rq->min_vruntime;

	if (cfs_rq->curr)
		vruntime = cfs_rq->curr->vruntime;
	if (cfs_rq->rb_leftmost) {
		struct sched_entity *se = entity_of(cfs_rq->rb_leftmost);

		if (!cfs_rq->curr || (s64)(se->vruntime - vruntime) < 0)
			vruntime = se->vruntime;
	}
	cfs_rq->min_vruntime = max_vruntime(cfs_rq->min_vruntime, vruntime);
}

/* Charges the running task for the time since it was last charged. */
static void update_curr(struct rq *rq)
{
	struct cfs_rq *cfs_rq = &rq->cfs;
	struct sched_entity *curr = cfs_rq->curr;
	u64 delta_exec;

	if (!curr)
		return;
	delta_exec = rq->clock - curr->exec_start;
	curr->exec_start = rq->clock;
	curr->sum_exec_runtime += delta_exec;
	account_group_exec_runtime(task_of(curr), delta_exec);
	cfs_rq->exec_clock += delta_exec;
	curr->vruntime += calc_delta_fair(delta_exec, curr);
	trace_sched_stat_runtime(task_of(curr), delta_exec, curr->vruntime);
	update_min_vruntime(cfs_rq);
}

static void __enqueue_entity(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	struct rb_node **link = &cfs_rq->tasks_timeline.rb_node, *parent = NULL;
	int leftmost = 1;

	while (*link) {
		parent = *link;
		if ((s64)(se->vruntime - entity_of(parent)->vruntime) < 0) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = 0;
		}
	}
	if (leftmost)
		cfs_rq->rb_leftmost = &se->run_node;
	rb_link_node(&se->run_node, parent, link);
	rb_insert_color(&se->run_node, &cfs_rq->tasks_timeline);
}

static void __dequeue_entity(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (cfs_rq->rb_leftmost == &se->run_node)
		cfs_rq->rb_leftmost = rb_next(&se->run_node);
	rb_erase(&se->run_node, &cfs_rq->tasks_timeline);
}

/* The time a task may run before another gets its turn, by weight. */
static u64 sched_slice(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	unsigned long nr = cfs_rq->nr_running + !se->on_rq;
	unsigned long weight = cfs_rq->load.weight + (se->on_rq ? 0 : se->load.weight);
	u64 period = sysctl_sched_latency;

	if (nr * sysctl_sched_min_granularity > period)
		period = nr * sysctl_sched_min_granularity;
	return period * se->load.weight / weight;
}

/* A newcomer starts a little behind the others; a sleeper keeps a little of what it did not use. */
static void place_entity(struct cfs_rq *cfs_rq, struct sched_entity *se, int initial)
{
	u64 vruntime = cfs_rq->min_vruntime;

	if (initial)
		vruntime += calc_delta_fair(sysctl_sched_min_granularity, se);
	else
		vruntime -= sysctl_sched_latency / 2;
	se->vruntime = max_vruntime(se->vruntime, vruntime);
}

static void enqueue_task_fair(struct rq *rq, struct task_struct *p, int wakeup)
{
	struct cfs_rq *cfs_rq = &rq->cfs;
	struct sched_entity *se = &p->se;

	if (se->on_rq)
		return;
	update_curr(rq);
	if (wakeup)
		place_entity(cfs_rq, se, 0);
	cfs_rq->load.weight += se->load.weight;
	cfs_rq->nr_running++;
	if (se != cfs_rq->curr)
		__enqueue_entity(cfs_rq, se);
}

static void dequeue_task_fair(struct rq *rq, struct task_struct *p, int sleep)
{
	struct cfs_rq *cfs_rq = &rq->cfs;
	struct sched_entity *se = &p->se;

	update_curr(rq);
	if (se != cfs_rq->curr)
		__dequeue_entity(cfs_rq, se);
	cfs_rq->load.weight -= se->load.weight;
	cfs_rq->nr_running--;
	update_min_vruntime(cfs_rq);
}

/* Goes behind all others that want to run now. */
static void yield_task_fair(struct rq *rq)
{
	struct cfs_rq *cfs_rq = &rq->cfs;
	struct sched_entity *rightmost;

	update_rq_clock(rq);
	update_curr(rq);
	if (!cfs_rq->rb_leftmost || !cfs_rq->curr)
		return;
	rightmost = entity_of(rb_last(&cfs_rq->tasks_timeline));
	if ((s64)(rightmost->vruntime - cfs_rq->curr->vruntime) >= 0)
		cfs_rq->curr->vruntime = rightmost->vruntime + 1;
}

/* A task that woke up takes the CPU when it is owed clearly more than the running one. */
static void check_preempt_wakeup(struct rq *rq, struct task_struct *p, int wake_flags)
{
	struct sched_entity *se = &rq->curr->se, *pse = &p->se;
	s64 lead;

	update_curr(rq);
	if (se == pse || test_tsk_need_resched(rq->curr))
		return;
	lead = se->vruntime - pse->vruntime;
	if (lead > (s64)calc_delta_fair(sysctl_sched_wakeup_granularity, pse))
		resched_task(rq->curr);
}

static void set_next_entity(struct rq *rq, struct sched_entity *se)
{
	if (se->on_rq)
		__dequeue_entity(&rq->cfs, se);
	se->exec_start = rq->clock;
	se->prev_sum_exec_runtime = se->sum_exec_runtime;
	rq->cfs.curr = se;
}

static struct task_struct *pick_next_task_fair(struct rq *rq)
{
	struct sched_entity *se;

	if (!rq->cfs.rb_leftmost)
		return NULL;
	se = entity_of(rq->cfs.rb_leftmost);
	set_next_entity(rq, se);
	return task_of(se);
}

static void put_prev_task_fair(struct rq *rq, struct task_struct *prev)
{
	if (prev->se.on_rq) {
		update_curr(rq);
		__enqueue_entity(&rq->cfs, &prev->se);
	}
	rq->cfs.curr = NULL;
}

static void set_curr_task_fair(struct rq *rq)
{
	set_next_entity(rq, &rq->curr->se);
}

/* Has the running task had its slice? */
static void check_preempt_tick(struct rq *rq, struct sched_entity *curr)
{
	u64 delta_exec = curr->sum_exec_runtime - curr->prev_sum_exec_runtime;

	if (delta_exec > sched_slice(&rq->cfs, curr))
		resched_task(rq->curr);
}

static void task_tick_fair(struct rq *rq, struct task_struct *curr, int queued)
{
	update_curr(rq);
	if (rq->cfs.nr_running > 1)
		check_preempt_tick(rq, &curr->se);
}

static void task_new_fair(struct rq *rq, struct task_struct *p)
{
	struct cfs_rq *cfs_rq = &rq->cfs;

	update_curr(rq);
	if (cfs_rq->curr)
		p->se.vruntime = cfs_rq->curr->vruntime;
	place_entity(cfs_rq, &p->se, 1);
}

void init_cfs_rq(struct cfs_rq *cfs_rq)
{
	cfs_rq->tasks_timeline = RB_ROOT;
	cfs_rq->min_vruntime = (u64)-(1LL << 20);
}

const struct sched_class fair_sched_class = {
	.next = &idle_sched_class,
	.enqueue_task = enqueue_task_fair,
	.dequeue_task = dequeue_task_fair,
	.yield_task = yield_task_fair,
	.check_preempt_curr = check_preempt_wakeup,
	.pick_next_task = pick_next_task_fair,
	.put_prev_task = put_prev_task_fair,
	.set_curr_task = set_curr_task_fair,
	.task_tick = task_tick_fair,
	.task_new = task_new_fair,
};
