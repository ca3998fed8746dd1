/* Interrupts from their entry to the line's handler. */
#include <linux/irq.h>
#include <linux/linkage.h>
#include <linux/sched.h>

/* The machine says which line it is. Interrupts are off. */
asmlinkage void do_IRQ(struct pt_regs *regs)
{
	struct pt_regs *old_regs = set_irq_regs(regs);
	unsigned int irq = regs->int_parm_long;

	irq_enter();
	generic_handle_irq(irq);
	irq_exit();
	set_irq_regs(old_regs);
}
