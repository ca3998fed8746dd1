/* What a signal handler finds on its stack. */
#ifndef _ASM_POWERPC_SIGCONTEXT_H
#define _ASM_POWERPC_SIGCONTEXT_H

#include <linux/types.h>
#include <asm/ptrace.h>
#include <asm/signal.h>
#include <asm/siginfo.h>

#define SIGNAL_FRAMESIZE 128	/* the stack frame of the handler's caller, below the signal's */

/* There are no floating point registers to save: the room for them is left out. */
struct sigcontext {
	unsigned long _unused[4];
	int signal;
	int _pad0;
	unsigned long handler;
	unsigned long oldmask;
	struct pt_regs __user *regs;
	struct pt_regs gp_regs;
};

struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	sigset_t uc_sigmask;
	sigset_t __unused[15];
	struct sigcontext uc_mcontext;
};

struct rt_sigframe {
	struct ucontext uc;
	unsigned long _unused[2];
	unsigned int tramp[6];
	struct siginfo __user *pinfo;
	void __user *puc;
	struct siginfo info;
	char abigap[KERNEL_REDZONE_SIZE];
} __attribute__((aligned(16)));

#endif
