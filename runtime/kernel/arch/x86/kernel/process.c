/* Tasks as the CPU sees them: their first register contents, and the switch between them. */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <asm/irqflags.h>

#define X86_EFLAGS_FIXED 2

/* What switch_stack pops when a task runs for the first time. */
struct switch_frame {
#ifdef __x86_64__
	unsigned long flags, r15, r14, r13, r12, bx, bp;
#else
	unsigned long flags, di, si, bx, bp;
#endif
	void (*ret)(void);
};

union thread_union init_thread_union __section(".data.init_task") = { INIT_THREAD_INFO(init_task) };

/* Starts fn(arg) as a new kernel thread; returns its pid. */
int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct pt_regs regs;

	memset(&regs, 0, sizeof(regs));
	regs.bx = (unsigned long)fn;
#ifdef __x86_64__
	regs.r12 = (unsigned long)arg;
#else
	regs.si = (unsigned long)arg;
#endif
	regs.ip = (unsigned long)ret_from_kernel_thread;
	regs.cs = __KERNEL_CS;
	regs.flags = X86_EFLAGS_FIXED | X86_EFLAGS_IF;
	regs.orig_ax = -1;
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
	childregs->ax = 0;
	childregs->sp = sp;
	memset(frame, 0, sizeof(*frame));
	frame->flags = X86_EFLAGS_FIXED;
	frame->ret = ret_from_fork;
	if (!user_mode(regs)) {
		frame->ret = ret_from_kernel_thread;
		frame->bx = regs->bx;
#ifdef __x86_64__
		frame->r12 = regs->r12;
#else
		frame->si = regs->si;
#endif
	}
	p->thread.sp = (unsigned long)frame;
	p->thread.sp0 = (unsigned long)(childregs + 1);
	p->thread.ip = (unsigned long)frame->ret;
#ifdef __x86_64__
	if (clone_flags & CLONE_SETTLS)
		p->thread.fs = regs->r8;
#endif
	return 0;
}

/* Where the next interrupt from user mode finds a kernel stack. Runs on prev's, interrupts off. */
struct task_struct *__switch_to(struct task_struct *prev_p, struct task_struct *next_p)
{
	int cpu = smp_processor_id();

	init_tss[cpu].sp0 = next_p->thread.sp0;
#ifdef __x86_64__
	cpu_pda[cpu].kernelstack = next_p->thread.sp0;
	cpu_pda[cpu].pcurrent = next_p;
#endif
	return prev_p;
}

/* A new program's first registers. */
void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->orig_ax = -1;
	regs->ip = new_ip;
	regs->sp = new_sp;
	regs->cs = __USER_CS;
	regs->ss = __USER_DS;
#ifndef __x86_64__
	regs->ds = __USER_DS;
	regs->es = __USER_DS;
#endif
	regs->flags = X86_EFLAGS_FIXED | X86_EFLAGS_IF;
}
EXPORT_SYMBOL(start_thread);

void flush_thread(void)
{
	current->thread.fs = current->thread.gs = 0;
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
	fp = frame->bp;
	ip = (unsigned long)frame->ret;
	while (in_sched_functions(ip) && count++ < 16) {
		if (fp < stack || fp >= stack + THREAD_SIZE - 2 * sizeof(long))
			return 0;
		ip = ((unsigned long *)fp)[1];
		fp = ((unsigned long *)fp)[0];
	}
	return ip;
}

#ifdef __x86_64__
#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002

asmlinkage long sys_arch_prctl(int code, unsigned long addr)
{
	switch (code) {
	case ARCH_SET_FS:
		current->thread.fs = addr;
		return 0;
	case ARCH_SET_GS:
		current->thread.gs = addr;
		return 0;
	default:
		return -EINVAL;
	}
}
#endif
