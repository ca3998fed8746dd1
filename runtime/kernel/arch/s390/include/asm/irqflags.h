#ifndef _ASM_S390_IRQFLAGS_H
#define _ASM_S390_IRQFLAGS_H

#include <linux/compiler.h>
#include <asm/ptrace.h>

/* Both instructions store the uppermost byte of the mask; then they set bits of it, or clear them. */
static inline unsigned long __raw_local_save_flags(void)
{
	unsigned char mask;

	__asm__ __volatile__("stosm %0,0x00" : "=Q" (mask) : : "memory");
	return (unsigned long)mask << 56;
}

static inline void raw_local_irq_disable(void)
{
	unsigned char mask;

	__asm__ __volatile__("stnsm %0,0xfc" : "=Q" (mask) : : "memory");
}

static inline void raw_local_irq_enable(void)
{
	unsigned char mask;

	__asm__ __volatile__("stosm %0,0x03" : "=Q" (mask) : : "memory");
}

static inline int raw_irqs_disabled_flags(unsigned long flags)
{
	return !(flags & (PSW_MASK_IO | PSW_MASK_EXT));
}

#endif
