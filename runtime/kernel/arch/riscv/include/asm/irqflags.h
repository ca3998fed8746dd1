#ifndef _ASM_RISCV_IRQFLAGS_H
#define _ASM_RISCV_IRQFLAGS_H

#include <linux/compiler.h>
#include <asm/ptrace.h>

static inline unsigned long __raw_local_save_flags(void)
{
	unsigned long flags;

	__asm__ __volatile__("csrr %0, sstatus" : "=r" (flags) : : "memory");
	return flags;
}

static inline void raw_local_irq_disable(void) { __asm__ __volatile__("csrci sstatus, 2" : : : "memory"); }
static inline void raw_local_irq_enable(void) { __asm__ __volatile__("csrsi sstatus, 2" : : : "memory"); }

/* Of the CPU's own status; in saved registers SR_PIE is what counts. */
static inline int raw_irqs_disabled_flags(unsigned long flags)
{
	return !(flags & SR_IE);
}

#endif
