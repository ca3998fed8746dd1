/* The first task, which becomes the boot CPU's idle task, and what it shares with its children. */
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/sched.h>

struct signal_struct init_signals = {
	.count = ATOMIC_INIT(1),
	.live = ATOMIC_INIT(1),
	.wait_chldexit = __WAIT_QUEUE_HEAD_INITIALIZER(init_signals.wait_chldexit),
	.shared_pending = { .list = LIST_HEAD_INIT(init_signals.shared_pending.list) },
	.posix_timers = LIST_HEAD_INIT(init_signals.posix_timers),
	.rlim = {
		[0 ... RLIM_NLIMITS - 1] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_STACK] = { 8 * 1024 * 1024, RLIM_INFINITY },
		[RLIMIT_CORE] = { 0, RLIM_INFINITY },
		[RLIMIT_NPROC] = { 0, 0 },
		[RLIMIT_NOFILE] = { 1024, 1024 },
		[RLIMIT_MEMLOCK] = { 64 * 1024, 64 * 1024 },
		[RLIMIT_SIGPENDING] = { 0, 0 },
		[RLIMIT_MSGQUEUE] = { 819200, 819200 },
		[RLIMIT_NICE] = { 0, 0 },
		[RLIMIT_RTPRIO] = { 0, 0 },
	},
};

struct sighand_struct init_sighand = {
	.count = ATOMIC_INIT(1),
	.siglock = SPIN_LOCK_UNLOCKED,
	.signalfd_wqh = __WAIT_QUEUE_HEAD_INITIALIZER(init_sighand.signalfd_wqh),
};

/* What kernel threads borrow when there is nothing else: no user memory at all. */
struct mm_struct init_mm = {
	.mm_users = ATOMIC_INIT(2),
	.mm_count = ATOMIC_INIT(1),
	.mmap_sem = __RWSEM_INITIALIZER(init_mm.mmap_sem),
	.mmlist = LIST_HEAD_INIT(init_mm.mmlist),
};

struct task_struct init_task = {
	.state = TASK_RUNNING,
	.stack = &init_thread_union,
	.usage = ATOMIC_INIT(2),
	.flags = PF_KTHREAD,
	.lock_depth = -1,
	.prio = MAX_PRIO - 20,
	.static_prio = MAX_PRIO - 20,
	.normal_prio = MAX_PRIO - 20,
	.policy = SCHED_NORMAL,
	.cpus_allowed = CPU_MASK_ALL,
	.tasks = LIST_HEAD_INIT(init_task.tasks),
	.active_mm = &init_mm,
	.real_parent = &init_task,
	.parent = &init_task,
	.children = LIST_HEAD_INIT(init_task.children),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.group_leader = &init_task,
	.thread_group = LIST_HEAD_INIT(init_task.thread_group),
	.real_cred = &init_cred,
	.cred = &init_cred,
	.comm = "swapper",
	.thread = INIT_THREAD,
	.fs = &init_fs,
	.files = &init_files,
	.signal = &init_signals,
	.sighand = &init_sighand,
	.sysvsem_undo = LIST_HEAD_INIT(init_task.sysvsem_undo),
	.pending = { .list = LIST_HEAD_INIT(init_task.pending.list) },
	.alloc_lock = SPIN_LOCK_UNLOCKED,
	.timer_slack_ns = 50000,
};
