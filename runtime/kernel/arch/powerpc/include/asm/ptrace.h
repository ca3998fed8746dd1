/* The registers of interrupted code, as the entry code lays them on the kernel stack. */
#ifndef _ASM_POWERPC_PTRACE_H
#define _ASM_POWERPC_PTRACE_H

/* Bits of the machine state register. */
#ifdef __ASSEMBLY__
#define MSR_EE		0x8000		/* interrupts enabled */
#define MSR_PR		0x4000		/* user mode */
#else
#define MSR_EE		0x8000UL
#define MSR_PR		0x4000UL
#define MSR_SF		0x8000000000000000UL	/* 64-bit addresses */
#ifdef __LITTLE_ENDIAN__
#define MSR_LE		1UL
#else
#define MSR_LE		0UL
#endif
#define MSR_KERNEL	(MSR_SF | MSR_LE)
#define MSR_USER	(MSR_KERNEL | MSR_PR | MSR_EE)
#endif

#define CCR_SO		0x10000000	/* summary overflow of cr0: a system call failed */

/* The ABI's smallest stack frame: back chain, cr, lr, compiler, linker, toc, eight parameters. */
#define STACK_FRAME_OVERHEAD	112
#define STACK_FRAME_LR_SAVE	2	/* the word of a frame with its callee's return address */
#define KERNEL_REDZONE_SIZE	288	/* below the stack pointer, that leaf functions use without saying so */

/* What regs->trap says, by the entry; the lowest bit is of system calls. */
#define TRAP_SYSCALL	0xc01

#ifndef __ASSEMBLY__
struct pt_regs {
	unsigned long gpr[32];
	unsigned long nip;
	unsigned long msr;
	unsigned long orig_gpr3;	/* the first argument of a system call, which its result replaces */
	unsigned long ctr;
	unsigned long link;
	unsigned long xer;
	unsigned long ccr;
	unsigned long softe;
	unsigned long trap;		/* offset of the exception's vector */
	unsigned long dar;		/* address of the access that failed */
	unsigned long dsisr;		/* and why */
	unsigned long result;
};

#define user_mode(regs) (((regs)->msr & MSR_PR) != 0)
#define instruction_pointer(regs) ((regs)->nip)
#define user_stack_pointer(regs) ((regs)->gpr[1])
#define kernel_stack_pointer(regs) ((regs)->gpr[1])
#define frame_pointer(regs) ((regs)->gpr[1])
#define regs_return_value(regs) ((regs)->gpr[3])
#endif

/* Offsets of its members. */
#define PT_GPR(n)	(8 * (n))
#define PT_NIP		256
#define PT_MSR		264
#define PT_ORIG_GPR3	272
#define PT_CTR		280
#define PT_LINK		288
#define PT_XER		296
#define PT_CCR		304
#define PT_SOFTE	312
#define PT_TRAP		320
#define PT_RESULT	344
#define PT_SIZE		352

#define INT_FRAME_SIZE	(STACK_FRAME_OVERHEAD + PT_SIZE)

#endif
