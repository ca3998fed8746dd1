/* The timer interrupt, line 0. */
#include <linux/clock.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/linkage.h>
#include <asm/setup.h>

static irqreturn_t timer_interrupt(int irq, void *dev_id)
{
	hrtimer_interrupt();
	return IRQ_HANDLED;
}

static struct irqaction irq0 = {
	.handler = timer_interrupt,
	.flags = IRQF_DISABLED | IRQF_TIMER,
	.name = "timer",
};

void __init time_init(void)
{
	setup_irq(0, &irq0);
}
