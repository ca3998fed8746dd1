/* Interrupts from their entry to the line's handler. */
#include <linux/irq.h>
#include <linux/linkage.h>
#include <linux/sched.h>

/* The stub left ~line where a system call's number goes. Interrupts are off. */
unsigned int do_IRQ(struct pt_regs *regs)
{
	struct pt_regs *old_regs = set_irq_regs(regs);
	unsigned int irq = ~regs->orig_ax;

	irq_enter();
	generic_handle_irq(irq);
	irq_exit();
	set_irq_regs(old_regs);
	return 1;
}
