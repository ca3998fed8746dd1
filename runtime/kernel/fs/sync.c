/* sync and fsync: all files live in memory, so only the ways down to the file systems are gone. */
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>


asmlinkage long sys_sync(void)
{
	sync_filesystems(0);
	sync_filesystems(1);
	return 0;
}

/* Write the file out. -EINVAL for files that have nothing to be written to, like pipes. */
int vfs_fsync(struct file *file, struct dentry *dentry, int datasync)
{
	struct inode *inode = dentry->d_inode;
	int ret;

	if (!file->f_op || !file->f_op->fsync)
		return -EINVAL;
	mutex_lock(&inode->i_mutex);
	ret = file->f_op->fsync(file, dentry, datasync);
	inode->i_state &= ~I_DIRTY;
	mutex_unlock(&inode->i_mutex);
	return ret;
}
EXPORT_SYMBOL(vfs_fsync);

static int do_fsync(unsigned int fd, int datasync)
{
	struct file *file = fget(fd);
	int ret = -EBADF;

	if (file) {
		ret = vfs_fsync(file, file->f_path.dentry, datasync);
		fput(file);
	}
	return ret;
}

asmlinkage long sys_fsync(unsigned int fd)
{
	return do_fsync(fd, 0);
}

asmlinkage long sys_fdatasync(unsigned int fd)
{
	return do_fsync(fd, 1);
}
