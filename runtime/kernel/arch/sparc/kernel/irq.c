/* Interrupts from their entry to the line's handler. */
#include <linux/irq.h>
#include <linux/linkage.h>
#include <linux/sched.h>

/* Which line it is the machine has left behind. Interrupts are off. */
asmlinkage void do_IRQ(struct pt_regs *regs)
{
	struct pt_regs *old_regs = set_irq_regs(regs);
	unsigned int irq = cpu_irq[smp_processor_id()];

	irq_enter();
	generic_handle_irq(irq);
	irq_exit();
	set_irq_regs(old_regs);
}
