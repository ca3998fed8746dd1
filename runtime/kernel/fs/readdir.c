/* Reading directories. i_mutex of the directory is held while its entries are copied out. */
#include <linux/dirent.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define ENTRY_COST 30	/* ns */

/* Feed the entries from the file's position on to filler until it says stop. */
int vfs_readdir(struct file *file, filldir_t filler, void *buf)
{
	struct inode *inode = file->f_path.dentry->d_inode;
	int res = -ENOTDIR;

	if (!file->f_op || !file->f_op->readdir)
		return res;
	mutex_lock(&inode->i_mutex);
	res = -ENOENT;
	if (!IS_DEADDIR(inode)) {
		res = file->f_op->readdir(file, buf, filler);
		file_accessed(file);
	}
	mutex_unlock(&inode->i_mutex);
	return res;
}
EXPORT_SYMBOL(vfs_readdir);

/* The user's buffer while it fills. The offset of an entry goes into the one before. */
struct getdents_callback {
	struct linux_dirent __user *current_dir;
	struct linux_dirent __user *previous;
	int count;
	int error;
};

static int filldir(void *__buf, const char *name, int namlen, loff_t offset, u64 ino,
		   unsigned int d_type)
{
	struct getdents_callback *buf = __buf;
	struct linux_dirent __user *dirent = buf->current_dir;
	int reclen = ALIGN(offsetof(struct linux_dirent, d_name) + namlen + 2, sizeof(long));

	buf->error = -EINVAL;
	if (reclen > buf->count)
		return -EINVAL;
	if (buf->previous && put_user(offset, &buf->previous->d_off))
		goto efault;
	if (put_user(ino, &dirent->d_ino) || put_user(reclen, &dirent->d_reclen) ||
	    copy_to_user(dirent->d_name, name, namlen) || put_user(0, dirent->d_name + namlen) ||
	    put_user(d_type, (char __user *)dirent + reclen - 1))
		goto efault;
	spend(ENTRY_COST);
	buf->previous = dirent;
	buf->current_dir = (void __user *)dirent + reclen;
	buf->count -= reclen;
	return 0;
efault:
	buf->error = -EFAULT;
	return -EFAULT;
}

asmlinkage long sys_getdents(unsigned int fd, struct linux_dirent __user *dirent,
			     unsigned int count)
{
	struct getdents_callback buf = { .current_dir = dirent, .count = count };
	struct file *file;
	int error;

	if (!access_ok(VERIFY_WRITE, dirent, count))
		return -EFAULT;
	file = fget(fd);
	if (!file)
		return -EBADF;
	error = vfs_readdir(file, filldir, &buf);
	if (error >= 0)
		error = buf.error;
	if (buf.previous) {
		if (put_user(file->f_pos, &buf.previous->d_off))
			error = -EFAULT;
		else
			error = count - buf.count;
	}
	fput(file);
	return error;
}

struct getdents_callback64 {
	struct linux_dirent64 __user *current_dir;
	struct linux_dirent64 __user *previous;
	int count;
	int error;
};

static int filldir64(void *__buf, const char *name, int namlen, loff_t offset, u64 ino,
		     unsigned int d_type)
{
	struct getdents_callback64 *buf = __buf;
	struct linux_dirent64 __user *dirent = buf->current_dir;
	int reclen = ALIGN(offsetof(struct linux_dirent64, d_name) + namlen + 1, sizeof(u64));

	buf->error = -EINVAL;
	if (reclen > buf->count)
		return -EINVAL;
	if (buf->previous && put_user(offset, &buf->previous->d_off))
		goto efault;
	if (put_user(ino, &dirent->d_ino) || put_user(0, &dirent->d_off) ||
	    put_user(reclen, &dirent->d_reclen) || put_user(d_type, &dirent->d_type) ||
	    copy_to_user(dirent->d_name, name, namlen) || put_user(0, dirent->d_name + namlen))
		goto efault;
	spend(ENTRY_COST);
	buf->previous = dirent;
	buf->current_dir = (void __user *)dirent + reclen;
	buf->count -= reclen;
	return 0;
efault:
	buf->error = -EFAULT;
	return -EFAULT;
}

asmlinkage long sys_getdents64(unsigned int fd, struct linux_dirent64 __user *dirent,
			       unsigned int count)
{
	struct getdents_callback64 buf = { .current_dir = dirent, .count = count };
	struct file *file;
	int error;

	if (!access_ok(VERIFY_WRITE, dirent, count))
		return -EFAULT;
	file = fget(fd);
	if (!file)
		return -EBADF;
	error = vfs_readdir(file, filldir64, &buf);
	if (error >= 0)
		error = buf.error;
	if (buf.previous) {
		if (put_user(file->f_pos, &buf.previous->d_off))
			error = -EFAULT;
		else
			error = count - buf.count;
	}
	fput(file);
	return error;
}
