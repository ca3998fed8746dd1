/* Duplicating descriptors and the flags of open files. */
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>

#define SETFL_MASK (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

/* newfd becomes oldfd's file, closing what it was. */
asmlinkage long sys_dup3(unsigned int oldfd, unsigned int newfd, int flags)
{
	struct files_struct *files = current->files;
	struct file *file, *tofree;
	struct fdtable *fdt;
	int err;

	if ((flags & ~O_CLOEXEC) || oldfd == newfd)
		return -EINVAL;
	spin_lock(&files->file_lock);
	err = expand_files(files, newfd);
	file = fcheck_files(files, oldfd);
	if (!file || err < 0) {
		spin_unlock(&files->file_lock);
		return !file || err == -EMFILE ? -EBADF : err;
	}
	fdt = files_fdtable(files);
	tofree = fdt->fd[newfd];
	if (!tofree && FD_TEST(newfd, fdt->open_fds)) {
		spin_unlock(&files->file_lock);
		return -EBUSY;
	}
	get_file(file);
	fdt->fd[newfd] = file;
	FD_MARK(newfd, fdt->open_fds);
	if (flags & O_CLOEXEC)
		FD_MARK(newfd, fdt->close_on_exec);
	else
		FD_UNMARK(newfd, fdt->close_on_exec);
	spin_unlock(&files->file_lock);
	if (tofree)
		filp_close(tofree, files);
	return newfd;
}

asmlinkage long sys_dup2(unsigned int oldfd, unsigned int newfd)
{
	struct file *file;

	if (oldfd != newfd)
		return sys_dup3(oldfd, newfd, 0);
	file = fget(oldfd);
	if (!file)
		return -EBADF;
	fput(file);
	return newfd;
}

static long dup_from(struct file *file, unsigned start, int flags)
{
	int fd = alloc_fd(start, flags);

	if (fd >= 0) {
		get_file(file);
		fd_install(fd, file);
	}
	return fd;
}

asmlinkage long sys_dup(unsigned int fildes)
{
	struct file *file = fget(fildes);
	long ret;

	if (!file)
		return -EBADF;
	ret = dup_from(file, 0, 0);
	fput(file);
	return ret;
}

static int setfl(struct file *filp, unsigned long arg)
{
	if (!(arg & O_APPEND) && IS_APPEND(filp->f_path.dentry->d_inode))
		return -EPERM;
	spin_lock(&filp->f_lock);
	filp->f_flags = (arg & SETFL_MASK) | (filp->f_flags & ~SETFL_MASK);
	spin_unlock(&filp->f_lock);
	return 0;
}

static int get_close_on_exec(unsigned int fd)
{
	struct files_struct *files = current->files;
	int res;

	spin_lock(&files->file_lock);
	res = FD_TEST(fd, files_fdtable(files)->close_on_exec);
	spin_unlock(&files->file_lock);
	return res;
}

/* F_SETOWN: who gets SIGIO; a negative number is a process group. */
static long f_setown(struct file *filp, int who)
{
	struct pid *pid = find_get_pid(who < 0 ? -who : who);

	put_pid(filp->f_owner.pid);
	filp->f_owner.pid = pid;
	filp->f_owner.uid = current_uid();
	filp->f_owner.euid = current_euid();
	return 0;
}

static long do_fcntl(int fd, unsigned int cmd, unsigned long arg, struct file *filp)
{
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		if (arg >= current->signal->rlim[RLIMIT_NOFILE].rlim_cur)
			return -EINVAL;
		return dup_from(filp, arg, cmd == F_DUPFD_CLOEXEC ? O_CLOEXEC : 0);
	case F_GETFD:
		return get_close_on_exec(fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		set_close_on_exec(fd, arg & FD_CLOEXEC);
		return 0;
	case F_GETFL:
		return filp->f_flags;
	case F_SETFL:
		return setfl(filp, arg);
	case F_GETOWN:
		return pid_nr(filp->f_owner.pid);
	case F_SETOWN:
		return f_setown(filp, arg);
	case F_GETLK:
		return fcntl_getlk(filp, (struct flock __user *)arg);
	case F_SETLK:
	case F_SETLKW:
		return fcntl_setlk(fd, filp, cmd, (struct flock __user *)arg);
#if BITS_PER_LONG == 32
	case F_GETLK64:
		return fcntl_getlk64(filp, (struct flock64 __user *)arg);
	case F_SETLK64:
	case F_SETLKW64:
		return fcntl_setlk64(fd, filp, cmd, (struct flock64 __user *)arg);
#endif
	default:
		return -EINVAL;
	}
}

asmlinkage long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *filp = fget(fd);
	long err;

	if (!filp)
		return -EBADF;
	err = do_fcntl(fd, cmd, arg, filp);
	fput(filp);
	return err;
}

#if BITS_PER_LONG == 32
asmlinkage long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	return sys_fcntl(fd, cmd, arg);
}
#endif
