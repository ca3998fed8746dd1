/*
 * Signals: sending, what is pending, delivery on the way back to user mode.
 *
 * sighand->siglock, taken with interrupts off, protects a group's actions, its pending signals and
 * the masks of its threads.
 */
#include <linux/binfmts.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#define SEND_COST	350
#define DELIVER_COST	500

static struct kmem_cache *sigqueue_cachep;
int show_unhandled_signals;

static void __user *sig_handler(struct task_struct *t, int sig)
{
	return (void __user *)t->sighand->action[sig - 1].sa.sa_handler;
}

static int sig_handler_ignored(void __user *handler, int sig)
{
	return handler == (void *)SIG_IGN || (handler == (void *)SIG_DFL && sig_kernel_ignore(sig));
}

/* Would the signal do nothing? A blocked one may be wanted later. */
static int sig_ignored(struct task_struct *t, int sig, int from_ancestor_ns)
{
	if (sigismember(&t->blocked, sig) || sigismember(&t->real_blocked, sig))
		return 0;
	if ((t->signal->flags & SIGNAL_UNKILLABLE) && sig_handler(t, sig) == (void *)SIG_DFL && !from_ancestor_ns)
		return 1;
	return sig_handler_ignored(sig_handler(t, sig), sig);
}

static int has_pending_signals(sigset_t *signal, sigset_t *blocked)
{
	sigset_t ready;

	signandsets(&ready, signal, blocked);
	return !sigisemptyset(&ready);
}

#define PENDING(p, b) has_pending_signals(&(p)->signal, (b))

/* Sets the flag that makes the task look at its signals; clearing it is recalc_sigpending()'s. */
static int recalc_sigpending_tsk(struct task_struct *t)
{
	if (t->signal->group_stop_count > 0 || PENDING(&t->pending, &t->blocked) ||
	    PENDING(&t->signal->shared_pending, &t->blocked)) {
		set_tsk_thread_flag(t, TIF_SIGPENDING);
		return 1;
	}
	return 0;
}

void recalc_sigpending_and_wake(struct task_struct *t)
{
	if (recalc_sigpending_tsk(t))
		signal_wake_up(t, 0);
}

void recalc_sigpending(void)
{
	if (!recalc_sigpending_tsk(current))
		clear_thread_flag(TIF_SIGPENDING);
}

/* The lowest pending signal that is not blocked, faults before all others. */
int next_signal(struct sigpending *pending, sigset_t *mask)
{
	const unsigned long synchronous = sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) |
					  sigmask(SIGTRAP) | sigmask(SIGFPE);
	sigset_t ready;
	int i;

	signandsets(&ready, &pending->signal, mask);
	if (ready.sig[0] & synchronous)
		return __ffs(ready.sig[0] & synchronous) + 1;
	for (i = 0; i < _NSIG_WORDS; i++)
		if (ready.sig[i])
			return i * _NSIG_BPW + __ffs(ready.sig[i]) + 1;
	return 0;
}

static struct sigqueue *__sigqueue_alloc(struct task_struct *t, gfp_t flags, int override_rlimit)
{
	struct user_struct *user = __task_cred(t)->user;
	struct sigqueue *q = NULL;

	atomic_inc(&user->__count);
	atomic_inc(&user->sigpending);
	if (override_rlimit ||
	    atomic_read(&user->sigpending) <= t->signal->rlim[RLIMIT_SIGPENDING].rlim_cur)
		q = kmem_cache_alloc(sigqueue_cachep, flags);
	if (!q) {
		atomic_dec(&user->sigpending);
		free_uid(user);
		return NULL;
	}
	INIT_LIST_HEAD(&q->list);
	q->flags = 0;
	q->user = user;
	return q;
}

static void __sigqueue_free(struct sigqueue *q)
{
	atomic_dec(&q->user->sigpending);
	free_uid(q->user);
	kmem_cache_free(sigqueue_cachep, q);
}

void flush_sigqueue(struct sigpending *queue)
{
	sigemptyset(&queue->signal);
	while (!list_empty(&queue->list)) {
		struct sigqueue *q = list_first_entry(&queue->list, struct sigqueue, list);

		list_del_init(&q->list);
		__sigqueue_free(q);
	}
}

void flush_signals(struct task_struct *t)
{
	unsigned long flags;

	spin_lock_irqsave(&t->sighand->siglock, flags);
	clear_tsk_thread_flag(t, TIF_SIGPENDING);
	flush_sigqueue(&t->pending);
	flush_sigqueue(&t->signal->shared_pending);
	spin_unlock_irqrestore(&t->sighand->siglock, flags);
}
EXPORT_SYMBOL(flush_signals);

/* For exec: handlers become defaults, what is ignored stays so unless forced. */
void flush_signal_handlers(struct task_struct *t, int force_default)
{
	int i;

	for (i = 0; i < _NSIG; i++) {
		struct k_sigaction *ka = &t->sighand->action[i];

		if (force_default || ka->sa.sa_handler != SIG_IGN)
			ka->sa.sa_handler = SIG_DFL;
		ka->sa.sa_flags = 0;
		sigemptyset(&ka->sa.sa_mask);
	}
}

/* Takes a signal off the queue with what is known of it. siglock is held. */
static void collect_signal(int sig, struct sigpending *list, siginfo_t *info)
{
	struct sigqueue *q, *n, *first = NULL;
	int more = 0;

	list_for_each_entry_safe(q, n, &list->list, list) {
		if (q->info.si_signo != sig)
			continue;
		if (first)
			more = 1;
		else
			first = q;
	}
	if (!more)
		sigdelset(&list->signal, sig);
	if (first) {
		list_del_init(&first->list);
		*info = first->info;
		__sigqueue_free(first);
	} else {
		memset(info, 0, sizeof(*info));
		info->si_signo = sig;
	}
}

static int __dequeue_signal(struct sigpending *pending, sigset_t *mask, siginfo_t *info)
{
	int sig = next_signal(pending, mask);

	if (sig)
		collect_signal(sig, pending, info);
	return sig;
}

/* The next signal for the task itself, or else for its group; 0 if none. siglock is held. */
int dequeue_signal(struct task_struct *tsk, sigset_t *mask, siginfo_t *info)
{
	int signr = __dequeue_signal(&tsk->pending, mask, info);

	if (!signr)
		signr = __dequeue_signal(&tsk->signal->shared_pending, mask, info);
	recalc_sigpending();
	if (signr && sig_kernel_stop(signr))
		tsk->signal->flags |= SIGNAL_STOP_DEQUEUED;
	return signr;
}
EXPORT_SYMBOL(dequeue_signal);

/* With resume, a stopped task wakes up too: the signal is deadly. */
void signal_wake_up(struct task_struct *t, int resume)
{
	unsigned int mask = TASK_INTERRUPTIBLE;

	set_tsk_thread_flag(t, TIF_SIGPENDING);
	if (resume)
		mask |= TASK_WAKEKILL;
	if (!wake_up_state(t, mask))
		kick_process(t);
}

/* Discards pending signals of a set. siglock is held. */
static void rm_from_queue(unsigned long mask, struct sigpending *s)
{
	struct sigqueue *q, *n;

	if (!sigtestsetmask(&s->signal, mask))
		return;
	sigdelsetmask(&s->signal, mask);
	list_for_each_entry_safe(q, n, &s->list, list) {
		if (q->info.si_signo < SIGRTMIN && (mask & sigmask(q->info.si_signo))) {
			list_del_init(&q->list);
			__sigqueue_free(q);
		}
	}
}

static int is_si_special(const struct siginfo *info)
{
	return info <= SEND_SIG_FORCED;
}

static int si_fromuser(const struct siginfo *info)
{
	return info == SEND_SIG_NOINFO || (!is_si_special(info) && SI_FROMUSER(info));
}

/* May the caller send this signal to t? tasklist_lock is held. */
static int check_kill_permission(int sig, struct siginfo *info, struct task_struct *t)
{
	const struct cred *cred = current_cred(), *tcred;

	if (!valid_signal(sig))
		return -EINVAL;
	if (!si_fromuser(info))
		return 0;
	tcred = __task_cred(t);
	if (cred->euid == tcred->suid || cred->euid == tcred->uid || cred->uid == tcred->suid ||
	    cred->uid == tcred->uid || capable(CAP_KILL))
		return 0;
	if (sig == SIGCONT && task_session(current) == task_session(t))
		return 0;
	return -EPERM;
}

/* Undoes a stop: all threads go on, and the parent is to be told. siglock is held. */
static void continue_group(struct task_struct *p)
{
	struct signal_struct *signal = p->signal;
	struct task_struct *t = p;
	unsigned int why = 0;

	rm_from_queue(SIG_KERNEL_STOP_MASK, &signal->shared_pending);
	do {
		rm_from_queue(SIG_KERNEL_STOP_MASK, &t->pending);
		if (sig_handler(t, SIGCONT) > (void __user *)SIG_IGN && !sigismember(&t->blocked, SIGCONT))
			set_tsk_thread_flag(t, TIF_SIGPENDING);
		wake_up_state(t, __TASK_STOPPED);
	} while_each_thread(p, t);
	if (signal->flags & SIGNAL_STOP_STOPPED)
		why = SIGNAL_CLD_CONTINUED;
	else if (signal->group_stop_count)
		why = SIGNAL_CLD_STOPPED;
	if (why) {
		signal->flags = why | SIGNAL_STOP_CONTINUED;
		signal->group_stop_count = 0;
		signal->group_exit_code = 0;
	} else {
		signal->flags &= ~SIGNAL_STOP_DEQUEUED;
	}
}

/* Effects of a signal at the moment it is sent; false if it is then to be forgotten. siglock is held. */
static int prepare_signal(int sig, struct task_struct *p, int from_ancestor_ns)
{
	struct signal_struct *signal = p->signal;
	struct task_struct *t = p;

	if (unlikely(signal->flags & SIGNAL_GROUP_EXIT))
		return sig == SIGKILL;
	if (sig_kernel_stop(sig)) {
		rm_from_queue(sigmask(SIGCONT), &signal->shared_pending);
		do {
			rm_from_queue(sigmask(SIGCONT), &t->pending);
		} while_each_thread(p, t);
	} else if (sig == SIGCONT) {
		continue_group(p);
	}
	return !sig_ignored(p, sig, from_ancestor_ns);
}

static int wants_signal(int sig, struct task_struct *p)
{
	if (sigismember(&p->blocked, sig) || (p->flags & PF_EXITING))
		return 0;
	if (sig == SIGKILL)
		return 1;
	if (task_is_stopped_or_traced(p))
		return 0;
	return task_curr(p) || !signal_pending(p);
}

/* A signal that ends the whole group: every thread is to die of it now. siglock is held. */
static void kill_group(int sig, struct task_struct *p)
{
	struct task_struct *t = p;

	p->signal->flags = SIGNAL_GROUP_EXIT;
	p->signal->group_exit_code = sig;
	p->signal->group_stop_count = 0;
	do {
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, 1);
	} while_each_thread(p, t);
}

/* Finds the thread that is to take the signal, and wakes it. siglock is held. */
static void complete_signal(int sig, struct task_struct *p, int group)
{
	struct signal_struct *signal = p->signal;
	struct task_struct *t = p;

	if (!wants_signal(sig, p)) {
		if (!group || thread_group_empty(p))
			return;
		t = signal->curr_target;
		while (!wants_signal(sig, t)) {
			t = next_thread(t);
			if (t == signal->curr_target)
				return;
		}
		signal->curr_target = t;
	}
	if (!sig_kernel_ignore(sig) && !sig_kernel_stop(sig) && sig_handler(p, sig) == (void *)SIG_DFL &&
	    !(signal->flags & (SIGNAL_UNKILLABLE | SIGNAL_GROUP_EXIT)) &&
	    !sigismember(&t->real_blocked, sig) && (sig == SIGKILL || !sig_kernel_coredump(sig))) {
		kill_group(sig, p);
		return;
	}
	signal_wake_up(t, sig == SIGKILL);
}

static int legacy_queue(struct sigpending *signals, int sig)
{
	return sig < SIGRTMIN && sigismember(&signals->signal, sig);
}

static void fill_siginfo(struct sigqueue *q, int sig, struct siginfo *info)
{
	if (!is_si_special(info)) {
		q->info = *info;
		return;
	}
	memset(&q->info, 0, sizeof(q->info));
	q->info.si_signo = sig;
	if (info == SEND_SIG_NOINFO) {
		q->info.si_code = SI_USER;
		q->info.si_pid = task_tgid_vnr(current);
		q->info.si_uid = current_uid();
	} else {
		q->info.si_code = SI_KERNEL;
	}
}

/* What became of a signal, as trace_signal_generate tells it. */
enum {
	TRACE_SIGNAL_DELIVERED,
	TRACE_SIGNAL_IGNORED,
	TRACE_SIGNAL_ALREADY_PENDING,
	TRACE_SIGNAL_OVERFLOW_FAIL,
	TRACE_SIGNAL_LOSE_INFO,
};

/* Puts what is known of a signal on the queue; one of the TRACE_SIGNAL_ results. siglock is held. */
static int queue_siginfo(int sig, struct siginfo *info, struct task_struct *t, struct sigpending *pending)
{
	struct sigqueue *q;

	if (info == SEND_SIG_FORCED)
		return TRACE_SIGNAL_DELIVERED;
	q = __sigqueue_alloc(t, GFP_ATOMIC, sig < SIGRTMIN && (is_si_special(info) || info->si_code >= 0));
	if (q) {
		list_add_tail(&q->list, &pending->list);
		fill_siginfo(q, sig, info);
		return TRACE_SIGNAL_DELIVERED;
	}
	if (is_si_special(info))
		return TRACE_SIGNAL_DELIVERED;
	if (sig >= SIGRTMIN && info->si_code != SI_USER)
		return TRACE_SIGNAL_OVERFLOW_FAIL;
	return TRACE_SIGNAL_LOSE_INFO;
}

/* Makes a signal pending for a task or its group. siglock is held. */
static int __send_signal(int sig, struct siginfo *info, struct task_struct *t, int group,
			 int from_ancestor_ns)
{
	struct sigpending *pending = group ? &t->signal->shared_pending : &t->pending;
	int result;

	trace_sched_signal_send(sig, t);
	if (!prepare_signal(sig, t, from_ancestor_ns)) {
		result = TRACE_SIGNAL_IGNORED;
	} else if (legacy_queue(pending, sig)) {
		result = TRACE_SIGNAL_ALREADY_PENDING;
	} else {
		spend(SEND_COST);
		result = queue_siginfo(sig, info, t, pending);
		if (result != TRACE_SIGNAL_OVERFLOW_FAIL) {
			sigaddset(&pending->signal, sig);
			complete_signal(sig, t, group);
		}
	}
	trace_signal_generate(sig, info, t, group, result);
	return result == TRACE_SIGNAL_OVERFLOW_FAIL ? -EAGAIN : 0;
}

static int send_signal(int sig, struct siginfo *info, struct task_struct *t, int group)
{
	return __send_signal(sig, info, t, group, 0);
}

int __group_send_sig_info(int sig, struct siginfo *info, struct task_struct *p)
{
	return send_signal(sig, info, p, 1);
}

static int specific_send_sig_info(int sig, struct siginfo *info, struct task_struct *t)
{
	return send_signal(sig, info, t, 0);
}

/* The lock is taken if the task still has signal state. */
struct sighand_struct *lock_task_sighand(struct task_struct *tsk, unsigned long *flags)
{
	struct sighand_struct *sighand = tsk->sighand;

	if (sighand)
		spin_lock_irqsave(&sighand->siglock, *flags);
	return sighand;
}

static int do_send_sig_info(int sig, struct siginfo *info, struct task_struct *p, int group)
{
	unsigned long flags;
	int ret = -ESRCH;

	if (lock_task_sighand(p, &flags)) {
		ret = send_signal(sig, info, p, group);
		unlock_task_sighand(p, &flags);
	}
	return ret;
}

/* A signal the task cannot escape: blocked or ignored, it gets the default action. */
int force_sig_info(int sig, struct siginfo *info, struct task_struct *t)
{
	struct k_sigaction *action = &t->sighand->action[sig - 1];
	unsigned long flags;
	int ret, blocked, ignored;

	spin_lock_irqsave(&t->sighand->siglock, flags);
	ignored = action->sa.sa_handler == SIG_IGN;
	blocked = sigismember(&t->blocked, sig);
	if (blocked || ignored) {
		action->sa.sa_handler = SIG_DFL;
		if (blocked) {
			sigdelset(&t->blocked, sig);
			recalc_sigpending_and_wake(t);
		}
	}
	if (action->sa.sa_handler == SIG_DFL)
		t->signal->flags &= ~SIGNAL_UNKILLABLE;
	ret = specific_send_sig_info(sig, info, t);
	spin_unlock_irqrestore(&t->sighand->siglock, flags);
	return ret;
}
EXPORT_SYMBOL(force_sig_info);

void force_sig(int sig, struct task_struct *p)
{
	force_sig_info(sig, SEND_SIG_PRIV, p);
}
EXPORT_SYMBOL(force_sig);

/* A handler could not be set up; if that was SIGSEGV's own, it must not be tried again. */
int force_sigsegv(int sig, struct task_struct *p)
{
	if (sig == SIGSEGV) {
		unsigned long flags;

		spin_lock_irqsave(&p->sighand->siglock, flags);
		p->sighand->action[sig - 1].sa.sa_handler = SIG_DFL;
		spin_unlock_irqrestore(&p->sighand->siglock, flags);
	}
	force_sig(SIGSEGV, p);
	return -EFAULT;
}

/* For exec and group exit: all other threads are to die. siglock is held. */
void zap_other_threads(struct task_struct *p)
{
	struct task_struct *t;

	p->signal->group_stop_count = 0;
	for (t = next_thread(p); t != p; t = next_thread(t)) {
		if (t->exit_state)
			continue;
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, 1);
	}
}

/* Signal 0 only asks whether it would be allowed. tasklist_lock is held. */
int group_send_sig_info(int sig, struct siginfo *info, struct task_struct *p)
{
	int ret = check_kill_permission(sig, info, p);

	if (!ret && sig)
		ret = do_send_sig_info(sig, info, p, 1);
	return ret;
}

int __kill_pgrp_info(int sig, struct siginfo *info, struct pid *pgrp)
{
	struct task_struct *p;
	int retval = 0, success = 0;

	do_each_pid_task(pgrp, PIDTYPE_PGID, p) {
		int err = group_send_sig_info(sig, info, p);

		success |= !err;
		retval = err;
	} while_each_pid_task(pgrp, PIDTYPE_PGID, p);
	return success ? 0 : retval;
}

int kill_pid_info(int sig, struct siginfo *info, struct pid *pid)
{
	struct task_struct *p;
	int error = -ESRCH;

	read_lock(&tasklist_lock);
	p = pid_task(pid, PIDTYPE_PID);
	if (p)
		error = group_send_sig_info(sig, info, p);
	read_unlock(&tasklist_lock);
	return error;
}

/* To all but init and the caller's own group. tasklist_lock is held. */
static int kill_all_info(int sig, struct siginfo *info)
{
	struct task_struct *p;
	int retval = 0, count = 0;

	for_each_process(p) {
		if (task_pid_vnr(p) > 1 && !same_thread_group(p, current)) {
			int err = group_send_sig_info(sig, info, p);

			count++;
			if (err != -EPERM)
				retval = err;
		}
	}
	return count ? retval : -ESRCH;
}

static int kill_something_info(int sig, struct siginfo *info, pid_t pid)
{
	struct pid *pgrp;
	int ret;

	if (pid > 0)
		return kill_pid_info(sig, info, find_vpid(pid));
	read_lock(&tasklist_lock);
	if (pid == -1) {
		ret = kill_all_info(sig, info);
	} else {
		pgrp = pid ? find_vpid(-pid) : task_pgrp(current);
		ret = pgrp && !hlist_empty(&pgrp->tasks[PIDTYPE_PGID]) ? __kill_pgrp_info(sig, info, pgrp) : -ESRCH;
	}
	read_unlock(&tasklist_lock);
	return ret;
}

int send_sig_info(int sig, struct siginfo *info, struct task_struct *p)
{
	return valid_signal(sig) ? do_send_sig_info(sig, info, p, 0) : -EINVAL;
}
EXPORT_SYMBOL(send_sig_info);

int send_sig(int sig, struct task_struct *p, int priv)
{
	return send_sig_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, p);
}
EXPORT_SYMBOL(send_sig);

int kill_pgrp(struct pid *pid, int sig, int priv)
{
	int ret;

	read_lock(&tasklist_lock);
	ret = __kill_pgrp_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, pid);
	read_unlock(&tasklist_lock);
	return ret;
}
EXPORT_SYMBOL(kill_pgrp);

int kill_pid(struct pid *pid, int sig, int priv)
{
	return kill_pid_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, pid);
}
EXPORT_SYMBOL(kill_pid);

static void __wake_up_parent(struct task_struct *p, struct task_struct *parent)
{
	__wake_up(&parent->signal->wait_chldexit, TASK_INTERRUPTIBLE, 1, p);
}

/*
 * Tells the parent of a task's end. Returns the signal sent, or -1 if the parent does not want to wait
 * and the task is to go at once. tasklist_lock is held for writing.
 */
int do_notify_parent(struct task_struct *tsk, int sig)
{
	struct sighand_struct *psig = tsk->parent->sighand;
	struct siginfo info;
	unsigned long flags;
	int code = tsk->exit_code;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_pid = task_pid_vnr(tsk);
	info.si_uid = task_uid(tsk);
	info.si_utime = cputime_to_clock_t(tsk->utime + tsk->signal->utime);
	info.si_stime = cputime_to_clock_t(tsk->stime + tsk->signal->stime);
	info.si_status = code & 0x7f;
	info.si_code = code & 0x80 ? CLD_DUMPED : CLD_KILLED;
	if (!(code & 0x7f)) {
		info.si_code = CLD_EXITED;
		info.si_status = code >> 8;
	}
	spin_lock_irqsave(&psig->siglock, flags);
	if (sig == SIGCHLD && (psig->action[SIGCHLD - 1].sa.sa_handler == SIG_IGN ||
			       (psig->action[SIGCHLD - 1].sa.sa_flags & SA_NOCLDWAIT))) {
		int ignored = psig->action[SIGCHLD - 1].sa.sa_handler == SIG_IGN;

		tsk->exit_signal = -1;
		if (!ignored)
			__group_send_sig_info(sig, &info, tsk->parent);
		sig = -1;
	} else if (valid_signal(sig) && sig > 0) {
		__group_send_sig_info(sig, &info, tsk->parent);
	}
	__wake_up_parent(tsk, tsk->parent);
	spin_unlock_irqrestore(&psig->siglock, flags);
	return sig;
}

/* Tells the parent that a child has stopped or goes on. tasklist_lock is held for reading. */
static void do_notify_parent_cldstop(struct task_struct *tsk, int why)
{
	struct task_struct *parent;
	struct sighand_struct *sighand;
	struct siginfo info;
	unsigned long flags;

	tsk = tsk->group_leader;
	parent = tsk->real_parent;
	memset(&info, 0, sizeof(info));
	info.si_signo = SIGCHLD;
	info.si_code = why;
	info.si_pid = task_pid_vnr(tsk);
	info.si_uid = task_uid(tsk);
	info.si_status = why == CLD_CONTINUED ? SIGCONT : tsk->signal->group_exit_code & 0x7f;
	sighand = parent->sighand;
	spin_lock_irqsave(&sighand->siglock, flags);
	if (sighand->action[SIGCHLD - 1].sa.sa_handler != SIG_IGN &&
	    !(sighand->action[SIGCHLD - 1].sa.sa_flags & SA_NOCLDSTOP))
		__group_send_sig_info(SIGCHLD, &info, parent);
	__wake_up_parent(tsk, parent);
	spin_unlock_irqrestore(&sighand->siglock, flags);
}

/* The caller stops until SIGCONT; the last thread to stop tells the parent. siglock is held, and released. */
static void finish_stop(int stopped_all, struct sighand_struct *sighand)
{
	__set_current_state(TASK_STOPPED);
	spin_unlock_irq(&sighand->siglock);
	if (stopped_all) {
		read_lock(&tasklist_lock);
		do_notify_parent_cldstop(current, CLD_STOPPED);
		read_unlock(&tasklist_lock);
	}
	schedule();
}

/* Returns 1 after having been stopped, siglock released; 0, siglock held, if there is no stop after all. */
static int do_signal_stop(int signr)
{
	struct signal_struct *sig = current->signal;
	struct task_struct *t;

	if (sig->group_stop_count == 0) {
		if (!(sig->flags & SIGNAL_STOP_DEQUEUED) || signal_group_exit(sig))
			return 0;
		sig->group_exit_code = signr;
		sig->group_stop_count = 1;
		for (t = next_thread(current); t != current; t = next_thread(t)) {
			if (!(t->flags & PF_EXITING) && !task_is_stopped_or_traced(t)) {
				sig->group_stop_count++;
				signal_wake_up(t, 0);
			}
		}
	}
	if (--sig->group_stop_count == 0)
		sig->flags = SIGNAL_STOP_STOPPED;
	current->exit_code = sig->group_exit_code;
	finish_stop(sig->group_stop_count == 0, current->sighand);
	return 1;
}

/* A message like those a shell user knows, for deaths that leave a core elsewhere. */
static void print_fatal_signal(struct pt_regs *regs, int signr)
{
	printk(KERN_INFO "%s/%d: potentially unexpected fatal signal %d.\n", current->comm,
	       task_pid_nr(current), signr);
}

/* What happens by default, unless nothing does: stop, or the end. siglock is held; true if it was released. */
static int default_action(int signr, struct pt_regs *regs)
{
	struct sighand_struct *sighand = current->sighand;

	if (sig_kernel_ignore(signr))
		return 0;
	if ((current->signal->flags & SIGNAL_UNKILLABLE) && !sig_kernel_only(signr))
		return 0;
	if (sig_kernel_stop(signr))
		return do_signal_stop(signr);
	spin_unlock_irq(&sighand->siglock);
	current->flags |= PF_SIGNALED;
	if (sig_kernel_coredump(signr)) {
		if (show_unhandled_signals)
			print_fatal_signal(regs, signr);
	}
	do_group_exit(signr);
}

/*
 * The next signal that a handler is to run for, 0 if none. Other signals have their effect here, which may
 * be the end of the task.
 */
int get_signal_to_deliver(siginfo_t *info, struct k_sigaction *return_ka, struct pt_regs *regs, void *cookie)
{
	struct sighand_struct *sighand = current->sighand;
	struct signal_struct *signal = current->signal;
	struct k_sigaction *ka;
	int signr;

relock:
	spin_lock_irq(&sighand->siglock);
	if (signal->flags & SIGNAL_CLD_MASK) {
		int why = signal->flags & SIGNAL_STOP_CONTINUED ? CLD_CONTINUED : CLD_STOPPED;

		signal->flags &= ~SIGNAL_CLD_MASK;
		spin_unlock_irq(&sighand->siglock);
		read_lock(&tasklist_lock);
		do_notify_parent_cldstop(current->group_leader, why);
		read_unlock(&tasklist_lock);
		goto relock;
	}
	for (;;) {
		if (signal->group_stop_count > 0 && do_signal_stop(0))
			goto relock;
		if (signal_group_exit(signal) && sigismember(&current->pending.signal, SIGKILL)) {
			sigdelset(&current->pending.signal, SIGKILL);
			spin_unlock_irq(&sighand->siglock);
			current->flags |= PF_SIGNALED;
			do_group_exit(signal->group_exit_code ?: SIGKILL);
		}
		signr = dequeue_signal(current, &current->blocked, info);
		if (!signr)
			break;
		ka = &sighand->action[signr - 1];
		trace_signal_deliver(signr, info, ka);
		if (ka->sa.sa_handler == SIG_IGN)
			continue;
		if (ka->sa.sa_handler != SIG_DFL) {
			*return_ka = *ka;
			if (ka->sa.sa_flags & SA_ONESHOT)
				ka->sa.sa_handler = SIG_DFL;
			break;
		}
		if (default_action(signr, regs))
			goto relock;
	}
	spin_unlock_irq(&sighand->siglock);
	return signr;
}

/* An exiting task takes no more signals; others of its group that could are woken for what is pending. */
void exit_signals(struct task_struct *tsk)
{
	struct task_struct *t;
	int group_stop = 0;

	spin_lock_irq(&tsk->sighand->siglock);
	tsk->flags |= PF_EXITING;
	if (!thread_group_empty(tsk) && !signal_group_exit(tsk->signal) && signal_pending(tsk)) {
		for (t = next_thread(tsk); t != tsk; t = next_thread(t))
			if (!signal_pending(t) && !(t->flags & PF_EXITING))
				recalc_sigpending_and_wake(t);
		if (tsk->signal->group_stop_count && !--tsk->signal->group_stop_count) {
			tsk->signal->flags = SIGNAL_STOP_STOPPED;
			group_stop = 1;
		}
	}
	spin_unlock_irq(&tsk->sighand->siglock);
	if (group_stop) {
		read_lock(&tasklist_lock);
		do_notify_parent_cldstop(tsk, CLD_STOPPED);
		read_unlock(&tasklist_lock);
	}
}

/* An interrupted system call fails with EINTR or is made again after the handler. */
static void prepare_restart(struct k_sigaction *ka, struct pt_regs *regs)
{
	long nr = syscall_get_nr(current, regs);

	if (nr < 0)
		return;
	switch (syscall_get_return_value(current, regs)) {
	case -ERESTART_RESTARTBLOCK:
	case -ERESTARTNOHAND:
		syscall_set_return_value(current, regs, -EINTR, 0);
		break;
	case -ERESTARTSYS:
		if (!(ka->sa.sa_flags & SA_RESTART)) {
			syscall_set_return_value(current, regs, -EINTR, 0);
			break;
		}
		/* fall through */
	case -ERESTARTNOINTR:
		syscall_restart(regs, nr);
		break;
	}
}

/* Makes the task go on in its handler, with the signal (and those of the action's mask) blocked. */
static int handle_signal(unsigned long sig, siginfo_t *info, struct k_sigaction *ka, sigset_t *oldset,
			 struct pt_regs *regs)
{
	int ret;

	spend(DELIVER_COST);
	prepare_restart(ka, regs);
	ret = setup_rt_frame(sig, ka, info, oldset, regs);
	if (ret)
		return ret;
	spin_lock_irq(&current->sighand->siglock);
	sigorsets(&current->blocked, &current->blocked, &ka->sa.sa_mask);
	if (!(ka->sa.sa_flags & SA_NODEFER))
		sigaddset(&current->blocked, sig);
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
	return 0;
}

/* No handler runs: an interrupted system call is simply made again. */
static void restart_without_handler(struct pt_regs *regs)
{
	long nr = syscall_get_nr(current, regs);

	if (nr < 0)
		return;
	switch (syscall_get_return_value(current, regs)) {
	case -ERESTARTNOHAND:
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
		syscall_restart(regs, nr);
		break;
	case -ERESTART_RESTARTBLOCK:
		syscall_restart(regs, __NR_restart_syscall);
		break;
	}
}

/* On the way back to user mode with a signal pending. */
static void do_signal(struct pt_regs *regs)
{
	struct k_sigaction ka;
	siginfo_t info;
	sigset_t *oldset;
	int signr;

	oldset = test_thread_flag(TIF_RESTORE_SIGMASK) ? &current->saved_sigmask : &current->blocked;
	signr = get_signal_to_deliver(&info, &ka, regs, NULL);
	if (signr > 0) {
		if (!handle_signal(signr, &info, &ka, oldset, regs))
			clear_thread_flag(TIF_RESTORE_SIGMASK);
		syscall_forget(regs);
		return;
	}
	restart_without_handler(regs);
	syscall_forget(regs);
	if (test_and_clear_thread_flag(TIF_RESTORE_SIGMASK))
		sigprocmask(SIG_SETMASK, &current->saved_sigmask, NULL);
}

/* What has to be done before user code runs again, apart from scheduling. */
void do_notify_resume(struct pt_regs *regs, void *unused, unsigned long thread_info_flags)
{
	if (thread_info_flags & _TIF_SIGPENDING)
		do_signal(regs);
	clear_thread_flag(TIF_NOTIFY_RESUME);
}

asmlinkage long sys_restart_syscall(void)
{
	struct restart_block *restart = &current_thread_info()->restart_block;

	return restart->fn(restart);
}

long do_no_restart_syscall(struct restart_block *param)
{
	return -EINTR;
}

int sigprocmask(int how, sigset_t *set, sigset_t *oldset)
{
	int error = 0;

	spin_lock_irq(&current->sighand->siglock);
	if (oldset)
		*oldset = current->blocked;
	switch (how) {
	case SIG_BLOCK:
		sigorsets(&current->blocked, &current->blocked, set);
		break;
	case SIG_UNBLOCK:
		signandsets(&current->blocked, &current->blocked, set);
		break;
	case SIG_SETMASK:
		current->blocked = *set;
		break;
	default:
		error = -EINVAL;
	}
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
	return error;
}
EXPORT_SYMBOL(sigprocmask);

/* Before a wait with another mask: sets it, and keeps the old one. mask NULL: the old one stays. */
int set_wait_mask(const sigset_t __user *mask, size_t sigsetsize)
{
	sigset_t newset;

	if (!mask)
		return 0;
	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (copy_from_user(&newset, mask, sizeof(newset)))
		return -EFAULT;
	sigdelsetmask(&newset, SIG_KERNEL_ONLY_MASK);
	current->saved_sigmask = current->blocked;
	return sigprocmask(SIG_SETMASK, &newset, NULL);
}

/* After it: the old mask comes back, if a signal ended the wait only after its handler. Returns the wait's result. */
long restore_wait_mask(int was_set, long result)
{
	if (!was_set)
		return result;
	if (result == -EINTR || result == -ERESTARTNOHAND) {
		set_thread_flag(TIF_RESTORE_SIGMASK);
		set_thread_flag(TIF_SIGPENDING);
		return result;
	}
	sigprocmask(SIG_SETMASK, &current->saved_sigmask, NULL);
	return result;
}

asmlinkage long sys_rt_sigprocmask(int how, sigset_t __user *set, sigset_t __user *oset, size_t sigsetsize)
{
	sigset_t new_set, old_set = current->blocked;
	int error;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (set) {
		if (copy_from_user(&new_set, set, sizeof(*set)))
			return -EFAULT;
		sigdelsetmask(&new_set, SIG_KERNEL_ONLY_MASK);
		error = sigprocmask(how, &new_set, &old_set);
		if (error)
			return error;
	}
	return oset && copy_to_user(oset, &old_set, sizeof(*oset)) ? -EFAULT : 0;
}

asmlinkage long sys_rt_sigpending(sigset_t __user *set, size_t sigsetsize)
{
	sigset_t pending;
	int i;

	if (sigsetsize > sizeof(sigset_t))
		return -EINVAL;
	spin_lock_irq(&current->sighand->siglock);
	sigorsets(&pending, &current->pending.signal, &current->signal->shared_pending.signal);
	spin_unlock_irq(&current->sighand->siglock);
	for (i = 0; i < _NSIG_WORDS; i++)
		pending.sig[i] &= current->blocked.sig[i];
	return copy_to_user(set, &pending, sigsetsize) ? -EFAULT : 0;
}

int copy_siginfo_to_user(siginfo_t __user *to, siginfo_t *from)
{
	return copy_to_user(to, from, sizeof(*to)) ? -EFAULT : 0;
}

/* Waits for one of a set of blocked signals, and takes it without a handler. */
asmlinkage long sys_rt_sigtimedwait(const sigset_t __user *uthese, siginfo_t __user *uinfo,
				    const struct timespec __user *uts, size_t sigsetsize)
{
	long timeout = MAX_SCHEDULE_TIMEOUT;
	struct timespec ts;
	sigset_t these, wanted;
	siginfo_t info;
	int sig;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (copy_from_user(&wanted, uthese, sizeof(wanted)))
		return -EFAULT;
	sigdelsetmask(&wanted, SIG_KERNEL_ONLY_MASK);
	sigfillset(&these);
	signandsets(&these, &these, &wanted);
	if (uts) {
		if (copy_from_user(&ts, uts, sizeof(ts)))
			return -EFAULT;
		if (!timespec_valid(&ts))
			return -EINVAL;
		timeout = timespec_to_jiffies(&ts) + (ts.tv_sec || ts.tv_nsec);
	}
	spin_lock_irq(&current->sighand->siglock);
	sig = dequeue_signal(current, &these, &info);
	if (!sig && timeout) {
		current->real_blocked = current->blocked;
		signandsets(&current->blocked, &current->blocked, &wanted);
		recalc_sigpending();
		spin_unlock_irq(&current->sighand->siglock);
		timeout = schedule_timeout_interruptible(timeout);
		spin_lock_irq(&current->sighand->siglock);
		sig = dequeue_signal(current, &these, &info);
		current->blocked = current->real_blocked;
		sigemptyset(&current->real_blocked);
		recalc_sigpending();
	}
	spin_unlock_irq(&current->sighand->siglock);
	if (!sig)
		return timeout ? -EINTR : -EAGAIN;
	if (uinfo && copy_siginfo_to_user(uinfo, &info))
		return -EFAULT;
	return sig;
}

static void fill_kill_info(struct siginfo *info, int sig, int code)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
	info->si_pid = task_tgid_vnr(current);
	info->si_uid = current_uid();
}

asmlinkage long sys_kill(pid_t pid, int sig)
{
	struct siginfo info;

	fill_kill_info(&info, sig, SI_USER);
	return kill_something_info(sig, &info, pid);
}

/* To one thread. tgid guards against a number that has come to mean another. */
static int do_tkill(pid_t tgid, pid_t pid, int sig)
{
	struct task_struct *p;
	struct siginfo info;
	int error = -ESRCH;

	fill_kill_info(&info, sig, SI_TKILL);
	read_lock(&tasklist_lock);
	p = find_task_by_vpid(pid);
	if (p && (tgid <= 0 || task_tgid_vnr(p) == tgid)) {
		error = check_kill_permission(sig, &info, p);
		if (!error && sig)
			error = do_send_sig_info(sig, &info, p, 0);
	}
	read_unlock(&tasklist_lock);
	return error;
}

asmlinkage long sys_tgkill(pid_t tgid, pid_t pid, int sig)
{
	return pid <= 0 || tgid <= 0 ? -EINVAL : do_tkill(tgid, pid, sig);
}

asmlinkage long sys_tkill(pid_t pid, int sig)
{
	return pid <= 0 ? -EINVAL : do_tkill(0, pid, sig);
}

asmlinkage long sys_rt_sigqueueinfo(pid_t pid, int sig, siginfo_t __user *uinfo)
{
	siginfo_t info;

	if (copy_from_user(&info, uinfo, sizeof(info)))
		return -EFAULT;
	if (info.si_code >= 0)
		return -EPERM;
	info.si_signo = sig;
	return kill_pid_info(sig, &info, find_vpid(pid));
}

/* The same to one thread. */
asmlinkage long sys_rt_tgsigqueueinfo(pid_t tgid, pid_t pid, int sig, siginfo_t __user *uinfo)
{
	struct task_struct *p;
	siginfo_t info;
	int error = -ESRCH;

	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	if (copy_from_user(&info, uinfo, sizeof(info)))
		return -EFAULT;
	if (info.si_code >= 0)
		return -EPERM;
	info.si_signo = sig;
	read_lock(&tasklist_lock);
	p = find_task_by_vpid(pid);
	if (p && task_tgid_vnr(p) == tgid) {
		error = check_kill_permission(sig, &info, p);
		if (!error && sig)
			error = do_send_sig_info(sig, &info, p, 0);
	}
	read_unlock(&tasklist_lock);
	return error;
}

/* An action of ignoring also discards what is pending. */
int do_sigaction(int sig, struct k_sigaction *act, struct k_sigaction *oact)
{
	struct task_struct *t = current;
	struct k_sigaction *k;

	if (!valid_signal(sig) || sig < 1 || (act && sig_kernel_only(sig)))
		return -EINVAL;
	k = &t->sighand->action[sig - 1];
	spin_lock_irq(&current->sighand->siglock);
	if (oact)
		*oact = *k;
	if (act) {
		sigdelsetmask(&act->sa.sa_mask, SIG_KERNEL_ONLY_MASK);
		*k = *act;
		if (sig_handler_ignored(sig_handler(t, sig), sig) && sig < SIGRTMIN) {
			rm_from_queue(sigmask(sig), &t->signal->shared_pending);
			do {
				rm_from_queue(sigmask(sig), &t->pending);
				recalc_sigpending_and_wake(t);
				t = next_thread(t);
			} while (t != current);
		}
	}
	spin_unlock_irq(&current->sighand->siglock);
	return 0;
}

asmlinkage long sys_rt_sigaction(int sig, const struct sigaction __user *act, struct sigaction __user *oact,
				 size_t sigsetsize)
{
	struct k_sigaction new_sa, old_sa;
	int ret;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (act && copy_from_user(&new_sa.sa, act, sizeof(new_sa.sa)))
		return -EFAULT;
	ret = do_sigaction(sig, act ? &new_sa : NULL, oact ? &old_sa : NULL);
	if (!ret && oact && copy_to_user(oact, &old_sa.sa, sizeof(old_sa.sa)))
		return -EFAULT;
	return ret;
}

asmlinkage long sys_signal(int sig, __sighandler_t handler)
{
	struct k_sigaction new_sa, old_sa;
	int ret;

	memset(&new_sa, 0, sizeof(new_sa));
	new_sa.sa.sa_handler = handler;
	new_sa.sa.sa_flags = SA_ONESHOT | SA_NOMASK;
	ret = do_sigaction(sig, &new_sa, &old_sa);
	return ret ? ret : (long)old_sa.sa.sa_handler;
}

asmlinkage long sys_pause(void)
{
	current->state = TASK_INTERRUPTIBLE;
	schedule();
	return -ERESTARTNOHAND;
}

/* Sleeps with another mask; the old one comes back after the handler. */
asmlinkage long sys_rt_sigsuspend(sigset_t __user *unewset, size_t sigsetsize)
{
	sigset_t newset;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (copy_from_user(&newset, unewset, sizeof(newset)))
		return -EFAULT;
	sigdelsetmask(&newset, SIG_KERNEL_ONLY_MASK);
	current->saved_sigmask = current->blocked;
	sigprocmask(SIG_SETMASK, &newset, NULL);
	current->state = TASK_INTERRUPTIBLE;
	schedule();
	set_thread_flag(TIF_RESTORE_SIGMASK);
	set_thread_flag(TIF_SIGPENDING);
	return -ERESTARTNOHAND;
}

int do_sigaltstack(const stack_t __user *uss, stack_t __user *uoss, unsigned long sp)
{
	stack_t ss, oss;

	oss.ss_sp = (void __user *)current->sas_ss_sp;
	oss.ss_size = current->sas_ss_size;
	oss.ss_flags = sas_ss_flags(sp);
	if (uss) {
		if (copy_from_user(&ss, uss, sizeof(ss)))
			return -EFAULT;
		if (on_sig_stack(sp))
			return -EPERM;
		if (ss.ss_flags != SS_DISABLE && ss.ss_flags != SS_ONSTACK && ss.ss_flags != 0)
			return -EINVAL;
		if (ss.ss_flags != SS_DISABLE && ss.ss_size < MINSIGSTKSZ)
			return -ENOMEM;
		current->sas_ss_sp = ss.ss_flags == SS_DISABLE ? 0 : (unsigned long)ss.ss_sp;
		current->sas_ss_size = ss.ss_flags == SS_DISABLE ? 0 : ss.ss_size;
	}
	return uoss && copy_to_user(uoss, &oss, sizeof(oss)) ? -EFAULT : 0;
}

asmlinkage long sys_sigaltstack(const struct sigaltstack __user *uss, struct sigaltstack __user *uoss)
{
	return do_sigaltstack(uss, uoss, user_stack_pointer(task_pt_regs(current)));
}

void __init signals_init(void)
{
	sigqueue_cachep = KMEM_CACHE(sigqueue, SLAB_PANIC);
}
