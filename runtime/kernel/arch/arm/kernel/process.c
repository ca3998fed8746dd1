/* Tasks as the CPU sees them: their first register contents, and the switch between them. */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <asm/irqflags.h>
#include <asm/syscall.h>

/* What switch_stack takes from the stack when a task runs for the first time. */
struct switch_frame {
	unsigned long cpsr;
	unsigned long r4, r5, r6, r7, r8, r9, r10;
	unsigned long fp;
	void (*ret)(void);
};

union thread_union init_thread_union __section(".data.init_task") = { INIT_THREAD_INFO(init_task) };

/* Starts fn(arg) as a new kernel thread; returns its pid. */
int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct pt_regs regs;

	memset(&regs, 0, sizeof(regs));
	regs.ARM_r4 = (unsigned long)fn;
	regs.ARM_r5 = (unsigned long)arg;
	regs.ARM_pc = (unsigned long)ret_from_kernel_thread;
	regs.ARM_cpsr = SVC_MODE;
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
	*syscall_number(childregs) = user_mode(regs) ? *syscall_number(regs) : -1;
	childregs->ARM_r0 = 0;
	childregs->ARM_sp = sp;
	memset(frame, 0, sizeof(*frame));
	frame->cpsr = SVC_MODE | PSR_I_BIT;
	frame->ret = ret_from_fork;
	if (!user_mode(regs)) {
		frame->ret = ret_from_kernel_thread;
		frame->r4 = regs->ARM_r4;
		frame->r5 = regs->ARM_r5;
	}
	p->thread.sp = (unsigned long)frame;
	p->thread.sp0 = (unsigned long)(childregs + 1);
	if (clone_flags & CLONE_SETTLS)
		p->thread.tp_value = regs->ARM_r3;
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
	syscall_forget(regs);
	regs->ARM_pc = new_ip;
	regs->ARM_sp = new_sp;
	regs->ARM_cpsr = USR_MODE;
}
EXPORT_SYMBOL(start_thread);

void flush_thread(void)
{
	current->thread.tp_value = 0;
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
	return (unsigned long)((struct switch_frame *)tsk->thread.sp)->ret;
}

/* The function outside the scheduler in which a task sleeps; 0 when it runs. */
unsigned long get_wchan(struct task_struct *p)
{
	struct switch_frame *frame = (struct switch_frame *)p->thread.sp;
	unsigned long stack = (unsigned long)task_stack_page(p), fp, ip;
	int count = 0;

	if (p == current || p->state == TASK_RUNNING)
		return 0;
	fp = frame->fp;
	ip = (unsigned long)frame->ret;
	while (in_sched_functions(ip) && count++ < 16) {
		if (fp < stack + sizeof(long) || fp >= stack + THREAD_SIZE)
			return 0;
		ip = ((unsigned long *)fp)[0];
		fp = ((unsigned long *)fp)[-1];
	}
	return ip;
}
