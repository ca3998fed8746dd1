/* Running a signal handler in user mode, and coming back from it. */
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/sigcontext.h>
#include <asm/syscall.h>

/* User stack pointers carry no bias here: programs start with argc at theirs. */
static struct rt_signal_frame __user *get_sigframe(struct k_sigaction *ka, struct pt_regs *regs)
{
	unsigned long sp = regs->u_regs[UREG_FP];

	if ((ka->sa.sa_flags & SA_ONSTACK) && sas_ss_flags(sp) == 0)
		sp = current->sas_ss_sp + current->sas_ss_size;
	return (struct rt_signal_frame __user *)((sp - sizeof(struct rt_signal_frame)) & -16UL);
}

/* The handler finds signal number, siginfo and the saved state in its argument registers, and returns to the restorer. */
static void enter_handler(int sig, struct k_sigaction *ka, struct rt_signal_frame __user *frame,
			  struct pt_regs *regs)
{
	regs->u_regs[UREG_FP] = (unsigned long)frame;
	regs->u_regs[UREG_I0] = sig;
	regs->u_regs[UREG_I1] = (unsigned long)&frame->info;
	regs->u_regs[UREG_I0 + 2] = (unsigned long)&frame->info;
	regs->u_regs[UREG_RETPC] = (unsigned long)ka->sa.sa_restorer - 8;
	regs->tpc = (unsigned long)ka->sa.sa_handler;
	regs->tnpc = regs->tpc + 4;
}

int setup_rt_frame(int sig, struct k_sigaction *ka, siginfo_t *info, sigset_t *set,
		   struct pt_regs *regs)
{
	struct rt_signal_frame __user *user = get_sigframe(ka, regs);
	struct rt_signal_frame frame;

	memset(&frame, 0, sizeof(frame));
	frame.info = *info;
	frame.regs = *regs;
	frame.stack.ss_sp = (void __user *)current->sas_ss_sp;
	frame.stack.ss_flags = sas_ss_flags(regs->u_regs[UREG_FP]);
	frame.stack.ss_size = current->sas_ss_size;
	frame.mask = *set;
	if (copy_to_user(user, &frame, sizeof(frame)))
		return force_sigsegv(sig, current);
	enter_handler(sig, ka, user, regs);
	return 0;
}

/* Only what user code may choose is taken back: of tstate the condition codes. */
static void restore_sigcontext(struct pt_regs *regs, struct pt_regs *saved)
{
	unsigned long user_bits = 0xffUL << 32;

	memcpy(regs->u_regs, saved->u_regs, sizeof(regs->u_regs));
	regs->tstate = (regs->tstate & ~user_bits) | (saved->tstate & user_bits);
	regs->tpc = saved->tpc;
	regs->tnpc = saved->tnpc;
	regs->y = saved->y;
	syscall_forget(regs);
}

asmlinkage long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct rt_signal_frame __user *user = (struct rt_signal_frame __user *)regs->u_regs[UREG_FP];
	struct rt_signal_frame frame;

	if (copy_from_user(&frame, user, sizeof(frame))) {
		force_sig(SIGSEGV, current);
		return 0;
	}
	sigdelsetmask(&frame.mask, SIG_KERNEL_ONLY_MASK);
	spin_lock_irq(&current->sighand->siglock);
	current->blocked = frame.mask;
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
	restore_sigcontext(regs, &frame.regs);
	return syscall_get_return_value(current, regs);
}
