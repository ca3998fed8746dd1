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

static void do_trap(int signr, int code, const char *str, struct pt_regs *regs, unsigned long fsr)
{
	siginfo_t info;

	current->thread.fault_code = fsr;
	if (!user_mode(regs)) {
		die(str, regs, fsr);
		return;
	}
	local_irq_enable();
	memset(&info, 0, sizeof(info));
	info.si_signo = signr;
	info.si_code = code;
	info.si_addr = (void __user *)regs->ARM_pc;
	force_sig_info(signr, &info, current);
}

void do_undefinstr(struct pt_regs *regs)
{
	do_trap(SIGILL, ILL_ILLOPN, "undefined instruction", regs, 0);
}

void bad_mode(struct pt_regs *regs)
{
	do_trap(SIGILL, ILL_ILLOPN, "bad mode", regs, 0);
}

/* A breakpoint that no kprobe owns: the machine has dealt with the others before. */
void __kprobes do_debug_exception(struct pt_regs *regs, unsigned long fsr)
{
	do_trap(SIGTRAP, TRAP_BRKPT, "breakpoint", regs, fsr);
}

/* An access that no translation answers. */
static void __kprobes do_abort(struct pt_regs *regs, unsigned long addr, unsigned long fsr, unsigned long error_code)
{
	if ((fsr & FSR_FS_MASK) == FSR_PERMISSION)
		error_code |= PF_PROT;
	if (user_mode(regs))
		error_code |= PF_USER;
	current->thread.fault_address = addr;
	current->thread.fault_code = fsr;
	if (user_mode(regs) || !raw_irqs_disabled_flags(regs->ARM_cpsr))
		local_irq_enable();
	do_page_fault(regs, error_code, addr);
}

asmlinkage void __kprobes do_DataAbort(struct pt_regs *regs)
{
	unsigned long fsr = cpu_fsr[smp_processor_id()];

	do_abort(regs, cpu_far[smp_processor_id()], fsr, fsr & FSR_WRITE ? PF_WRITE : 0);
}

/* Breakpoints come this way, too. */
asmlinkage void __kprobes do_PrefetchAbort(struct pt_regs *regs)
{
	unsigned long fsr = cpu_fsr[smp_processor_id()];

	if ((fsr & FSR_FS_MASK) == FSR_DEBUG)
		do_debug_exception(regs, fsr);
	else
		do_abort(regs, cpu_far[smp_processor_id()], fsr | FSR_LNX_PF, PF_INSTR);
}

/* The machine knows the vectors by their symbol. */
void __init trap_init(void)
{
}
