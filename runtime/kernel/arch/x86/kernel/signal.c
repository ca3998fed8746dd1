/* Running a signal handler in user mode, and coming back from it. */
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/sigcontext.h>
#include <asm/syscall.h>

#define X86_EFLAGS_DF 0x400
#define X86_EFLAGS_TF 0x100
#define FIX_EFLAGS 0x40dd5

static void setup_sigcontext(struct sigcontext *sc, struct pt_regs *regs, unsigned long mask)
{
	memset(sc, 0, sizeof(*sc));
#ifdef __x86_64__
	sc->r8 = regs->r8;
	sc->r9 = regs->r9;
	sc->r10 = regs->r10;
	sc->r11 = regs->r11;
	sc->r12 = regs->r12;
	sc->r13 = regs->r13;
	sc->r14 = regs->r14;
	sc->r15 = regs->r15;
#else
	sc->ds = regs->ds;
	sc->es = regs->es;
	sc->ss = regs->ss;
	sc->sp_at_signal = regs->sp;
#endif
	sc->di = regs->di;
	sc->si = regs->si;
	sc->bp = regs->bp;
	sc->bx = regs->bx;
	sc->dx = regs->dx;
	sc->ax = regs->ax;
	sc->cx = regs->cx;
	sc->sp = regs->sp;
	sc->ip = regs->ip;
	sc->flags = regs->flags;
	sc->cs = regs->cs;
	sc->err = current->thread.error_code;
	sc->trapno = current->thread.trap_no;
	sc->oldmask = mask;
	sc->cr2 = current->thread.cr2;
}

/* Only what user code may choose is taken back: no selector, no interrupt flag. */
static void restore_sigcontext(struct pt_regs *regs, struct sigcontext *sc)
{
#ifdef __x86_64__
	regs->r8 = sc->r8;
	regs->r9 = sc->r9;
	regs->r10 = sc->r10;
	regs->r11 = sc->r11;
	regs->r12 = sc->r12;
	regs->r13 = sc->r13;
	regs->r14 = sc->r14;
	regs->r15 = sc->r15;
#endif
	regs->di = sc->di;
	regs->si = sc->si;
	regs->bp = sc->bp;
	regs->bx = sc->bx;
	regs->dx = sc->dx;
	regs->ax = sc->ax;
	regs->cx = sc->cx;
	regs->sp = sc->sp;
	regs->ip = sc->ip;
	regs->flags = (regs->flags & ~FIX_EFLAGS) | (sc->flags & FIX_EFLAGS);
	syscall_forget(regs);
}

static struct rt_sigframe __user *get_sigframe(struct k_sigaction *ka, struct pt_regs *regs)
{
	unsigned long sp = regs->sp;

#ifdef __x86_64__
	sp -= 128;	/* leaf functions use it without saying so */
#endif
	if ((ka->sa.sa_flags & SA_ONSTACK) && sas_ss_flags(sp) == 0)
		sp = current->sas_ss_sp + current->sas_ss_size;
	sp = (sp - sizeof(struct rt_sigframe)) & -16UL;
	return (struct rt_sigframe __user *)(sp - sizeof(long));
}

/* The handler finds signal number, siginfo and ucontext in the registers or on the stack of its ABI. */
static void enter_handler(int sig, struct k_sigaction *ka, struct rt_sigframe __user *frame,
			  struct pt_regs *regs)
{
	regs->sp = (unsigned long)frame;
	regs->ip = (unsigned long)ka->sa.sa_handler;
	regs->ax = 0;
#ifdef __x86_64__
	regs->di = sig;
	regs->si = (unsigned long)&frame->info;
	regs->dx = (unsigned long)&frame->uc;
#else
	regs->ax = sig;
	regs->dx = (unsigned long)&frame->info;
	regs->cx = (unsigned long)&frame->uc;
#endif
	regs->flags &= ~(X86_EFLAGS_DF | X86_EFLAGS_TF);
}

int setup_rt_frame(int sig, struct k_sigaction *ka, siginfo_t *info, sigset_t *set,
			  struct pt_regs *regs)
{
	struct rt_sigframe __user *user = get_sigframe(ka, regs);
	struct rt_sigframe frame;

	memset(&frame, 0, sizeof(frame));
	frame.pretcode = (char __user *)ka->sa.sa_restorer;
	frame.info = *info;
	frame.uc.uc_stack.ss_sp = (void __user *)current->sas_ss_sp;
	frame.uc.uc_stack.ss_flags = sas_ss_flags(regs->sp);
	frame.uc.uc_stack.ss_size = current->sas_ss_size;
	frame.uc.uc_sigmask = *set;
	setup_sigcontext(&frame.uc.uc_mcontext, regs, set->sig[0]);
#ifndef __x86_64__
	frame.sig = sig;
	frame.pinfo = &user->info;
	frame.puc = &user->uc;
#endif
	if (copy_to_user(user, &frame, sizeof(frame)))
		return force_sigsegv(sig, current);
	enter_handler(sig, ka, user, regs);
	return 0;
}

asmlinkage long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	/* The handler's return has popped pretcode. */
	struct rt_sigframe __user *user = (struct rt_sigframe __user *)(regs->sp - sizeof(long));
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
	return regs->ax;
}
