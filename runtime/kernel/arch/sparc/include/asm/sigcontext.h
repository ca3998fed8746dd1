/* What a signal handler finds on its stack. */
#ifndef _ASM_SPARC_SIGCONTEXT_H
#define _ASM_SPARC_SIGCONTEXT_H

#include <linux/types.h>
#include <asm/ptrace.h>
#include <asm/signal.h>
#include <asm/siginfo.h>

/* At the handler's stack pointer: a frame as any function has, then this. There are no floating point registers. */
struct rt_signal_frame {
	unsigned long ss[STACKFRAME_SZ / 8];
	siginfo_t info;
	struct pt_regs regs;
	stack_t stack;
	sigset_t mask;
} __attribute__((aligned(16)));

#endif
