/* Interrupts from their entry to the line's handler. */
#include <linux/irq.h>
#include <linux/linkage.h>
#include <linux/sched.h>
#include <asm/traps.h>

/* The cause tells the line: the timer's has a number of its own. Interrupts are off. */
asmlinkage void do_IRQ(struct pt_regs *regs)
{
	struct pt_regs *old_regs = set_irq_regs(regs);
	unsigned long cause = regs->cause & ~(1UL << (BITS_PER_LONG - 1));
	unsigned int irq = cause == INTERRUPT_CAUSE_TIMER ? 0 : cause - INTERRUPT_CAUSE_PLATFORM;

	irq_enter();
	generic_handle_irq(irq);
	irq_exit();
	set_irq_regs(old_regs);
}
