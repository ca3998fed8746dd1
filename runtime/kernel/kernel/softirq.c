/*
 * Work that interrupts leave for when they are done: softirqs and tasklets.
 *
 * A softirq runs with interrupts enabled on the CPU that raised it, after the interrupt or when bottom
 * halves are enabled again; what keeps coming back is left to the thread ksoftirqd.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel_stat.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/tick.h>
#include <linux/tracepoint.h>

#define MAX_SOFTIRQ_RESTART	10
#define SOFTIRQ_COST		100

static struct softirq_action softirq_vec[NR_SOFTIRQS];
static DEFINE_PER_CPU(unsigned int, softirq_pending);
static DEFINE_PER_CPU(struct task_struct *, ksoftirqd);

struct tasklet_head {
	struct tasklet_struct *head;
	struct tasklet_struct **tail;
};

static DEFINE_PER_CPU(struct tasklet_head, tasklet_vec);

void wakeup_softirqd(void)
{
	struct task_struct *tsk = __get_cpu_var(ksoftirqd);

	if (tsk && tsk->state != TASK_RUNNING)
		wake_up_process(tsk);
}

void local_bh_disable(void)
{
	add_preempt_count(SOFTIRQ_OFFSET);
}
EXPORT_SYMBOL(local_bh_disable);

void _local_bh_enable(void)
{
	sub_preempt_count(SOFTIRQ_OFFSET);
}

void local_bh_enable(void)
{
	sub_preempt_count(SOFTIRQ_OFFSET);
	if (unlikely(!in_interrupt() && __get_cpu_var(softirq_pending)))
		do_softirq();
}
EXPORT_SYMBOL(local_bh_enable);

/* Called with interrupts off; runs the softirqs with interrupts on. */
asmlinkage void __do_softirq(void)
{
	int restart = MAX_SOFTIRQ_RESTART, nr;
	unsigned int pending;

	local_bh_disable();
	while ((pending = __get_cpu_var(softirq_pending)) != 0 && restart--) {
		__get_cpu_var(softirq_pending) = 0;
		local_irq_enable();
		for (nr = 0; pending; nr++, pending >>= 1) {
			if (!(pending & 1))
				continue;
			kstat_cpu(smp_processor_id()).softirqs[nr]++;
			spend(SOFTIRQ_COST);
			trace_softirq_entry(nr, &softirq_vec[nr], softirq_vec);
			softirq_vec[nr].action(&softirq_vec[nr]);
			trace_softirq_exit(nr, &softirq_vec[nr], softirq_vec);
		}
		local_irq_disable();
	}
	if (pending)
		wakeup_softirqd();
	_local_bh_enable();
}

asmlinkage void do_softirq(void)
{
	unsigned long flags;

	if (in_interrupt())
		return;
	local_irq_save(flags);
	if (__get_cpu_var(softirq_pending))
		__do_softirq();
	local_irq_restore(flags);
}
EXPORT_SYMBOL(do_softirq);

/* An idle CPU has let time pass without ticks: jiffies are set right before any handler looks. */
void irq_enter(void)
{
	int cpu = smp_processor_id();

	if (idle_cpu(cpu) && !in_interrupt())
		tick_check_idle(cpu);
	add_preempt_count(HARDIRQ_OFFSET);
}

void irq_exit(void)
{
	sub_preempt_count(HARDIRQ_OFFSET);
	if (!in_interrupt() && __get_cpu_var(softirq_pending))
		__do_softirq();
}

/* Interrupts are off. */
void raise_softirq_irqoff(unsigned int nr)
{
	trace_softirq_raise(nr);
	__get_cpu_var(softirq_pending) |= 1U << nr;
	if (!in_interrupt())
		wakeup_softirqd();
}

void raise_softirq(unsigned int nr)
{
	unsigned long flags;

	local_irq_save(flags);
	raise_softirq_irqoff(nr);
	local_irq_restore(flags);
}

void open_softirq(int nr, void (*action)(struct softirq_action *))
{
	softirq_vec[nr].action = action;
}

void __tasklet_schedule(struct tasklet_struct *t)
{
	struct tasklet_head *vec;
	unsigned long flags;

	local_irq_save(flags);
	vec = &__get_cpu_var(tasklet_vec);
	t->next = NULL;
	*vec->tail = t;
	vec->tail = &t->next;
	raise_softirq_irqoff(TASKLET_SOFTIRQ);
	local_irq_restore(flags);
}
EXPORT_SYMBOL(__tasklet_schedule);

static void tasklet_action(struct softirq_action *a)
{
	struct tasklet_head *vec = &__get_cpu_var(tasklet_vec);
	struct tasklet_struct *list;

	local_irq_disable();
	list = vec->head;
	vec->head = NULL;
	vec->tail = &vec->head;
	local_irq_enable();
	while (list) {
		struct tasklet_struct *t = list;

		list = list->next;
		clear_bit(TASKLET_STATE_SCHED, &t->state);
		if (atomic_read(&t->count))
			continue;
		trace_tasklet_entry(t, t->func);
		t->func(t->data);
		trace_tasklet_exit(t, t->func);
	}
}

void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)
{
	t->next = NULL;
	t->state = 0;
	atomic_set(&t->count, 0);
	t->func = func;
	t->data = data;
}
EXPORT_SYMBOL(tasklet_init);

void tasklet_kill(struct tasklet_struct *t)
{
	while (test_and_set_bit(TASKLET_STATE_SCHED, &t->state))
		yield();
	clear_bit(TASKLET_STATE_SCHED, &t->state);
}
EXPORT_SYMBOL(tasklet_kill);

void __init softirq_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(tasklet_vec, cpu).tail = &per_cpu(tasklet_vec, cpu).head;
	open_softirq(TASKLET_SOFTIRQ, tasklet_action);
}

static int run_ksoftirqd(void *bind_cpu)
{
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		if (!__get_cpu_var(softirq_pending))
			schedule();
		__set_current_state(TASK_RUNNING);
		while (__get_cpu_var(softirq_pending)) {
			do_softirq();
			cond_resched();
		}
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int __init spawn_ksoftirqd(void)
{
	long cpu = smp_processor_id();
	struct task_struct *p = kthread_create(run_ksoftirqd, (void *)cpu, "ksoftirqd/%d", (int)cpu);

	kthread_bind(p, cpu);
	per_cpu(ksoftirqd, cpu) = p;
	wake_up_process(p);
	return 0;
}
early_initcall(spawn_ksoftirqd);
