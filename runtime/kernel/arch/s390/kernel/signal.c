/* Running a signal handler in user mode, and coming back from it. */
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/sigcontext.h>
#include <asm/syscall.h>

static void setup_sigcontext(_sigregs *sc, struct pt_regs *regs)
{
	sc->psw = regs->psw;
	memcpy(sc->gprs, regs->gprs, sizeof(sc->gprs));
}

/* Only what user code may choose is taken back: the condition code of the mask. */
static void restore_sigcontext(struct pt_regs *regs, _sigregs *sc)
{
	regs->psw.mask = (regs->psw.mask & ~PSW_MASK_CC) | (sc->psw.mask & PSW_MASK_CC);
	regs->psw.addr = sc->psw.addr;
	memcpy(regs->gprs, sc->gprs, sizeof(regs->gprs));
	syscall_forget(regs);
}

static struct rt_sigframe __user *get_sigframe(struct k_sigaction *ka, struct pt_regs *regs)
{
	unsigned long sp = regs->gprs[15];

	if ((ka->sa.sa_flags & SA_ONSTACK) && sas_ss_flags(sp) == 0)
		sp = current->sas_ss_sp + current->sas_ss_size;
	return (struct rt_sigframe __user *)((sp - sizeof(struct rt_sigframe)) & -8UL);
}

/* The handler finds signal number, siginfo and ucontext in its argument registers, and returns to the restorer. */
static void enter_handler(int sig, struct k_sigaction *ka, struct rt_sigframe __user *frame,
			  struct pt_regs *regs)
{
	regs->gprs[2] = sig;
	regs->gprs[3] = (unsigned long)&frame->info;
	regs->gprs[4] = (unsigned long)&frame->uc;
	regs->gprs[14] = (unsigned long)ka->sa.sa_restorer;
	regs->gprs[15] = (unsigned long)frame;
	regs->psw.addr = (unsigned long)ka->sa.sa_handler;
}

int setup_rt_frame(int sig, struct k_sigaction *ka, siginfo_t *info, sigset_t *set,
		   struct pt_regs *regs)
{
	struct rt_sigframe __user *user = get_sigframe(ka, regs);
	struct rt_sigframe frame;

	memset(&frame, 0, sizeof(frame));
	frame.info = *info;
	frame.uc.uc_stack.ss_sp = (void __user *)current->sas_ss_sp;
	frame.uc.uc_stack.ss_flags = sas_ss_flags(regs->gprs[15]);
	frame.uc.uc_stack.ss_size = current->sas_ss_size;
	frame.uc.uc_sigmask = *set;
	setup_sigcontext(&frame.uc.uc_mcontext, regs);
	if (copy_to_user(user, &frame, sizeof(frame)))
		return force_sigsegv(sig, current);
	enter_handler(sig, ka, user, regs);
	return 0;
}

asmlinkage long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct rt_sigframe __user *user = (struct rt_sigframe __user *)regs->gprs[15];
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
	restore_sigcontext(regs, &uc.uc_mcontext);
	return regs->gprs[2];
}
