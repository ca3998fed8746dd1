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

/* times NULL: now, which a writer of the file may set too. */
static int utimes_common(struct path *path, struct timespec *times)
{
	struct inode *inode = path->dentry->d_inode;
	struct iattr newattrs = { .ia_valid = ATTR_CTIME | ATTR_MTIME | ATTR_ATIME };
	int error = mnt_want_write(path->mnt);

	if (error)
		return error;
	if (times) {
		newattrs.ia_atime = times[0];
		newattrs.ia_mtime = times[1];
		newattrs.ia_valid |= ATTR_ATIME_SET | ATTR_MTIME_SET;
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

long do_utimes(int dfd, char __user *filename, struct timespec *times, int flags)
{
	struct path path;
	int error;

	if (times && (times[0].tv_nsec >= NSEC_PER_SEC || times[1].tv_nsec >= NSEC_PER_SEC ||
		      times[0].tv_nsec < 0 || times[1].tv_nsec < 0))
		return -EINVAL;
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

asmlinkage long sys_utimes(char __user *filename, struct timeval __user *utimes)
{
	struct timeval times[2];
	struct timespec tv[2];

	if (!utimes)
		return do_utimes(AT_FDCWD, filename, NULL, 0);
	if (copy_from_user(times, utimes, sizeof(times)))
		return -EFAULT;
	for (int i = 0; i < 2; i++)
		tv[i] = (struct timespec){ times[i].tv_sec, times[i].tv_usec * NSEC_PER_USEC };
	return do_utimes(AT_FDCWD, filename, tv, 0);
}
