/* The registers of interrupted code, as the entry code lays them on the kernel stack. */
#ifndef _ASM_S390_PTRACE_H
#define _ASM_S390_PTRACE_H

/* The ABI's smallest stack frame: back chain, and where a callee saves registers. */
#define STACK_FRAME_OVERHEAD	160

#define PIF_SYSCALL	1	/* in pt_regs.flags: a system call */

#ifndef __ASSEMBLY__
/* Bits of the program status word's mask. */
#define PSW_MASK_IO	0x0200000000000000UL	/* interrupts enabled: of devices, */
#define PSW_MASK_EXT	0x0100000000000000UL	/* and of the clock */
#define PSW_MASK_PSTATE	0x0001000000000000UL	/* user mode */
#define PSW_MASK_CC	0x0000300000000000UL
#define PSW_MASK_64	0x0000000180000000UL	/* 64-bit addresses */
#define PSW_KERNEL_BITS	PSW_MASK_64
#define PSW_USER_BITS	(PSW_MASK_64 | PSW_MASK_IO | PSW_MASK_EXT | PSW_MASK_PSTATE)

typedef struct {
	unsigned long mask;
	unsigned long addr;
} psw_t;

struct pt_regs {
	unsigned long args[1];
	psw_t psw;
	unsigned long gprs[16];
	unsigned long orig_gpr2;	/* the first argument of a system call, which its result replaces */
	unsigned int int_code;		/* why: length of the instruction << 16 | the program check's or call's number */
	unsigned int int_parm;		/* of an access that failed: what it was */
	unsigned long int_parm_long;	/* and its address; of an interrupt: the line */
	unsigned long flags;
};

/* What a function finds at the stack pointer, and what its callees may use of it. */
struct stack_frame {
	unsigned long back_chain;
	unsigned long empty1[5];
	unsigned long gprs[10];		/* r6 to r15 */
	unsigned long empty2[4];
};

#define STACK_FRAME_R14	8	/* of gprs */

#define user_mode(regs) (((regs)->psw.mask & PSW_MASK_PSTATE) != 0)
#define instruction_pointer(regs) ((regs)->psw.addr)
#define user_stack_pointer(regs) ((regs)->gprs[15])
#define kernel_stack_pointer(regs) ((regs)->gprs[15])
#define frame_pointer(regs) ((regs)->gprs[15])
#define regs_return_value(regs) ((regs)->gprs[2])
#endif

/* Offsets of its members. */
#define PT_GPRS		24
#define PT_R1		32
#define PT_R15		144
#define PT_ORIG_GPR2	152
#define PT_INT_CODE	160
#define PT_FLAGS	176
#define PT_SIZE		184

#endif
