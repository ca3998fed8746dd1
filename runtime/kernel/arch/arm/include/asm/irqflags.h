#ifndef _ASM_ARM_IRQFLAGS_H
#define _ASM_ARM_IRQFLAGS_H

#include <linux/compiler.h>
#include <asm/ptrace.h>

static inline unsigned long __raw_local_save_flags(void)
{
	unsigned long flags;

	__asm__ __volatile__("mrs %0, cpsr" : "=r" (flags) : : "memory");
	return flags;
}

static inline void raw_local_irq_disable(void) { __asm__ __volatile__("cpsid i" : : : "memory"); }
static inline void raw_local_irq_enable(void) { __asm__ __volatile__("cpsie i" : : : "memory"); }

static inline int raw_irqs_disabled_flags(unsigned long flags)
{
	return (flags & PSR_I_BIT) != 0;
}

#endif
