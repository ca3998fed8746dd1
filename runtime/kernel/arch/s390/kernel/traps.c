/* Program checks: a signal for user code, an oops for the kernel's own. */
#include <linux/init.h>
#include <linux/linkage.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/traps.h>

#define PF_PROT		1
#define PF_WRITE	2
#define PF_USER		4
#define PF_INSTR	16

unsigned long idt_table[NR_VECTORS];

extern char pgm_check_handler[], io_int_handler[];

static void do_trap(struct pt_regs *regs, int signr, int code, const char *str)
{
	siginfo_t info;

	if (!user_mode(regs)) {
		die(str, regs, regs->int_code & 0xffff);
		return;
	}
	local_irq_enable();
	memset(&info, 0, sizeof(info));
	info.si_signo = signr;
	info.si_code = code;
	info.si_addr = (void __user *)regs->psw.addr;
	force_sig_info(signr, &info, current);
}

/* An instruction that is none, or a breakpoint that no kprobe owns: the machine has dealt with the others before. */
void __kprobes illegal_op(struct pt_regs *regs)
{
	do_trap(regs, SIGILL, ILL_ILLOPN, "illegal operation");
}

void specification_exception(struct pt_regs *regs)
{
	do_trap(regs, SIGILL, ILL_ILLOPN, "specification exception");
}

void divide_exception(struct pt_regs *regs)
{
	do_trap(regs, SIGFPE, FPE_INTDIV, "fixpoint divide exception");
}

void default_trap_handler(struct pt_regs *regs)
{
	do_trap(regs, SIGILL, ILL_ILLOPN, "Unknown program exception");
}

/* An access that no translation answers, or that is not allowed. */
void __kprobes do_dat_exception(struct pt_regs *regs)
{
	unsigned long address = regs->int_parm_long, error_code = 0;

	if ((regs->int_code & 0xffff) == PGM_PROTECTION)
		error_code |= PF_PROT;
	if (regs->int_parm & TEC_STORE)
		error_code |= PF_WRITE;
	if (regs->int_parm & TEC_INSTRUCTION)
		error_code |= PF_INSTR;
	if (user_mode(regs))
		error_code |= PF_USER;
	current->thread.prot_addr = address;
	if (user_mode(regs) || !raw_irqs_disabled_flags(regs->psw.mask))
		local_irq_enable();
	do_page_fault(regs, error_code, address);
}

/* Every program check. Interrupts are off. */
asmlinkage void __kprobes do_pgm_check(struct pt_regs *regs)
{
	current->thread.trap_no = regs->int_code & 0xffff;
	switch (current->thread.trap_no) {
	case PGM_OPERATION:
		illegal_op(regs);
		break;
	case PGM_PROTECTION:
	case PGM_ADDRESSING:
	case PGM_PAGE_TRANSLATION:
		do_dat_exception(regs);
		break;
	case PGM_SPECIFICATION:
		specification_exception(regs);
		break;
	case PGM_FIXED_POINT_DIVIDE:
		divide_exception(regs);
		break;
	default:
		default_trap_handler(regs);
	}
}

void __init trap_init(void)
{
	idt_table[0] = (unsigned long)pgm_check_handler;
	idt_table[1] = (unsigned long)io_int_handler;
}
