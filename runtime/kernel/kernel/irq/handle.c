/* Interrupt lines: from the descriptor to the handlers. A descriptor's lock protects it. */
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel_stat.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>

#define INTERRUPT_COST 500

struct irq_desc irq_desc[NR_IRQS];
struct pt_regs *__irq_regs[NR_CPUS];

struct irq_desc *irq_to_desc(unsigned int irq)
{
	return irq < NR_IRQS ? &irq_desc[irq] : NULL;
}

int __init early_irq_init(void)
{
	int i;

	printk(KERN_INFO "NR_IRQS:%d HZ:%d\n", NR_IRQS, HZ);
	for (i = 0; i < NR_IRQS; i++) {
		irq_desc[i].irq = i;
		irq_desc[i].status = IRQ_DISABLED;
		irq_desc[i].depth = 1;
		irq_desc[i].handle_irq = handle_edge_irq;
		irq_desc[i].name = "edge";
		spin_lock_init(&irq_desc[i].lock);
	}
	return 0;
}

void __init init_IRQ(void)
{
}

/* Asks each handler of the line. Interrupts are on meanwhile unless a handler wants them off. */
irqreturn_t handle_IRQ_event(unsigned int irq, struct irqaction *action)
{
	irqreturn_t ret, retval = IRQ_NONE;

	spend(INTERRUPT_COST);
	if (!(action->flags & IRQF_DISABLED))
		local_irq_enable();
	for (; action; action = action->next) {
		trace_irq_handler_entry(irq, action);
		ret = action->handler(irq, action->dev_id);
		trace_irq_handler_exit(irq, action, ret);
		retval |= ret;
	}
	local_irq_disable();
	return retval;
}

/* An interrupt that comes while its handler runs is remembered, and handled again after. */
void handle_edge_irq(unsigned int irq, struct irq_desc *desc)
{
	spin_lock(&desc->lock);
	desc->kstat_irqs[smp_processor_id()]++;
	kstat_cpu(smp_processor_id()).irqs_sum++;
	if ((desc->status & (IRQ_INPROGRESS | IRQ_DISABLED)) || !desc->action) {
		desc->status |= IRQ_PENDING;
		goto out;
	}
	desc->status |= IRQ_INPROGRESS;
	do {
		desc->status &= ~IRQ_PENDING;
		spin_unlock(&desc->lock);
		if (handle_IRQ_event(irq, desc->action) == IRQ_NONE)
			desc->irqs_unhandled++;
		spin_lock(&desc->lock);
	} while ((desc->status & (IRQ_PENDING | IRQ_DISABLED)) == IRQ_PENDING);
	desc->status &= ~IRQ_INPROGRESS;
out:
	spin_unlock(&desc->lock);
}
