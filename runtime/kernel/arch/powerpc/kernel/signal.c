/* Running a signal handler in user mode, and coming back from it. */
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/sigcontext.h>
#include <asm/syscall.h>

static struct rt_sigframe __user *get_sigframe(struct k_sigaction *ka, struct pt_regs *regs)
{
	unsigned long sp = regs->gpr[1];

	if ((ka->sa.sa_flags & SA_ONSTACK) && sas_ss_flags(sp) == 0)
		sp = current->sas_ss_sp + current->sas_ss_size;
	return (struct rt_sigframe __user *)((sp - sizeof(struct rt_sigframe)) & -16UL);
}

/* The handler finds signal number, siginfo and ucontext in its argument registers, and returns to the restorer. */
static void enter_handler(int sig, struct k_sigaction *ka, struct rt_sigframe __user *frame,
			  struct pt_regs *regs)
{
	regs->gpr[1] = (unsigned long)frame - SIGNAL_FRAMESIZE;
	regs->gpr[3] = sig;
	regs->gpr[4] = (unsigned long)&frame->info;
	regs->gpr[5] = (unsigned long)&frame->uc;
	regs->gpr[12] = (unsigned long)ka->sa.sa_handler;
	regs->link = (unsigned long)ka->sa.sa_restorer;
	regs->nip = (unsigned long)ka->sa.sa_handler;
	regs->result = 0;
}

int setup_rt_frame(int sig, struct k_sigaction *ka, siginfo_t *info, sigset_t *set,
		   struct pt_regs *regs)
{
	struct rt_sigframe __user *user = get_sigframe(ka, regs);
	unsigned long __user *back_chain = (unsigned long __user *)((char *)user - SIGNAL_FRAMESIZE);
	struct rt_sigframe frame;

	memset(&frame, 0, sizeof(frame));
	frame.info = *info;
	frame.pinfo = &user->info;
	frame.puc = &user->uc;
	frame.uc.uc_stack.ss_sp = (void __user *)current->sas_ss_sp;
	frame.uc.uc_stack.ss_flags = sas_ss_flags(regs->gpr[1]);
	frame.uc.uc_stack.ss_size = current->sas_ss_size;
	frame.uc.uc_sigmask = *set;
	frame.uc.uc_mcontext.signal = sig;
	frame.uc.uc_mcontext.handler = (unsigned long)ka->sa.sa_handler;
	frame.uc.uc_mcontext.oldmask = set->sig[0];
	frame.uc.uc_mcontext.regs = &user->uc.uc_mcontext.gp_regs;
	frame.uc.uc_mcontext.gp_regs = *regs;
	if (copy_to_user(user, &frame, sizeof(frame)) || put_user(regs->gpr[1], back_chain))
		return force_sigsegv(sig, current);
	enter_handler(sig, ka, user, regs);
	return 0;
}

/* Only what user code may choose is taken back: not the machine state, nor what the kernel keeps there. */
static void restore_sigcontext(struct pt_regs *regs, struct pt_regs *saved)
{
	memcpy(regs->gpr, saved->gpr, sizeof(regs->gpr));
	regs->nip = saved->nip;
	regs->ctr = saved->ctr;
	regs->link = saved->link;
	regs->xer = saved->xer;
	regs->ccr = saved->ccr;
	regs->orig_gpr3 = saved->orig_gpr3;
	syscall_forget(regs);
}

asmlinkage long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct rt_sigframe __user *user = (struct rt_sigframe __user *)(regs->gpr[1] + SIGNAL_FRAMESIZE);
	struct ucontext uc;

	if (copy_from_user(&uc, &user->uc, sizeof(uc))) {
		force_sig(SIGSEGV, current);
		return 0;
	}
	sigdelsetmask(&uc.uc_sigmask, SIG_KERNEL_ONLY_MASK);
	spin_lock_irq(&current->sighand->siglock);
	current->blocked = uc.uc_sigmask;
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
	restore_sigcontext(regs, &uc.uc_mcontext.gp_regs);
	return syscall_get_return_value(current, regs);
}
