/* Oopses: registers and the chain of calls, printed; then the end of the task. */
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/hardirq.h>
#include <asm/traps.h>

#ifdef __x86_64__
#define WORD_FORMAT "%016lx"
#else
#define WORD_FORMAT "%08lx"
#endif

static int die_counter;
static DEFINE_SPINLOCK(die_lock);

static void printk_address(unsigned long address)
{
	printk(" [<" WORD_FORMAT ">] %pS\n", address, (void *)address);
}

/* Follows the frame pointers from bp to the end of the stack it is in. */
static void show_trace(unsigned long bp)
{
	unsigned long stack = bp & ~(THREAD_SIZE - 1);

	printk("Call Trace:\n");
	while ((bp & ~(THREAD_SIZE - 1)) == stack && bp < stack + THREAD_SIZE - 2 * sizeof(long)) {
		unsigned long *frame = (unsigned long *)bp;

		if (!kernel_text_address(frame[1]))
			break;
		printk_address(frame[1]);
		if (frame[0] <= bp)
			break;
		bp = frame[0];
	}
}

/* Of the running task when task is NULL. */
void show_stack(struct task_struct *task, unsigned long *sp)
{
	unsigned long bp = (unsigned long)__builtin_frame_address(0);

	if (task && task != current)
		bp = ((unsigned long *)task->thread.sp)[sizeof(long) == 8 ? 6 : 4];
	show_trace(bp);
}

static void show_general_registers(struct pt_regs *regs)
{
#ifdef __x86_64__
	printk("RIP: %04lx:[<%016lx>]  [<%016lx>] %pS\n", regs->cs & 0xffff, regs->ip, regs->ip, (void *)regs->ip);
	printk("RSP: %04lx:%016lx  EFLAGS: %08lx\n", regs->ss, regs->sp, regs->flags);
	printk("RAX: %016lx RBX: %016lx RCX: %016lx\n", regs->ax, regs->bx, regs->cx);
	printk("RDX: %016lx RSI: %016lx RDI: %016lx\n", regs->dx, regs->si, regs->di);
	printk("RBP: %016lx R08: %016lx R09: %016lx\n", regs->bp, regs->r8, regs->r9);
	printk("R10: %016lx R11: %016lx R12: %016lx\n", regs->r10, regs->r11, regs->r12);
	printk("R13: %016lx R14: %016lx R15: %016lx\n", regs->r13, regs->r14, regs->r15);
#else
	printk("EIP: %04lx:[<%08lx>] EFLAGS: %08lx CPU: %d\n", regs->cs & 0xffff, regs->ip, regs->flags,
	       smp_processor_id());
	printk("EIP is at %pS\n", (void *)regs->ip);
	printk("EAX: %08lx EBX: %08lx ECX: %08lx EDX: %08lx\n", regs->ax, regs->bx, regs->cx, regs->dx);
	printk("ESI: %08lx EDI: %08lx EBP: %08lx ESP: %08lx\n", regs->si, regs->di, regs->bp,
	       kernel_stack_pointer(regs));
#endif
}

void show_regs(struct pt_regs *regs)
{
	printk("Pid: %d, comm: %.20s Not tainted 2.6.32-stapy\n", current->pid, current->comm);
	show_general_registers(regs);
	if (!user_mode(regs))
		show_trace(regs->bp);
}

/* What was executing, and where it wanted to go wrong. */
static void __die(const char *str, struct pt_regs *regs, long err)
{
	if (current->thread.trap_no == 14) {
		printk(KERN_ALERT "BUG: %s at " WORD_FORMAT "\n", str, current->thread.cr2);
		printk(KERN_ALERT "IP: [<" WORD_FORMAT ">] %pS\n", regs->ip, (void *)regs->ip);
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
