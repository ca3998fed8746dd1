/* What a signal handler finds on its stack. */
#ifndef _ASM_RISCV_SIGCONTEXT_H
#define _ASM_RISCV_SIGCONTEXT_H

#include <linux/types.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <asm/ptrace.h>

/* pc and the registers x1 to x31, as pt_regs begins. No floating point: the room for it is left out. */
#define SIGCONTEXT_REGS 32

struct sigcontext {
	unsigned long sc_regs[SIGCONTEXT_REGS];
};

struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	sigset_t uc_sigmask;
	struct sigcontext uc_mcontext __attribute__((aligned(16)));
};

struct rt_sigframe {
	struct siginfo info;
	struct ucontext uc;
};

#endif
