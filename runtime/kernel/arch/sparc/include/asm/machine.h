/* Calls from the kernel to the emulated computer it runs on. */
#ifndef _ASM_SPARC_MACHINE_H
#define _ASM_SPARC_MACHINE_H

#include <linux/compiler.h>

#define MC_CONSOLE	1	/* (text, length) */
#define MC_HALT		2	/* stop until an interrupt has been handled */
#define MC_EVENTS	3	/* deliver what is due now */
#define MC_POWEROFF	4	/* (exit status) */
#define MC_RELAX	5	/* let another CPU run */
#define MC_TTY		6	/* (text, length): what processes write to their terminal */

/* A software trap, as a kernel calls its firmware or hypervisor. */
static inline long machine_call(long nr, unsigned long a, unsigned long b)
{
	register unsigned long o0 __asm__("o0") = a;
	register unsigned long o1 __asm__("o1") = b;
	register long o5 __asm__("o5") = nr;

	__asm__ __volatile__("ta 0x7f" : "+r" (o0) : "r" (o1), "r" (o5) : "memory");
	return o0;
}

#endif
