/* Oopses: registers and the chain of calls, printed; then the end of the task. */
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/hardirq.h>
#include <asm/traps.h>

#define SWITCH_FRAME_FP 10	/* the word of switch_stack's frame with the frame pointer */

static int die_counter;
static DEFINE_SPINLOCK(die_lock);

static void printk_address(unsigned long address)
{
	printk(" [<%016lx>] %pS\n", address, (void *)address);
}

/* Follows the frame records from fp to the end of the stack it is in. */
static void show_trace(unsigned long fp)
{
	unsigned long stack = fp & ~(THREAD_SIZE - 1);

	printk("Call trace:\n");
	while ((fp & ~(THREAD_SIZE - 1)) == stack && fp < stack + THREAD_SIZE - 2 * sizeof(long)) {
		unsigned long *frame = (unsigned long *)fp;

		if (!kernel_text_address(frame[1]))
			break;
		printk_address(frame[1]);
		if (frame[0] <= fp)
			break;
		fp = frame[0];
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
	int i;

	printk("PC is at %pS\n", (void *)regs->pc);
	printk("LR is at %pS\n", (void *)regs->regs[30]);
	printk("pc : [<%016lx>] lr : [<%016lx>] pstate: %08lx\n", regs->pc, regs->regs[30], regs->pstate);
	printk("sp : %016lx\n", regs->sp);
	for (i = 28; i >= 0; i -= 2)
		printk("x%-2d: %016lx x%-2d: %016lx\n", i + 1, regs->regs[i + 1], i, regs->regs[i]);
}

void show_regs(struct pt_regs *regs)
{
	printk("Pid: %d, comm: %.20s Not tainted 2.6.32-stapy\n", current->pid, current->comm);
	show_general_registers(regs);
	if (!user_mode(regs))
		show_trace(regs->regs[29]);
}

static int is_abort(unsigned long esr)
{
	unsigned long class = esr >> 26;

	return class == ESR_EC_IABT_EL1 || class == ESR_EC_DABT_EL1;
}

/* What was executing, and where it wanted to go wrong. */
static void __die(const char *str, struct pt_regs *regs)
{
	if (is_abort(current->thread.fault_code)) {
		printk(KERN_ALERT "BUG: %s at %016lx\n", str, current->thread.fault_address);
		printk(KERN_ALERT "PC: [<%016lx>] %pS\n", regs->pc, (void *)regs->pc);
		str = "Oops";
	}
	printk(KERN_EMERG "%s: %08lx [#%d]\n", str, current->thread.fault_code, ++die_counter);
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
