/* The registers of interrupted code, as the entry code lays them on the kernel stack. */
#ifndef _ASM_ARM_PTRACE_H
#define _ASM_ARM_PTRACE_H

/* Bits of cpsr. */
#define USR_MODE	0x10
#define SVC_MODE	0x13
#define MODE_MASK	0x1f
#define PSR_F_BIT	0x40
#define PSR_I_BIT	0x80
#define PSR_A_BIT	0x100
#define PSR_f		0xff000000	/* N, Z, C, V and Q */

/* Offsets in struct pt_regs, and of what lies behind it at the top of a kernel stack. */
#define S_SP		52
#define S_PSR		64
#define S_FRAME_SIZE	72
#define S_SYSCALLNO	72

#ifndef __ASSEMBLY__

struct pt_regs {
	unsigned long uregs[18];
};

#define ARM_cpsr	uregs[16]
#define ARM_pc		uregs[15]
#define ARM_lr		uregs[14]
#define ARM_sp		uregs[13]
#define ARM_ip		uregs[12]
#define ARM_fp		uregs[11]
#define ARM_r10		uregs[10]
#define ARM_r9		uregs[9]
#define ARM_r8		uregs[8]
#define ARM_r7		uregs[7]
#define ARM_r6		uregs[6]
#define ARM_r5		uregs[5]
#define ARM_r4		uregs[4]
#define ARM_r3		uregs[3]
#define ARM_r2		uregs[2]
#define ARM_r1		uregs[1]
#define ARM_r0		uregs[0]
#define ARM_ORIG_r0	uregs[17]

#define user_mode(regs) (((regs)->ARM_cpsr & 0xf) == 0)
#define instruction_pointer(regs) ((regs)->ARM_pc)
#define frame_pointer(regs) ((regs)->ARM_fp)
#define user_stack_pointer(regs) ((regs)->ARM_sp)
#define kernel_stack_pointer(regs) ((regs)->ARM_sp)
#define regs_return_value(regs) ((regs)->ARM_r0)

#endif
#endif
