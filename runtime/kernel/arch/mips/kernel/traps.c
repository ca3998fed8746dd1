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

#define FPE_INTOVF	2	/* what the other architectures never say */

static void do_trap(int signr, int code, const char *str, struct pt_regs *regs)
{
	siginfo_t info;

	current->thread.trap_no = exception_code(regs);
	if (!user_mode(regs)) {
		die(str, regs, exception_code(regs));
		return;
	}
	local_irq_enable();
	memset(&info, 0, sizeof(info));
	info.si_signo = signr;
	info.si_code = code;
	info.si_addr = (void __user *)regs->cp0_epc;
	force_sig_info(signr, &info, current);
}

/* A breakpoint that no kprobe owns: the machine has dealt with the others before. */
asmlinkage void __kprobes do_bp(struct pt_regs *regs)
{
	do_trap(SIGTRAP, TRAP_BRKPT, "Break instruction in kernel code", regs);
}

asmlinkage void do_tr(struct pt_regs *regs)
{
	do_trap(SIGTRAP, TRAP_BRKPT, "Trap instruction in kernel code", regs);
}

asmlinkage void do_ri(struct pt_regs *regs)
{
	do_trap(SIGILL, ILL_ILLOPN, "Reserved instruction in kernel code", regs);
}

asmlinkage void do_cpu(struct pt_regs *regs)
{
	do_trap(SIGILL, ILL_ILLOPN, "Coprocessor unusable in kernel code", regs);
}

asmlinkage void do_ov(struct pt_regs *regs)
{
	do_trap(SIGFPE, FPE_INTOVF, "Integer overflow", regs);
}

asmlinkage void do_ade(struct pt_regs *regs)
{
	do_trap(SIGBUS, BUS_ADRALN, "Kernel unaligned instruction access", regs);
}

/* An access that no translation answers. What is fetched is what the counter points to. */
asmlinkage void __kprobes do_tlb_fault(struct pt_regs *regs)
{
	unsigned long error_code = 0;

	if (exception_code(regs) == EXCCODE_MOD)
		error_code |= PF_PROT | PF_WRITE;
	else if (exception_code(regs) == EXCCODE_TLBS)
		error_code |= PF_WRITE;
	else if (regs->cp0_badvaddr == regs->cp0_epc)
		error_code |= PF_INSTR;
	if (user_mode(regs))
		error_code |= PF_USER;
	current->thread.cp0_badvaddr = regs->cp0_badvaddr;
	current->thread.trap_no = exception_code(regs);
	if (user_mode(regs) || (regs->cp0_status & ST0_IE))
		local_irq_enable();
	do_page_fault(regs, error_code, regs->cp0_badvaddr);
}

extern void handle_int(void), handle_tlb(void), handle_ade(void), handle_sys(void), handle_bp(void);
extern void handle_ri(void), handle_cpu(void), handle_ov(void), handle_tr(void);

unsigned long exception_handlers[32];
extern unsigned long idt_table[32] __attribute__((alias("exception_handlers")));	/* the machine's name for it */

static void __init set_except_vector(int n, void (*handler)(void))
{
	exception_handlers[n] = (unsigned long)handler;
}

void __init trap_init(void)
{
	set_except_vector(EXCCODE_INT, handle_int);
	set_except_vector(EXCCODE_MOD, handle_tlb);
	set_except_vector(EXCCODE_TLBL, handle_tlb);
	set_except_vector(EXCCODE_TLBS, handle_tlb);
	set_except_vector(EXCCODE_ADEL, handle_ade);
	set_except_vector(EXCCODE_ADES, handle_ade);
	set_except_vector(EXCCODE_SYS, handle_sys);
	set_except_vector(EXCCODE_BP, handle_bp);
	set_except_vector(EXCCODE_RI, handle_ri);
	set_except_vector(EXCCODE_CPU, handle_cpu);
	set_except_vector(EXCCODE_OV, handle_ov);
	set_except_vector(EXCCODE_TR, handle_tr);
}
