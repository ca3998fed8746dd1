/* Tasks as the CPU sees them: their first register contents, and the switch between them. */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <asm/irqflags.h>

union thread_union init_thread_union __section(".data.init_task") = { INIT_THREAD_INFO(init_task) };

/* Starts fn(arg) as a new kernel thread; returns its pid. */
int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct pt_regs regs;

	memset(&regs, 0, sizeof(regs));
	regs.regs[4] = (unsigned long)fn;
	regs.regs[5] = (unsigned long)arg;
	regs.cp0_epc = (unsigned long)ret_from_kernel_thread;
	regs.cp0_status = ST0_INIT | ST0_EXL | ST0_IE;
	return do_fork(flags | CLONE_VM | CLONE_UNTRACED, 0, &regs, 0, NULL, NULL);
}
EXPORT_SYMBOL(kernel_thread);

/* The child returns 0 from the system call that its parent is in, or calls the function of kernel_thread. */
int copy_thread(unsigned long clone_flags, unsigned long sp, unsigned long unused,
		struct task_struct *p, struct pt_regs *regs)
{
	struct pt_regs *childregs = task_pt_regs(p);
	struct switch_frame *frame = (struct switch_frame *)childregs - 1;

	*childregs = *regs;
	childregs->regs[7] = 0;
	childregs->regs[2] = 0;
	childregs->regs[29] = sp;
	memset(frame, 0, sizeof(*frame));
	frame->reg31 = (unsigned long)ret_from_fork;
	frame->cp0_status = ST0_INIT;
	if (!user_mode(regs)) {
		frame->reg31 = (unsigned long)ret_from_kernel_thread;
		frame->reg16 = regs->regs[4];
		frame->reg17 = regs->regs[5];
	}
	p->thread.reg29 = (unsigned long)frame;
	p->thread.sp0 = (unsigned long)(childregs + 1);
	if (clone_flags & CLONE_SETTLS)
		p->thread.tp_value = regs->regs[7];
	return 0;
}

/* Where the next interrupt from user mode finds a kernel stack. Runs on prev's, interrupts off. */
struct task_struct *__switch_to(struct task_struct *prev_p, struct task_struct *next_p)
{
	init_tss[smp_processor_id()].sp0 = next_p->thread.sp0;
	return prev_p;
}

/* A new program's first registers. */
void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->cp0_epc = new_ip;
	regs->regs[25] = new_ip;
	regs->regs[29] = new_sp;
	regs->cp0_status = ST0_INIT | KU_USER | ST0_EXL | ST0_IE;
}
EXPORT_SYMBOL(start_thread);

void flush_thread(void)
{
}

void exit_thread(void)
{
}

void release_thread(struct task_struct *dead_task)
{
}

void prepare_to_copy(struct task_struct *tsk)
{
}

static struct switch_frame *switch_frame_of(struct task_struct *tsk)
{
	return (struct switch_frame *)tsk->thread.reg29;
}

unsigned long thread_saved_pc(struct task_struct *tsk)
{
	return switch_frame_of(tsk)->reg31;
}

/* The function outside the scheduler in which a task sleeps; 0 when it runs. */
unsigned long get_wchan(struct task_struct *p)
{
	unsigned long pc, sp;
	int count = 0;

	if (p == current || p->state == TASK_RUNNING)
		return 0;
	pc = switch_frame_of(p)->reg31;
	sp = (unsigned long)(switch_frame_of(p) + 1);
	while (in_sched_functions(pc) && count++ < 16) {
		if (!unwind_frame(&pc, &sp, 0))
			return 0;
	}
	return pc;
}
