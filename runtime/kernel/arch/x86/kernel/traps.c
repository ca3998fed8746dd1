/* Exceptions: a signal for user code, an oops for the kernel's own. */
#include <linux/init.h>
#include <linux/linkage.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/traps.h>

unsigned long idt_table[NR_VECTORS];

#define FIRST_EXTERNAL_VECTOR	0x30
#define SYSCALL_VECTOR		0x80

extern char divide_error[], debug[], nmi[], int3[], overflow[], bounds[], invalid_op[];
extern char device_not_available[], double_fault[], coprocessor_segment_overrun[], invalid_TSS[];
extern char segment_not_present[], stack_segment[], general_protection[], page_fault[];
extern char spurious_interrupt_bug[], coprocessor_error[], alignment_check[];
extern char irq_entries_start[], system_call[];

static void do_trap(int trapnr, int signr, const char *str, struct pt_regs *regs, long error_code,
		    siginfo_t *info)
{
	struct task_struct *tsk = current;

	tsk->thread.error_code = error_code;
	tsk->thread.trap_no = trapnr;
	if (!user_mode(regs)) {
		die(str, regs, error_code);
		return;
	}
	local_irq_enable();
	if (info)
		force_sig_info(signr, info, tsk);
	else
		force_sig(signr, tsk);
}

#define DO_ERROR(trapnr, signr, str, name)					\
void do_##name(struct pt_regs *regs, long error_code)				\
{										\
	do_trap(trapnr, signr, str, regs, error_code, NULL);			\
}

#define DO_ERROR_INFO(trapnr, signr, str, name, sicode)				\
void do_##name(struct pt_regs *regs, long error_code)				\
{										\
	siginfo_t info;								\
										\
	memset(&info, 0, sizeof(info));						\
	info.si_signo = signr;							\
	info.si_code = sicode;							\
	info.si_addr = (void __user *)regs->ip;					\
	do_trap(trapnr, signr, str, regs, error_code, &info);			\
}

DO_ERROR_INFO(0, SIGFPE, "divide error", divide_error, FPE_INTDIV)
DO_ERROR(1, SIGTRAP, "debug", debug)
DO_ERROR(4, SIGSEGV, "overflow", overflow)
DO_ERROR(5, SIGSEGV, "bounds", bounds)
DO_ERROR_INFO(6, SIGILL, "invalid opcode", invalid_op, ILL_ILLOPN)
DO_ERROR(7, SIGFPE, "device not available", device_not_available)
DO_ERROR(8, SIGSEGV, "double fault", double_fault)
DO_ERROR(9, SIGFPE, "coprocessor segment overrun", coprocessor_segment_overrun)
DO_ERROR(10, SIGSEGV, "invalid TSS", invalid_TSS)
DO_ERROR(11, SIGBUS, "segment not present", segment_not_present)
DO_ERROR(12, SIGBUS, "stack segment", stack_segment)
DO_ERROR(13, SIGSEGV, "general protection fault", general_protection)
DO_ERROR(16, SIGFPE, "coprocessor error", coprocessor_error)
DO_ERROR_INFO(17, SIGBUS, "alignment check", alignment_check, BUS_ADRALN)

/* A breakpoint that no kprobe owns: the machine has dealt with the others before. */
void __kprobes do_int3(struct pt_regs *regs, long error_code)
{
	do_trap(3, SIGTRAP, "int3", regs, error_code, NULL);
}

void do_nmi(struct pt_regs *regs, long error_code)
{
}

void do_spurious_interrupt_bug(struct pt_regs *regs, long error_code)
{
}

/* The address was left by the machine; it is taken before another fault can overwrite it. */
void __kprobes do_page_fault_entry(struct pt_regs *regs, unsigned long error_code)
{
	unsigned long address = cpu_cr2[smp_processor_id()];

	current->thread.cr2 = address;
	current->thread.error_code = error_code;
	current->thread.trap_no = 14;
	if (user_mode(regs) || !raw_irqs_disabled_flags(regs->flags))
		local_irq_enable();
	do_page_fault(regs, error_code, address);
}

static void __init set_intr_gate(unsigned int n, void *addr)
{
	idt_table[n] = (unsigned long)addr;
}

void __init trap_init(void)
{
	char *const exceptions[] = {
		divide_error, debug, nmi, int3, overflow, bounds, invalid_op, device_not_available,
		double_fault, coprocessor_segment_overrun, invalid_TSS, segment_not_present, stack_segment,
		general_protection, page_fault, spurious_interrupt_bug, coprocessor_error, alignment_check,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(exceptions); i++)
		set_intr_gate(i, exceptions[i]);
	for (i = 0; i < 16; i++)
		set_intr_gate(FIRST_EXTERNAL_VECTOR + i, irq_entries_start + 16 * i);
	set_intr_gate(SYSCALL_VECTOR, system_call);
}
