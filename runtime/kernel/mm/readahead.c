/* Advice on what will be read: files live in memory, so it is checked and taken note of no further. */
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/syscalls.h>

#define POSIX_FADV_NOREUSE	5
#define SYNC_FILE_RANGE_VALID	7

/* A pipe has no pages to advise on. */
static int advise_file(int fd, fmode_t mode, int error)
{
	struct file *file = fget(fd);
	int ret = 0;

	if (!file)
		return -EBADF;
	if (mode && !(file->f_mode & mode))
		ret = -EBADF;
	else if (!file->f_mapping || !file->f_mapping->a_ops)
		ret = error;
	fput(file);
	return ret;
}

asmlinkage long sys_readahead(int fd, loff_t offset, size_t count)
{
	return advise_file(fd, FMODE_READ, -EINVAL);
}

asmlinkage long sys_fadvise64(int fd, loff_t offset, size_t len, int advice)
{
	if (advice < 0 || advice > POSIX_FADV_NOREUSE)
		return -EINVAL;
	return advise_file(fd, 0, -ESPIPE);
}

asmlinkage long sys_sync_file_range(int fd, loff_t offset, loff_t nbytes, unsigned int flags)
{
	if ((flags & ~SYNC_FILE_RANGE_VALID) || offset < 0 || nbytes < 0)
		return -EINVAL;
	return advise_file(fd, 0, -ESPIPE);
}
