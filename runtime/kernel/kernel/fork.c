/*
 * Making tasks: do_fork() and what it copies.
 *
 * tasklist_lock, taken for writing with interrupts off, protects the lists of tasks and who is whose
 * parent. Everything else of a new task is its maker's alone until wake_up_new_task().
 */
#include <linux/binfmts.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/futex.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/posix-timers.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#define FORK_COST		9000	/* what is not told apart below */
#define DUP_TASK_COST		3500
#define DUP_MM_COST		4000
#define DUP_VMA_COST		600
#define COPY_SIGNALS_COST	700
#define COPY_THREAD_COST	300

DEFINE_RWLOCK(tasklist_lock);
unsigned long total_forks;
int nr_threads;
int max_threads;
DEFINE_PER_CPU(unsigned long, process_counts);

static struct kmem_cache *task_struct_cachep;
static struct kmem_cache *signal_cachep;
static struct kmem_cache *mm_cachep;
struct kmem_cache *sighand_cachep;
struct kmem_cache *files_cachep;
struct kmem_cache *fs_cachep;
struct kmem_cache *vm_area_cachep;

int nr_processes(void)
{
	int cpu, total = 0;

	for_each_online_cpu(cpu)
		total += per_cpu(process_counts, cpu);
	return total;
}

static struct thread_info *alloc_thread_info(struct task_struct *tsk)
{
	return (struct thread_info *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, THREAD_ORDER);
}

static void free_thread_info(struct thread_info *ti)
{
	free_pages((unsigned long)ti, THREAD_ORDER);
}

void free_task(struct task_struct *tsk)
{
	free_thread_info(task_thread_info(tsk));
	kmem_cache_free(task_struct_cachep, tsk);
}
EXPORT_SYMBOL(free_task);

/* The last reference to a task is gone; it has been waited for long ago. */
void __put_task_struct(struct task_struct *tsk)
{
	exit_creds(tsk);
	free_task(tsk);
}
EXPORT_SYMBOL(__put_task_struct);

/* A task with a stack, otherwise like orig. One reference is its own, one its parent's. */
static struct task_struct *dup_task_struct(struct task_struct *orig)
{
	struct task_struct *tsk;
	struct thread_info *ti;

	spend(DUP_TASK_COST);
	prepare_to_copy(orig);
	tsk = kmem_cache_alloc(task_struct_cachep, GFP_KERNEL);
	if (!tsk)
		return NULL;
	ti = alloc_thread_info(tsk);
	if (!ti) {
		kmem_cache_free(task_struct_cachep, tsk);
		return NULL;
	}
	*tsk = *orig;
	tsk->stack = ti;
	*ti = *task_thread_info(orig);
	ti->task = tsk;
	ti->restart_block.fn = do_no_restart_syscall;
	atomic_set(&tsk->usage, 2);
	return tsk;
}

static struct vm_area_struct *dup_vma(struct vm_area_struct *mpnt, struct mm_struct *mm)
{
	struct vm_area_struct *tmp = kmem_cache_alloc(vm_area_cachep, GFP_KERNEL);

	if (!tmp)
		return NULL;
	*tmp = *mpnt;
	tmp->vm_flags &= ~VM_LOCKED;
	tmp->vm_mm = mm;
	tmp->vm_next = NULL;
	if (tmp->vm_file)
		get_file(tmp->vm_file);
	return tmp;
}

/* Copies every area and its page tables; written pages become shared until one side writes again. */
static int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm)
{
	struct vm_area_struct *mpnt, *tmp, **pprev = &mm->mmap;
	int retval = 0;

	down_write(&oldmm->mmap_sem);
	mm->mmap = mm->mmap_cache = NULL;
	mm->map_count = 0;
	for (mpnt = oldmm->mmap; mpnt && !retval; mpnt = mpnt->vm_next) {
		if (mpnt->vm_flags & VM_DONTCOPY) {
			mm->total_vm -= vma_pages(mpnt);
			continue;
		}
		tmp = dup_vma(mpnt, mm);
		if (!tmp) {
			retval = -ENOMEM;
			break;
		}
		*pprev = tmp;
		pprev = &tmp->vm_next;
		mm->map_count++;
		spend(DUP_VMA_COST);
		retval = copy_page_range(mm, oldmm, mpnt);
		if (tmp->vm_ops && tmp->vm_ops->open)
			tmp->vm_ops->open(tmp);
	}
	up_write(&oldmm->mmap_sem);
	return retval;
}

/* Frees the mm when it cannot have a page directory. */
static struct mm_struct *mm_init(struct mm_struct *mm, struct task_struct *p)
{
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	init_rwsem(&mm->mmap_sem);
	spin_lock_init(&mm->page_table_lock);
	INIT_LIST_HEAD(&mm->mmlist);
	mm->nr_ptes = 0;
	set_mm_counter(mm, file_rss, 0);
	set_mm_counter(mm, anon_rss, 0);
	mm->owner = p;
	mm->pgd = pgd_alloc(mm);
	if (mm->pgd)
		return mm;
	kmem_cache_free(mm_cachep, mm);
	return NULL;
}

struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = kmem_cache_zalloc(mm_cachep, GFP_KERNEL);

	return mm ? mm_init(mm, current) : NULL;
}

/* No task uses it and none has borrowed it. */
void __mmdrop(struct mm_struct *mm)
{
	BUG_ON(mm == &init_mm);
	pgd_free(mm, mm->pgd);
	kmem_cache_free(mm_cachep, mm);
}
EXPORT_SYMBOL(__mmdrop);

void mmdrop(struct mm_struct *mm)
{
	if (unlikely(atomic_dec_and_test(&mm->mm_count)))
		__mmdrop(mm);
}

/* One user of the address space less; the last one takes its contents down. May sleep. */
void mmput(struct mm_struct *mm)
{
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	exit_mmap(mm);
	if (mm->exe_file)
		fput(mm->exe_file);
	mmdrop(mm);
}
EXPORT_SYMBOL(mmput);

struct mm_struct *get_task_mm(struct task_struct *task)
{
	struct mm_struct *mm;

	task_lock(task);
	mm = task->mm;
	if (mm && (task->flags & PF_KTHREAD))
		mm = NULL;
	if (mm)
		atomic_inc(&mm->mm_users);
	task_unlock(task);
	return mm;
}
EXPORT_SYMBOL(get_task_mm);

/* The task is done with its mm: a parent that waits after vfork goes on, a joining thread is told. */
void mm_release(struct task_struct *tsk, struct mm_struct *mm)
{
	struct completion *vfork_done = tsk->vfork_done;

	if (mm && tsk->robust_list)
		exit_robust_list(tsk);
	tsk->robust_list = NULL;
	if (vfork_done) {
		tsk->vfork_done = NULL;
		complete(vfork_done);
	}
	if (tsk->clear_child_tid) {
		if (!(tsk->flags & PF_SIGNALED) && atomic_read(&mm->mm_users) > 1 &&
		    !put_user(0, tsk->clear_child_tid))
			do_futex((u32 __user *)tsk->clear_child_tid, FUTEX_WAKE, 1, NULL, NULL, 0, 0);
		tsk->clear_child_tid = NULL;
	}
}

/* A copy of the current mm. */
struct mm_struct *dup_mm(struct task_struct *tsk)
{
	struct mm_struct *mm, *oldmm = current->mm;

	if (!oldmm)
		return NULL;
	spend(DUP_MM_COST);
	mm = kmem_cache_alloc(mm_cachep, GFP_KERNEL);
	if (!mm)
		return NULL;
	*mm = *oldmm;
	if (!mm_init(mm, tsk))
		return NULL;
	if (mm->exe_file)
		get_file(mm->exe_file);
	if (dup_mmap(mm, oldmm)) {
		mmput(mm);
		return NULL;
	}
	mm->hiwater_rss = get_mm_rss(mm);
	mm->hiwater_vm = mm->total_vm;
	return mm;
}

static int copy_mm(unsigned long clone_flags, struct task_struct *tsk)
{
	struct mm_struct *mm, *oldmm = current->mm;

	tsk->min_flt = tsk->maj_flt = 0;
	tsk->nvcsw = tsk->nivcsw = 0;
	tsk->mm = NULL;
	tsk->active_mm = NULL;
	if (!oldmm)
		return 0;
	if (clone_flags & CLONE_VM) {
		atomic_inc(&oldmm->mm_users);
		mm = oldmm;
	} else {
		mm = dup_mm(tsk);
		if (!mm)
			return -ENOMEM;
	}
	tsk->mm = mm;
	tsk->active_mm = mm;
	return 0;
}

static int copy_fs(unsigned long clone_flags, struct task_struct *tsk)
{
	struct fs_struct *fs = current->fs;

	if (clone_flags & CLONE_FS) {
		write_lock(&fs->lock);
		fs->users++;
		write_unlock(&fs->lock);
		return 0;
	}
	tsk->fs = copy_fs_struct(fs);
	return tsk->fs ? 0 : -ENOMEM;
}

static int copy_files(unsigned long clone_flags, struct task_struct *tsk)
{
	struct files_struct *oldf = current->files;
	int error = 0;

	if (!oldf)
		return 0;
	if (clone_flags & CLONE_FILES) {
		atomic_inc(&oldf->count);
		return 0;
	}
	tsk->files = dup_fd(oldf, &error);
	return tsk->files ? 0 : error;
}

/* For exec: open files of the caller's own. The shared ones are left in *displaced. */
int unshare_files(struct files_struct **displaced)
{
	struct task_struct *task = current;
	struct files_struct *copy;
	int error = 0;

	*displaced = NULL;
	if (!task->files || atomic_read(&task->files->count) == 1)
		return 0;
	copy = dup_fd(task->files, &error);
	if (!copy)
		return error;
	*displaced = task->files;
	task_lock(task);
	task->files = copy;
	task_unlock(task);
	return 0;
}

static int copy_sighand(unsigned long clone_flags, struct task_struct *tsk)
{
	struct sighand_struct *sig;

	spend(COPY_SIGNALS_COST);
	if (clone_flags & CLONE_SIGHAND) {
		atomic_inc(&current->sighand->count);
		return 0;
	}
	sig = kmem_cache_alloc(sighand_cachep, GFP_KERNEL);
	if (!sig)
		return -ENOMEM;
	tsk->sighand = sig;
	atomic_set(&sig->count, 1);
	spin_lock_init(&sig->siglock);
	init_waitqueue_head(&sig->signalfd_wqh);
	memcpy(sig->action, current->sighand->action, sizeof(sig->action));
	return 0;
}

void __cleanup_sighand(struct sighand_struct *sighand)
{
	if (atomic_dec_and_test(&sighand->count))
		kmem_cache_free(sighand_cachep, sighand);
}

/* For exec: signal actions of the caller's own. */
int unshare_sighand(struct task_struct *tsk)
{
	struct sighand_struct *oldsighand = tsk->sighand;
	int error;

	if (atomic_read(&oldsighand->count) == 1)
		return 0;
	error = copy_sighand(0, tsk);
	if (error)
		return error;
	__cleanup_sighand(oldsighand);
	return 0;
}

static int copy_signal(unsigned long clone_flags, struct task_struct *tsk)
{
	struct signal_struct *sig;

	if (clone_flags & CLONE_THREAD) {
		atomic_inc(&current->signal->count);
		atomic_inc(&current->signal->live);
		return 0;
	}
	sig = kmem_cache_zalloc(signal_cachep, GFP_KERNEL);
	tsk->signal = sig;
	if (!sig)
		return -ENOMEM;
	atomic_set(&sig->count, 1);
	atomic_set(&sig->live, 1);
	init_waitqueue_head(&sig->wait_chldexit);
	if (clone_flags & CLONE_NEWPID)
		sig->flags |= SIGNAL_UNKILLABLE;
	sig->curr_target = tsk;
	init_sigpending(&sig->shared_pending);
	INIT_LIST_HEAD(&sig->posix_timers);
	hrtimer_init(&sig->real_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	sig->real_timer.function = it_real_fn;
	sig->tty_old_pgrp = NULL;
	sig->tty = current->signal->tty;
	task_lock(current->group_leader);
	memcpy(sig->rlim, current->signal->rlim, sizeof(sig->rlim));
	task_unlock(current->group_leader);
	return 0;
}

void __cleanup_signal(struct signal_struct *sig)
{
	kmem_cache_free(signal_cachep, sig);
}

static void cleanup_signal(struct task_struct *tsk)
{
	struct signal_struct *sig = tsk->signal;

	atomic_dec(&sig->live);
	if (atomic_dec_and_test(&sig->count))
		__cleanup_signal(sig);
}

static void copy_flags(unsigned long clone_flags, struct task_struct *p)
{
	unsigned long new_flags = p->flags;

	new_flags &= ~(PF_SUPERPRIV | PF_SIGNALED | PF_EXITING);
	new_flags |= PF_FORKNOEXEC | PF_STARTING;
	p->flags = new_flags;
}

/* Fields that start afresh in a new task. */
static void init_new_task(struct task_struct *p, unsigned long clone_flags, int __user *child_tidptr)
{
	p->did_exec = 0;
	copy_flags(clone_flags, p);
	INIT_LIST_HEAD(&p->children);
	INIT_LIST_HEAD(&p->sibling);
	INIT_LIST_HEAD(&p->thread_group);
	p->vfork_done = NULL;
	spin_lock_init(&p->alloc_lock);
	init_sigpending(&p->pending);
	clear_tsk_thread_flag(p, TIF_SIGPENDING);
	clear_tsk_thread_flag(p, TIF_NEED_RESCHED);
	clear_tsk_thread_flag(p, TIF_RESTORE_SIGMASK);
	p->utime = p->stime = p->gtime = 0;
	p->utimescaled = p->stimescaled = 0;
	p->prev_utime = p->prev_stime = 0;
	memset(&p->ioac, 0, sizeof(p->ioac));
	do_posix_clock_monotonic_gettime(&p->start_time);
	p->real_start_time = p->start_time;
	p->exit_code = p->exit_state = 0;
	p->pdeath_signal = 0;
	p->exit_signal = (clone_flags & CLONE_THREAD) ? -1 : (int)(clone_flags & CSIGNAL);
	p->set_child_tid = (clone_flags & CLONE_CHILD_SETTID) ? child_tidptr : NULL;
	p->clear_child_tid = (clone_flags & CLONE_CHILD_CLEARTID) ? child_tidptr : NULL;
	p->last_siginfo = NULL;
	p->robust_list = NULL;
	INIT_LIST_HEAD(&p->sysvsem_undo);
	p->in_execve = p->in_iowait = 0;
	if ((clone_flags & (CLONE_VM | CLONE_VFORK)) == CLONE_VM)
		p->sas_ss_sp = p->sas_ss_size = 0;
}

static int check_clone_flags(unsigned long clone_flags)
{
	if ((clone_flags & CLONE_THREAD) && !(clone_flags & CLONE_SIGHAND))
		return -EINVAL;
	if ((clone_flags & CLONE_SIGHAND) && !(clone_flags & CLONE_VM))
		return -EINVAL;
	if (clone_flags & (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET))
		return -EINVAL;
	return 0;
}

/* Gives the new task its place in the world. tasklist_lock is held. */
static void link_new_task(struct task_struct *p, struct pid *pid, unsigned long clone_flags)
{
	if (clone_flags & (CLONE_PARENT | CLONE_THREAD)) {
		p->real_parent = current->real_parent;
		p->parent_exec_id = current->parent_exec_id;
	} else {
		p->real_parent = current;
		p->parent_exec_id = current->self_exec_id;
	}
	p->parent = p->real_parent;
	if (clone_flags & CLONE_THREAD) {
		p->group_leader = current->group_leader;
		list_add_tail(&p->thread_group, &p->group_leader->thread_group);
	} else {
		p->signal->leader_pid = pid;
		attach_pid(p, PIDTYPE_PGID, task_pgrp(current));
		attach_pid(p, PIDTYPE_SID, task_session(current));
		list_add_tail(&p->sibling, &p->real_parent->children);
		list_add_tail(&p->tasks, &init_task.tasks);
		__get_cpu_var(process_counts)++;
	}
	attach_pid(p, PIDTYPE_PID, pid);
	nr_threads++;
}

/* Enters the task in the lists, unless a signal has come that it ought to get too. */
static int publish_new_task(struct task_struct *p, struct pid *pid, unsigned long clone_flags)
{
	write_lock_irq(&tasklist_lock);
	spin_lock(&current->sighand->siglock);
	recalc_sigpending();
	if (signal_pending(current)) {
		spin_unlock(&current->sighand->siglock);
		write_unlock_irq(&tasklist_lock);
		return -ERESTARTNOINTR;
	}
	link_new_task(p, pid, clone_flags);
	total_forks++;
	spin_unlock(&current->sighand->siglock);
	write_unlock_irq(&tasklist_lock);
	return 0;
}

/* A new task like the current one, not yet running. With pid given, it gets that one (the idle tasks'). */
static struct task_struct *copy_process(unsigned long clone_flags, unsigned long stack_start,
					struct pt_regs *regs, unsigned long stack_size,
					int __user *child_tidptr, struct pid *pid, int trace)
{
	struct task_struct *p;
	int retval = check_clone_flags(clone_flags);

	if (retval)
		return ERR_PTR(retval);
	spend(FORK_COST);
	retval = -EAGAIN;
	if (atomic_read(&current->cred->user->processes) >= current->signal->rlim[RLIMIT_NPROC].rlim_cur &&
	    !capable(CAP_SYS_RESOURCE))
		return ERR_PTR(retval);
	if (nr_threads >= max_threads)
		return ERR_PTR(retval);
	p = dup_task_struct(current);
	if (!p)
		return ERR_PTR(-ENOMEM);
	copy_creds(p, clone_flags);
	init_new_task(p, clone_flags, child_tidptr);
	sched_fork(p, clone_flags);
	if ((retval = copy_files(clone_flags, p)))
		goto bad_fork_cleanup_task;
	if ((retval = copy_fs(clone_flags, p)))
		goto bad_fork_cleanup_files;
	if ((retval = copy_sighand(clone_flags, p)))
		goto bad_fork_cleanup_fs;
	if ((retval = copy_signal(clone_flags, p)))
		goto bad_fork_cleanup_sighand;
	if ((retval = copy_mm(clone_flags, p)))
		goto bad_fork_cleanup_signal;
	spend(COPY_THREAD_COST);
	if ((retval = copy_thread(clone_flags, stack_start, stack_size, p, regs)))
		goto bad_fork_cleanup_mm;
	if (!pid) {
		retval = -ENOMEM;
		pid = alloc_pid(&init_pid_ns);
		if (!pid)
			goto bad_fork_cleanup_mm;
	}
	p->pid = pid_nr(pid);
	p->tgid = (clone_flags & CLONE_THREAD) ? current->tgid : p->pid;
	p->group_leader = p;
	retval = publish_new_task(p, pid, clone_flags);
	if (!retval)
		return p;

	free_pid(pid);
bad_fork_cleanup_mm:
	if (p->mm)
		mmput(p->mm);
bad_fork_cleanup_signal:
	cleanup_signal(p);
bad_fork_cleanup_sighand:
	__cleanup_sighand(p->sighand);
bad_fork_cleanup_fs:
	exit_fs(p);
bad_fork_cleanup_files:
	exit_files(p);
bad_fork_cleanup_task:
	atomic_dec(&p->cred->user->processes);
	exit_creds(p);
	free_task(p);
	return ERR_PTR(retval);
}

/*
 * fork, vfork, clone and kernel_thread: makes a task and sets it running. Returns its pid; with CLONE_VFORK
 * only after it has done exec or exit.
 */
long do_fork(unsigned long clone_flags, unsigned long stack_start, struct pt_regs *regs,
	     unsigned long stack_size, int __user *parent_tidptr, int __user *child_tidptr)
{
	struct completion vfork;
	struct task_struct *p;
	long nr;

	p = copy_process(clone_flags, stack_start, regs, stack_size, child_tidptr, NULL, 0);
	if (IS_ERR(p))
		return PTR_ERR(p);
	trace_task_newtask(p, clone_flags);
	trace_sched_process_fork(current, p);
	nr = task_pid_vnr(p);
	if (clone_flags & CLONE_PARENT_SETTID)
		put_user(nr, parent_tidptr);
	if (clone_flags & CLONE_VFORK) {
		p->vfork_done = &vfork;
		init_completion(&vfork);
	}
	p->flags &= ~PF_STARTING;
	wake_up_new_task(p, clone_flags);
	if (clone_flags & CLONE_VFORK)
		wait_for_completion(&vfork);
	return nr;
}

asmlinkage long sys_fork(void)
{
	struct pt_regs *regs = task_pt_regs(current);

	return do_fork(SIGCHLD, user_stack_pointer(regs), regs, 0, NULL, NULL);
}

asmlinkage long sys_vfork(void)
{
	struct pt_regs *regs = task_pt_regs(current);

	return do_fork(CLONE_VFORK | CLONE_VM | SIGCHLD, user_stack_pointer(regs), regs, 0, NULL, NULL);
}

/* The child goes on on the stack newsp, or on its parent's if that is 0. */
asmlinkage long sys_clone(unsigned long clone_flags, unsigned long newsp, int __user *parent_tid,
			  int __user *child_tid)
{
	struct pt_regs *regs = task_pt_regs(current);

	if (!newsp)
		newsp = user_stack_pointer(regs);
	return do_fork(clone_flags, newsp, regs, 0, parent_tid, child_tid);
}

asmlinkage long sys_set_tid_address(int __user *tidptr)
{
	current->clear_child_tid = tidptr;
	return task_pid_vnr(current);
}

void __init fork_init(unsigned long mempages)
{
	task_struct_cachep = kmem_cache_create("task_struct", sizeof(struct task_struct), 0, SLAB_PANIC, NULL);
	max_threads = mempages / (8 * THREAD_SIZE / PAGE_SIZE);
	if (max_threads < 20)
		max_threads = 20;
	init_task.signal->rlim[RLIMIT_NPROC].rlim_cur = max_threads / 2;
	init_task.signal->rlim[RLIMIT_NPROC].rlim_max = max_threads / 2;
	init_task.signal->rlim[RLIMIT_SIGPENDING] = init_task.signal->rlim[RLIMIT_NPROC];
}

void __init proc_caches_init(void)
{
	sighand_cachep = kmem_cache_create("sighand_cache", sizeof(struct sighand_struct), 0, SLAB_PANIC, NULL);
	signal_cachep = kmem_cache_create("signal_cache", sizeof(struct signal_struct), 0, SLAB_PANIC, NULL);
	files_cachep = kmem_cache_create("files_cache", sizeof(struct files_struct), 0, SLAB_PANIC, NULL);
	fs_cachep = kmem_cache_create("fs_cache", sizeof(struct fs_struct), 0, SLAB_PANIC, NULL);
	mm_cachep = kmem_cache_create("mm_struct", sizeof(struct mm_struct), 0, SLAB_PANIC, NULL);
	vm_area_cachep = KMEM_CACHE(vm_area_struct, SLAB_PANIC);
}
