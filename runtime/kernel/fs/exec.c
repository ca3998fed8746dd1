/*
 * execve: build a new address space with the arguments on its stack, find the format that knows the
 * file, and let it take the place of the old program. binfmt_lock guards the list of formats.
 */
#include <linux/binfmts.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/posix-timers.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#define EXEC_COST 3000			/* ns */
#define MAX_RECURSION 4			/* scripts whose interpreter is a script */
#define EXTRA_STACK_VM_PAGES 20

static LIST_HEAD(formats);
static DEFINE_RWLOCK(binfmt_lock);

int register_binfmt(struct linux_binfmt *fmt)
{
	write_lock(&binfmt_lock);
	list_add_tail(&fmt->lh, &formats);
	write_unlock(&binfmt_lock);
	return 0;
}
EXPORT_SYMBOL(register_binfmt);

void unregister_binfmt(struct linux_binfmt *fmt)
{
	write_lock(&binfmt_lock);
	list_del(&fmt->lh);
	write_unlock(&binfmt_lock);
}
EXPORT_SYMBOL(unregister_binfmt);

void set_binfmt(struct linux_binfmt *new)
{
	current->mm->binfmt = new;
	current->binfmt = new;
}
EXPORT_SYMBOL(set_binfmt);

char *get_task_comm(char *buf, struct task_struct *tsk)
{
	task_lock(tsk);
	strncpy(buf, tsk->comm, sizeof(tsk->comm));
	task_unlock(tsk);
	return buf;
}

void set_task_comm(struct task_struct *tsk, char *buf)
{
	trace_task_rename(tsk, buf);
	task_lock(tsk);
	strlcpy(tsk->comm, buf, sizeof(tsk->comm));
	task_unlock(tsk);
}

/* The name of a task becomes the last part of the path. */
static void set_comm_from_path(struct task_struct *tsk, const char *path)
{
	char tcomm[TASK_COMM_LEN];
	const char *slash = strrchr(path, '/');

	strlcpy(tcomm, slash ? slash + 1 : path, sizeof(tcomm));
	set_task_comm(tsk, tcomm);
}

/* The page that holds position pos of the new stack, made if it is not there. */
static struct page *get_arg_page(struct linux_binprm *bprm, unsigned long pos, int write)
{
	struct page *page;

	if (get_user_pages(current, bprm->mm, pos, 1, write, 1, &page, NULL) <= 0)
		return NULL;
	return page;
}

static int arguments_too_long(struct linux_binprm *bprm)
{
	unsigned long size = bprm->vma->vm_end - bprm->p;

	return size > MAX_ARG_STRLEN && size > current->signal->rlim[RLIMIT_STACK].rlim_cur / 4;
}

/* A stack of one page at the top of the address space, for the arguments. */
static int __bprm_mm_init(struct linux_binprm *bprm)
{
	struct vm_area_struct *vma = kmem_cache_zalloc(vm_area_cachep, GFP_KERNEL);
	struct mm_struct *mm = bprm->mm;
	int err;

	if (!vma)
		return -ENOMEM;
	down_write(&mm->mmap_sem);
	vma->vm_mm = mm;
	vma->vm_end = STACK_TOP;
	vma->vm_start = vma->vm_end - PAGE_SIZE;
	vma->vm_flags = VM_STACK_FLAGS;
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
	err = insert_vm_struct(mm, vma);
	if (!err)
		mm->stack_vm = mm->total_vm = 1;
	up_write(&mm->mmap_sem);
	if (err) {
		kmem_cache_free(vm_area_cachep, vma);
		return err;
	}
	bprm->vma = vma;
	bprm->p = vma->vm_end - sizeof(u64);
	return 0;
}

int bprm_mm_init(struct linux_binprm *bprm)
{
	int err;

	bprm->mm = mm_alloc();
	if (!bprm->mm)
		return -ENOMEM;
	err = __bprm_mm_init(bprm);
	if (err) {
		mmput(bprm->mm);
		bprm->mm = NULL;
	}
	return err;
}

/* The number of strings in an argument vector, or -E2BIG, -EFAULT. */
static int count(char __user *__user *argv, int max)
{
	int i = 0;

	if (!argv)
		return 0;
	for (;;) {
		char __user *p;

		if (get_user(p, argv + i))
			return -EFAULT;
		if (!p)
			return i;
		if (i++ >= max)
			return -E2BIG;
		cond_resched();
	}
}

/* Copy one string of len bytes to below bprm->p, from its end, page by page. */
static int copy_string(const char __user *str, unsigned long len, struct linux_binprm *bprm)
{
	while (len) {
		unsigned long pos = bprm->p, offset = (pos - 1) & (PAGE_SIZE - 1);
		unsigned long bytes = min(len, offset + 1);
		struct page *page;
		int bad;

		bprm->p -= bytes;
		if (arguments_too_long(bprm))
			return -E2BIG;
		page = get_arg_page(bprm, bprm->p, 1);
		if (!page)
			return -E2BIG;
		len -= bytes;
		bad = copy_from_user((char *)page_address(page) + (bprm->p & (PAGE_SIZE - 1)),
				     str + len, bytes) != 0;
		put_page(page);
		if (bad)
			return -EFAULT;
	}
	return 0;
}

/* Copy the strings, the last first, so that they lie in order. */
static int copy_strings(int argc, char __user *__user *argv, struct linux_binprm *bprm)
{
	while (argc-- > 0) {
		char __user *str;
		long len;
		int ret;

		if (get_user(str, argv + argc))
			return -EFAULT;
		len = strnlen_user(str, MAX_ARG_STRLEN);
		if (!len)
			return -EFAULT;
		if (len > MAX_ARG_STRLEN)
			return -E2BIG;
		ret = copy_string(str, len, bprm);
		if (ret)
			return ret;
	}
	return 0;
}

/* The same for strings in kernel memory. */
int copy_strings_kernel(int argc, char **argv, struct linux_binprm *bprm)
{
	mm_segment_t oldfs = get_fs();
	int r;

	set_fs(KERNEL_DS);
	r = copy_strings(argc, (char __user *__user *)argv, bprm);
	set_fs(oldfs);
	return r;
}
EXPORT_SYMBOL(copy_strings_kernel);

/* The final stack: below stack_top, with room to grow. executable_stack is not looked at. */
int setup_arg_pages(struct linux_binprm *bprm, unsigned long stack_top, int executable_stack)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma = bprm->vma;
	int ret;

	if (stack_top != vma->vm_end)
		return -EINVAL;
	mm->arg_start = bprm->p;
	bprm->exec = bprm->p;
	down_write(&mm->mmap_sem);
	vma->vm_flags |= mm->def_flags;
	ret = expand_stack(vma, vma->vm_start - EXTRA_STACK_VM_PAGES * PAGE_SIZE);
	up_write(&mm->mmap_sem);
	return ret ? -EFAULT : 0;
}
EXPORT_SYMBOL(setup_arg_pages);

/* Open a file to run it: nobody may write it meanwhile. */
struct file *open_exec(const char *name)
{
	struct file *file = do_filp_open(AT_FDCWD, name, O_LARGEFILE | O_RDONLY, 0,
					 MAY_EXEC | MAY_OPEN);
	int err = -EACCES;

	if (IS_ERR(file))
		return file;
	if (!S_ISREG(file->f_path.dentry->d_inode->i_mode) ||
	    (file->f_path.mnt->mnt_flags & MNT_NOEXEC))
		goto exit;
	err = deny_write_access(file);
	if (err)
		goto exit;
	return file;
exit:
	fput(file);
	return ERR_PTR(err);
}
EXPORT_SYMBOL(open_exec);

/* Read from a file into kernel memory. */
int kernel_read(struct file *file, loff_t offset, char *addr, unsigned long count)
{
	mm_segment_t old_fs = get_fs();
	loff_t pos = offset;
	int result;

	set_fs(KERNEL_DS);
	result = vfs_read(file, (void __user *)addr, count, &pos);
	set_fs(old_fs);
	return result;
}
EXPORT_SYMBOL(kernel_read);

/* Put the new address space in the place of the old one. */
static int exec_mmap(struct mm_struct *mm)
{
	struct task_struct *tsk = current;
	struct mm_struct *old_mm = tsk->mm, *active_mm;

	mm_release(tsk, old_mm);
	task_lock(tsk);
	active_mm = tsk->active_mm;
	tsk->mm = mm;
	tsk->active_mm = mm;
	mm->owner = tsk;
	task_unlock(tsk);
	arch_pick_mmap_layout(mm);
	if (old_mm)
		mmput(old_mm);
	else if (active_mm && atomic_dec_and_test(&active_mm->mm_count))
		__mmdrop(active_mm);
	return 0;
}

/* Close what is marked for it. */
static void flush_old_files(struct files_struct *files)
{
	struct fdtable *fdt;

	spin_lock(&files->file_lock);
	for (unsigned int fd = 0; fd < (fdt = files_fdtable(files))->max_fds; fd++) {
		if (!FD_TEST(fd, fdt->close_on_exec))
			continue;
		spin_unlock(&files->file_lock);
		sys_close(fd);
		spin_lock(&files->file_lock);
	}
	spin_unlock(&files->file_lock);
}

/* The point of no return: the old program is gone after this. */
int flush_old_exec(struct linux_binprm *bprm)
{
	int retval = de_thread(current);

	if (retval)
		return retval;
	retval = exec_mmap(bprm->mm);
	if (retval)
		return retval;
	bprm->mm = NULL;
	current->sas_ss_sp = current->sas_ss_size = 0;
	set_comm_from_path(current, bprm->filename);
	current->flags &= ~PF_RANDOMIZE;
	flush_thread();
	current->personality &= ~bprm->per_clear;
	current->self_exec_id++;
	exit_itimers(current->signal);
	flush_signal_handlers(current, 0);
	flush_old_files(current->files);
	return 0;
}
EXPORT_SYMBOL(flush_old_exec);

/* The new program runs with its own rights from here on. */
void install_exec_creds(struct linux_binprm *bprm)
{
	cap_bprm_set_creds(bprm->cred);
	commit_creds(bprm->cred);
	bprm->cred = NULL;
}
EXPORT_SYMBOL(install_exec_creds);

/* Set-id bits change the rights; then read the start of the file. Bytes read or an error. */
int prepare_binprm(struct linux_binprm *bprm)
{
	struct inode *inode = bprm->file->f_path.dentry->d_inode;
	umode_t mode = inode->i_mode;
	struct cred *cred = bprm->cred;

	cred->euid = current_euid();
	cred->egid = current_egid();
	if (!(bprm->file->f_path.mnt->mnt_flags & MNT_NOSUID)) {
		if (mode & S_ISUID)
			cred->euid = inode->i_uid;
		if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
			cred->egid = inode->i_gid;
	}
	cred->suid = cred->fsuid = cred->euid;
	cred->sgid = cred->fsgid = cred->egid;
	bprm->cred_prepared = 1;
	memset(bprm->buf, 0, BINPRM_BUF_SIZE);
	return kernel_read(bprm->file, 0, bprm->buf, BINPRM_BUF_SIZE);
}
EXPORT_SYMBOL(prepare_binprm);

/* Take argv[0] off, for a script whose interpreter gets other first arguments. */
int remove_arg_zero(struct linux_binprm *bprm)
{
	if (!bprm->argc)
		return 0;
	for (;;) {
		struct page *page = get_arg_page(bprm, bprm->p, 0);
		char c;

		if (!page)
			return -EFAULT;
		c = ((char *)page_address(page))[bprm->p & (PAGE_SIZE - 1)];
		put_page(page);
		bprm->p++;
		if (!c)
			break;
	}
	bprm->argc--;
	return 0;
}
EXPORT_SYMBOL(remove_arg_zero);

/* Try the formats in turn until one is not -ENOEXEC. */
int search_binary_handler(struct linux_binprm *bprm, struct pt_regs *regs)
{
	struct linux_binfmt *fmt;
	int retval = -ENOEXEC;
	pid_t old_pid = task_pid_nr(current);

	if (bprm->recursion_depth > MAX_RECURSION)
		return -ELOOP;
	read_lock(&binfmt_lock);
	list_for_each_entry(fmt, &formats, lh) {
		unsigned int depth = bprm->recursion_depth;

		read_unlock(&binfmt_lock);
		retval = fmt->load_binary(bprm, regs);
		bprm->recursion_depth = depth;
		if (retval >= 0) {
			if (!depth)
				trace_sched_process_exec(current, old_pid, bprm);
			allow_write_access(bprm->file);
			if (bprm->file)
				fput(bprm->file);
			bprm->file = NULL;
			current->did_exec = 1;
			return retval;
		}
		read_lock(&binfmt_lock);
		if (retval != -ENOEXEC || !bprm->mm || !bprm->file)
			break;
	}
	read_unlock(&binfmt_lock);
	return retval;
}
EXPORT_SYMBOL(search_binary_handler);

static void free_bprm(struct linux_binprm *bprm)
{
	if (bprm->mm)
		mmput(bprm->mm);
	if (bprm->file) {
		allow_write_access(bprm->file);
		fput(bprm->file);
	}
	if (bprm->cred)
		abort_creds(bprm->cred);
	kfree(bprm);
}

/* Put name, environment and arguments on the new stack. */
static int copy_arguments(struct linux_binprm *bprm, char __user *__user *argv,
			  char __user *__user *envp)
{
	int retval;

	bprm->argc = count(argv, MAX_ARG_STRINGS);
	if (bprm->argc < 0)
		return bprm->argc;
	bprm->envc = count(envp, MAX_ARG_STRINGS);
	if (bprm->envc < 0)
		return bprm->envc;
	retval = prepare_binprm(bprm);
	if (retval < 0)
		return retval;
	retval = copy_strings_kernel(1, &bprm->filename, bprm);
	if (retval < 0)
		return retval;
	bprm->exec = bprm->p;
	retval = copy_strings(bprm->envc, envp, bprm);
	if (retval < 0)
		return retval;
	return copy_strings(bprm->argc, argv, bprm);
}

static int exec_binprm(struct linux_binprm *bprm, char *filename, char __user *__user *argv,
		       char __user *__user *envp, struct pt_regs *regs)
{
	struct file *file;
	int retval;

	bprm->cred = prepare_creds();
	if (!bprm->cred)
		return -ENOMEM;
	file = open_exec(filename);
	if (IS_ERR(file))
		return PTR_ERR(file);
	sched_exec();
	bprm->file = file;
	bprm->filename = filename;
	bprm->interp = filename;
	retval = bprm_mm_init(bprm);
	if (!retval)
		retval = copy_arguments(bprm, argv, envp);
	if (retval < 0)
		return retval;
	current->flags &= ~PF_KTHREAD;
	return search_binary_handler(bprm, regs);
}

/* execve(2). 0 with regs set to the new program's start, or an error with the old program as it was. */
int do_execve(char *filename, char __user *__user *argv, char __user *__user *envp,
	      struct pt_regs *regs)
{
	struct files_struct *displaced;
	struct linux_binprm *bprm;
	int retval = unshare_files(&displaced);

	if (retval)
		return retval;
	retval = -ENOMEM;
	bprm = kzalloc(sizeof(*bprm), GFP_KERNEL);
	if (bprm) {
		spend(EXEC_COST);
		current->in_execve = 1;
		retval = exec_binprm(bprm, filename, argv, envp, regs);
		current->in_execve = 0;
		free_bprm(bprm);
	}
	if (retval >= 0) {
		if (displaced)
			put_files_struct(displaced);
		return 0;
	}
	if (displaced)
		reset_files_struct(displaced);
	return retval;
}
