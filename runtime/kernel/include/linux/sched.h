/* Tasks and their scheduling. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/capability.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/param.h>
#include <linux/percpu.h>
#include <linux/personality.h>
#include <linux/pid.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/resource.h>
#include <linux/signal.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/thread_info.h>
#include <linux/time.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <asm/current.h>
#include <asm/processor.h>
#include <asm/ptrace.h>

#define CSIGNAL			0x000000ff
#define CLONE_VM		0x00000100
#define CLONE_FS		0x00000200
#define CLONE_FILES		0x00000400
#define CLONE_SIGHAND		0x00000800
#define CLONE_PTRACE		0x00002000
#define CLONE_VFORK		0x00004000
#define CLONE_PARENT		0x00008000
#define CLONE_THREAD		0x00010000
#define CLONE_NEWNS		0x00020000
#define CLONE_SYSVSEM		0x00040000
#define CLONE_SETTLS		0x00080000
#define CLONE_PARENT_SETTID	0x00100000
#define CLONE_CHILD_CLEARTID	0x00200000
#define CLONE_DETACHED		0x00400000
#define CLONE_UNTRACED		0x00800000
#define CLONE_CHILD_SETTID	0x01000000
#define CLONE_STOPPED		0x02000000
#define CLONE_NEWUTS		0x04000000
#define CLONE_NEWIPC		0x08000000
#define CLONE_NEWUSER		0x10000000
#define CLONE_NEWPID		0x20000000
#define CLONE_NEWNET		0x40000000
#define CLONE_IO		0x80000000
#define CLONE_KERNEL		(CLONE_FS | CLONE_FILES | CLONE_SIGHAND)

#define SCHED_NORMAL	0
#define SCHED_FIFO	1
#define SCHED_RR	2
#define SCHED_BATCH	3
#define SCHED_IDLE	5
#define SCHED_RESET_ON_FORK 0x40000000

#define TASK_RUNNING		0
#define TASK_INTERRUPTIBLE	1
#define TASK_UNINTERRUPTIBLE	2
#define __TASK_STOPPED		4
#define __TASK_TRACED		8
#define EXIT_ZOMBIE		16
#define EXIT_DEAD		32
#define TASK_DEAD		64
#define TASK_WAKEKILL		128
#define TASK_WAKING		256
#define TASK_KILLABLE		(TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_STOPPED		(TASK_WAKEKILL | __TASK_STOPPED)
#define TASK_TRACED		(TASK_WAKEKILL | __TASK_TRACED)
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_ALL		(TASK_NORMAL | __TASK_STOPPED | __TASK_TRACED)
#define TASK_REPORT		(TASK_RUNNING | TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE | \
				 __TASK_STOPPED | __TASK_TRACED)

#define task_is_stopped(task) (((task)->state & __TASK_STOPPED) != 0)
#define task_is_traced(task) (((task)->state & __TASK_TRACED) != 0)
#define task_is_stopped_or_traced(task) (((task)->state & (__TASK_STOPPED | __TASK_TRACED)) != 0)
#define __set_task_state(tsk, v) ((tsk)->state = (v))
#define set_task_state(tsk, v) do { (tsk)->state = (v); smp_mb(); } while (0)
#define __set_current_state(v) (current->state = (v))
#define set_current_state(v) do { current->state = (v); smp_mb(); } while (0)

#define TASK_COMM_LEN 16

#define PF_STARTING	0x00000002
#define PF_EXITING	0x00000004
#define PF_EXITPIDONE	0x00000008
#define PF_FORKNOEXEC	0x00000040
#define PF_SUPERPRIV	0x00000100
#define PF_DUMPCORE	0x00000200
#define PF_SIGNALED	0x00000400
#define PF_MEMALLOC	0x00000800
#define PF_NOFREEZE	0x00008000
#define PF_KTHREAD	0x00200000
#define PF_RANDOMIZE	0x00400000

#define MAX_USER_RT_PRIO	100
#define MAX_RT_PRIO		MAX_USER_RT_PRIO
#define MAX_PRIO		(MAX_RT_PRIO + 40)
#define DEFAULT_PRIO		(MAX_RT_PRIO + 20)
#define NICE_TO_PRIO(nice)	(MAX_RT_PRIO + (nice) + 20)
#define PRIO_TO_NICE(prio)	((prio) - MAX_RT_PRIO - 20)
#define TASK_NICE(p)		PRIO_TO_NICE((p)->static_prio)

#define MAX_SCHEDULE_TIMEOUT	LONG_MAX
#define NICE_0_LOAD		1024

struct mm_struct;
struct fs_struct;
struct files_struct;
struct linux_binfmt;
struct nsproxy;
struct rq;
struct cfs_rq;
struct pt_regs;
struct task_struct;

typedef unsigned long cputime_t;	/* jiffies */
#define cputime_zero		(0UL)
#define cputime_add(a, b)	((a) + (b))
#define cputime_to_clock_t(ct)	jiffies_to_clock_t(ct)
#define cputime_to_timeval(ct, v) jiffies_to_timeval(ct, v)

struct sched_param {
	int sched_priority;
};

struct load_weight {
	unsigned long weight;
};

/* What the fair scheduler keeps of a task. */
struct sched_entity {
	struct load_weight load;
	struct rb_node run_node;
	struct list_head group_node;
	unsigned int on_rq;
	u64 exec_start;			/* when the running stretch was last accounted, ns */
	u64 sum_exec_runtime;		/* ns on a CPU */
	u64 vruntime;			/* the same, weighted: the queue's order */
	u64 prev_sum_exec_runtime;
	u64 nr_migrations;
};

struct sched_rt_entity {
	struct list_head run_list;
	unsigned int time_slice;
};

struct sched_class {
	const struct sched_class *next;
	void (*enqueue_task)(struct rq *rq, struct task_struct *p, int wakeup);
	void (*dequeue_task)(struct rq *rq, struct task_struct *p, int sleep);
	void (*yield_task)(struct rq *rq);
	void (*check_preempt_curr)(struct rq *rq, struct task_struct *p, int flags);
	struct task_struct *(*pick_next_task)(struct rq *rq);
	void (*put_prev_task)(struct rq *rq, struct task_struct *p);
	void (*set_curr_task)(struct rq *rq);
	void (*task_tick)(struct rq *rq, struct task_struct *p, int queued);
	void (*task_new)(struct rq *rq, struct task_struct *p);
};

struct sched_info {
	unsigned long pcount;		/* times run on a CPU */
	unsigned long long run_delay;	/* ns spent runnable and waiting */
	unsigned long long last_arrival, last_queued;
};

struct sighand_struct {
	atomic_t count;
	struct k_sigaction action[_NSIG];
	spinlock_t siglock;
	wait_queue_head_t signalfd_wqh;
};

struct pacct_struct {
	long ac_exitcode;
};

struct robust_list_head;
struct tty_struct;

/* What the threads of a process share about signals and accounting. */
struct signal_struct {
	atomic_t count;
	atomic_t live;
	wait_queue_head_t wait_chldexit;	/* for wait4() */
	struct task_struct *curr_target;
	struct sigpending shared_pending;
	int group_exit_code;
	int notify_count;
	struct task_struct *group_exit_task;
	int group_stop_count;
	unsigned int flags;			/* SIGNAL_ bits */
	struct hrtimer real_timer;		/* ITIMER_REAL */
	struct pid *leader_pid;
	ktime_t it_real_incr;
	struct list_head posix_timers;
	cputime_t it_virt_expires, it_virt_incr;	/* ITIMER_VIRTUAL: ticks left, and of the next round */
	cputime_t it_prof_expires, it_prof_incr;	/* ITIMER_PROF */
	struct pid *tty_old_pgrp;
	int leader;				/* of a session */
	struct tty_struct *tty;
	cputime_t utime, stime, cutime, cstime;
	unsigned long nvcsw, nivcsw, cnvcsw, cnivcsw;
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt;
	unsigned long long sum_sched_runtime;
	struct rlimit rlim[RLIM_NLIMITS];
	struct pacct_struct pacct;
};

#define SIGNAL_STOP_STOPPED	0x00000001
#define SIGNAL_STOP_DEQUEUED	0x00000002
#define SIGNAL_STOP_CONTINUED	0x00000004
#define SIGNAL_GROUP_EXIT	0x00000008
#define SIGNAL_CLD_STOPPED	0x00000010
#define SIGNAL_CLD_CONTINUED	0x00000020
#define SIGNAL_CLD_MASK		(SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED)
#define SIGNAL_UNKILLABLE	0x00000040

static inline int signal_group_exit(const struct signal_struct *sig)
{
	return (sig->flags & SIGNAL_GROUP_EXIT) || sig->group_exit_task != NULL;
}

struct task_io_accounting {
	u64 rchar, wchar;
	u64 syscr, syscw;
	u64 read_bytes, write_bytes;
};

struct task_struct {
	volatile long state;		/* -1 unrunnable, 0 runnable, >0 stopped */
	void *stack;
	atomic_t usage;
	unsigned int flags;		/* PF_ bits */
	unsigned int ptrace;
	int lock_depth;

	int prio, static_prio, normal_prio;
	unsigned int rt_priority;
	const struct sched_class *sched_class;
	struct sched_entity se;
	struct sched_rt_entity rt;
	unsigned int policy;
	cpumask_t cpus_allowed;
	struct sched_info sched_info;

	struct list_head tasks;		/* every process, in the order of creation; tasklist_lock */
	struct mm_struct *mm, *active_mm;
	struct linux_binfmt *binfmt;

	int exit_state;
	int exit_code, exit_signal;
	int pdeath_signal;
	unsigned int personality;
	unsigned did_exec:1;
	unsigned in_execve:1;
	unsigned in_iowait:1;
	unsigned sched_reset_on_fork:1;

	pid_t pid;
	pid_t tgid;

	struct task_struct *real_parent;
	struct task_struct *parent;	/* who gets SIGCHLD and waits */
	struct list_head children;
	struct list_head sibling;
	struct task_struct *group_leader;
	struct pid_link pids[PIDTYPE_MAX];
	struct list_head thread_group;

	struct completion *vfork_done;
	int __user *set_child_tid;
	int __user *clear_child_tid;

	cputime_t utime, stime, utimescaled, stimescaled;
	cputime_t gtime;
	cputime_t prev_utime, prev_stime;
	unsigned long nvcsw, nivcsw;	/* context switches: its own wish, or not */
	struct timespec start_time;
	struct timespec real_start_time;
	unsigned long min_flt, maj_flt;

	const struct cred *real_cred;
	const struct cred *cred;
	struct mutex *cred_guard_mutex;

	char comm[TASK_COMM_LEN];
	int link_count, total_link_count;
	struct thread_struct thread;
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	sigset_t blocked, real_blocked;
	sigset_t saved_sigmask;
	struct sigpending pending;
	unsigned long sas_ss_sp;
	size_t sas_ss_size;

	struct robust_list_head __user *robust_list;
	struct list_head sysvsem_undo;	/* semaphores to give back at the end */
	u32 parent_exec_id;
	u32 self_exec_id;
	spinlock_t alloc_lock;		/* task_lock(): mm, files, fs, comm */
	void *journal_info;
	siginfo_t *last_siginfo;
	struct task_io_accounting ioac;
	unsigned long timer_slack_ns;
};

union thread_union {
	struct thread_info thread_info;
	unsigned long stack[THREAD_SIZE / sizeof(long)];
};

extern union thread_union init_thread_union;
extern struct task_struct init_task;
extern struct mm_struct init_mm;
extern struct signal_struct init_signals;
extern struct sighand_struct init_sighand;
extern struct fs_struct init_fs;
extern struct files_struct init_files;

extern rwlock_t tasklist_lock;
extern int nr_threads;
extern unsigned long total_forks;
extern int nr_processes(void);
extern unsigned long nr_running(void);
extern unsigned long nr_uninterruptible(void);
extern unsigned long avenrun[3];
DECLARE_PER_CPU(unsigned long, process_counts);

#define task_thread_info(task) ((struct thread_info *)(task)->stack)
#define task_stack_page(task) ((task)->stack)
#define end_of_stack(p) ((unsigned long *)(task_thread_info(p) + 1))
#define task_cpu(p) (task_thread_info(p)->cpu)
#define set_tsk_thread_flag(tsk, flag) set_ti_thread_flag(task_thread_info(tsk), flag)
#define clear_tsk_thread_flag(tsk, flag) clear_ti_thread_flag(task_thread_info(tsk), flag)
#define test_tsk_thread_flag(tsk, flag) test_ti_thread_flag(task_thread_info(tsk), flag)
#define set_tsk_need_resched(tsk) set_tsk_thread_flag(tsk, TIF_NEED_RESCHED)
#define clear_tsk_need_resched(tsk) clear_tsk_thread_flag(tsk, TIF_NEED_RESCHED)
#define test_tsk_need_resched(tsk) test_tsk_thread_flag(tsk, TIF_NEED_RESCHED)
#define need_resched() unlikely(test_thread_flag(TIF_NEED_RESCHED))
#define signal_pending(p) unlikely(test_tsk_thread_flag(p, TIF_SIGPENDING))

static inline int __fatal_signal_pending(struct task_struct *p)
{
	return unlikely(sigismember(&p->pending.signal, SIGKILL));
}

#define fatal_signal_pending(p) (signal_pending(p) && __fatal_signal_pending(p))

static inline int signal_pending_state(long state, struct task_struct *p)
{
	if (!(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)))
		return 0;
	if (!signal_pending(p))
		return 0;
	return (state & TASK_INTERRUPTIBLE) || __fatal_signal_pending(p);
}

static inline struct pid *task_pid(struct task_struct *task) { return task->pids[PIDTYPE_PID].pid; }
static inline struct pid *task_tgid(struct task_struct *task)
{
	return task->group_leader->pids[PIDTYPE_PID].pid;
}
static inline struct pid *task_pgrp(struct task_struct *task)
{
	return task->group_leader->pids[PIDTYPE_PGID].pid;
}
static inline struct pid *task_session(struct task_struct *task)
{
	return task->group_leader->pids[PIDTYPE_SID].pid;
}
#define task_pid_nr(tsk) ((tsk)->pid)
#define task_pid_vnr(tsk) ((tsk)->pid)
#define task_tgid_nr(tsk) ((tsk)->tgid)
#define task_tgid_vnr(tsk) ((tsk)->tgid)
#define task_pgrp_vnr(tsk) pid_nr(task_pgrp(tsk))
#define task_session_vnr(tsk) pid_nr(task_session(tsk))
#define is_global_init(tsk) ((tsk)->pid == 1)
#define pid_alive(p) ((p)->pids[PIDTYPE_PID].pid != NULL)
#define thread_group_leader(p) ((p) == (p)->group_leader)
#define thread_group_empty(p) list_empty(&(p)->thread_group)
#define delay_group_leader(p) (thread_group_leader(p) && !thread_group_empty(p))
#define same_thread_group(a, b) ((a)->tgid == (b)->tgid)
#define has_group_leader_pid(p) ((p)->pid == (p)->tgid)

static inline struct task_struct *next_thread(const struct task_struct *p)
{
	return list_entry(p->thread_group.next, struct task_struct, thread_group);
}

#define next_task(p) list_entry((p)->tasks.next, struct task_struct, tasks)
#define for_each_process(p) for (p = &init_task; (p = next_task(p)) != &init_task; )
#define do_each_thread(g, t) for (g = t = &init_task; (g = t = next_task(g)) != &init_task; ) do
#define while_each_thread(g, t) while ((t = next_thread(t)) != g)

#define get_task_struct(tsk) atomic_inc(&(tsk)->usage)
extern void __put_task_struct(struct task_struct *t);
static inline void put_task_struct(struct task_struct *t)
{
	if (atomic_dec_and_test(&t->usage))
		__put_task_struct(t);
}

static inline void task_lock(struct task_struct *p) { spin_lock(&p->alloc_lock); }
static inline void task_unlock(struct task_struct *p) { spin_unlock(&p->alloc_lock); }

static inline int rt_prio(int prio) { return prio < MAX_RT_PRIO; }
static inline int rt_task(struct task_struct *p) { return rt_prio(p->prio); }

/* kernel/sched.c */
extern asmlinkage void schedule(void);
extern signed long schedule_timeout(signed long timeout);
extern signed long schedule_timeout_interruptible(signed long timeout);
extern signed long schedule_timeout_uninterruptible(signed long timeout);
extern void schedule_tail(struct task_struct *prev);
extern void io_schedule(void);
extern long io_schedule_timeout(long timeout);
extern int cond_resched(void);
extern void yield(void);
extern int wake_up_process(struct task_struct *p);
extern int wake_up_state(struct task_struct *p, unsigned int state);
extern void wake_up_new_task(struct task_struct *p, unsigned long clone_flags);
extern void sched_fork(struct task_struct *p, int clone_flags);
extern void sched_exec(void);
extern void sched_init(void);
extern void init_idle(struct task_struct *idle, int cpu);
extern struct task_struct *idle_task(int cpu);
extern int idle_cpu(int cpu);
extern void set_task_cpu(struct task_struct *p, unsigned int new_cpu);
extern void scheduler_tick(void);
extern void run_posix_cpu_timers(struct task_struct *tsk, int user_tick);
extern void account_process_tick(struct task_struct *tsk, int user);
extern void set_user_nice(struct task_struct *p, long nice);
extern int task_nice(const struct task_struct *p);
extern int task_prio(const struct task_struct *p);
extern int can_nice(const struct task_struct *p, const int nice);
extern int sched_setscheduler(struct task_struct *p, int policy, struct sched_param *param);
extern void kick_process(struct task_struct *tsk);
extern int task_curr(const struct task_struct *p);
extern unsigned long long sched_clock(void);
extern unsigned long long cpu_clock_of(int cpu);
extern unsigned long long task_sched_runtime(struct task_struct *task);
extern unsigned long long nr_context_switches(void);
extern void calc_global_load(void);
extern void show_state(void);
extern void sched_show_task(struct task_struct *p);
extern int in_sched_functions(unsigned long addr);

/* kernel/fork.c, kernel/exit.c */
extern long do_fork(unsigned long clone_flags, unsigned long stack_start, struct pt_regs *regs,
		    unsigned long stack_size, int __user *parent_tidptr, int __user *child_tidptr);
extern void fork_init(unsigned long mempages);
extern void proc_caches_init(void);
extern void free_task(struct task_struct *tsk);
extern struct mm_struct *mm_alloc(void);
extern void mmdrop(struct mm_struct *mm);
extern void __mmdrop(struct mm_struct *mm);
extern void mmput(struct mm_struct *mm);
extern struct mm_struct *get_task_mm(struct task_struct *task);
extern void mm_release(struct task_struct *tsk, struct mm_struct *mm);
extern struct mm_struct *dup_mm(struct task_struct *tsk);
extern int unshare_files(struct files_struct **displaced);
extern void do_group_exit(int exit_code) __noreturn;
extern void release_task(struct task_struct *p);
extern int allow_signal(int sig);
extern int disallow_signal(int sig);
extern void daemonize(const char *name, ...);
extern void exit_mm(struct task_struct *tsk);
extern void exit_notify(struct task_struct *tsk, int group_dead);

/* kernel/exec side of signals and names: fs/exec.c calls these. */
extern int unshare_sighand(struct task_struct *tsk);
extern int de_thread(struct task_struct *tsk);
extern void set_task_comm(struct task_struct *tsk, char *from);
extern char *get_task_comm(char *to, struct task_struct *tsk);
extern void flush_signal_handlers(struct task_struct *t, int force_default);

/* kernel/signal.c */
extern struct sighand_struct *lock_task_sighand(struct task_struct *tsk, unsigned long *flags);
#define unlock_task_sighand(tsk, flags) spin_unlock_irqrestore(&(tsk)->sighand->siglock, *(flags))
extern void exit_signals(struct task_struct *tsk);
extern void flush_signals(struct task_struct *t);
extern void flush_sigqueue(struct sigpending *queue);
extern int dequeue_signal(struct task_struct *tsk, sigset_t *mask, siginfo_t *info);
extern void recalc_sigpending(void);
extern void recalc_sigpending_and_wake(struct task_struct *t);
extern void signal_wake_up(struct task_struct *t, int resume);
extern int send_sig(int sig, struct task_struct *p, int priv);
extern int send_sig_info(int sig, struct siginfo *info, struct task_struct *p);
extern int force_sig_info(int sig, struct siginfo *info, struct task_struct *t);
extern void force_sig(int sig, struct task_struct *p);
extern int force_sigsegv(int sig, struct task_struct *p);
extern int do_notify_parent(struct task_struct *tsk, int sig);
extern int kill_pgrp(struct pid *pid, int sig, int priv);
extern int kill_pid(struct pid *pid, int sig, int priv);
extern int kill_pid_info(int sig, struct siginfo *info, struct pid *pid);
extern int __kill_pgrp_info(int sig, struct siginfo *info, struct pid *pgrp);
extern int do_sigaction(int sig, struct k_sigaction *act, struct k_sigaction *oact);
extern int do_sigaltstack(const stack_t __user *uss, stack_t __user *uoss, unsigned long sp);
extern void zap_other_threads(struct task_struct *p);
extern void __cleanup_sighand(struct sighand_struct *sighand);
extern void __cleanup_signal(struct signal_struct *sig);

static inline int on_sig_stack(unsigned long sp)
{
	return sp - current->sas_ss_sp < current->sas_ss_size;
}

static inline int sas_ss_flags(unsigned long sp)
{
	return current->sas_ss_size == 0 ? SS_DISABLE : on_sig_stack(sp) ? SS_ONSTACK : 0;
}

/* kernel/execve.c */
extern int kernel_execve(const char *filename, char *const argv[], char *const envp[]);

/* kernel/pid.c */
extern struct task_struct *find_task_by_vpid(pid_t nr);
extern struct task_struct *find_task_by_pid_ns(pid_t nr, struct pid_namespace *ns);
extern void __set_special_pids(struct pid *pid);
extern void set_special_pids(struct pid *pid);

/* The architecture. */
extern int copy_thread(unsigned long clone_flags, unsigned long sp, unsigned long unused,
		       struct task_struct *p, struct pt_regs *regs);
extern void flush_thread(void);
extern void exit_thread(void);
extern int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags);
extern void release_thread(struct task_struct *dead_task);
extern void prepare_to_copy(struct task_struct *tsk);
extern void show_regs(struct pt_regs *regs);
extern void show_stack(struct task_struct *task, unsigned long *sp);
extern unsigned long thread_saved_pc(struct task_struct *tsk);
extern unsigned long get_wchan(struct task_struct *p);
extern void cpu_idle(void) __noreturn;

#endif
