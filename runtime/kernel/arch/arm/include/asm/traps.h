/* Exceptions, and what the kernel says when it meets one of its own. */
#ifndef _ASM_ARM_TRAPS_H
#define _ASM_ARM_TRAPS_H

/* The fault status register of an abort: what went wrong, and whether by a write. */
#define FSR_WRITE		0x800
#define FSR_LNX_PF		0x80000000UL	/* Linux's own mark: it was an instruction fetch */
#define FSR_FS_MASK		0xf
#define FSR_DEBUG		0x2
#define FSR_TRANSLATION		0x7
#define FSR_PERMISSION		0xf

#ifndef __ASSEMBLY__
struct pt_regs;

/* Prints an oops and ends the current task; panics in an interrupt. err is the fault status. */
extern void die(const char *str, struct pt_regs *regs, long err);
extern void trap_init(void);
#endif

#endif
