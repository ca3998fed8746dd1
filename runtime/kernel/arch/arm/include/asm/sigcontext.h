/* What a signal handler finds on its stack. */
#ifndef _ASM_ARM_SIGCONTEXT_H
#define _ASM_ARM_SIGCONTEXT_H

#include <linux/types.h>
#include <asm/signal.h>
#include <asm/siginfo.h>

struct sigcontext {
	unsigned long trap_no;
	unsigned long error_code;
	unsigned long oldmask;
	unsigned long arm_r[16];	/* r0 to r10, fp, ip, sp, lr, pc */
	unsigned long arm_cpsr;
	unsigned long fault_address;
};

/* There are no floating point registers to save: the room for them is left out. */
struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	struct sigcontext uc_mcontext;
	sigset_t uc_sigmask;
};

struct rt_sigframe {
	struct siginfo info;
	struct ucontext uc;
	unsigned long retcode[4];
};

#endif
