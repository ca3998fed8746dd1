/* The registers of interrupted code, as the entry code lays them on the kernel stack. */
#ifndef _ASM_X86_PTRACE_H
#define _ASM_X86_PTRACE_H

#define __USER32_CS	0x73
#define __USER32_DS	0x7b

#ifdef __x86_64__
#define __KERNEL_CS	0x10
#define __KERNEL_DS	0x18
#define __USER_DS	0x2b
#define __USER_CS	0x33
#else
#define __KERNEL_CS	0x60
#define __KERNEL_DS	0x68
#define __USER_CS	0x73
#define __USER_DS	0x7b
#endif

#ifndef __ASSEMBLY__

#ifdef __x86_64__
struct pt_regs {
	unsigned long r15;
	unsigned long r14;
	unsigned long r13;
	unsigned long r12;
	unsigned long bp;
	unsigned long bx;
	unsigned long r11;
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
	unsigned long ip;
	unsigned long cs;
	unsigned long flags;
	unsigned long sp;
	unsigned long ss;
};
#else
struct pt_regs {
	unsigned long bx;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long bp;
	unsigned long ax;
	unsigned long ds;
	unsigned long es;
	unsigned long fs;
	unsigned long gs;
	unsigned long orig_ax;
	unsigned long ip;
	unsigned long cs;
	unsigned long flags;
	unsigned long sp;
	unsigned long ss;
};
#endif

#define user_mode(regs) (((regs)->cs & 3) == 3)
#define instruction_pointer(regs) ((regs)->ip)
#define frame_pointer(regs) ((regs)->bp)
#define user_stack_pointer(regs) ((regs)->sp)
#define regs_return_value(regs) ((regs)->ax)

/* The CPU pushes no stack pointer when the kernel itself is interrupted on i386. */
static inline unsigned long kernel_stack_pointer(struct pt_regs *regs)
{
#ifdef __x86_64__
	return regs->sp;
#else
	return (unsigned long)&regs->sp;
#endif
}

#endif
#endif
