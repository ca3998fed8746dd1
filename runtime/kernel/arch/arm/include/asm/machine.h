/* Calls from the kernel to the emulated computer it runs on. */
#ifndef _ASM_ARM_MACHINE_H
#define _ASM_ARM_MACHINE_H

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
	register long r0 __asm__("r0") = nr;
	register unsigned long r1 __asm__("r1") = a;
	register unsigned long r2 __asm__("r2") = b;

	__asm__ __volatile__("svc #0x7f" : "+r" (r0) : "r" (r1), "r" (r2) : "memory");
	return r0;
}

#endif
