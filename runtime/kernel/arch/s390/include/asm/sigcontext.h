/* What a signal handler finds on its stack. */
#ifndef _ASM_S390_SIGCONTEXT_H
#define _ASM_S390_SIGCONTEXT_H

#include <linux/types.h>
#include <asm/ptrace.h>
#include <asm/signal.h>
#include <asm/siginfo.h>

#define __SIGNAL_FRAMESIZE 160	/* the stack frame of the handler's caller */

/* There are no floating point registers to save: the room for them is left out. */
typedef struct {
	psw_t psw;
	unsigned long gprs[16];
	unsigned int acrs[16];
} _sigregs;

struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	_sigregs uc_mcontext;
	sigset_t uc_sigmask;
};

struct rt_sigframe {
	unsigned char callee_used_stack[__SIGNAL_FRAMESIZE];
	unsigned char retcode[2];
	struct siginfo info;
	struct ucontext uc;
};

#endif
