/* Exceptions, and what the kernel says when it meets one of its own. */
#ifndef _ASM_ARM64_TRAPS_H
#define _ASM_ARM64_TRAPS_H

/* The classes of exceptions, bits 26 to 31 of the syndrome. */
#define ESR_EC_UNKNOWN	0x00
#define ESR_EC_SVC64	0x15
#define ESR_EC_IABT_EL0	0x20
#define ESR_EC_IABT_EL1	0x21
#define ESR_EC_PC_ALIGN	0x22
#define ESR_EC_DABT_EL0	0x24
#define ESR_EC_DABT_EL1	0x25
#define ESR_EC_SP_ALIGN	0x26
#define ESR_EC_BRK64	0x3c

#define ESR_WNR		0x40	/* of data aborts: the access was a write */
#define ESR_FSC_MASK	0x3c
#define ESR_FSC_PERM	0x0c	/* a permission fault, of any level */

#ifndef __ASSEMBLY__
struct pt_regs;

/* Prints an oops and ends the current task; panics in an interrupt. err is the exception's syndrome. */
extern void die(const char *str, struct pt_regs *regs, long err);
extern void trap_init(void);
#endif

#endif
