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

	current->thread.trap_no = pt_regs_trap_type(regs);
	if (!user_mode(regs)) {
		die(str, regs, pt_regs_trap_type(regs));
		return;
	}
	local_irq_enable();
	memset(&info, 0, sizeof(info));
	info.si_signo = signr;
	info.si_code = code;
	info.si_addr = (void __user *)regs->tpc;
	force_sig_info(signr, &info, current);
}

void do_illegal_instruction(struct pt_regs *regs)
{
	do_trap(SIGILL, ILL_ILLOPN, "Illegal instruction", regs);
}

void do_fpdis(struct pt_regs *regs)
{
	do_trap(SIGFPE, FPE_INTDIV, "FPU disabled", regs);
}

void do_div0(struct pt_regs *regs)
{
	do_trap(SIGFPE, FPE_INTDIV, "Division by zero", regs);
}

void mem_address_unaligned(struct pt_regs *regs)
{
	do_trap(SIGBUS, BUS_ADRALN, "Kernel unaligned access", regs);
}

/* A breakpoint that no kprobe owns: the machine has dealt with the others before. */
void __kprobes bad_breakpoint(struct pt_regs *regs)
{
	do_trap(SIGTRAP, TRAP_BRKPT, "Breakpoint", regs);
}

void bad_trap(struct pt_regs *regs)
{
	do_trap(SIGILL, ILL_ILLOPN, "Unexpected trap", regs);
}

/* An access that no translation answers: the machine's error code lies with the address. */
void __kprobes do_sparc64_fault(struct pt_regs *regs)
{
	unsigned long address = cpu_sfar[smp_processor_id()];
	unsigned long error_code = cpu_sfsr[smp_processor_id()] & (PF_WRITE | 1);

	if (pt_regs_trap_type(regs) == TT_INSN_ACCESS)
		error_code |= PF_INSTR;
	if (user_mode(regs))
		error_code |= PF_USER;
	current->thread.fault_address = address;
	current->thread.trap_no = pt_regs_trap_type(regs);
	if (user_mode(regs) || !(regs->tstate & TSTATE_PIL))
		local_irq_enable();
	do_page_fault(regs, error_code, address);
}

/* Every exception but a system call. Interrupts are off. */
asmlinkage void __kprobes do_exception(struct pt_regs *regs)
{
	switch (pt_regs_trap_type(regs)) {
	case TT_INSN_ACCESS:
	case TT_DATA_ACCESS:
		do_sparc64_fault(regs);
		break;
	case TT_ILLEGAL_INSN:
	case TT_PRIVILEGED_OP:
		do_illegal_instruction(regs);
		break;
	case TT_FP_DISABLED:
		do_fpdis(regs);
		break;
	case TT_DIVISION_BY_ZERO:
		do_div0(regs);
		break;
	case TT_ALIGNMENT:
		mem_address_unaligned(regs);
		break;
	case TT_BREAKPOINT:
		bad_breakpoint(regs);
		break;
	default:
		bad_trap(regs);
	}
}

/* The machine knows the entries by name. */
void __init trap_init(void)
{
}
