/* What a signal handler finds on its stack. */
#ifndef _ASM_MIPS_SIGCONTEXT_H
#define _ASM_MIPS_SIGCONTEXT_H

#include <linux/types.h>
#include <asm/signal.h>
#include <asm/siginfo.h>

/* There is no floating point here: the room for it stays empty. */
struct sigcontext {
	u64 sc_regs[32];
	u64 sc_fpregs[32];
	u64 sc_mdhi, sc_hi1, sc_hi2, sc_hi3;
	u64 sc_mdlo, sc_lo1, sc_lo2, sc_lo3;
	u64 sc_pc;
	u32 sc_fpc_csr;
	u32 sc_used_math;
	u32 sc_dsp;
	u32 sc_reserved;
};

struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	struct sigcontext uc_mcontext;
	sigset_t uc_sigmask;
};

struct rt_sigframe {
	u32 rs_ass[4];		/* argument save space of the older ABI */
	u32 rs_code[2];		/* a trampoline's, which nobody uses */
	struct siginfo rs_info;
	struct ucontext rs_uc;
};

#endif
