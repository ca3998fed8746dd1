/* Exceptions, and what the kernel says when it meets one of its own. */
#ifndef _ASM_POWERPC_TRAPS_H
#define _ASM_POWERPC_TRAPS_H

/* Bits of DSISR, and of SRR1 for instructions. */
#define DSISR_NOHPTE	0x40000000	/* no translation */
#define DSISR_PROTFAULT	0x08000000
#define DSISR_ISSTORE	0x02000000

struct pt_regs;

/* Prints an oops and ends the current task; panics in an interrupt. err is the signal a process would get. */
extern void die(const char *str, struct pt_regs *regs, long err);
extern void trap_init(void);

#endif
