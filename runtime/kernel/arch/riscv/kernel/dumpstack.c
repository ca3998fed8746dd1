/* Oopses: registers and the chain of calls, printed; then the end of the task. */
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/hardirq.h>
#include <asm/traps.h>

#define SWITCH_FRAME_FP 1	/* the word of switch_stack's frame with the frame pointer */

static int die_counter;
static DEFINE_SPINLOCK(die_lock);

static void printk_address(unsigned long address)
{
	printk(" [<%016lx>] %pS\n", address, (void *)address);
}

/* Follows the frame pointers from fp, with return address and caller's below each, to the end of the stack it is in. */
static void show_trace(unsigned long fp)
{
	unsigned long stack = (fp - 1) & ~(THREAD_SIZE - 1);

	printk("Call Trace:\n");
	while (fp >= stack + 2 * sizeof(long) && fp <= stack + THREAD_SIZE && !(fp & 7)) {
		unsigned long *frame = (unsigned long *)fp;

		if (!kernel_text_address(frame[-1]))
			break;
		printk_address(frame[-1]);
		if (frame[-2] <= fp)
			break;
		fp = frame[-2];
	}
}

/* Of the running task when task is NULL. */
void show_stack(struct task_struct *task, unsigned long *sp)
{
	unsigned long fp = (unsigned long)__builtin_frame_address(0);

	if (task && task != current)
		fp = ((unsigned long *)task->thread.sp)[SWITCH_FRAME_FP];
	show_trace(fp);
}

static void show_general_registers(struct pt_regs *regs)
{
	static const char *const names[] = {
		"epc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6",
		"a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
	};
	unsigned long *values = (unsigned long *)regs;
	int i;

	printk("epc is at %pS\n", (void *)regs->epc);
	printk("ra is at %pS\n", (void *)regs->ra);
	for (i = 0; i < 32; i += 2)
		printk("%-3s: %016lx %-3s: %016lx\n", names[i], values[i], names[i + 1], values[i + 1]);
	printk("status: %016lx badaddr: %016lx cause: %016lx\n", regs->status, regs->badaddr, regs->cause);
}

void show_regs(struct pt_regs *regs)
{
	printk("Pid: %d, comm: %.20s Not tainted 2.6.32-stapy\n", current->pid, current->comm);
	show_general_registers(regs);
	if (!user_mode(regs))
		show_trace(regs->s0);
}

static int is_page_fault(unsigned long cause)
{
	return cause == EXC_INST_PAGE_FAULT || cause == EXC_LOAD_PAGE_FAULT || cause == EXC_STORE_PAGE_FAULT;
}

/* What was executing, and where it wanted to go wrong. */
static void __die(const char *str, struct pt_regs *regs)
{
	if (is_page_fault(current->thread.bad_cause)) {
		printk(KERN_ALERT "BUG: %s at %016lx\n", str, current->thread.badaddr);
		printk(KERN_ALERT "epc: [<%016lx>] %pS\n", regs->epc, (void *)regs->epc);
		str = "Oops";
	}
	printk(KERN_EMERG "%s: %04lx [#%d]\n", str, current->thread.bad_cause, ++die_counter);
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
	__die(str, regs);
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
