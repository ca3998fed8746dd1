/* Read-copy-update on a kernel that is not preempted: callbacks run at the CPU's next tick from user or idle. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

struct rcu_data {
	struct rcu_head *list;
	struct rcu_head **tail;
};

static DEFINE_PER_CPU(struct rcu_data, rcu_data);

/* Calls func(head) once no reader can still see what head belongs to. */
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	struct rcu_data *rdp;
	unsigned long flags;

	head->func = func;
	head->next = NULL;
	local_irq_save(flags);
	rdp = &__get_cpu_var(rcu_data);
	*rdp->tail = head;
	rdp->tail = &head->next;
	local_irq_restore(flags);
}
EXPORT_SYMBOL(call_rcu);

/* The caller is not in a read section, and nobody else runs in the kernel. */
void synchronize_rcu(void)
{
	cond_resched();
}
EXPORT_SYMBOL(synchronize_rcu);

static void rcu_process_callbacks(struct softirq_action *unused)
{
	struct rcu_data *rdp = &__get_cpu_var(rcu_data);
	struct rcu_head *list, *next;

	local_irq_disable();
	list = rdp->list;
	rdp->list = NULL;
	rdp->tail = &rdp->list;
	local_irq_enable();
	for (; list; list = next) {
		next = list->next;
		list->func(list);
	}
}

/* In the tick: user code or the idle task holds no read section. */
void rcu_check_callbacks(int cpu, int user)
{
	if ((user || idle_cpu(cpu)) && per_cpu(rcu_data, cpu).list)
		raise_softirq(RCU_SOFTIRQ);
}

void __init rcu_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(rcu_data, cpu).tail = &per_cpu(rcu_data, cpu).list;
	open_softirq(RCU_SOFTIRQ, rcu_process_callbacks);
}
