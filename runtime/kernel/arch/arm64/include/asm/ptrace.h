/* The registers of interrupted code, as the entry code lays them on the kernel stack. */
#ifndef _ASM_ARM64_PTRACE_H
#define _ASM_ARM64_PTRACE_H

/* Bits of pstate. */
#define PSR_MODE_EL0t	0x0
#define PSR_MODE_EL1h	0x5
#define PSR_MODE_MASK	0xf
#define PSR_F_BIT	0x40
#define PSR_I_BIT	0x80
#define PSR_A_BIT	0x100
#define PSR_D_BIT	0x200
#define PSR_FLAGS	0xf0000000	/* N, Z, C and V */

/* Offsets in struct pt_regs. */
#define S_LR		240
#define S_SP		248
#define S_PC		256
#define S_ORIG_X0	272
#define S_SYSCALLNO	280
#define S_FRAME_SIZE	288

#ifndef __ASSEMBLY__

struct pt_regs {
	unsigned long regs[31];
	unsigned long sp;
	unsigned long pc;
	unsigned long pstate;
	unsigned long orig_x0;
	unsigned long syscallno;
};

#define user_mode(regs) (((regs)->pstate & PSR_MODE_MASK) == PSR_MODE_EL0t)
#define instruction_pointer(regs) ((regs)->pc)
#define frame_pointer(regs) ((regs)->regs[29])
#define user_stack_pointer(regs) ((regs)->sp)
#define kernel_stack_pointer(regs) ((regs)->sp)
#define regs_return_value(regs) ((regs)->regs[0])

#endif
#endif
