/* Oopses: registers and the chain of calls, printed; then the end of the task. */
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/hardirq.h>
#include <asm/traps.h>

#define INSN_MASK	0xffff0000
#define INSN_OFFSET(insn) ((long)(short)(insn))
#define ADJUST_SP	0x67bd0000	/* daddiu sp, sp, offset */
#define SAVE_RA		0xffbf0000	/* sd ra, offset(sp) */

static int die_counter;
static DEFINE_SPINLOCK(die_lock);

/* What a function has done with its stack before an instruction: the bytes it has taken, and how far below the caller's
   stack pointer it has put the return address, or 0. */
struct frame_info {
	long size;
	long ra;
};

/* No register keeps the chain of frames: the beginning of the function tells. */
static struct frame_info get_frame_info(unsigned long pc, unsigned long offset)
{
	unsigned int *insn = (unsigned int *)(pc - offset);
	struct frame_info info = { 0, 0 };

	for (; insn < (unsigned int *)pc; insn++) {
		if ((*insn & INSN_MASK) == ADJUST_SP && INSN_OFFSET(*insn) < 0)
			info.size -= INSN_OFFSET(*insn);
		else if ((*insn & INSN_MASK) == SAVE_RA)
			info.ra = info.size - INSN_OFFSET(*insn);
	}
	return info;
}

int unwind_frame(unsigned long *pc, unsigned long *sp, unsigned long ra)
{
	char name[KSYM_NAME_LEN], *module;
	unsigned long size, offset, stack = *sp & ~(THREAD_SIZE - 1), top;
	struct frame_info info;

	if (!kallsyms_lookup(*pc, &size, &offset, &module, name))
		return 0;
	info = get_frame_info(*pc, offset);
	top = *sp + info.size;
	if (top > stack + THREAD_SIZE - sizeof(long) || (top & 7))
		return 0;
	*pc = info.ra ? *(unsigned long *)(top - info.ra) : ra;
	*sp = top;
	return kernel_text_address(*pc);
}

/* From the instruction at pc outwards. */
static void show_backtrace(unsigned long pc, unsigned long sp, unsigned long ra)
{
	printk("Call Trace:\n");
	if (!kernel_text_address(pc) && kernel_text_address(ra)) {	/* it went astray: begin with its caller */
		pc = ra;
		ra = 0;
	}
	if (!kernel_text_address(pc))
		return;
	do {
		printk(" [<%016lx>] %pS\n", pc, (void *)pc);
		if (!unwind_frame(&pc, &sp, ra))
			break;
		ra = 0;
	} while (1);
}

/* Of the running task when task is NULL. */
void show_stack(struct task_struct *task, unsigned long *sp)
{
	unsigned long pc, here;

	if (task && task != current) {
		struct switch_frame *frame = (struct switch_frame *)task->thread.reg29;

		show_backtrace(frame->reg31, (unsigned long)(frame + 1), 0);
		return;
	}
	__asm__ __volatile__("1: dla %0, 1b\n\tmove %1, $29" : "=r" (pc), "=r" (here));
	if (unwind_frame(&pc, &here, 0))
		show_backtrace(pc, here, 0);
}

static void show_general_registers(struct pt_regs *regs)
{
	int i;

	for (i = 0; i < 32; i += 4)
		printk("$%2d   : %016lx %016lx %016lx %016lx\n", i, i ? regs->regs[i] : 0, regs->regs[i + 1],
		       regs->regs[i + 2], regs->regs[i + 3]);
	printk("Hi    : %016lx\n", regs->hi);
	printk("Lo    : %016lx\n", regs->lo);
	printk("epc   : %016lx %pS\n", regs->cp0_epc, (void *)regs->cp0_epc);
	printk("ra    : %016lx %pS\n", regs->regs[31], (void *)regs->regs[31]);
	printk("Status: %08lx\n", regs->cp0_status);
	printk("Cause : %08lx\n", regs->cp0_cause);
	printk("BadVA : %016lx\n", regs->cp0_badvaddr);
}

void show_regs(struct pt_regs *regs)
{
	printk("Pid: %d, comm: %.20s Not tainted 2.6.32-stapy\n", current->pid, current->comm);
	show_general_registers(regs);
	if (!user_mode(regs))
		show_backtrace(regs->cp0_epc, regs->regs[29], regs->regs[31]);
}

static int is_tlb_fault(struct pt_regs *regs)
{
	return exception_code(regs) >= EXCCODE_MOD && exception_code(regs) <= EXCCODE_TLBS;
}

/* What was executing, and where it wanted to go wrong. */
static void __die(const char *str, struct pt_regs *regs, long err)
{
	if (is_tlb_fault(regs)) {
		printk(KERN_ALERT "BUG: %s at %016lx\n", str, regs->cp0_badvaddr);
		printk(KERN_ALERT "epc: [<%016lx>] %pS\n", regs->cp0_epc, (void *)regs->cp0_epc);
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
