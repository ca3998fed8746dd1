/* ioctl: a few requests for every file, the rest goes to the file's own operation. */
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define FIONREAD	0x541B
#define FIONBIO		0x5421
#define FIONCLEX	0x5450
#define FIOCLEX		0x5451

/* -ENOTTY when the file has no such request. */
long vfs_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	long error = -ENOTTY;

	if (!filp->f_op || !filp->f_op->unlocked_ioctl)
		return error;
	error = filp->f_op->unlocked_ioctl(filp, cmd, arg);
	return error == -EINVAL ? -ENOTTY : error;
}

static int ioctl_fionbio(struct file *filp, int __user *argp)
{
	int on, error = get_user(on, argp);

	if (error)
		return error;
	spin_lock(&filp->f_lock);
	if (on)
		filp->f_flags |= O_NONBLOCK;
	else
		filp->f_flags &= ~O_NONBLOCK;
	spin_unlock(&filp->f_lock);
	return 0;
}

int do_vfs_ioctl(struct file *filp, unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct inode *inode = filp->f_path.dentry->d_inode;

	switch (cmd) {
	case FIOCLEX:
		set_close_on_exec(fd, 1);
		return 0;
	case FIONCLEX:
		set_close_on_exec(fd, 0);
		return 0;
	case FIONBIO:
		return ioctl_fionbio(filp, (int __user *)arg);
	case FIONREAD:
		if (S_ISREG(inode->i_mode))
			return put_user(i_size_read(inode) - filp->f_pos, (int __user *)arg);
		break;
	}
	return vfs_ioctl(filp, cmd, arg);
}

asmlinkage long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	int fput_needed;
	struct file *filp = fget_light(fd, &fput_needed);
	int error;

	if (!filp)
		return -EBADF;
	error = do_vfs_ioctl(filp, fd, cmd, arg);
	fput_light(filp, fput_needed);
	return error;
}
