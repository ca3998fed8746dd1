/*
 * The end of tasks, and waiting for it.
 *
 * A task that ends gives back what it holds, tells its parent and becomes a zombie, which the parent's wait
 * releases. Its children go to init. tasklist_lock protects the family ties.
 */
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/interrupt.h>
#include <linux/ipc.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/posix-timers.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#define EXIT_COST	6000
#define NOTIFY_COST	900
#define WAIT_COST	60
#define RELEASE_COST	2500

/* The last of a thread group leaves the lists. tasklist_lock is held for writing. */
static void __unhash_process(struct task_struct *p)
{
	nr_threads--;
	detach_pid(p, PIDTYPE_PID);
	if (thread_group_leader(p)) {
		detach_pid(p, PIDTYPE_PGID);
		detach_pid(p, PIDTYPE_SID);
		list_del(&p->tasks);
		__get_cpu_var(process_counts)--;
	}
	list_del(&p->thread_group);
	list_del_init(&p->sibling);
}

/* A thread's times and counts live on in its group. The signal lock is held. */
static void accumulate_thread_times(struct signal_struct *sig, struct task_struct *tsk)
{
	sig->utime = cputime_add(sig->utime, tsk->utime);
	sig->stime = cputime_add(sig->stime, tsk->stime);
	sig->min_flt += tsk->min_flt;
	sig->maj_flt += tsk->maj_flt;
	sig->nvcsw += tsk->nvcsw;
	sig->nivcsw += tsk->nivcsw;
}

/* Detaches the task from its signal state. tasklist_lock is held for writing. */
static void __exit_signal(struct task_struct *tsk)
{
	struct signal_struct *sig = tsk->signal;
	struct sighand_struct *sighand = tsk->sighand;
	int last;

	spin_lock(&sighand->siglock);
	last = atomic_dec_and_test(&sig->count);
	if (!last) {
		if (sig->group_exit_task && atomic_read(&sig->count) == sig->notify_count)
			wake_up_process(sig->group_exit_task);
		if (tsk == sig->curr_target)
			sig->curr_target = next_thread(tsk);
		accumulate_thread_times(sig, tsk);
	}
	__unhash_process(tsk);
	flush_sigqueue(&tsk->pending);
	tsk->signal = NULL;
	tsk->sighand = NULL;
	spin_unlock(&sighand->siglock);
	__cleanup_sighand(sighand);
	if (last) {
		flush_sigqueue(&sig->shared_pending);
		__cleanup_signal(sig);
	}
}

/* Nobody waits for the task any more: it goes, and perhaps its group's leader that only waited for it. */
void release_task(struct task_struct *p)
{
	struct task_struct *leader;
	int zap_leader;

	do {
		spend(RELEASE_COST);
		atomic_dec(&__task_cred(p)->user->processes);
		write_lock_irq(&tasklist_lock);
		__exit_signal(p);
		leader = p->group_leader;
		zap_leader = 0;
		if (leader != p && thread_group_empty(leader) && leader->exit_state == EXIT_ZOMBIE) {
			zap_leader = leader->exit_signal == -1 || do_notify_parent(leader, leader->exit_signal) == -1;
			if (zap_leader)
				leader->exit_state = EXIT_DEAD;
		}
		write_unlock_irq(&tasklist_lock);
		release_thread(p);
		trace_sched_process_free(p);
		put_task_struct(p);
		p = leader;
	} while (zap_leader);
}

/* Gives up the address space; the task borrows it until the next switch. */
void exit_mm(struct task_struct *tsk)
{
	struct mm_struct *mm = tsk->mm;

	mm_release(tsk, mm);
	if (!mm)
		return;
	atomic_inc(&mm->mm_count);
	task_lock(tsk);
	tsk->mm = NULL;
	task_unlock(tsk);
	mmput(mm);
}

/* Who takes the children: another thread of the group, or init. tasklist_lock is held. */
static struct task_struct *find_new_reaper(struct task_struct *father)
{
	struct task_struct *thread = father;

	while ((thread = next_thread(thread)) != father) {
		if (!(thread->flags & PF_EXITING))
			return thread;
	}
	return init_pid_ns.child_reaper;
}

/* A child that is a zombie already is the new parent's to wait for. */
static void reparent_leader(struct task_struct *father, struct task_struct *p, struct list_head *dead)
{
	list_move_tail(&p->sibling, &p->real_parent->children);
	if (same_thread_group(p->real_parent, father))
		return;
	p->exit_signal = p->exit_signal == -1 ? -1 : SIGCHLD;
	if (p->exit_state == EXIT_ZOMBIE && thread_group_empty(p) &&
	    do_notify_parent(p, p->exit_signal) == -1) {
		p->exit_state = EXIT_DEAD;
		list_move_tail(&p->sibling, dead);
	}
}

static void forget_original_parent(struct task_struct *father)
{
	struct task_struct *p, *n, *t, *reaper;
	LIST_HEAD(dead_children);

	write_lock_irq(&tasklist_lock);
	reaper = find_new_reaper(father);
	list_for_each_entry_safe(p, n, &father->children, sibling) {
		t = p;
		do {
			t->real_parent = reaper;
			t->parent = reaper;
			if (t->pdeath_signal)
				group_send_sig_info(t->pdeath_signal, SEND_SIG_NOINFO, t);
		} while_each_thread(p, t);
		reparent_leader(father, p, &dead_children);
	}
	write_unlock_irq(&tasklist_lock);
	list_for_each_entry_safe(p, n, &dead_children, sibling) {
		list_del_init(&p->sibling);
		release_task(p);
	}
}

/* Tells parent and children of the end; decides whether anybody will wait for the task. */
void exit_notify(struct task_struct *tsk, int group_dead)
{
	int signal = tsk->exit_signal;

	spend(NOTIFY_COST);
	forget_original_parent(tsk);
	write_lock_irq(&tasklist_lock);
	if (signal != -1 && signal != SIGCHLD && tsk->parent_exec_id != tsk->real_parent->self_exec_id)
		signal = tsk->exit_signal = SIGCHLD;
	if (thread_group_leader(tsk) && group_dead && signal != -1)
		signal = do_notify_parent(tsk, signal);
	else if (thread_group_leader(tsk))
		signal = 0;
	tsk->exit_state = signal == -1 ? EXIT_DEAD : EXIT_ZOMBIE;
	if (thread_group_leader(tsk) && tsk->signal->notify_count < 0 && tsk->signal->group_exit_task)
		wake_up_process(tsk->signal->group_exit_task);
	write_unlock_irq(&tasklist_lock);
	if (tsk->exit_state == EXIT_DEAD)
		release_task(tsk);
}

/* The end of init is the end of the machine's work. */
static void exit_init(long code)
{
	if (code)
		printk(KERN_INFO "init ended with status %ld, signal %ld.\n", (code >> 8) & 0xff, code & 0x7f);
	kernel_power_off();
}

void do_exit(long code)
{
	struct task_struct *tsk = current;
	int group_dead;

	if (unlikely(in_interrupt()))
		panic("Aiee, killing interrupt handler!");
	if (unlikely(!tsk->pid))
		panic("Attempted to kill the idle task!");
	set_fs(USER_DS);
	exit_signals(tsk);	/* sets PF_EXITING */
	spend(EXIT_COST);
	trace_sched_process_exit(tsk);
	group_dead = atomic_dec_and_test(&tsk->signal->live);
	if (group_dead) {
		if (is_global_init(tsk))
			exit_init(tsk->signal->group_exit_code ?: code);
		hrtimer_cancel(&tsk->signal->real_timer);
		exit_itimers(tsk->signal);
	}
	tsk->exit_code = code;
	exit_mm(tsk);
	exit_sem(tsk);
	exit_files(tsk);
	exit_fs(tsk);
	exit_thread();
	exit_notify(tsk, group_dead);
	tsk->flags |= PF_EXITPIDONE;
	tsk->state = TASK_DEAD;
	schedule();
	BUG();
	for (;;)
		cpu_relax();
}
EXPORT_SYMBOL(do_exit);

asmlinkage long sys_exit(int error_code)
{
	do_exit((error_code & 0xff) << 8);
}

/* Ends every thread of the group with the same code. */
void do_group_exit(int exit_code)
{
	struct signal_struct *sig = current->signal;

	if (signal_group_exit(sig)) {
		exit_code = sig->group_exit_code;
	} else if (!thread_group_empty(current)) {
		struct sighand_struct *const sighand = current->sighand;

		spin_lock_irq(&sighand->siglock);
		if (signal_group_exit(sig)) {
			exit_code = sig->group_exit_code;
		} else {
			sig->group_exit_code = exit_code;
			sig->flags = SIGNAL_GROUP_EXIT;
			zap_other_threads(current);
		}
		spin_unlock_irq(&sighand->siglock);
	}
	do_exit(exit_code);
}

asmlinkage long sys_exit_group(int error_code)
{
	do_group_exit((error_code & 0xff) << 8);
}

/* A kernel thread that user code started lets go of what it inherited. */
void daemonize(const char *name, ...)
{
	va_list args;
	char comm[TASK_COMM_LEN];

	va_start(args, name);
	vsnprintf(comm, sizeof(comm), name, args);
	va_end(args);
	set_task_comm(current, comm);
	exit_mm(current);
	exit_files(current);
	current->files = init_task.files;
	atomic_inc(&current->files->count);
}
EXPORT_SYMBOL(daemonize);

/* What a wait looks for, and where it puts what it finds. */
struct wait_opts {
	enum pid_type wo_type;
	int wo_flags;
	struct pid *wo_pid;
	struct siginfo __user *wo_info;
	int __user *wo_stat;
	struct rusage __user *wo_rusage;
	wait_queue_t child_wait;
	int notask_error;
};

static struct pid *task_pid_type(struct task_struct *task, enum pid_type type)
{
	if (type != PIDTYPE_PID)
		task = task->group_leader;
	return task->pids[type].pid;
}

static int eligible_child(struct wait_opts *wo, struct task_struct *p)
{
	if (wo->wo_type < PIDTYPE_MAX && task_pid_type(p, wo->wo_type) != wo->wo_pid)
		return 0;
	if (((p->exit_signal != SIGCHLD) ^ !!(wo->wo_flags & __WCLONE)) && !(wo->wo_flags & __WALL))
		return 0;
	return 1;
}

/* Writes what was found to user memory; returns the pid. */
static int report_child(struct wait_opts *wo, struct task_struct *p, int why, int status)
{
	int retval = wo->wo_rusage ? getrusage(p, RUSAGE_BOTH, wo->wo_rusage) : 0;
	siginfo_t info;

	if (!retval && wo->wo_stat)
		retval = put_user(status, wo->wo_stat);
	if (!retval && wo->wo_info) {
		memset(&info, 0, sizeof(info));
		info.si_signo = SIGCHLD;
		info.si_code = why;
		info.si_pid = task_pid_vnr(p);
		info.si_uid = task_uid(p);
		info.si_status = why == CLD_EXITED ? (status >> 8) & 0xff : why == CLD_STOPPED ? (status >> 8) & 0xff :
				 why == CLD_CONTINUED ? SIGCONT : status & 0x7f;
		retval = copy_siginfo_to_user(wo->wo_info, &info);
	}
	return retval ?: task_pid_vnr(p);
}

/* The parent's account of its children grows by a released one and its own children. */
static void accumulate_child_times(struct task_struct *p)
{
	struct signal_struct *psig = current->signal, *sig = p->signal;

	spin_lock_irq(&current->sighand->siglock);
	psig->cutime += p->utime + sig->utime + sig->cutime;
	psig->cstime += p->stime + sig->stime + sig->cstime;
	psig->cmin_flt += p->min_flt + sig->min_flt + sig->cmin_flt;
	psig->cmaj_flt += p->maj_flt + sig->maj_flt + sig->cmaj_flt;
	psig->cnvcsw += p->nvcsw + sig->nvcsw + sig->cnvcsw;
	psig->cnivcsw += p->nivcsw + sig->nivcsw + sig->cnivcsw;
	spin_unlock_irq(&current->sighand->siglock);
}

/* Called with tasklist_lock held for reading; drops it when it found the child to report. */
static int wait_task_zombie(struct wait_opts *wo, struct task_struct *p)
{
	int status, retval, why;

	if (!(wo->wo_flags & WEXITED))
		return 0;
	status = (p->signal->flags & SIGNAL_GROUP_EXIT) ? p->signal->group_exit_code : p->exit_code;
	why = (status & 0x7f) == 0 ? CLD_EXITED : (status & 0x80) ? CLD_DUMPED : CLD_KILLED;
	if (wo->wo_flags & WNOWAIT) {
		get_task_struct(p);
		read_unlock(&tasklist_lock);
		retval = report_child(wo, p, why, status);
		put_task_struct(p);
		return retval;
	}
	if (cmpxchg(&p->exit_state, EXIT_ZOMBIE, EXIT_DEAD) != EXIT_ZOMBIE)
		return 0;
	accumulate_child_times(p);
	read_unlock(&tasklist_lock);
	retval = report_child(wo, p, why, status);
	release_task(p);
	return retval;
}

static int wait_task_stopped(struct wait_opts *wo, struct task_struct *p)
{
	int exit_code = 0, retval;

	if (!(wo->wo_flags & WUNTRACED))
		return 0;
	spin_lock_irq(&p->sighand->siglock);
	if (p->signal->flags & SIGNAL_STOP_STOPPED) {
		exit_code = p->signal->group_exit_code;
		if (!(wo->wo_flags & WNOWAIT))
			p->signal->group_exit_code = 0;
	}
	spin_unlock_irq(&p->sighand->siglock);
	if (!exit_code)
		return 0;
	get_task_struct(p);
	read_unlock(&tasklist_lock);
	retval = report_child(wo, p, CLD_STOPPED, (exit_code << 8) | 0x7f);
	put_task_struct(p);
	return retval;
}

static int wait_task_continued(struct wait_opts *wo, struct task_struct *p)
{
	int retval;

	if (!(wo->wo_flags & WCONTINUED) || !(p->signal->flags & SIGNAL_STOP_CONTINUED))
		return 0;
	spin_lock_irq(&p->sighand->siglock);
	if (!(wo->wo_flags & WNOWAIT))
		p->signal->flags &= ~SIGNAL_STOP_CONTINUED;
	spin_unlock_irq(&p->sighand->siglock);
	get_task_struct(p);
	read_unlock(&tasklist_lock);
	retval = report_child(wo, p, CLD_CONTINUED, 0xffff);
	put_task_struct(p);
	return retval;
}

/* Not 0 when the search is over: a pid or an error, with tasklist_lock dropped. */
static int wait_consider_task(struct wait_opts *wo, struct task_struct *p)
{
	int ret;

	spend(WAIT_COST);
	if (!eligible_child(wo, p) || p->exit_state == EXIT_DEAD)
		return 0;
	wo->notask_error = 0;
	if (p->exit_state == EXIT_ZOMBIE && !delay_group_leader(p))
		return wait_task_zombie(wo, p);
	ret = wait_task_stopped(wo, p);
	return ret ?: wait_task_continued(wo, p);
}

static int do_wait_thread(struct wait_opts *wo, struct task_struct *tsk)
{
	struct task_struct *p;

	list_for_each_entry(p, &tsk->children, sibling) {
		int ret = wait_consider_task(wo, p);

		if (ret)
			return ret;
	}
	return 0;
}

/* Woken by a child's end; wakes the waiter only for a child it waits for. */
static int child_wait_callback(wait_queue_t *wait, unsigned mode, int sync, void *key)
{
	struct wait_opts *wo = container_of(wait, struct wait_opts, child_wait);

	if (key && !eligible_child(wo, key))
		return 0;
	return default_wake_function(wait, mode, sync, key);
}

/* One look at all children: a pid, an error, or 0 with notask_error saying if there is one to wait for. */
static int search_children(struct wait_opts *wo)
{
	struct task_struct *tsk = current;
	int retval;

	wo->notask_error = -ECHILD;
	if (wo->wo_type < PIDTYPE_MAX && (!wo->wo_pid || hlist_empty(&wo->wo_pid->tasks[wo->wo_type])))
		return 0;
	read_lock(&tasklist_lock);
	do {
		retval = do_wait_thread(wo, tsk);
		if (retval)
			return retval;
		tsk = next_thread(tsk);
	} while (tsk != current && !(wo->wo_flags & __WNOTHREAD));
	read_unlock(&tasklist_lock);
	return 0;
}

static long do_wait(struct wait_opts *wo)
{
	int retval;

	trace_sched_process_wait(wo->wo_pid);
	init_waitqueue_func_entry(&wo->child_wait, child_wait_callback);
	wo->child_wait.private = current;
	add_wait_queue(&current->signal->wait_chldexit, &wo->child_wait);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		retval = search_children(wo);
		if (retval)
			break;
		retval = wo->notask_error;
		if (retval || (wo->wo_flags & WNOHANG))
			break;
		retval = -ERESTARTSYS;
		if (signal_pending(current))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&current->signal->wait_chldexit, &wo->child_wait);
	return retval;
}

asmlinkage long sys_wait4(pid_t upid, int __user *stat_addr, int options, struct rusage __user *ru)
{
	struct wait_opts wo = { .wo_type = PIDTYPE_PID, .wo_stat = stat_addr, .wo_rusage = ru };
	long ret;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (upid == -1) {
		wo.wo_type = PIDTYPE_MAX;
	} else if (upid < 0) {
		wo.wo_type = PIDTYPE_PGID;
		wo.wo_pid = find_get_pid(-upid);
	} else if (upid == 0) {
		wo.wo_type = PIDTYPE_PGID;
		wo.wo_pid = get_task_pid(current, PIDTYPE_PGID);
	} else {
		wo.wo_pid = find_get_pid(upid);
	}
	wo.wo_flags = options | WEXITED;
	ret = do_wait(&wo);
	put_pid(wo.wo_pid);
	return ret;
}

asmlinkage long sys_waitpid(pid_t pid, int __user *stat_addr, int options)
{
	return sys_wait4(pid, stat_addr, options, NULL);
}

asmlinkage long sys_waitid(int which, pid_t upid, struct siginfo __user *infop, int options,
			   struct rusage __user *ru)
{
	struct wait_opts wo = { .wo_flags = options, .wo_info = infop, .wo_rusage = ru };
	long ret;

	if ((options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED)) ||
	    !(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	if (which == P_ALL)
		wo.wo_type = PIDTYPE_MAX;
	else if ((which != P_PID && which != P_PGID) || upid <= 0)
		return -EINVAL;
	else
		wo.wo_type = which == P_PID ? PIDTYPE_PID : PIDTYPE_PGID;
	if (wo.wo_type < PIDTYPE_MAX)
		wo.wo_pid = find_get_pid(upid);
	ret = do_wait(&wo);
	if (ret > 0)
		ret = 0;
	else if (infop && !ret)
		ret = clear_user(infop, sizeof(*infop)) ? -EFAULT : 0;
	put_pid(wo.wo_pid);
	return ret;
}

/* Waits, for exec in a thread that is not the leader, until the leader has ended; the thread takes its place. */
static void replace_leader(struct task_struct *tsk)
{
	struct task_struct *leader = tsk->group_leader;
	struct signal_struct *sig = tsk->signal;

	for (;;) {
		write_lock_irq(&tasklist_lock);
		sig->notify_count = -1;
		if (leader->exit_state)
			break;
		__set_current_state(TASK_UNINTERRUPTIBLE);
		write_unlock_irq(&tasklist_lock);
		schedule();
	}
	detach_pid(tsk, PIDTYPE_PID);
	tsk->pid = leader->pid;
	attach_pid(tsk, PIDTYPE_PID, task_pid(leader));
	transfer_pid(leader, tsk, PIDTYPE_PGID);
	transfer_pid(leader, tsk, PIDTYPE_SID);
	list_replace_init(&leader->tasks, &tsk->tasks);
	list_replace_init(&leader->sibling, &tsk->sibling);
	tsk->group_leader = tsk;
	leader->group_leader = tsk;
	tsk->exit_signal = SIGCHLD;
	leader->exit_state = EXIT_DEAD;
	write_unlock_irq(&tasklist_lock);
	release_task(leader);
}

/* For exec: ends all other threads, and makes the signal handlers the caller's own. 0, or -EAGAIN, -ENOMEM. */
int de_thread(struct task_struct *tsk)
{
	struct signal_struct *sig = tsk->signal;
	spinlock_t *lock = &tsk->sighand->siglock;
	int count = thread_group_leader(tsk) ? 1 : 2;

	if (thread_group_empty(tsk))
		return unshare_sighand(tsk);
	spin_lock_irq(lock);
	if (signal_group_exit(sig)) {
		spin_unlock_irq(lock);
		return -EAGAIN;
	}
	sig->group_exit_task = tsk;
	zap_other_threads(tsk);
	while (atomic_read(&sig->count) > count) {
		sig->notify_count = count;
		__set_current_state(TASK_UNINTERRUPTIBLE);
		spin_unlock_irq(lock);
		schedule();
		spin_lock_irq(lock);
	}
	spin_unlock_irq(lock);
	if (!thread_group_leader(tsk))
		replace_leader(tsk);
	sig->group_exit_task = NULL;
	sig->notify_count = 0;
	return unshare_sighand(tsk);
}
