/* Calls from the kernel to the emulated computer it runs on. */
#ifndef _ASM_X86_MACHINE_H
#define _ASM_X86_MACHINE_H

#include <linux/compiler.h>

#define MC_CONSOLE	1	/* (text, length) */
#define MC_HALT		2	/* stop until an interrupt has been handled */
#define MC_EVENTS	3	/* deliver what is due now */
#define MC_POWEROFF	4	/* (exit status) */
#define MC_RELAX	5	/* let another CPU run */
#define MC_TTY		6	/* (text, length): what processes write to their terminal */

static inline long machine_call(long nr, unsigned long a, unsigned long b)
{
#ifdef __x86_64__
	__asm__ __volatile__("int $0x7f" : "+a" (nr) : "D" (a), "S" (b) : "memory");
#else
	__asm__ __volatile__("int $0x7f" : "+a" (nr) : "b" (a), "c" (b) : "memory");
#endif
	return nr;
}

#endif
