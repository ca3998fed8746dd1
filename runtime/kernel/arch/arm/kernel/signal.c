/* Running a signal handler in user mode, and coming back from it. */
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/sigcontext.h>
#include <asm/syscall.h>

static void setup_sigcontext(struct sigcontext *sc, struct pt_regs *regs, unsigned long mask)
{
	memcpy(sc->arm_r, regs->uregs, sizeof(sc->arm_r));
	sc->arm_cpsr = regs->ARM_cpsr;
	sc->error_code = current->thread.fault_code;
	sc->fault_address = current->thread.fault_address;
	sc->oldmask = mask;
}

/* Only what user code may choose is taken back: no mode, no interrupt mask. */
static void restore_sigcontext(struct pt_regs *regs, struct sigcontext *sc)
{
	memcpy(regs->uregs, sc->arm_r, sizeof(sc->arm_r));
	regs->ARM_cpsr = (regs->ARM_cpsr & ~PSR_f) | (sc->arm_cpsr & PSR_f);
	syscall_forget(regs);
}

static struct rt_sigframe __user *get_sigframe(struct k_sigaction *ka, struct pt_regs *regs)
{
	unsigned long sp = regs->ARM_sp;

	if ((ka->sa.sa_flags & SA_ONSTACK) && sas_ss_flags(sp) == 0)
		sp = current->sas_ss_sp + current->sas_ss_size;
	return (struct rt_sigframe __user *)((sp - sizeof(struct rt_sigframe)) & -8UL);
}

/* The handler finds signal number, siginfo and ucontext in its argument registers, and returns to the restorer. */
static void enter_handler(int sig, struct k_sigaction *ka, struct rt_sigframe __user *frame,
			  struct pt_regs *regs)
{
	regs->ARM_r0 = sig;
	regs->ARM_r1 = (unsigned long)&frame->info;
	regs->ARM_r2 = (unsigned long)&frame->uc;
	regs->ARM_lr = (unsigned long)ka->sa.sa_restorer;
	regs->ARM_sp = (unsigned long)frame;
	regs->ARM_pc = (unsigned long)ka->sa.sa_handler;
}

int setup_rt_frame(int sig, struct k_sigaction *ka, siginfo_t *info, sigset_t *set,
		   struct pt_regs *regs)
{
	struct rt_sigframe __user *user = get_sigframe(ka, regs);
	struct rt_sigframe frame;

	memset(&frame, 0, sizeof(frame));
	frame.info = *info;
	frame.uc.uc_stack.ss_sp = (void __user *)current->sas_ss_sp;
	frame.uc.uc_stack.ss_flags = sas_ss_flags(regs->ARM_sp);
	frame.uc.uc_stack.ss_size = current->sas_ss_size;
	frame.uc.uc_sigmask = *set;
	setup_sigcontext(&frame.uc.uc_mcontext, regs, set->sig[0]);
	if (copy_to_user(user, &frame, sizeof(frame)))
		return force_sigsegv(sig, current);
	enter_handler(sig, ka, user, regs);
	return 0;
}

asmlinkage long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct rt_sigframe __user *user = (struct rt_sigframe __user *)regs->ARM_sp;
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
	return regs->ARM_r0;
}
