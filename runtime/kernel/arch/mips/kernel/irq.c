/* Interrupts from their entry to the line's handler. */
#include <linux/irq.h>
#include <linux/linkage.h>
#include <linux/sched.h>
#include <asm/ptrace.h>

#define CAUSE_TIMER	7	/* the line that the CPU's own timer has; others are those of the platform, */
#define CAUSE_LINES	2	/* behind the two that software raises */

/* The cause tells the line. Interrupts are off. */
asmlinkage void do_IRQ(struct pt_regs *regs)
{
	struct pt_regs *old_regs = set_irq_regs(regs);
	unsigned int pending = (regs->cp0_cause & CAUSEF_IP) >> CAUSEB_IP;
	unsigned int irq = 0;

	if (!(pending & (1 << CAUSE_TIMER)))
		irq = __builtin_ctz(pending) - CAUSE_LINES;
	irq_enter();
	generic_handle_irq(irq);
	irq_exit();
	set_irq_regs(old_regs);
}
