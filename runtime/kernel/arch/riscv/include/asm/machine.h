/* Calls from the kernel to the emulated computer it runs on. */
#ifndef _ASM_RISCV_MACHINE_H
#define _ASM_RISCV_MACHINE_H

#include <linux/compiler.h>

#define MC_CONSOLE	1	/* (text, length) */
#define MC_HALT		2	/* stop until an interrupt has been handled */
#define MC_EVENTS	3	/* deliver what is due now */
#define MC_POWEROFF	4	/* (exit status) */
#define MC_RELAX	5	/* let another CPU run */
#define MC_TTY		6	/* (text, length): what processes write to their terminal */

/* ecall is a call out of the kernel, as to a firmware: user mode's own calls never come by the CPU. */
static inline long machine_call(long nr, unsigned long a, unsigned long b)
{
	register unsigned long a0 __asm__("a0") = a;
	register unsigned long a1 __asm__("a1") = b;
	register long a7 __asm__("a7") = nr;

	__asm__ __volatile__("ecall" : "+r" (a0) : "r" (a1), "r" (a7) : "memory");
	return a0;
}

#endif
