/* Calls from the kernel to the emulated computer it runs on. */
#ifndef _ASM_S390_MACHINE_H
#define _ASM_S390_MACHINE_H

#include <linux/compiler.h>

#define MC_CONSOLE	1	/* (text, length) */
#define MC_HALT		2	/* stop until an interrupt has been handled */
#define MC_EVENTS	3	/* deliver what is due now */
#define MC_POWEROFF	4	/* (exit status) */
#define MC_RELAX	5	/* let another CPU run */
#define MC_TTY		6	/* (text, length): what processes write to their terminal */

/* A call that no user makes: theirs are `svc 0`, with the number in a register. */
static inline long machine_call(long nr, unsigned long a, unsigned long b)
{
	register long r1 __asm__("1") = nr;
	register unsigned long r2 __asm__("2") = a;
	register unsigned long r3 __asm__("3") = b;

	__asm__ __volatile__("svc 0x7f" : "+d" (r2) : "d" (r1), "d" (r3) : "memory", "cc");
	return r2;
}

#endif
