/* Exceptions: a signal for user code, an oops for the kernel's own. */
#include <linux/init.h>
#include <linux/linkage.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/traps.h>

#define PF_PROT		1
#define PF_WRITE	2
#define PF_USER		4
#define PF_INSTR	16

static void do_trap(int signr, int code, const char *str, struct pt_regs *regs, unsigned long esr)
{
	siginfo_t info;

	current->thread.fault_code = esr;
	if (!user_mode(regs)) {
		die(str, regs, esr);
		return;
	}
	local_irq_enable();
	memset(&info, 0, sizeof(info));
	info.si_signo = signr;
	info.si_code = code;
	info.si_addr = (void __user *)regs->pc;
	force_sig_info(signr, &info, current);
}

void do_undefinstr(struct pt_regs *regs, unsigned long esr)
{
	do_trap(SIGILL, ILL_ILLOPN, "undefined instruction", regs, esr);
}

void do_sp_pc_abort(struct pt_regs *regs, unsigned long esr)
{
	do_trap(SIGBUS, BUS_ADRALN, "SP or PC alignment exception", regs, esr);
}

void bad_mode(struct pt_regs *regs, unsigned long esr)
{
	do_trap(SIGILL, ILL_ILLOPN, "bad mode", regs, esr);
}

/* A breakpoint that no kprobe owns: the machine has dealt with the others before. */
void __kprobes do_debug_exception(struct pt_regs *regs, unsigned long esr)
{
	do_trap(SIGTRAP, TRAP_BRKPT, "brk", regs, esr);
}

/* An access that no translation answers: the syndrome says which kind. */
void __kprobes do_mem_abort(struct pt_regs *regs, unsigned long esr, unsigned long address)
{
	unsigned long class = esr >> 26, error_code = 0;

	if (class == ESR_EC_IABT_EL0 || class == ESR_EC_IABT_EL1)
		error_code |= PF_INSTR;
	else if (esr & ESR_WNR)
		error_code |= PF_WRITE;
	if ((esr & ESR_FSC_MASK) == ESR_FSC_PERM)
		error_code |= PF_PROT;
	if (user_mode(regs))
		error_code |= PF_USER;
	current->thread.fault_address = address;
	current->thread.fault_code = esr;
	if (user_mode(regs) || !raw_irqs_disabled_flags(regs->pstate))
		local_irq_enable();
	do_page_fault(regs, error_code, address);
}

/* Every synchronous exception but a system call. Interrupts are off. */
asmlinkage void __kprobes do_sync(struct pt_regs *regs, unsigned long esr, unsigned long far)
{
	switch (esr >> 26) {
	case ESR_EC_IABT_EL0:
	case ESR_EC_IABT_EL1:
	case ESR_EC_DABT_EL0:
	case ESR_EC_DABT_EL1:
		do_mem_abort(regs, esr, far);
		break;
	case ESR_EC_PC_ALIGN:
	case ESR_EC_SP_ALIGN:
		do_sp_pc_abort(regs, esr);
		break;
	case ESR_EC_UNKNOWN:
		do_undefinstr(regs, esr);
		break;
	case ESR_EC_BRK64:
		do_debug_exception(regs, esr);
		break;
	default:
		bad_mode(regs, esr);
	}
}

/* The machine knows the vectors by their symbol. */
void __init trap_init(void)
{
}
