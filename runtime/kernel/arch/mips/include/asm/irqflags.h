#ifndef _ASM_MIPS_IRQFLAGS_H
#define _ASM_MIPS_IRQFLAGS_H

#include <linux/compiler.h>
#include <asm/ptrace.h>

static inline unsigned long __raw_local_save_flags(void)
{
	unsigned long flags;

	__asm__ __volatile__("mfc0 %0, $12" : "=r" (flags) : : "memory");
	return flags;
}

static inline void raw_local_irq_disable(void) { __asm__ __volatile__("di" : : : "memory"); }
static inline void raw_local_irq_enable(void) { __asm__ __volatile__("ei" : : : "memory"); }

static inline int raw_irqs_disabled_flags(unsigned long flags)
{
	return !(flags & ST0_IE);
}

#endif
