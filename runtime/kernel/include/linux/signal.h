/* Signals: numbers, sets, actions, what is pending. */
#ifndef _LINUX_SIGNAL_H
#define _LINUX_SIGNAL_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <asm/signal.h>
#include <asm/siginfo.h>

struct user_struct;
struct task_struct;
struct pt_regs;

struct sigqueue {
	struct list_head list;
	int flags;
	siginfo_t info;
	struct user_struct *user;
};

#define SIGQUEUE_PREALLOC 1

struct sigpending {
	struct list_head list;
	sigset_t signal;
};

struct k_sigaction {
	struct sigaction sa;
};

static inline void sigaddset(sigset_t *set, int _sig)
{
	unsigned long sig = _sig - 1;

	set->sig[sig / _NSIG_BPW] |= 1UL << (sig % _NSIG_BPW);
}

static inline void sigdelset(sigset_t *set, int _sig)
{
	unsigned long sig = _sig - 1;

	set->sig[sig / _NSIG_BPW] &= ~(1UL << (sig % _NSIG_BPW));
}

static inline int sigismember(sigset_t *set, int _sig)
{
	unsigned long sig = _sig - 1;

	return 1 & (set->sig[sig / _NSIG_BPW] >> (sig % _NSIG_BPW));
}

#define sigmask(sig) (1UL << ((sig) - 1))

static inline void sigemptyset(sigset_t *set)
{
	int i;

	for (i = 0; i < _NSIG_WORDS; i++)
		set->sig[i] = 0;
}

static inline void sigfillset(sigset_t *set)
{
	int i;

	for (i = 0; i < _NSIG_WORDS; i++)
		set->sig[i] = ~0UL;
}

static inline int sigisemptyset(const sigset_t *set)
{
	int i;

	for (i = 0; i < _NSIG_WORDS; i++)
		if (set->sig[i])
			return 0;
	return 1;
}

static inline void sigorsets(sigset_t *r, const sigset_t *a, const sigset_t *b)
{
	int i;

	for (i = 0; i < _NSIG_WORDS; i++)
		r->sig[i] = a->sig[i] | b->sig[i];
}

static inline void signandsets(sigset_t *r, const sigset_t *a, const sigset_t *b)
{
	int i;

	for (i = 0; i < _NSIG_WORDS; i++)
		r->sig[i] = a->sig[i] & ~b->sig[i];
}

static inline void sigaddsetmask(sigset_t *set, unsigned long mask) { set->sig[0] |= mask; }
static inline void sigdelsetmask(sigset_t *set, unsigned long mask) { set->sig[0] &= ~mask; }
static inline int sigtestsetmask(sigset_t *set, unsigned long mask) { return (set->sig[0] & mask) != 0; }
static inline void siginitset(sigset_t *set, unsigned long mask)
{
	sigemptyset(set);
	set->sig[0] = mask;
}
static inline void siginitsetinv(sigset_t *set, unsigned long mask)
{
	sigfillset(set);
	set->sig[0] = ~mask;
}

static inline void init_sigpending(struct sigpending *sig)
{
	sigemptyset(&sig->signal);
	INIT_LIST_HEAD(&sig->list);
}

#define SIG_KERNEL_ONLY_MASK	(sigmask(SIGKILL) | sigmask(SIGSTOP))
#define SIG_KERNEL_STOP_MASK	(sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define SIG_KERNEL_COREDUMP_MASK (sigmask(SIGQUIT) | sigmask(SIGILL) | sigmask(SIGTRAP) |		\
	sigmask(SIGABRT) | sigmask(SIGFPE) | sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGSYS) |	\
	sigmask(SIGXCPU) | sigmask(SIGXFSZ))
#define SIG_KERNEL_IGNORE_MASK	(sigmask(SIGCONT) | sigmask(SIGCHLD) | sigmask(SIGWINCH) | sigmask(SIGURG))

#define siginmask(sig, mask)	((sig) < SIGRTMIN && (sigmask(sig) & (mask)))
#define sig_kernel_only(sig)	siginmask(sig, SIG_KERNEL_ONLY_MASK)
#define sig_kernel_coredump(sig) siginmask(sig, SIG_KERNEL_COREDUMP_MASK)
#define sig_kernel_ignore(sig)	siginmask(sig, SIG_KERNEL_IGNORE_MASK)
#define sig_kernel_stop(sig)	siginmask(sig, SIG_KERNEL_STOP_MASK)
#define valid_signal(sig)	((unsigned long)(sig) <= _NSIG)

#define SEND_SIG_NOINFO	((struct siginfo *)0)
#define SEND_SIG_PRIV	((struct siginfo *)1)
#define SEND_SIG_FORCED	((struct siginfo *)2)

extern int group_send_sig_info(int sig, struct siginfo *info, struct task_struct *p);
extern int __group_send_sig_info(int sig, struct siginfo *info, struct task_struct *p);
extern int get_signal_to_deliver(siginfo_t *info, struct k_sigaction *return_ka, struct pt_regs *regs,
				 void *cookie);
extern int copy_siginfo_to_user(siginfo_t __user *to, siginfo_t *from);
extern int sigprocmask(int how, sigset_t *set, sigset_t *oldset);
extern int set_wait_mask(const sigset_t __user *mask, size_t sigsetsize);
extern long restore_wait_mask(int was_set, long result);
/* The architecture's: puts a handler's frame on the user stack. */
extern int setup_rt_frame(int sig, struct k_sigaction *ka, siginfo_t *info, sigset_t *set,
			  struct pt_regs *regs);
extern int show_unhandled_signals;
extern void signals_init(void);
extern int next_signal(struct sigpending *pending, sigset_t *mask);

#endif
