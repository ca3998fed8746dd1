/* Exceptions: a signal for user code, an oops for the kernel's own. */
#include <linux/init.h>
#include <linux/linkage.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/traps.h>

#define PF_WRITE	2
#define PF_USER		4
#define PF_INSTR	16

static void do_trap(int signr, int code, const char *str, struct pt_regs *regs)
{
	siginfo_t info;

	current->thread.bad_cause = regs->cause;
	if (!user_mode(regs)) {
		die(str, regs, regs->cause);
		return;
	}
	local_irq_enable();
	memset(&info, 0, sizeof(info));
	info.si_signo = signr;
	info.si_code = code;
	info.si_addr = (void __user *)regs->epc;
	force_sig_info(signr, &info, current);
}

void do_trap_insn_illegal(struct pt_regs *regs)
{
	do_trap(SIGILL, ILL_ILLOPN, "illegal instruction", regs);
}

void do_trap_misaligned(struct pt_regs *regs)
{
	do_trap(SIGBUS, BUS_ADRALN, "misaligned access", regs);
}

void do_trap_access_fault(struct pt_regs *regs)
{
	do_trap(SIGSEGV, SEGV_ACCERR, "access fault", regs);
}

void do_trap_unknown(struct pt_regs *regs)
{
	do_trap(SIGILL, ILL_ILLOPN, "unknown exception", regs);
}

/* A breakpoint that no kprobe owns: the machine has dealt with the others before. */
void __kprobes do_trap_break(struct pt_regs *regs)
{
	do_trap(SIGTRAP, TRAP_BRKPT, "breakpoint", regs);
}

/* An access that no translation answers. The hardware does not say whether the page is there. */
void __kprobes do_page_fault_entry(struct pt_regs *regs)
{
	unsigned long error_code = 0;

	if (regs->cause == EXC_INST_PAGE_FAULT)
		error_code |= PF_INSTR;
	else if (regs->cause == EXC_STORE_PAGE_FAULT)
		error_code |= PF_WRITE;
	if (user_mode(regs))
		error_code |= PF_USER;
	current->thread.badaddr = regs->badaddr;
	current->thread.bad_cause = regs->cause;
	if (user_mode(regs) || (regs->status & SR_PIE))
		local_irq_enable();
	do_page_fault(regs, error_code, regs->badaddr);
}

/* Every exception but a system call. Interrupts are off. */
asmlinkage void __kprobes do_exception(struct pt_regs *regs)
{
	switch (regs->cause) {
	case EXC_INST_PAGE_FAULT:
	case EXC_LOAD_PAGE_FAULT:
	case EXC_STORE_PAGE_FAULT:
		do_page_fault_entry(regs);
		break;
	case EXC_INST_ILLEGAL:
		do_trap_insn_illegal(regs);
		break;
	case EXC_BREAKPOINT:
		do_trap_break(regs);
		break;
	case EXC_INST_MISALIGNED:
	case EXC_LOAD_MISALIGNED:
	case EXC_STORE_MISALIGNED:
		do_trap_misaligned(regs);
		break;
	case EXC_INST_ACCESS:
	case EXC_LOAD_ACCESS:
	case EXC_STORE_ACCESS:
		do_trap_access_fault(regs);
		break;
	default:
		do_trap_unknown(regs);
	}
}

/* _start has told the CPU where the entry is. */
void __init trap_init(void)
{
}
