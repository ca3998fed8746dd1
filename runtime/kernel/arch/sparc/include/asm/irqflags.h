/*
 * Interrupts are masked by a level. The CPU here runs without privileges and has no %pil to write: the level is in
 * %g6, which the compiler leaves alone.
 */
#ifndef _ASM_SPARC_IRQFLAGS_H
#define _ASM_SPARC_IRQFLAGS_H

#include <linux/compiler.h>
#include <asm/ptrace.h>

static inline unsigned long __raw_local_save_flags(void)
{
	unsigned long pil;

	__asm__ __volatile__("mov %%g6, %0" : "=r" (pil) : : "memory");
	return pil;
}

static inline void raw_local_irq_disable(void) { __asm__ __volatile__("mov 15, %%g6" : : : "memory"); }
static inline void raw_local_irq_enable(void) { __asm__ __volatile__("mov 0, %%g6" : : : "memory"); }

static inline int raw_irqs_disabled_flags(unsigned long flags)
{
	return flags > 0;
}

#endif
