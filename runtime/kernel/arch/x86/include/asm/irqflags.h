#ifndef _ASM_X86_IRQFLAGS_H
#define _ASM_X86_IRQFLAGS_H

#include <linux/compiler.h>

#define X86_EFLAGS_IF 0x200

static inline unsigned long __raw_local_save_flags(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushf; pop %0" : "=g" (flags) : : "memory");
	return flags;
}

static inline void raw_local_irq_disable(void) { __asm__ __volatile__("cli" : : : "memory"); }
static inline void raw_local_irq_enable(void) { __asm__ __volatile__("sti" : : : "memory"); }

static inline int raw_irqs_disabled_flags(unsigned long flags)
{
	return !(flags & X86_EFLAGS_IF);
}

#endif
