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
	regs.gprs[8] = (unsigned long)fn;
	regs.gprs[9] = (unsigned long)arg;
	regs.psw.addr = (unsigned long)ret_from_kernel_thread;
	regs.psw.mask = PSW_KERNEL_BITS | PSW_MASK_IO | PSW_MASK_EXT;
	return do_fork(flags | CLONE_VM | CLONE_UNTRACED, 0, &regs, 0, NULL, NULL);
}
EXPORT_SYMBOL(kernel_thread);

/* The child returns 0 from the system call that its parent is in, or calls the function of kernel_thread. */
int copy_thread(unsigned long clone_flags, unsigned long sp, unsigned long unused,
		struct task_struct *p, struct pt_regs *regs)
{
	struct pt_regs *childregs = task_pt_regs(p);
	struct stack_frame *frame = (struct stack_frame *)childregs - 1;

	*childregs = *regs;
	childregs->gprs[15] = sp;
	childregs->gprs[2] = 0;
	memset(frame, 0, sizeof(*frame));
	frame->gprs[STACK_FRAME_R14] = (unsigned long)ret_from_fork;
	if (!user_mode(regs)) {
		frame->gprs[STACK_FRAME_R14] = (unsigned long)ret_from_kernel_thread;
		frame->gprs[2] = regs->gprs[8];
		frame->gprs[3] = regs->gprs[9];
	}
	frame->gprs[9] = (unsigned long)frame;
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

/* A new program's first registers. */
void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->psw.mask = PSW_USER_BITS;
	regs->psw.addr = new_ip;
	regs->gprs[15] = new_sp;
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
	return ((struct stack_frame *)tsk->thread.ksp)->gprs[STACK_FRAME_R14];
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
		sp = ((struct stack_frame *)sp)->back_chain;
		if (sp < stack || sp > stack + THREAD_SIZE - STACK_FRAME_OVERHEAD)
			return 0;
		ip = ((struct stack_frame *)sp)->gprs[STACK_FRAME_R14];
	}
	return ip;
}
