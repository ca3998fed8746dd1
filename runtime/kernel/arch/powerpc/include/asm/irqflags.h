#ifndef _ASM_POWERPC_IRQFLAGS_H
#define _ASM_POWERPC_IRQFLAGS_H

#include <linux/compiler.h>
#include <asm/ptrace.h>

static inline unsigned long mfmsr(void)
{
	unsigned long msr;

	__asm__ __volatile__("mfmsr %0" : "=r" (msr) : : "memory");
	return msr;
}

/* With its last operand 1, mtmsrd changes EE and RI alone. */
static inline void __mtmsrd_ee(unsigned long msr)
{
	__asm__ __volatile__("mtmsrd %0, 1" : : "r" (msr) : "memory");
}

static inline unsigned long __raw_local_save_flags(void) { return mfmsr(); }
static inline void raw_local_irq_disable(void) { __mtmsrd_ee(mfmsr() & ~MSR_EE); }
static inline void raw_local_irq_enable(void) { __mtmsrd_ee(mfmsr() | MSR_EE); }

static inline int raw_irqs_disabled_flags(unsigned long flags)
{
	return (flags & MSR_EE) == 0;
}

#endif
