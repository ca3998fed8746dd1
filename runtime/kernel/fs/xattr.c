/* Extended attributes: no file system here has any, which each call finds out at the file it is asked about. */
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define XATTR_NAME_MAX	255
#define XATTR_SIZE_MAX	65536
#define XATTR_CREATE	1
#define XATTR_REPLACE	2

/* The name has to be one, even so. 0, -ERANGE, -EFAULT. */
static int check_name(const char __user *name)
{
	char kname[XATTR_NAME_MAX + 1];
	long error = strncpy_from_user(kname, name, sizeof(kname));

	if (error == 0 || error == sizeof(kname))
		return -ERANGE;
	return error < 0 ? error : 0;
}

/* What became of the search for a file: its error, or that it has no attributes. */
static long no_xattr(int lookup_error, struct path *path)
{
	if (lookup_error)
		return lookup_error;
	path_put(path);
	return -EOPNOTSUPP;
}

static long path_xattr(const char __user *pathname, const char __user *name, unsigned int lookup)
{
	struct path path;
	long error = user_path_at(AT_FDCWD, pathname, lookup, &path);

	if (!error && name) {
		error = check_name(name);
		if (error) {
			path_put(&path);
			return error;
		}
	}
	return no_xattr(error, &path);
}

static long file_xattr(int fd, const char __user *name)
{
	struct file *file = fget(fd);
	long error;

	if (!file)
		return -EBADF;
	error = name ? check_name(name) : 0;
	fput(file);
	return error ? error : -EOPNOTSUPP;
}

/* A file system without attributes has an empty list of them. */
static long list_xattr(const char __user *pathname, unsigned int lookup)
{
	long error = path_xattr(pathname, NULL, lookup);

	return error == -EOPNOTSUPP ? 0 : error;
}

static int bad_set(size_t size, int flags)
{
	return (flags & ~(XATTR_CREATE | XATTR_REPLACE)) ? -EINVAL : size > XATTR_SIZE_MAX ? -E2BIG : 0;
}

asmlinkage long sys_setxattr(const char __user *path, const char __user *name, const void __user *value, size_t size,
			     int flags)
{
	return bad_set(size, flags) ?: path_xattr(path, name, LOOKUP_FOLLOW);
}

asmlinkage long sys_lsetxattr(const char __user *path, const char __user *name, const void __user *value, size_t size,
			      int flags)
{
	return bad_set(size, flags) ?: path_xattr(path, name, 0);
}

asmlinkage long sys_fsetxattr(int fd, const char __user *name, const void __user *value, size_t size, int flags)
{
	return bad_set(size, flags) ?: file_xattr(fd, name);
}

asmlinkage long sys_getxattr(const char __user *path, const char __user *name, void __user *value, size_t size)
{
	return path_xattr(path, name, LOOKUP_FOLLOW);
}

asmlinkage long sys_lgetxattr(const char __user *path, const char __user *name, void __user *value, size_t size)
{
	return path_xattr(path, name, 0);
}

asmlinkage long sys_fgetxattr(int fd, const char __user *name, void __user *value, size_t size)
{
	return file_xattr(fd, name);
}

asmlinkage long sys_listxattr(const char __user *path, char __user *list, size_t size)
{
	return list_xattr(path, LOOKUP_FOLLOW);
}

asmlinkage long sys_llistxattr(const char __user *path, char __user *list, size_t size)
{
	return list_xattr(path, 0);
}

asmlinkage long sys_flistxattr(int fd, char __user *list, size_t size)
{
	long error = file_xattr(fd, NULL);

	return error == -EOPNOTSUPP ? 0 : error;
}

asmlinkage long sys_removexattr(const char __user *path, const char __user *name)
{
	return path_xattr(path, name, LOOKUP_FOLLOW);
}

asmlinkage long sys_lremovexattr(const char __user *path, const char __user *name)
{
	return path_xattr(path, name, 0);
}

asmlinkage long sys_fremovexattr(int fd, const char __user *name)
{
	return file_xattr(fd, name);
}
