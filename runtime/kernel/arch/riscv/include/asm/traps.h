/* Exceptions, and what the kernel says when it meets one of its own. */
#ifndef _ASM_RISCV_TRAPS_H
#define _ASM_RISCV_TRAPS_H

/* What scause says. */
#define EXC_INST_MISALIGNED	0
#define EXC_INST_ACCESS		1
#define EXC_INST_ILLEGAL	2
#define EXC_BREAKPOINT		3
#define EXC_LOAD_MISALIGNED	4
#define EXC_LOAD_ACCESS		5
#define EXC_STORE_MISALIGNED	6
#define EXC_STORE_ACCESS	7
#define EXC_SYSCALL		8
#define EXC_INST_PAGE_FAULT	12
#define EXC_LOAD_PAGE_FAULT	13
#define EXC_STORE_PAGE_FAULT	15

#define INTERRUPT_CAUSE_TIMER		5
#define INTERRUPT_CAUSE_PLATFORM	16	/* the platform's line 0; from here on its own */

#ifndef __ASSEMBLY__
struct pt_regs;

/* Prints an oops and ends the current task; panics in an interrupt. err is the exception's cause. */
extern void die(const char *str, struct pt_regs *regs, long err);
extern void trap_init(void);
#endif

#endif
