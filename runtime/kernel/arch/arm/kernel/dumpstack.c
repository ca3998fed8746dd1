/* Oopses: registers and the chain of calls, printed; then the end of the task. */
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/hardirq.h>
#include <asm/traps.h>

#define SWITCH_FRAME_FP 8	/* the word of switch_stack's frame with the frame pointer */

static int die_counter;
static DEFINE_SPINLOCK(die_lock);

static void printk_address(unsigned long address)
{
	printk(" [<%08lx>] %pS\n", address, (void *)address);
}

/* Follows the frame pointers from fp, each to a return address with the caller's below, to the end of the stack. */
static void show_trace(unsigned long fp)
{
	unsigned long stack = fp & ~(THREAD_SIZE - 1);

	printk("Call trace:\n");
	while ((fp & ~(THREAD_SIZE - 1)) == stack && fp >= stack + sizeof(long) && !(fp & 3)) {
		unsigned long *frame = (unsigned long *)fp;

		if (!kernel_text_address(frame[0]))
			break;
		printk_address(frame[0]);
		if (frame[-1] <= fp)
			break;
		fp = frame[-1];
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

	printk("PC is at %pS\n", (void *)regs->ARM_pc);
	printk("LR is at %pS\n", (void *)regs->ARM_lr);
	printk("pc : [<%08lx>]    lr : [<%08lx>]    psr: %08lx\n", regs->ARM_pc, regs->ARM_lr, regs->ARM_cpsr);
	printk("sp : %08lx  ip : %08lx  fp : %08lx\n", regs->ARM_sp, regs->ARM_ip, regs->ARM_fp);
	printk("r10: %08lx  r9 : %08lx  r8 : %08lx\n", regs->ARM_r10, regs->ARM_r9, regs->ARM_r8);
	for (i = 7; i > 0; i -= 4)
		printk("r%d : %08lx  r%d : %08lx  r%d : %08lx  r%d : %08lx\n", i, regs->uregs[i],
		       i - 1, regs->uregs[i - 1], i - 2, regs->uregs[i - 2], i - 3, regs->uregs[i - 3]);
}

void show_regs(struct pt_regs *regs)
{
	printk("Pid: %d, comm: %.20s Not tainted 2.6.32-stapy\n", current->pid, current->comm);
	show_general_registers(regs);
	if (!user_mode(regs))
		show_trace(regs->ARM_fp);
}

static int is_abort(unsigned long fsr)
{
	unsigned long status = fsr & FSR_FS_MASK;

	return status == FSR_TRANSLATION || status == FSR_PERMISSION;
}

/* What was executing, and where it wanted to go wrong. */
static void __die(const char *str, struct pt_regs *regs)
{
	if (is_abort(current->thread.fault_code)) {
		printk(KERN_ALERT "BUG: %s at %08lx\n", str, current->thread.fault_address);
		printk(KERN_ALERT "PC: [<%08lx>] %pS\n", regs->ARM_pc, (void *)regs->ARM_pc);
		str = "Oops";
	}
	printk(KERN_EMERG "%s: %04lx [#%d]\n", str, current->thread.fault_code, ++die_counter);
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
