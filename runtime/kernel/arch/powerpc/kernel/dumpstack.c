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
		unsigned long next = *(unsigned long *)sp;

		if (next <= sp || next > stack + THREAD_SIZE - STACK_FRAME_OVERHEAD)
			break;
		ip = ((unsigned long *)next)[STACK_FRAME_LR_SAVE];
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

	printk("NIP: %016lx LR: %016lx CTR: %016lx\n", regs->nip, regs->link, regs->ctr);
	printk("REGS: %p TRAP: %04lx\n", regs, regs->trap);
	printk("MSR: %016lx  CR: %08lx  XER: %08lx\n", regs->msr, regs->ccr, regs->xer);
	printk("DAR: %016lx, DSISR: %016lx\n", regs->dar, regs->dsisr);
	for (i = 0; i < 32; i += 4)
		printk("GPR%02d: %016lx %016lx %016lx %016lx\n", i, regs->gpr[i], regs->gpr[i + 1],
		       regs->gpr[i + 2], regs->gpr[i + 3]);
	printk("NIP [%016lx] %pS\n", regs->nip, (void *)regs->nip);
	printk("LR [%016lx] %pS\n", regs->link, (void *)regs->link);
}

void show_regs(struct pt_regs *regs)
{
	printk("Pid: %d, comm: %.20s Not tainted 2.6.32-stapy\n", current->pid, current->comm);
	show_general_registers(regs);
	if (!user_mode(regs))
		show_trace(regs->gpr[1]);
}

static int is_storage_interrupt(struct pt_regs *regs)
{
	return regs->trap == 0x300 || regs->trap == 0x400;
}

/* What was executing, and where it wanted to go wrong. */
static void __die(const char *str, struct pt_regs *regs, long err)
{
	if (is_storage_interrupt(regs)) {
		printk(KERN_ALERT "BUG: %s at %016lx\n", str, current->thread.dar);
		printk(KERN_ALERT "NIP: [<%016lx>] %pS\n", regs->nip, (void *)regs->nip);
		str = "Oops";
	}
	printk(KERN_EMERG "%s: %04lx [#%d]\n", str, err & 0xffff, ++die_counter);
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
