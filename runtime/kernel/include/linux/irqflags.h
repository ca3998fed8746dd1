/* Masking interrupts on this CPU. Unmasking takes an interrupt that became due meanwhile. */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <asm/irqflags.h>
#include <linux/clock.h>

#define local_irq_disable() raw_local_irq_disable()
#define local_save_flags(flags) ((flags) = __raw_local_save_flags())
#define irqs_disabled() raw_irqs_disabled_flags(__raw_local_save_flags())
#define irqs_disabled_flags(flags) raw_irqs_disabled_flags(flags)

#define local_irq_save(flags) do {			\
	(flags) = __raw_local_save_flags();		\
	raw_local_irq_disable();			\
} while (0)

static inline void local_irq_enable(void)
{
	raw_local_irq_enable();
	check_events();
}

static inline void local_irq_restore(unsigned long flags)
{
	if (!raw_irqs_disabled_flags(flags))
		local_irq_enable();
}

#endif
