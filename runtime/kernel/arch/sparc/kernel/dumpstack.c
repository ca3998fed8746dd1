/* Oopses: registers and the chain of calls, printed; then the end of the task. */
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/hardirq.h>
#include <asm/traps.h>

/* Where functions save the caller's frame pointer and return address, in words from their frame pointer. */
#define SAVED_FP 14
#define SAVED_RETURN 15

static int die_counter;
static DEFINE_SPINLOCK(die_lock);

/* Follows the frame pointers from fp, whose function returns behind the call at pc, to the end of the stack. */
static void show_trace(unsigned long fp, unsigned long pc)
{
	unsigned long stack = (fp + STACK_BIAS) & ~(THREAD_SIZE - 1);

	printk("Call Trace:\n");
	while (kernel_text_address(pc)) {
		unsigned long *frame = (unsigned long *)(fp + STACK_BIAS);
		unsigned long next;

		printk(" [%016lx] %pS\n", pc, (void *)pc);
		if ((unsigned long)frame < stack || ((unsigned long)frame & 7) ||
		    (unsigned long)frame > stack + THREAD_SIZE - STACKFRAME_SZ)
			break;
		next = frame[SAVED_FP];
		pc = frame[SAVED_RETURN];
		if (next <= fp)
			break;
		fp = next;
	}
}

/* Of the running task when task is NULL. */
void show_stack(struct task_struct *task, unsigned long *sp)
{
	unsigned long fp = (unsigned long)__builtin_frame_address(0) - STACK_BIAS;
	unsigned long pc = (unsigned long)__builtin_return_address(0);
	unsigned long *saved;

	if (task && task != current) {
		saved = (unsigned long *)(task->thread.ksp + STACK_BIAS);
		fp = saved[SAVED_FP];
		pc = saved[SAVED_RETURN];
	}
	show_trace(fp, pc);
}

static void show_general_registers(struct pt_regs *regs)
{
	unsigned long *r = regs->u_regs;

	printk("TSTATE: %016lx TPC: %016lx TNPC: %016lx Y: %08x\n", regs->tstate, regs->tpc, regs->tnpc, regs->y);
	printk("TPC: <%pS>\n", (void *)regs->tpc);
	printk("g0: %016lx g1: %016lx g2: %016lx g3: %016lx\n", r[0], r[1], r[2], r[3]);
	printk("g4: %016lx g5: %016lx g6: %016lx g7: %016lx\n", r[4], r[5], r[6], r[7]);
	printk("o0: %016lx o1: %016lx o2: %016lx o3: %016lx\n", r[8], r[9], r[10], r[11]);
	printk("o4: %016lx o5: %016lx sp: %016lx ret_pc: %016lx\n", r[12], r[13], r[14], r[15]);
	printk("RPC: <%pS>\n", (void *)r[15]);
}

void show_regs(struct pt_regs *regs)
{
	unsigned long *frame = (unsigned long *)((char *)regs - STACKFRAME_SZ);

	printk("Pid: %d, comm: %.20s Not tainted 2.6.32-stapy\n", current->pid, current->comm);
	show_general_registers(regs);
	if (!user_mode(regs))
		show_trace(frame[SAVED_FP], frame[SAVED_RETURN]);
}

static int is_access_fault(unsigned long type)
{
	return type == TT_INSN_ACCESS || type == TT_DATA_ACCESS;
}

/* What was executing, and where it wanted to go wrong. */
static void __die(const char *str, struct pt_regs *regs, long err)
{
	if (is_access_fault(pt_regs_trap_type(regs))) {
		printk(KERN_ALERT "BUG: %s at %016lx\n", str, current->thread.fault_address);
		printk(KERN_ALERT "TPC: [<%016lx>] %pS\n", regs->tpc, (void *)regs->tpc);
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
