/* Exceptions, and what the kernel says when it meets one of its own. */
#ifndef _ASM_SPARC_TRAPS_H
#define _ASM_SPARC_TRAPS_H

/* Trap types. */
#define TT_INSN_ACCESS		0x08
#define TT_ILLEGAL_INSN		0x10
#define TT_PRIVILEGED_OP	0x11
#define TT_FP_DISABLED		0x20
#define TT_DIVISION_BY_ZERO	0x28
#define TT_DATA_ACCESS		0x30
#define TT_ALIGNMENT		0x34
#define TT_INTERRUPT		0x41
#define TT_BREAKPOINT		0x170

#ifndef __ASSEMBLY__
struct pt_regs;

/* Prints an oops and ends the current task; panics in an interrupt. err is the trap's type. */
extern void die(const char *str, struct pt_regs *regs, long err);
extern void trap_init(void);
#endif

#endif
