/* Setting the times of a file. */
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

struct utimbuf {
	time_t actime;
	time_t modtime;
};

/* Instead of ns: now, and the time it has. */
#define UTIME_NOW	((1L << 30) - 1L)
#define UTIME_OMIT	((1L << 30) - 2L)

static int nsec_valid(long nsec)
{
	return nsec == UTIME_OMIT || nsec == UTIME_NOW || (nsec >= 0 && nsec < NSEC_PER_SEC);
}

/* times NULL: now, which a writer of the file may set too. */
static int utimes_common(struct path *path, struct timespec *times)
{
	struct inode *inode = path->dentry->d_inode;
	struct iattr newattrs = { .ia_valid = ATTR_CTIME | ATTR_MTIME | ATTR_ATIME };
	int error = mnt_want_write(path->mnt);

	if (error)
		return error;
	if (times) {
		if (times[0].tv_nsec == UTIME_OMIT)
			newattrs.ia_valid &= ~ATTR_ATIME;
		else if (times[0].tv_nsec != UTIME_NOW) {
			newattrs.ia_atime = times[0];
			newattrs.ia_valid |= ATTR_ATIME_SET;
		}
		if (times[1].tv_nsec == UTIME_OMIT)
			newattrs.ia_valid &= ~ATTR_MTIME;
		else if (times[1].tv_nsec != UTIME_NOW) {
			newattrs.ia_mtime = times[1];
			newattrs.ia_valid |= ATTR_MTIME_SET;
		}
	} else if (IS_IMMUTABLE(inode)) {
		return -EACCES;
	} else if (current_fsuid() != inode->i_uid && !capable(CAP_FOWNER)) {
		error = inode_permission(inode, MAY_WRITE);
		if (error)
			return error;
	}
	mutex_lock(&inode->i_mutex);
	error = notify_change(path->dentry, &newattrs);
	mutex_unlock(&inode->i_mutex);
	return error;
}

static int futimes(int fd, struct timespec *times)
{
	struct file *file = fget(fd);
	int error;

	if (!file)
		return -EBADF;
	error = utimes_common(&file->f_path, times);
	fput(file);
	return error;
}

/* filename NULL: the open file dfd. */
long do_utimes(int dfd, char __user *filename, struct timespec *times, int flags)
{
	struct path path;
	int error;

	if ((times && !(nsec_valid(times[0].tv_nsec) && nsec_valid(times[1].tv_nsec))) || (flags & ~AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	if (!filename && dfd != AT_FDCWD)
		return futimes(dfd, times);
	error = user_path_at(dfd, filename, flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &path);
	if (error)
		return error;
	error = utimes_common(&path, times);
	path_put(&path);
	return error;
}

asmlinkage long sys_utime(char __user *filename, struct utimbuf __user *times)
{
	struct utimbuf ut;
	struct timespec tv[2];

	if (!times)
		return do_utimes(AT_FDCWD, filename, NULL, 0);
	if (copy_from_user(&ut, times, sizeof(ut)))
		return -EFAULT;
	tv[0] = (struct timespec){ .tv_sec = ut.actime };
	tv[1] = (struct timespec){ .tv_sec = ut.modtime };
	return do_utimes(AT_FDCWD, filename, tv, 0);
}

asmlinkage long sys_utimensat(int dfd, char __user *filename, struct timespec __user *utimes, int flags)
{
	struct timespec tstimes[2];

	if (!utimes)
		return do_utimes(dfd, filename, NULL, flags);
	if (copy_from_user(tstimes, utimes, sizeof(tstimes)))
		return -EFAULT;
	if (tstimes[0].tv_nsec == UTIME_OMIT && tstimes[1].tv_nsec == UTIME_OMIT)
		return 0;
	return do_utimes(dfd, filename, tstimes, flags);
}

asmlinkage long sys_futimesat(int dfd, char __user *filename, struct timeval __user *utimes)
{
	struct timeval times[2];
	struct timespec tv[2];

	if (!utimes)
		return do_utimes(dfd, filename, NULL, 0);
	if (copy_from_user(times, utimes, sizeof(times)))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (times[i].tv_usec < 0 || times[i].tv_usec >= USEC_PER_SEC)
			return -EINVAL;
		tv[i] = (struct timespec){ times[i].tv_sec, times[i].tv_usec * NSEC_PER_USEC };
	}
	return do_utimes(dfd, filename, tv, 0);
}

asmlinkage long sys_utimes(char __user *filename, struct timeval __user *utimes)
{
	return sys_futimesat(AT_FDCWD, filename, utimes);
}
