/* The registers of interrupted code, as the entry code lays them on the kernel stack. */
#ifndef _ASM_RISCV_PTRACE_H
#define _ASM_RISCV_PTRACE_H

/* Bits of sstatus. */
#define SR_IE		0x2	/* interrupts on */
#define SR_PIE		0x20	/* what it was before the trap */
#define SR_PS		0x100	/* the trap came from the kernel */

/* Offsets in struct pt_regs. */
#define PT_EPC		0
#define PT_RA		8
#define PT_SP		16
#define PT_S0		64
#define PT_A0		80
#define PT_STATUS	256
#define PT_BADADDR	264
#define PT_CAUSE	272
#define PT_ORIG_A0	280
#define PT_SIZE		288

#ifndef __ASSEMBLY__

struct pt_regs {
	unsigned long epc;
	unsigned long ra;
	unsigned long sp;
	unsigned long gp;
	unsigned long tp;
	unsigned long t0;
	unsigned long t1;
	unsigned long t2;
	unsigned long s0;
	unsigned long s1;
	unsigned long a0;
	unsigned long a1;
	unsigned long a2;
	unsigned long a3;
	unsigned long a4;
	unsigned long a5;
	unsigned long a6;
	unsigned long a7;
	unsigned long s2;
	unsigned long s3;
	unsigned long s4;
	unsigned long s5;
	unsigned long s6;
	unsigned long s7;
	unsigned long s8;
	unsigned long s9;
	unsigned long s10;
	unsigned long s11;
	unsigned long t3;
	unsigned long t4;
	unsigned long t5;
	unsigned long t6;
	/* CSRs of the supervisor */
	unsigned long status;
	unsigned long badaddr;
	unsigned long cause;
	/* a0 before the system call */
	unsigned long orig_a0;
};

#define user_mode(regs) (((regs)->status & SR_PS) == 0)
#define instruction_pointer(regs) ((regs)->epc)
#define frame_pointer(regs) ((regs)->s0)
#define user_stack_pointer(regs) ((regs)->sp)
#define kernel_stack_pointer(regs) ((regs)->sp)
#define regs_return_value(regs) ((regs)->a0)

#endif
#endif
