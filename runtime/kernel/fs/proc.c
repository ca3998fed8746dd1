/*
 * /proc: what the kernel knows about itself and about processes, as files made up when they are read.
 * Nothing is stored: names are looked up in tables, inodes are made for a lookup and dropped after use.
 */
#include <linux/clock.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>

#define PROC_SUPER_MAGIC 0x9fa0
#define PROC_ROOT_INO	1
#define FIRST_PROCESS	256	/* position in the root directory of pid 0 */
#define FD_BIT		0x8000

int slabinfo_show(struct seq_file *m, void *v);
int filesystems_show(struct seq_file *m, void *v);
int mounts_show(struct seq_file *m, void *v);
int devices_show(struct seq_file *m, void *v);

/* One name of a directory. link answers a path with references: the target of a symbolic link. */
struct proc_entry {
	const char *name;
	mode_t mode;
	int (*show)(struct seq_file *m, void *v);
	int (*link)(struct task_struct *task, int fd, struct path *path);
};

/* What an inode of a process's directory is about; in i_private. */
struct proc_inode {
	struct pid *pid;
	const struct proc_entry *entry;
	int fd;
};

static inline struct proc_inode *PROC_I(struct inode *inode)
{
	return inode->i_private;
}

static inline struct task_struct *get_proc_task(struct inode *inode)
{
	return get_pid_task(PROC_I(inode)->pid, PIDTYPE_PID);
}

/* --- The system's files --- */

static int version_show(struct seq_file *m, void *v)
{
	struct new_utsname *u = utsname();

	return seq_printf(m, "%s version %s %s\n", u->sysname, u->release, u->version);
}

static int uptime_show(struct seq_file *m, void *v)
{
	u64 idle = kstat_cpu(0).cpustat.idle;
	unsigned long idle_ms = idle * (1000 / HZ);
	struct timespec up;

	do_posix_clock_monotonic_gettime(&up);
	return seq_printf(m, "%lu.%02lu %lu.%02lu\n", (unsigned long)up.tv_sec,
			  up.tv_nsec / (NSEC_PER_SEC / 100), idle_ms / 1000, idle_ms % 1000 / 10);
}

static int meminfo_show(struct seq_file *m, void *v)
{
#define K(pages) ((pages) << (PAGE_SHIFT - 10))
	seq_printf(m, "MemTotal:     %8lu kB\nMemFree:      %8lu kB\nCached:       %8lu kB\n",
		   K(totalram_pages), K(nr_free_pages()), K(global_page_state(NR_FILE_PAGES)));
	seq_printf(m, "SwapTotal:    %8lu kB\nSwapFree:     %8lu kB\n", 0UL, 0UL);
	seq_printf(m, "AnonPages:    %8lu kB\nMapped:       %8lu kB\nSlab:         %8lu kB\n",
		   K(global_page_state(NR_ANON_PAGES)), K(global_page_state(NR_FILE_MAPPED)),
		   K(global_page_state(NR_SLAB_UNRECLAIMABLE)));
	return seq_printf(m, "PageTables:   %8lu kB\n", K(global_page_state(NR_PAGETABLE)));
#undef K
}

#define LOAD_INT(x)	((x) >> 11)
#define LOAD_FRAC(x)	LOAD_INT(((x) & 2047) * 100)

static int loadavg_show(struct seq_file *m, void *v)
{
	for (int i = 0; i < 3; i++)
		seq_printf(m, "%lu.%02lu ", LOAD_INT(avenrun[i]), LOAD_FRAC(avenrun[i]));
	return seq_printf(m, "%lu/%d %d\n", nr_running(), nr_threads, init_pid_ns.last_pid);
}

static int stat_show(struct seq_file *m, void *v)
{
	struct cpu_usage_stat *s = &kstat_cpu(0).cpustat;

	seq_printf(m, "cpu  %llu %llu %llu %llu %llu %llu %llu\n", jiffies_64_to_clock_t(s->user),
		   jiffies_64_to_clock_t(s->nice), jiffies_64_to_clock_t(s->system),
		   jiffies_64_to_clock_t(s->idle), jiffies_64_to_clock_t(s->iowait),
		   jiffies_64_to_clock_t(s->irq), jiffies_64_to_clock_t(s->softirq));
	seq_printf(m, "intr %llu", (u64)kstat_cpu(0).irqs_sum);
	for (int irq = 0; irq < NR_IRQS; irq++)
		seq_printf(m, " %u", irq_desc[irq].kstat_irqs[0]);
	seq_printf(m, "\nctxt %llu\nbtime %lu\n", nr_context_switches(),
		   get_seconds() - (unsigned long)(clock_now() / NSEC_PER_SEC));
	return seq_printf(m, "processes %lu\nprocs_running %lu\n", total_forks, nr_running());
}

static int interrupts_show(struct seq_file *m, void *v)
{
	struct irqaction *action;

	seq_puts(m, "           CPU0\n");
	for (int irq = 0; irq < NR_IRQS; irq++) {
		action = irq_desc[irq].action;
		if (!action)
			continue;
		seq_printf(m, "%3d: %10u   %s  %s", irq, irq_desc[irq].kstat_irqs[0], irq_desc[irq].name,
			   action->name);
		while ((action = action->next) != NULL)
			seq_printf(m, ", %s", action->name);
		seq_puts(m, "\n");
	}
	return 0;
}

static int softirqs_show(struct seq_file *m, void *v)
{
	static const char *const names[NR_SOFTIRQS] = { "HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "BLOCK_IOPOLL",
							"TASKLET", "SCHED", "HRTIMER", "RCU" };

	seq_puts(m, "                CPU0\n");
	for (int nr = 0; nr < NR_SOFTIRQS; nr++)
		seq_printf(m, "%8s: %10u\n", names[nr], kstat_cpu(0).softirqs[nr]);
	return 0;
}

/* Everything is built in. */
static int modules_show(struct seq_file *m, void *v)
{
	return 0;
}

static int cmdline_show(struct seq_file *m, void *v)
{
	return seq_printf(m, "%s\n", saved_command_line);
}

/* --- The files of a process; m->private is the inode --- */

static const char *get_task_state(struct task_struct *tsk)
{
	unsigned long state = (tsk->state & TASK_REPORT) | tsk->exit_state;

	if (state & (EXIT_ZOMBIE | EXIT_DEAD))
		return "Z (zombie)";
	if (state & __TASK_TRACED)
		return "t (tracing stop)";
	if (state & __TASK_STOPPED)
		return "T (stopped)";
	if (state & TASK_UNINTERRUPTIBLE)
		return "D (disk sleep)";
	return state & TASK_INTERRUPTIBLE ? "S (sleeping)" : "R (running)";
}

static unsigned long long start_time_ticks(struct task_struct *task)
{
	return (unsigned long long)task->start_time.tv_sec * USER_HZ +
	       task->start_time.tv_nsec / (NSEC_PER_SEC / USER_HZ);
}

/* The one line that ps and top read. */
static int do_task_stat(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct tty_struct *tty = task->signal->tty;

	seq_printf(m, "%d (%s) %c %d %d %d %d %d %u ", task->pid, task->comm,
		   get_task_state(task)[0], task->real_parent->tgid, task_pgrp_vnr(task),
		   task_session_vnr(task), tty ? new_encode_dev(MKDEV(4, 64)) : 0, -1, task->flags);
	seq_printf(m, "%lu %lu %lu %lu %lu %lu %lu %lu ", task->min_flt, task->signal->cmin_flt,
		   task->maj_flt, task->signal->cmaj_flt,
		   (unsigned long)cputime_to_clock_t(task->utime),
		   (unsigned long)cputime_to_clock_t(task->stime),
		   (unsigned long)cputime_to_clock_t(task->signal->cutime),
		   (unsigned long)cputime_to_clock_t(task->signal->cstime));
	seq_printf(m, "%d %d %d 0 %llu %lu %lu %lu ", task_prio(task), task_nice(task),
		   atomic_read(&task->signal->count), start_time_ticks(task),
		   mm ? mm->total_vm << PAGE_SHIFT : 0, mm ? get_mm_rss(mm) : 0,
		   task->signal->rlim[RLIMIT_RSS].rlim_cur);
	seq_printf(m, "%lu %lu %lu %lu %lu ", mm ? mm->start_code : 0, mm ? mm->end_code : 0,
		   mm ? mm->start_stack : 0, mm ? KSTK_ESP(task) : 0, mm ? KSTK_EIP(task) : 0);
	seq_printf(m, "%lu %lu 0 0 %lu 0 0 %d %d %u %u 0 0 0\n",
		   task->pending.signal.sig[0] & 0x7fffffffUL, task->blocked.sig[0] & 0x7fffffffUL,
		   get_wchan(task), task->exit_signal, task_cpu(task), task->rt_priority,
		   task->policy);
	if (mm)
		mmput(mm);
	return 0;
}

static void show_mm_status(struct seq_file *m, struct mm_struct *mm)
{
	unsigned long data = mm->total_vm - mm->shared_vm - mm->stack_vm;
	unsigned long text = (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> 10;

	seq_printf(m, "VmPeak:\t%8lu kB\nVmSize:\t%8lu kB\nVmLck:\t%8lu kB\nVmHWM:\t%8lu kB\n",
		   max(mm->hiwater_vm, mm->total_vm) << (PAGE_SHIFT - 10),
		   mm->total_vm << (PAGE_SHIFT - 10), mm->locked_vm << (PAGE_SHIFT - 10),
		   max(mm->hiwater_rss, get_mm_rss(mm)) << (PAGE_SHIFT - 10));
	seq_printf(m, "VmRSS:\t%8lu kB\nVmData:\t%8lu kB\nVmStk:\t%8lu kB\nVmExe:\t%8lu kB\n",
		   get_mm_rss(mm) << (PAGE_SHIFT - 10), data << (PAGE_SHIFT - 10),
		   mm->stack_vm << (PAGE_SHIFT - 10), text);
	seq_printf(m, "VmLib:\t%8lu kB\nVmPTE:\t%8lu kB\n", 0UL,
		   mm->nr_ptes << (PAGE_SHIFT - 10));
}

static int do_task_status(struct seq_file *m, struct task_struct *task)
{
	const struct cred *cred = __task_cred(task);
	struct mm_struct *mm = get_task_mm(task);

	seq_printf(m, "Name:\t%s\nState:\t%s\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		   task->comm, get_task_state(task), task->tgid, task->pid,
		   task->real_parent->tgid);
	seq_printf(m, "Uid:\t%d\t%d\t%d\t%d\nGid:\t%d\t%d\t%d\t%d\n", cred->uid, cred->euid,
		   cred->suid, cred->fsuid, cred->gid, cred->egid, cred->sgid, cred->fsgid);
	task_lock(task);
	seq_printf(m, "FDSize:\t%d\n", task->files ? files_fdtable(task->files)->max_fds : 0);
	task_unlock(task);
	if (mm) {
		show_mm_status(m, mm);
		mmput(mm);
	}
	seq_printf(m, "Threads:\t%d\n", atomic_read(&task->signal->count));
	return seq_printf(m, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
			  task->nvcsw, task->nivcsw);
}

/* A stretch of the process's memory from start to end, at most a page. */
static int show_memory(struct seq_file *m, struct task_struct *task, unsigned long start,
		       unsigned long end)
{
	unsigned long len = min(end - start, PAGE_SIZE - 1);
	char *page = (char *)__get_free_page(GFP_KERNEL);
	int n;

	if (!page)
		return -ENOMEM;
	n = access_process_vm(task, start, page, len, 0);
	if (n > 0)
		seq_write(m, page, n);
	free_page((unsigned long)page);
	return 0;
}

static int do_task_cmdline(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	int ret = 0;

	if (mm) {
		ret = show_memory(m, task, mm->arg_start, mm->arg_end);
		mmput(mm);
	}
	return ret;
}

static int do_task_environ(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	int ret = 0;

	if (mm) {
		ret = show_memory(m, task, mm->env_start, mm->env_end);
		mmput(mm);
	}
	return ret;
}

static int do_task_statm(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (!mm)
		return seq_puts(m, "0 0 0 0 0 0 0\n");
	seq_printf(m, "%lu %lu %lu %lu 0 %lu 0\n", mm->total_vm, get_mm_rss(mm),
		   get_mm_counter(mm, file_rss),
		   (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT,
		   mm->total_vm - mm->shared_vm);
	mmput(mm);
	return 0;
}

static void show_map_vma(struct seq_file *m, struct vm_area_struct *vma, char *page)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long flags = vma->vm_flags, ino = 0;
	const char *name = "";
	dev_t dev = 0;

	if (vma->vm_file) {
		struct inode *inode = vma->vm_file->f_path.dentry->d_inode;

		dev = inode->i_sb->s_dev;
		ino = inode->i_ino;
		name = d_path(&vma->vm_file->f_path, page, PAGE_SIZE);
		if (IS_ERR(name))
			name = "?";
	} else if (vma->vm_start <= mm->start_brk && vma->vm_end >= mm->brk) {
		name = "[heap]";
	} else if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack) {
		name = "[stack]";
	}
	seq_printf(m, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu %s\n", vma->vm_start, vma->vm_end,
		   flags & VM_READ ? 'r' : '-', flags & VM_WRITE ? 'w' : '-',
		   flags & VM_EXEC ? 'x' : '-', flags & VM_MAYSHARE ? 's' : 'p',
		   vma->vm_file ? vma->vm_pgoff << PAGE_SHIFT : 0, MAJOR(dev), MINOR(dev), ino, name);
}

static int do_task_maps(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct vm_area_struct *vma;
	char *page;

	if (!mm)
		return 0;
	page = (char *)__get_free_page(GFP_KERNEL);
	down_read(&mm->mmap_sem);
	for (vma = mm->mmap; vma && page; vma = vma->vm_next)
		show_map_vma(m, vma, page);
	up_read(&mm->mmap_sem);
	free_page((unsigned long)page);
	mmput(mm);
	return page ? 0 : -ENOMEM;
}

static int do_task_io(struct seq_file *m, struct task_struct *task)
{
	struct task_io_accounting *io = &task->ioac;

	return seq_printf(m, "rchar: %llu\nwchar: %llu\nsyscr: %llu\nsyscw: %llu\n", io->rchar,
			  io->wchar, io->syscr, io->syscw);
}

static int do_task_wchan(struct seq_file *m, struct task_struct *task)
{
	unsigned long wchan = get_wchan(task), size, offset;
	char name[KSYM_NAME_LEN], *module;
	const char *symbol = wchan ? kallsyms_lookup(wchan, &size, &offset, &module, name) : NULL;

	return seq_puts(m, symbol ? symbol : "0");
}

/* Call one of the above for the process that the inode belongs to. */
static int with_task(struct seq_file *m, int (*show)(struct seq_file *, struct task_struct *))
{
	struct task_struct *task = get_proc_task(m->private);
	int ret;

	if (!task)
		return -ESRCH;
	ret = show(m, task);
	put_task_struct(task);
	return ret < 0 && ret != -1 ? ret : 0;
}

#define TASK_SHOW(name) \
static int proc_pid_##name(struct seq_file *m, void *v) { return with_task(m, do_task_##name); }
TASK_SHOW(cmdline)
TASK_SHOW(environ)
TASK_SHOW(io)
TASK_SHOW(maps)
TASK_SHOW(stat)
TASK_SHOW(statm)
TASK_SHOW(status)
TASK_SHOW(wchan)

static int proc_fs_link(struct task_struct *task, struct path *path, int root)
{
	int ret = -ENOENT;

	task_lock(task);
	if (task->fs) {
		read_lock(&task->fs->lock);
		*path = root ? task->fs->root : task->fs->pwd;
		path_get(path);
		read_unlock(&task->fs->lock);
		ret = 0;
	}
	task_unlock(task);
	return ret;
}

static int proc_cwd_link(struct task_struct *task, int fd, struct path *path)
{
	return proc_fs_link(task, path, 0);
}

static int proc_root_link(struct task_struct *task, int fd, struct path *path)
{
	return proc_fs_link(task, path, 1);
}

static int proc_exe_link(struct task_struct *task, int fd, struct path *path)
{
	struct mm_struct *mm = get_task_mm(task);
	int ret = -ENOENT;

	if (!mm)
		return ret;
	if (mm->exe_file) {
		*path = mm->exe_file->f_path;
		path_get(path);
		ret = 0;
	}
	mmput(mm);
	return ret;
}

static int proc_fd_link(struct task_struct *task, int fd, struct path *path)
{
	struct files_struct *files = get_files_struct(task);
	struct file *file;
	int ret = -ENOENT;

	if (!files)
		return ret;
	spin_lock(&files->file_lock);
	file = fcheck_files(files, fd);
	if (file) {
		*path = file->f_path;
		path_get(path);
		ret = 0;
	}
	spin_unlock(&files->file_lock);
	put_files_struct(files);
	return ret;
}

/* --- The tables --- */

static const struct proc_entry root_entries[] = {
	{ "cmdline", S_IFREG | S_IRUGO, cmdline_show },
	{ "devices", S_IFREG | S_IRUGO, devices_show },
	{ "filesystems", S_IFREG | S_IRUGO, filesystems_show },
	{ "interrupts", S_IFREG | S_IRUGO, interrupts_show },
	{ "loadavg", S_IFREG | S_IRUGO, loadavg_show },
	{ "meminfo", S_IFREG | S_IRUGO, meminfo_show },
	{ "modules", S_IFREG | S_IRUGO, modules_show },
	{ "mounts", S_IFREG | S_IRUGO, mounts_show },
	{ "self", S_IFLNK | S_IRWXUGO },
	{ "slabinfo", S_IFREG | S_IRUSR, slabinfo_show },
	{ "softirqs", S_IFREG | S_IRUGO, softirqs_show },
	{ "stat", S_IFREG | S_IRUGO, stat_show },
	{ "uptime", S_IFREG | S_IRUGO, uptime_show },
	{ "version", S_IFREG | S_IRUGO, version_show },
};

static const struct proc_entry pid_entries[] = {
	{ "cmdline", S_IFREG | S_IRUGO, proc_pid_cmdline },
	{ "cwd", S_IFLNK | S_IRWXUGO, NULL, proc_cwd_link },
	{ "environ", S_IFREG | S_IRUSR, proc_pid_environ },
	{ "exe", S_IFLNK | S_IRWXUGO, NULL, proc_exe_link },
	{ "fd", S_IFDIR | S_IRUSR | S_IXUSR },
	{ "io", S_IFREG | S_IRUGO, proc_pid_io },
	{ "maps", S_IFREG | S_IRUGO, proc_pid_maps },
	{ "root", S_IFLNK | S_IRWXUGO, NULL, proc_root_link },
	{ "stat", S_IFREG | S_IRUGO, proc_pid_stat },
	{ "statm", S_IFREG | S_IRUGO, proc_pid_statm },
	{ "status", S_IFREG | S_IRUGO, proc_pid_status },
	{ "wchan", S_IFREG | S_IRUGO, proc_pid_wchan },
};

static const struct proc_entry pid_dir_entry = { "", S_IFDIR | S_IRUGO | S_IXUGO };
static const struct proc_entry fd_entry = { "", S_IFLNK | S_IRWXU, NULL, proc_fd_link };

/* --- Opening, following, reading --- */

static int proc_open(struct inode *inode, struct file *file)
{
	return single_open(file, PROC_I(inode)->entry->show, inode);
}

static const struct file_operations proc_file_operations = {
	.open = proc_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/* /proc/self leads to the number of the process that asks. */
static void *proc_self_follow_link(struct dentry *dentry, struct nameidata *nd)
{
	char *name = __getname();

	if (!name)
		return ERR_PTR(-ENOMEM);
	snprintf(name, PATH_MAX, "%d", current->tgid);
	nd_set_link(nd, name);
	return name;
}

static void proc_self_put_link(struct dentry *dentry, struct nameidata *nd, void *cookie)
{
	__putname(cookie);
}

static const struct inode_operations proc_self_inode_operations = {
	.readlink = generic_readlink,
	.follow_link = proc_self_follow_link,
	.put_link = proc_self_put_link,
};

static int proc_link_path(struct inode *inode, struct path *path)
{
	struct task_struct *task = get_proc_task(inode);
	int ret;

	if (!task)
		return -ENOENT;
	ret = PROC_I(inode)->entry->link(task, PROC_I(inode)->fd, path);
	put_task_struct(task);
	return ret;
}

/* The lookup goes on at the very file, whatever its name. */
static void *proc_pid_follow_link(struct dentry *dentry, struct nameidata *nd)
{
	struct path path;
	int error = proc_link_path(dentry->d_inode, &path);

	if (error)
		return ERR_PTR(error);
	path_put(&nd->path);
	nd->path = path;
	return NULL;
}

static int proc_pid_readlink(struct dentry *dentry, char __user *buffer, int buflen)
{
	char *tmp = (char *)__get_free_page(GFP_KERNEL);
	struct path path;
	int error;

	if (!tmp)
		return -ENOMEM;
	error = proc_link_path(dentry->d_inode, &path);
	if (!error) {
		error = vfs_readlink(dentry, buffer, buflen, d_path(&path, tmp, PAGE_SIZE));
		path_put(&path);
	}
	free_page((unsigned long)tmp);
	return error;
}

static const struct inode_operations proc_pid_link_inode_operations = {
	.readlink = proc_pid_readlink,
	.follow_link = proc_pid_follow_link,
};

/* Nothing is cached: the process may be gone the next moment. */
static int proc_delete_dentry(struct dentry *dentry)
{
	return 1;
}

static const struct dentry_operations proc_dentry_operations = {
	.d_delete = proc_delete_dentry,
};

static const struct inode_operations proc_tgid_inode_operations;
static const struct inode_operations proc_fd_inode_operations;
static const struct file_operations proc_tgid_operations;
static const struct file_operations proc_fd_operations;

static void set_operations(struct inode *inode, const struct proc_entry *entry)
{
	switch (entry->mode & S_IFMT) {
	case S_IFREG:
		inode->i_fop = &proc_file_operations;
		break;
	case S_IFLNK:
		inode->i_op = entry->link ? &proc_pid_link_inode_operations
					  : &proc_self_inode_operations;
		break;
	case S_IFDIR:
		inode->i_op = entry == &pid_dir_entry ? &proc_tgid_inode_operations
						      : &proc_fd_inode_operations;
		inode->i_fop = entry == &pid_dir_entry ? &proc_tgid_operations
						       : &proc_fd_operations;
		inode->i_nlink = 2;
		break;
	}
}

/* Give the dentry an inode. pid is NULL for the system's files; its reference is taken over. */
static struct dentry *proc_instantiate(struct inode *dir, struct dentry *dentry, struct pid *pid,
				       const struct proc_entry *entry, unsigned long ino, int fd)
{
	struct proc_inode *ei = kmalloc(sizeof(*ei), GFP_KERNEL);
	struct inode *inode = ei ? new_inode(dir->i_sb) : NULL;
	struct task_struct *task;

	if (!inode) {
		kfree(ei);
		put_pid(pid);
		return ERR_PTR(-ENOMEM);
	}
	*ei = (struct proc_inode){ .pid = pid, .entry = entry, .fd = fd };
	inode->i_private = ei;
	inode->i_ino = ino;
	inode->i_mode = entry->mode;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_fs_time(dir->i_sb);
	task = pid ? get_pid_task(pid, PIDTYPE_PID) : NULL;
	if (task) {
		inode->i_uid = task_euid(task);
		inode->i_gid = __task_cred(task)->egid;
		put_task_struct(task);
	}
	set_operations(inode, entry);
	dentry->d_op = &proc_dentry_operations;
	d_add(dentry, inode);
	return NULL;
}

static void proc_delete_inode(struct inode *inode)
{
	struct proc_inode *ei = PROC_I(inode);

	truncate_inode_pages(&inode->i_data, 0);
	if (ei) {
		put_pid(ei->pid);
		kfree(ei);
	}
	clear_inode(inode);
}

static unsigned long pid_ino(struct pid *pid, int n)
{
	return ((unsigned long)pid_nr(pid) << 16) + n + 1;
}

static int find_entry(const struct proc_entry *table, int n, struct dentry *dentry)
{
	for (int i = 0; i < n; i++)
		if (strlen(table[i].name) == dentry->d_name.len &&
		    !memcmp(table[i].name, dentry->d_name.name, dentry->d_name.len))
			return i;
	return -1;
}

/* The name as a number without leading zeros, or -1. */
static int name_to_int(struct dentry *dentry)
{
	const unsigned char *name = dentry->d_name.name;
	int n = 0;

	if (dentry->d_name.len > 7 || (dentry->d_name.len > 1 && *name == '0'))
		return -1;
	for (unsigned int i = 0; i < dentry->d_name.len; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -1;
		n = n * 10 + name[i] - '0';
	}
	return n;
}

static struct dentry *proc_root_lookup(struct inode *dir, struct dentry *dentry,
				       struct nameidata *nd)
{
	int i = find_entry(root_entries, ARRAY_SIZE(root_entries), dentry), nr;
	struct task_struct *task;
	struct pid *pid;

	if (i >= 0)
		return proc_instantiate(dir, dentry, NULL, &root_entries[i], PROC_ROOT_INO + 1 + i, 0);
	nr = name_to_int(dentry);
	pid = nr > 0 ? find_get_pid(nr) : NULL;
	task = pid ? get_pid_task(pid, PIDTYPE_PID) : NULL;
	if (!task) {
		put_pid(pid);
		return ERR_PTR(-ENOENT);
	}
	put_task_struct(task);
	return proc_instantiate(dir, dentry, pid, &pid_dir_entry, pid_ino(pid, 0), 0);
}

static struct dentry *proc_tgid_lookup(struct inode *dir, struct dentry *dentry,
				       struct nameidata *nd)
{
	int i = find_entry(pid_entries, ARRAY_SIZE(pid_entries), dentry);
	struct pid *pid = PROC_I(dir)->pid;

	if (i < 0 || !pid_task(pid, PIDTYPE_PID))
		return ERR_PTR(-ENOENT);
	return proc_instantiate(dir, dentry, get_pid(pid), &pid_entries[i], pid_ino(pid, 1 + i), 0);
}

static struct dentry *proc_fd_lookup(struct inode *dir, struct dentry *dentry,
				     struct nameidata *nd)
{
	struct pid *pid = PROC_I(dir)->pid;
	struct task_struct *task = get_proc_task(dir);
	int fd = name_to_int(dentry), found = 0;
	struct path path;

	if (task) {
		found = fd >= 0 && proc_fd_link(task, fd, &path) == 0;
		if (found)
			path_put(&path);
		put_task_struct(task);
	}
	if (!found)
		return ERR_PTR(-ENOENT);
	return proc_instantiate(dir, dentry, get_pid(pid), &fd_entry, pid_ino(pid, FD_BIT + fd), fd);
}

/* "." and ".."; answers 0 when filldir has enough. */
static int fill_dots(struct file *filp, void *dirent, filldir_t filldir)
{
	struct dentry *dentry = filp->f_path.dentry;

	if (filp->f_pos == 0) {
		if (filldir(dirent, ".", 1, 0, dentry->d_inode->i_ino, DT_DIR) < 0)
			return 0;
		filp->f_pos++;
	}
	if (filp->f_pos == 1) {
		if (filldir(dirent, "..", 2, 1, dentry->d_parent->d_inode->i_ino, DT_DIR) < 0)
			return 0;
		filp->f_pos++;
	}
	return 1;
}

/* The names of a table, from position 2 on; answers 0 when filldir has enough. */
static int fill_table(struct file *filp, void *dirent, filldir_t filldir,
		      const struct proc_entry *table, int n, unsigned long first_ino)
{
	for (; filp->f_pos - 2 < n; filp->f_pos++) {
		int i = filp->f_pos - 2;

		if (filldir(dirent, table[i].name, strlen(table[i].name), filp->f_pos, first_ino + i,
			    table[i].mode >> 12) < 0)
			return 0;
	}
	return 1;
}

/* The lowest process number from pid on, or 0. */
static int next_tgid(int pid)
{
	struct task_struct *p;
	int found = 0;

	read_lock(&tasklist_lock);
	for_each_process(p)
		if (p->tgid >= pid && (!found || p->tgid < found))
			found = p->tgid;
	read_unlock(&tasklist_lock);
	return found;
}

static int proc_root_readdir(struct file *filp, void *dirent, filldir_t filldir)
{
	int pid;

	if (!fill_dots(filp, dirent, filldir))
		return 0;
	if (filp->f_pos < FIRST_PROCESS) {
		if (!fill_table(filp, dirent, filldir, root_entries, ARRAY_SIZE(root_entries),
				PROC_ROOT_INO + 1))
			return 0;
		filp->f_pos = FIRST_PROCESS + 1;
	}
	while ((pid = next_tgid(filp->f_pos - FIRST_PROCESS))) {
		char name[12];
		int len = snprintf(name, sizeof(name), "%d", pid);

		filp->f_pos = FIRST_PROCESS + pid;
		if (filldir(dirent, name, len, filp->f_pos, ((unsigned long)pid << 16) + 1, DT_DIR) < 0)
			return 0;
		filp->f_pos++;
	}
	return 0;
}

static int proc_tgid_readdir(struct file *filp, void *dirent, filldir_t filldir)
{
	struct pid *pid = PROC_I(filp->f_path.dentry->d_inode)->pid;

	if (!pid_task(pid, PIDTYPE_PID))
		return -ENOENT;
	if (fill_dots(filp, dirent, filldir))
		fill_table(filp, dirent, filldir, pid_entries, ARRAY_SIZE(pid_entries),
			   pid_ino(pid, 1));
	return 0;
}

/* The lowest open descriptor from fd on, or -1. */
static int next_fd(struct task_struct *task, int fd)
{
	struct files_struct *files = get_files_struct(task);
	int found = -1;

	if (!files)
		return -1;
	spin_lock(&files->file_lock);
	for (; found < 0 && fd < files_fdtable(files)->max_fds; fd++)
		if (fcheck_files(files, fd))
			found = fd;
	spin_unlock(&files->file_lock);
	put_files_struct(files);
	return found;
}

static int proc_fd_readdir(struct file *filp, void *dirent, filldir_t filldir)
{
	struct inode *inode = filp->f_path.dentry->d_inode;
	struct task_struct *task = get_proc_task(inode);
	int fd;

	if (!task)
		return -ENOENT;
	if (!fill_dots(filp, dirent, filldir))
		goto out;
	while ((fd = next_fd(task, filp->f_pos - 2)) >= 0) {
		char name[12];
		int len = snprintf(name, sizeof(name), "%d", fd);

		filp->f_pos = fd + 2;
		if (filldir(dirent, name, len, filp->f_pos, pid_ino(PROC_I(inode)->pid, FD_BIT + fd),
			    DT_LNK) < 0)
			break;
		filp->f_pos++;
	}
out:
	put_task_struct(task);
	return 0;
}

static const struct inode_operations proc_root_inode_operations = { .lookup = proc_root_lookup };
static const struct inode_operations proc_tgid_inode_operations = { .lookup = proc_tgid_lookup };
static const struct inode_operations proc_fd_inode_operations = { .lookup = proc_fd_lookup };

static const struct file_operations proc_root_operations = {
	.read = generic_read_dir,
	.readdir = proc_root_readdir,
};
static const struct file_operations proc_tgid_operations = {
	.read = generic_read_dir,
	.readdir = proc_tgid_readdir,
};
static const struct file_operations proc_fd_operations = {
	.read = generic_read_dir,
	.readdir = proc_fd_readdir,
};

static const struct super_operations proc_sops = {
	.drop_inode = generic_delete_inode,
	.delete_inode = proc_delete_inode,
	.statfs = simple_statfs,
};

static int proc_fill_super(struct super_block *s, void *data, int silent)
{
	struct inode *root;

	s->s_blocksize = 1024;
	s->s_blocksize_bits = 10;
	s->s_magic = PROC_SUPER_MAGIC;
	s->s_op = &proc_sops;
	root = new_inode(s);
	if (!root)
		return -ENOMEM;
	root->i_ino = PROC_ROOT_INO;
	root->i_mode = S_IFDIR | S_IRUGO | S_IXUGO;
	root->i_op = &proc_root_inode_operations;
	root->i_fop = &proc_root_operations;
	root->i_nlink = 2;
	root->i_atime = root->i_mtime = root->i_ctime = current_fs_time(s);
	s->s_root = d_alloc_root(root);
	if (!s->s_root) {
		iput(root);
		return -ENOMEM;
	}
	return 0;
}

static int proc_get_sb(struct file_system_type *fs_type, int flags, const char *dev_name,
		       void *data, struct vfsmount *mnt)
{
	return get_sb_single(fs_type, flags, data, proc_fill_super, mnt);
}

static struct file_system_type proc_fs_type = {
	.name = "proc",
	.get_sb = proc_get_sb,
	.kill_sb = kill_anon_super,
};

static int __init proc_root_init(void)
{
	return register_filesystem(&proc_fs_type);
}
fs_initcall(proc_root_init);
