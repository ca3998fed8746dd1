/* Tasks as the CPU sees them: their first register contents, and the switch between them. */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <asm/irqflags.h>

/* What switch_stack takes from the stack when a task runs for the first time. */
struct switch_frame {
	unsigned long header[STACK_FRAME_OVERHEAD / sizeof(long)];
	struct pt_regs regs;
};

union thread_union init_thread_union __section(".data.init_task") = { INIT_THREAD_INFO(init_task) };

/* Starts fn(arg) as a new kernel thread; returns its pid. */
int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct pt_regs regs;

	memset(&regs, 0, sizeof(regs));
	regs.gpr[14] = (unsigned long)fn;
	regs.gpr[15] = (unsigned long)arg;
	regs.nip = (unsigned long)ret_from_kernel_thread;
	regs.msr = MSR_KERNEL | MSR_EE;
	return do_fork(flags | CLONE_VM | CLONE_UNTRACED, 0, &regs, 0, NULL, NULL);
}
EXPORT_SYMBOL(kernel_thread);

/* The child returns 0 from the system call that its parent is in, or calls the function of kernel_thread. */
int copy_thread(unsigned long clone_flags, unsigned long sp, unsigned long unused,
		struct task_struct *p, struct pt_regs *regs)
{
	struct pt_regs *childregs = task_pt_regs(p);
	unsigned long *top = (unsigned long *)((char *)childregs - STACK_FRAME_OVERHEAD);
	struct switch_frame *frame = (struct switch_frame *)top - 1;

	*childregs = *regs;
	childregs->gpr[1] = sp;
	childregs->gpr[3] = 0;
	childregs->ccr &= ~(unsigned long)CCR_SO;
	if (clone_flags & CLONE_SETTLS)
		childregs->gpr[13] = regs->gpr[6];
	memset(frame, 0, sizeof(*frame) + STACK_FRAME_OVERHEAD);
	frame->header[0] = (unsigned long)top;
	frame->regs.msr = MSR_KERNEL;
	frame->regs.nip = (unsigned long)ret_from_fork;
	if (!user_mode(regs)) {
		frame->regs.nip = (unsigned long)ret_from_kernel_thread;
		frame->regs.gpr[14] = regs->gpr[14];
		frame->regs.gpr[15] = regs->gpr[15];
	}
	p->thread.ksp = (unsigned long)frame;
	p->thread.sp0 = (unsigned long)(childregs + 1);
	return 0;
}

/* Where the next interrupt from user mode finds a kernel stack. Runs on prev's, interrupts off. */
struct task_struct *__switch_to(struct task_struct *prev_p, struct task_struct *next_p)
{
	init_tss[smp_processor_id()].sp0 = next_p->thread.sp0;
	return prev_p;
}

/*
 * A new program's first registers. The programs here have no function descriptors, so that their entry is
 * where it says.
 */
void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->nip = new_ip;
	regs->gpr[1] = new_sp;
	regs->gpr[12] = new_ip;
	regs->msr = MSR_USER;
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

unsigned long thread_saved_pc(struct task_struct *tsk)
{
	return ((struct switch_frame *)tsk->thread.ksp)->regs.nip;
}

/* The function outside the scheduler in which a task sleeps; 0 when it runs. */
unsigned long get_wchan(struct task_struct *p)
{
	unsigned long stack = (unsigned long)task_stack_page(p), sp = p->thread.ksp, ip;
	int count = 0;

	if (p == current || p->state == TASK_RUNNING)
		return 0;
	ip = thread_saved_pc(p);
	while (in_sched_functions(ip) && count++ < 16) {
		sp = *(unsigned long *)sp;
		if (sp < stack || sp > stack + THREAD_SIZE - STACK_FRAME_OVERHEAD)
			return 0;
		ip = ((unsigned long *)sp)[STACK_FRAME_LR_SAVE];
	}
	return ip;
}
