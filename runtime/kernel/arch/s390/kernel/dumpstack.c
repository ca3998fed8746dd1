/* Oopses: registers and the chain of calls, printed; then the end of the task. */
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/hardirq.h>
#include <asm/traps.h>

static int die_counter;
static DEFINE_SPINLOCK(die_lock);

/* Follows the back chain from sp to the end of the stack it is in. */
static void show_trace(unsigned long sp)
{
	unsigned long stack = sp & ~(THREAD_SIZE - 1), ip;

	printk("Call Trace:\n");
	for (;;) {
		unsigned long next = ((struct stack_frame *)sp)->back_chain;

		if (next <= sp || next > stack + THREAD_SIZE - STACK_FRAME_OVERHEAD)
			break;
		ip = ((struct stack_frame *)next)->gprs[STACK_FRAME_R14];
		if (kernel_text_address(ip))
			printk("[%016lx] [%016lx] %pS\n", next, ip, (void *)ip);
		sp = next;
	}
}

/* Of the running task when task is NULL. */
void show_stack(struct task_struct *task, unsigned long *sp)
{
	show_trace(task && task != current ? task->thread.ksp : current_stack_pointer());
}

static void show_general_registers(struct pt_regs *regs)
{
	int i;

	printk("Krnl PSW : %016lx %016lx (%pS)\n", regs->psw.mask, regs->psw.addr, (void *)regs->psw.addr);
	printk("Krnl GPRS: %016lx %016lx %016lx %016lx\n", regs->gprs[0], regs->gprs[1], regs->gprs[2],
	       regs->gprs[3]);
	for (i = 4; i < 16; i += 4)
		printk("           %016lx %016lx %016lx %016lx\n", regs->gprs[i], regs->gprs[i + 1],
		       regs->gprs[i + 2], regs->gprs[i + 3]);
	printk("R14 is at %pS\n", (void *)regs->gprs[14]);
}

void show_regs(struct pt_regs *regs)
{
	printk("Pid: %d, comm: %.20s Not tainted 2.6.32-stapy\n", current->pid, current->comm);
	show_general_registers(regs);
	if (!user_mode(regs))
		show_trace(regs->gprs[15]);
}

static int is_dat_exception(unsigned int code)
{
	return code == PGM_PROTECTION || code == PGM_ADDRESSING || code == PGM_PAGE_TRANSLATION;
}

/* What was executing, and where it wanted to go wrong. */
static void __die(const char *str, struct pt_regs *regs, long err)
{
	if (is_dat_exception(current->thread.trap_no)) {
		printk(KERN_ALERT "BUG: %s at %016lx\n", str, current->thread.prot_addr);
		printk(KERN_ALERT "PSW: [<%016lx>] %pS\n", regs->psw.addr, (void *)regs->psw.addr);
		str = "Oops";
	}
	printk(KERN_EMERG "%s: %04lx [#%d]\n", str, (unsigned long)current->thread.trap_no, ++die_counter);
	printk("CPU %d\n", smp_processor_id());
	show_regs(regs);
}

void die(const char *str, struct pt_regs *regs, long err)
{
	unsigned long flags;

	local_irq_save(flags);
	if (!spin_trylock(&die_lock))
		panic("oops while printing an oops");
	oops_in_progress++;
	__die(str, regs, err);
	oops_in_progress--;
	spin_unlock(&die_lock);
	local_irq_restore(flags);
	if (in_interrupt())
		panic("Fatal exception in interrupt");
	if (current->pid == 0)
		panic("Attempted to kill the idle task!");
	printk("---[ end trace %04x%012x ]---\n", current->pid, die_counter);
	do_exit(SIGSEGV);
}
