/* What a signal handler finds on its stack. */
#ifndef _ASM_ARM64_SIGCONTEXT_H
#define _ASM_ARM64_SIGCONTEXT_H

#include <linux/types.h>
#include <asm/signal.h>
#include <asm/siginfo.h>

/* There are no floating point registers to save: the room for them is left out. */
struct sigcontext {
	unsigned long fault_address;
	unsigned long regs[31];
	unsigned long sp;
	unsigned long pc;
	unsigned long pstate;
};

struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	sigset_t uc_sigmask;
	struct sigcontext uc_mcontext;
};

struct rt_sigframe {
	struct siginfo info;
	struct ucontext uc;
	unsigned long fp;
	unsigned long lr;
};

#endif
