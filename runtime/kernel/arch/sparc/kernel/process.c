/* Tasks as the CPU sees them: their first register contents, and the switch between them. */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <asm/irqflags.h>

/* What switch_stack takes from the stack: the callee's registers where every function saves them. */
struct switch_frame {
	unsigned long locals[8];
	unsigned long ins[8];
	unsigned long o7;		/* 8 below the instruction to go to */
	unsigned long pil;
	unsigned long unused[STACKFRAME_SZ / sizeof(long) - 18];
};

union thread_union init_thread_union __section(".data.init_task") = { INIT_THREAD_INFO(init_task) };

/* Starts fn(arg) as a new kernel thread; returns its pid. */
int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct pt_regs regs;

	memset(&regs, 0, sizeof(regs));
	regs.u_regs[UREG_I0] = (unsigned long)fn;
	regs.u_regs[UREG_I1] = (unsigned long)arg;
	regs.tpc = (unsigned long)ret_from_kernel_thread;
	regs.tnpc = regs.tpc + 4;
	regs.tstate = TSTATE_PRIV | TSTATE_IE;
	return do_fork(flags | CLONE_VM | CLONE_UNTRACED, 0, &regs, 0, NULL, NULL);
}
EXPORT_SYMBOL(kernel_thread);

/* The child finds its parent's pid and 1 as the system call's results, or calls the function of kernel_thread. */
int copy_thread(unsigned long clone_flags, unsigned long sp, unsigned long unused,
		struct task_struct *p, struct pt_regs *regs)
{
	struct pt_regs *childregs = task_pt_regs(p);
	struct switch_frame *frame = (struct switch_frame *)((char *)childregs - STACKFRAME_SZ) - 1;

	*childregs = *regs;
	memset(frame, 0, sizeof(*frame) + STACKFRAME_SZ);
	frame->o7 = (unsigned long)ret_from_fork - 8;
	frame->pil = PIL_NORMAL_MAX;
	if (!user_mode(regs)) {
		frame->o7 = (unsigned long)ret_from_kernel_thread - 8;
		frame->locals[0] = regs->u_regs[UREG_I0];
		frame->locals[1] = regs->u_regs[UREG_I1];
	}
	childregs->u_regs[UREG_FP] = sp;
	childregs->u_regs[UREG_I0] = task_pid_nr(current);
	childregs->u_regs[UREG_I1] = 1;
	childregs->tstate &= ~(unsigned long)(TSTATE_XCARRY | TSTATE_ICARRY);
	if (clone_flags & CLONE_SETTLS)
		childregs->u_regs[UREG_G7] = regs->u_regs[UREG_I0 + 3];
	p->thread.ksp = (unsigned long)frame - STACK_BIAS;
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
	regs->tpc = new_ip;
	regs->tnpc = new_ip + 4;
	regs->u_regs[UREG_FP] = new_sp;
	regs->tstate = TSTATE_IE;
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
	return (struct switch_frame *)(tsk->thread.ksp + STACK_BIAS);
}

unsigned long thread_saved_pc(struct task_struct *tsk)
{
	return switch_frame_of(tsk)->o7 + 8;
}

/* The function outside the scheduler in which a task sleeps; 0 when it runs. */
unsigned long get_wchan(struct task_struct *p)
{
	struct switch_frame *frame = switch_frame_of(p);
	unsigned long stack = (unsigned long)task_stack_page(p), fp, ip, ret;
	int count = 0;

	if (p == current || p->state == TASK_RUNNING)
		return 0;
	ip = frame->o7;
	fp = frame->ins[6];
	ret = frame->ins[7];
	while (in_sched_functions(ip) && count++ < 16) {
		ip = ret;
		fp += STACK_BIAS;
		if (fp < stack || fp > stack + THREAD_SIZE - STACKFRAME_SZ)
			return 0;
		ret = ((unsigned long *)fp)[15];
		fp = ((unsigned long *)fp)[14];
	}
	return ip;
}
