/* The registers of interrupted code, as the entry code lays them on the kernel stack. */
#ifndef _ASM_SPARC_PTRACE_H
#define _ASM_SPARC_PTRACE_H

/* The ABI's stack pointers point 2047 bytes below the stack. */
#define STACK_BIAS	2047
/* Its smallest frame: 16 registers, which functions save there, and 6 arguments. */
#define STACKFRAME_SZ	176

/* Bits of tstate: PSTATE's privileged mode and interrupt enable, and, Linux's own, whether this is a system call. */
#define TSTATE_PRIV	0x400
#define TSTATE_IE	0x200
#define TSTATE_SYSCALL	0x20000
#define TSTATE_PIL	0xf00000	/* the interrupt level, also Linux's own */
#define TSTATE_ICARRY	0x100000000	/* the condition codes' carry: a system call failed */
#define TSTATE_XCARRY	0x1000000000

#define PIL_NORMAL_MAX	15		/* all interrupts off */

/* Offsets in struct pt_regs. */
#define PT_G(n)		(8 * (n))
#define PT_O(n)		(64 + 8 * (n))
#define PT_TSTATE	128
#define PT_TPC		136
#define PT_TNPC		144
#define PT_Y		152
#define PT_MAGIC	156
#define PT_SIZE		160

#ifndef __ASSEMBLY__

#define UREG_G1		1
#define UREG_G7		7
#define UREG_I0		8
#define UREG_I1		9
#define UREG_FP		14
#define UREG_RETPC	15

#define PT_REGS_MAGIC	0x57ac6c00	/* with the trap's type below */

struct pt_regs {
	unsigned long u_regs[16];	/* %g0 to %g7 and %o0 to %o7, which Linux calls by the names of a callee */
	unsigned long tstate;
	unsigned long tpc;
	unsigned long tnpc;
	unsigned int y;
	unsigned int magic;
};

#define user_mode(regs) (((regs)->tstate & TSTATE_PRIV) == 0)
#define pt_regs_trap_type(regs) ((regs)->magic & 0x1ff)
#define instruction_pointer(regs) ((regs)->tpc)
#define user_stack_pointer(regs) ((regs)->u_regs[UREG_FP])
#define kernel_stack_pointer(regs) ((regs)->u_regs[UREG_FP])
#define frame_pointer(regs) ((regs)->u_regs[UREG_FP])
#define regs_return_value(regs) ((regs)->u_regs[UREG_I0])

#endif
#endif
