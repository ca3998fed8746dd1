/* Running a signal handler in user mode, and coming back from it. */
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/sigcontext.h>
#include <asm/syscall.h>

static void setup_sigcontext(struct sigcontext *sc, struct pt_regs *regs)
{
	memcpy(sc->sc_regs, regs->regs, sizeof(sc->sc_regs));
	sc->sc_regs[0] = 0;
	sc->sc_mdhi = regs->hi;
	sc->sc_mdlo = regs->lo;
	sc->sc_pc = regs->cp0_epc;
}

/* Only what user code may choose is taken back: nothing of the status. */
static void restore_sigcontext(struct pt_regs *regs, struct sigcontext *sc)
{
	memcpy(regs->regs, sc->sc_regs, sizeof(sc->sc_regs));
	regs->hi = sc->sc_mdhi;
	regs->lo = sc->sc_mdlo;
	regs->cp0_epc = sc->sc_pc;
	syscall_forget(regs);
}

static struct rt_sigframe __user *get_sigframe(struct k_sigaction *ka, struct pt_regs *regs)
{
	unsigned long sp = regs->regs[29];

	if ((ka->sa.sa_flags & SA_ONSTACK) && sas_ss_flags(sp) == 0)
		sp = current->sas_ss_sp + current->sas_ss_size;
	return (struct rt_sigframe __user *)((sp - sizeof(struct rt_sigframe)) & -16UL);
}

/* The handler finds signal number, siginfo and ucontext in its argument registers, and returns to the restorer. */
static void enter_handler(int sig, struct k_sigaction *ka, struct rt_sigframe __user *frame,
			  struct pt_regs *regs)
{
	regs->regs[4] = sig;
	regs->regs[5] = (unsigned long)&frame->rs_info;
	regs->regs[6] = (unsigned long)&frame->rs_uc;
	regs->regs[29] = (unsigned long)frame;
	regs->regs[31] = (unsigned long)ka->sa.sa_restorer;
	regs->cp0_epc = regs->regs[25] = (unsigned long)ka->sa.sa_handler;
}

int setup_rt_frame(int sig, struct k_sigaction *ka, siginfo_t *info, sigset_t *set,
		   struct pt_regs *regs)
{
	struct rt_sigframe __user *user = get_sigframe(ka, regs);
	struct rt_sigframe frame;

	memset(&frame, 0, sizeof(frame));
	frame.rs_info = *info;
	frame.rs_uc.uc_stack.ss_sp = (void __user *)current->sas_ss_sp;
	frame.rs_uc.uc_stack.ss_flags = sas_ss_flags(regs->regs[29]);
	frame.rs_uc.uc_stack.ss_size = current->sas_ss_size;
	frame.rs_uc.uc_sigmask = *set;
	setup_sigcontext(&frame.rs_uc.uc_mcontext, regs);
	if (copy_to_user(user, &frame, sizeof(frame)))
		return force_sigsegv(sig, current);
	enter_handler(sig, ka, user, regs);
	return 0;
}

asmlinkage long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct rt_sigframe __user *user = (struct rt_sigframe __user *)regs->regs[29];
	struct ucontext uc;

	if (copy_from_user(&uc, &user->rs_uc, sizeof(uc))) {
		force_sig(SIGSEGV, current);
		return 0;
	}
	sigdelsetmask(&uc.uc_sigmask, SIG_KERNEL_ONLY_MASK);
	spin_lock_irq(&current->sighand->siglock);
	current->blocked = uc.uc_sigmask;
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
	restore_sigcontext(regs, &uc.uc_mcontext);
	return syscall_get_return_value(current, regs);
}
