/* Calls from the kernel to the emulated computer it runs on. */
#ifndef _ASM_MIPS_MACHINE_H
#define _ASM_MIPS_MACHINE_H

#include <linux/compiler.h>

#define MC_CONSOLE	1	/* (text, length) */
#define MC_HALT		2	/* stop until an interrupt has been handled */
#define MC_EVENTS	3	/* deliver what is due now */
#define MC_POWEROFF	4	/* (exit status) */
#define MC_RELAX	5	/* let another CPU run */
#define MC_TTY		6	/* (text, length): what processes write to their terminal */

/* The code tells it from a system call, as a hypercall's does: user mode's own calls never come by the CPU. */
static inline long machine_call(long nr, unsigned long a, unsigned long b)
{
	register long v0 __asm__("$2") = nr;
	register unsigned long a0 __asm__("$4") = a;
	register unsigned long a1 __asm__("$5") = b;

	__asm__ __volatile__("syscall 0x7f" : "+r" (v0) : "r" (a0), "r" (a1) : "memory");
	return v0;
}

#endif
