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

unsigned long idt_table[NR_VECTORS];

extern char machine_check[], data_access[], instruction_access[], alignment[], program_check[];
extern char fp_unavailable[], single_step[], hardware_interrupt[];

static void _exception(int signr, struct pt_regs *regs, const char *str, int code)
{
	siginfo_t info;

	current->thread.trap_no = regs->trap;
	if (!user_mode(regs)) {
		die(str, regs, signr);
		return;
	}
	local_irq_enable();
	memset(&info, 0, sizeof(info));
	info.si_signo = signr;
	info.si_code = code;
	info.si_addr = (void __user *)regs->nip;
	force_sig_info(signr, &info, current);
}

void machine_check_exception(struct pt_regs *regs)
{
	_exception(SIGBUS, regs, "Machine check", BUS_ADRERR);
}

void alignment_exception(struct pt_regs *regs)
{
	_exception(SIGBUS, regs, "Alignment exception", BUS_ADRALN);
}

/* An instruction that is none, or a trap that no kprobe owns: the machine has dealt with the others before. */
void __kprobes program_check_exception(struct pt_regs *regs)
{
	_exception(SIGILL, regs, "Program check", ILL_ILLOPN);
}

void kernel_fp_unavailable_exception(struct pt_regs *regs)
{
	_exception(SIGFPE, regs, "Unrecoverable FP Unavailable Exception", FPE_INTDIV);
}

void __kprobes single_step_exception(struct pt_regs *regs)
{
	_exception(SIGTRAP, regs, "Single step", TRAP_BRKPT);
}

/* A storage interrupt, of data or of an instruction: DAR and DSISR say where and why. */
void __kprobes do_storage_interrupt(struct pt_regs *regs)
{
	unsigned long address = regs->dar, error_code = 0;

	if (regs->trap == 0x400)
		error_code |= PF_INSTR;
	if (regs->dsisr & DSISR_ISSTORE)
		error_code |= PF_WRITE;
	if (regs->dsisr & DSISR_PROTFAULT)
		error_code |= PF_PROT;
	if (user_mode(regs))
		error_code |= PF_USER;
	current->thread.dar = address;
	current->thread.dsisr = regs->dsisr;
	current->thread.trap_no = regs->trap;
	if (user_mode(regs) || !raw_irqs_disabled_flags(regs->msr))
		local_irq_enable();
	do_page_fault(regs, error_code, address);
}

static void __init set_vector(unsigned int offset, char *entry)
{
	idt_table[offset / 0x100 - 1] = (unsigned long)entry;
}

void __init trap_init(void)
{
	set_vector(0x200, machine_check);
	set_vector(0x300, data_access);
	set_vector(0x400, instruction_access);
	set_vector(0x500, hardware_interrupt);
	set_vector(0x600, alignment);
	set_vector(0x700, program_check);
	set_vector(0x800, fp_unavailable);
	set_vector(0xd00, single_step);
}
