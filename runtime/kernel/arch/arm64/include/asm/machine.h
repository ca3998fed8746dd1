/* Calls from the kernel to the emulated computer it runs on. */
#ifndef _ASM_ARM64_MACHINE_H
#define _ASM_ARM64_MACHINE_H

#include <linux/compiler.h>

#define MC_CONSOLE	1	/* (text, length) */
#define MC_HALT		2	/* stop until an interrupt has been handled */
#define MC_EVENTS	3	/* deliver what is due now */
#define MC_POWEROFF	4	/* (exit status) */
#define MC_RELAX	5	/* let another CPU run */
#define MC_TTY		6	/* (text, length): what processes write to their terminal */

/* svc is a call out of the kernel here: user mode's own calls never come by the CPU. */
static inline long machine_call(long nr, unsigned long a, unsigned long b)
{
	register long x0 __asm__("x0") = nr;
	register unsigned long x1 __asm__("x1") = a;
	register unsigned long x2 __asm__("x2") = b;

	__asm__ __volatile__("svc #0x7f" : "+r" (x0) : "r" (x1), "r" (x2) : "memory");
	return x0;
}

#endif
