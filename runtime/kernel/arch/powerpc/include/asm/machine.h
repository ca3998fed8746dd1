/* Calls from the kernel to the emulated computer it runs on. */
#ifndef _ASM_POWERPC_MACHINE_H
#define _ASM_POWERPC_MACHINE_H

#include <linux/compiler.h>

#define MC_CONSOLE	1	/* (text, length) */
#define MC_HALT		2	/* stop until an interrupt has been handled */
#define MC_EVENTS	3	/* deliver what is due now */
#define MC_POWEROFF	4	/* (exit status) */
#define MC_RELAX	5	/* let another CPU run */
#define MC_TTY		6	/* (text, length): what processes write to their terminal */

/* As a kernel calls the hypervisor it runs under. */
static inline long machine_call(long nr, unsigned long a, unsigned long b)
{
	register long r3 __asm__("r3") = nr;
	register unsigned long r4 __asm__("r4") = a;
	register unsigned long r5 __asm__("r5") = b;

	__asm__ __volatile__("sc 1" : "+r" (r3) : "r" (r4), "r" (r5) : "memory");
	return r3;
}

#endif
