/* Exceptions, and what the kernel says when it meets one of its own. */
#ifndef _ASM_X86_TRAPS_H
#define _ASM_X86_TRAPS_H

struct pt_regs;

/* Prints an oops and ends the current task; panics in an interrupt. err is the exception's error code. */
extern void die(const char *str, struct pt_regs *regs, long err);
extern void trap_init(void);

#endif
