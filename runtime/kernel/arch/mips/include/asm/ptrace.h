/* The registers of interrupted code, as the entry code lays them on the kernel stack. */
#ifndef _ASM_MIPS_PTRACE_H
#define _ASM_MIPS_PTRACE_H

/* Bits of the status register: interrupts on, in an exception, and the mode. */
#define ST0_IE		0x1
#define ST0_EXL		0x2
#define KU_MASK		0x18
#define KU_USER		0x10
#define ST0_INIT	0xe4	/* 64-bit addresses in every mode; the error level, where low addresses are not translated */

/* Of the cause register: the kind of exception, the lines that ask for an interrupt, in a delay slot. */
#define CAUSEB_EXCCODE	2
#define CAUSEF_EXCCODE	0x7c
#define CAUSEB_IP	8
#define CAUSEF_IP	0xff00
#define CAUSEF_BD	0x80000000

/* Offsets in struct pt_regs. */
#define PT_R(n)		(8 * (n))
#define PT_STATUS	256
#define PT_HI		264
#define PT_LO		272
#define PT_BVADDR	280
#define PT_CAUSE	288
#define PT_EPC		296
#define PT_SIZE		304

#ifndef __ASSEMBLY__

struct pt_regs {
	unsigned long regs[32];		/* [0] is the number of the system call, or 0; [26] its fourth argument */
	unsigned long cp0_status;
	unsigned long hi;
	unsigned long lo;
	unsigned long cp0_badvaddr;
	unsigned long cp0_cause;
	unsigned long cp0_epc;
};

#define user_mode(r) (((r)->cp0_status & KU_MASK) == KU_USER)
#define exception_code(r) (((r)->cp0_cause & CAUSEF_EXCCODE) >> CAUSEB_EXCCODE)
#define instruction_pointer(r) ((r)->cp0_epc)
#define frame_pointer(r) ((r)->regs[30])
#define user_stack_pointer(r) ((r)->regs[29])
#define kernel_stack_pointer(r) ((r)->regs[29])
#define regs_return_value(r) ((r)->regs[2])

#endif
#endif
