/* Opening and closing, and the calls that change a file's attributes by name or descriptor. */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/inotify.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define OPEN_COST 150	/* ns */

/* Connect f to the dentry and call the file's own open. Takes over dentry and mnt, even on failure. */
static struct file *__dentry_open(struct dentry *dentry, struct vfsmount *mnt, int flags,
				  struct file *f, int (*open)(struct inode *, struct file *),
				  const struct cred *cred)
{
	struct inode *inode = dentry->d_inode;
	int error = 0;

	f->f_flags = flags;
	f->f_mode = OPEN_FMODE(flags) | FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
	if (f->f_mode & FMODE_WRITE)
		error = get_write_access(inode);
	if (error)
		goto cleanup_file;
	f->f_mapping = inode->i_mapping;
	f->f_path.dentry = dentry;
	f->f_path.mnt = mnt;
	f->f_pos = 0;
	f->f_op = inode->i_fop;
	file_move(f, &inode->i_sb->s_files);
	if (!open && f->f_op)
		open = f->f_op->open;
	if (open)
		error = open(inode, f);
	if (error)
		goto cleanup_all;
	f->f_flags &= ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	return f;

cleanup_all:
	if (f->f_mode & FMODE_WRITE)
		put_write_access(inode);
	file_kill(f);
	f->f_path.dentry = NULL;
	f->f_path.mnt = NULL;
cleanup_file:
	put_filp(f);
	dput(dentry);
	mntput(mnt);
	return ERR_PTR(error);
}

/* The end of do_filp_open: the file of the intent is opened on nd->path, which is used up. */
struct file *nameidata_to_filp(struct nameidata *nd, int flags)
{
	spend(OPEN_COST);
	return __dentry_open(nd->path.dentry, nd->path.mnt, flags, nd->intent.open.file, NULL,
			     current_cred());
}

/* Open a known dentry; its reference and the mount's are used up. */
struct file *dentry_open(struct dentry *dentry, struct vfsmount *mnt, int flags,
			 const struct cred *cred)
{
	struct file *f = get_empty_filp();

	if (!f) {
		dput(dentry);
		mntput(mnt);
		return ERR_PTR(-ENFILE);
	}
	return __dentry_open(dentry, mnt, flags, f, NULL, cred);
}
EXPORT_SYMBOL(dentry_open);

/* open(2): answers a descriptor or an error. */
long do_sys_open(int dfd, const char __user *filename, int flags, int mode)
{
	char *tmp = getname(filename);
	int fd = PTR_ERR(tmp);

	if (IS_ERR(tmp))
		return fd;
	fd = get_unused_fd_flags(flags);
	if (fd >= 0) {
		struct file *f = do_filp_open(dfd, tmp, flags, mode, 0);

		if (IS_ERR(f)) {
			put_unused_fd(fd);
			fd = PTR_ERR(f);
		} else {
			fsnotify_dentry(f->f_path.dentry, IN_OPEN);
			fd_install(fd, f);
		}
	}
	putname(tmp);
	return fd;
}

asmlinkage long sys_open(const char __user *filename, int flags, int mode)
{
	return do_sys_open(AT_FDCWD, filename, flags, mode);
}

asmlinkage long sys_openat(int dfd, const char __user *filename, int flags, int mode)
{
	return do_sys_open(dfd, filename, flags, mode);
}

asmlinkage long sys_creat(const char __user *pathname, int mode)
{
	return sys_open(pathname, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* A descriptor lets go of its file. */
int filp_close(struct file *filp, void *id)
{
	int retval = 0;

	if (!file_count(filp)) {
		printk(KERN_ERR "VFS: Close: file count is 0\n");
		return 0;
	}
	if (filp->f_op && filp->f_op->flush)
		retval = filp->f_op->flush(filp);
	locks_remove_posix(filp, id);
	fput(filp);
	return retval;
}
EXPORT_SYMBOL(filp_close);

asmlinkage long sys_close(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct fdtable *fdt;
	struct file *filp;

	spin_lock(&files->file_lock);
	fdt = files_fdtable(files);
	filp = fcheck_files(files, fd);
	if (!filp) {
		spin_unlock(&files->file_lock);
		return -EBADF;
	}
	fdt->fd[fd] = NULL;
	FD_UNMARK(fd, fdt->close_on_exec);
	FD_UNMARK(fd, fdt->open_fds);
	if (fd < files->next_fd)
		files->next_fd = fd;
	spin_unlock(&files->file_lock);
	return filp_close(filp, files);
}
EXPORT_SYMBOL(sys_close);

int generic_file_open(struct inode *inode, struct file *filp)
{
	if (!(filp->f_flags & O_LARGEFILE) && i_size_read(inode) > MAX_NON_LFS)
		return -EOVERFLOW;
	return 0;
}
EXPORT_SYMBOL(generic_file_open);

int nonseekable_open(struct inode *inode, struct file *filp)
{
	filp->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
	return 0;
}
EXPORT_SYMBOL(nonseekable_open);

int do_truncate(struct dentry *dentry, loff_t length, unsigned int time_attrs, struct file *filp)
{
	struct iattr newattrs = { .ia_size = length, .ia_valid = ATTR_SIZE | time_attrs };
	int ret;

	if (length < 0)
		return -EINVAL;
	if (filp) {
		newattrs.ia_file = filp;
		newattrs.ia_valid |= ATTR_FILE;
	}
	newattrs.ia_valid |= should_remove_suid(dentry) | ATTR_FORCE;
	mutex_lock(&dentry->d_inode->i_mutex);
	ret = notify_change(dentry, &newattrs);
	mutex_unlock(&dentry->d_inode->i_mutex);
	return ret;
}

static long do_sys_truncate(const char __user *pathname, loff_t length)
{
	struct path path;
	struct inode *inode;
	int error;

	if (length < 0)
		return -EINVAL;
	error = user_path(pathname, &path);
	if (error)
		return error;
	inode = path.dentry->d_inode;
	error = S_ISDIR(inode->i_mode) ? -EISDIR : !S_ISREG(inode->i_mode) ? -EINVAL
					: mnt_want_write(path.mnt);
	if (!error)
		error = inode_permission(inode, MAY_WRITE);
	if (!error)
		error = get_write_access(inode);
	if (!error) {
		error = do_truncate(path.dentry, length, ATTR_MTIME | ATTR_CTIME, NULL);
		put_write_access(inode);
	}
	path_put(&path);
	return error;
}

asmlinkage long sys_truncate(const char __user *path, long length)
{
	return do_sys_truncate(path, length);
}

static long do_sys_ftruncate(unsigned int fd, loff_t length)
{
	struct file *file;
	struct inode *inode;
	int error = -EINVAL;

	if (length < 0)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	inode = file->f_path.dentry->d_inode;
	if (S_ISREG(inode->i_mode) && (file->f_mode & FMODE_WRITE))
		error = do_truncate(file->f_path.dentry, length, ATTR_MTIME | ATTR_CTIME, file);
	fput(file);
	return error;
}

asmlinkage long sys_ftruncate(unsigned int fd, unsigned long length)
{
	return do_sys_ftruncate(fd, (long)length);
}

#if BITS_PER_LONG == 32
asmlinkage long sys_truncate64(const char __user *path, loff_t length)
{
	return do_sys_truncate(path, length);
}

asmlinkage long sys_ftruncate64(unsigned int fd, loff_t length)
{
	return do_sys_ftruncate(fd, length);
}
#endif

/* access asks for the real user's rights: they stand in for the effective ones for a moment. */
asmlinkage long sys_faccessat(int dfd, const char __user *filename, int mode)
{
	const struct cred *old_cred = current->cred;
	struct cred *cred;
	struct path path;
	int res;

	if (mode & ~S_IRWXO)
		return -EINVAL;
	cred = prepare_creds();
	if (!cred)
		return -ENOMEM;
	cred->fsuid = cred->uid;
	cred->fsgid = cred->gid;
	cred->euid = cred->uid;
	current->cred = cred;
	res = user_path_at(dfd, filename, LOOKUP_FOLLOW, &path);
	if (!res) {
		struct inode *inode = path.dentry->d_inode;

		if ((mode & MAY_EXEC) && S_ISREG(inode->i_mode) &&
		    (path.mnt->mnt_flags & MNT_NOEXEC))
			res = -EACCES;
		else
			res = inode_permission(inode, mode | MAY_ACCESS);
		path_put(&path);
	}
	current->cred = old_cred;
	put_cred(cred);
	return res;
}

asmlinkage long sys_access(const char __user *filename, int mode)
{
	return sys_faccessat(AT_FDCWD, filename, mode);
}

asmlinkage long sys_chdir(const char __user *filename)
{
	struct path path;
	int error = user_path_dir(filename, &path);

	if (error)
		return error;
	error = inode_permission(path.dentry->d_inode, MAY_EXEC | MAY_ACCESS);
	if (!error)
		set_fs_pwd(current->fs, &path);
	path_put(&path);
	return error;
}

asmlinkage long sys_fchdir(unsigned int fd)
{
	struct file *file = fget(fd);
	int error = -ENOTDIR;

	if (!file)
		return -EBADF;
	if (S_ISDIR(file->f_path.dentry->d_inode->i_mode))
		error = inode_permission(file->f_path.dentry->d_inode, MAY_EXEC | MAY_ACCESS);
	if (!error)
		set_fs_pwd(current->fs, &file->f_path);
	fput(file);
	return error;
}

asmlinkage long sys_chroot(const char __user *filename)
{
	struct path path;
	int error = user_path_dir(filename, &path);

	if (error)
		return error;
	error = inode_permission(path.dentry->d_inode, MAY_EXEC | MAY_ACCESS);
	if (!error && !capable(CAP_SYS_CHROOT))
		error = -EPERM;
	if (!error)
		set_fs_root(current->fs, &path);
	path_put(&path);
	return error;
}

asmlinkage long sys_umask(int mask)
{
	int old = current->fs->umask;

	current->fs->umask = mask & S_IRWXUGO;
	return old;
}

static int chmod_common(struct path *path, mode_t mode)
{
	struct inode *inode = path->dentry->d_inode;
	struct iattr newattrs;
	int error = mnt_want_write(path->mnt);

	if (error)
		return error;
	mutex_lock(&inode->i_mutex);
	if (mode == (mode_t)-1)
		mode = inode->i_mode;
	newattrs.ia_mode = (mode & S_IALLUGO) | (inode->i_mode & ~S_IALLUGO);
	newattrs.ia_valid = ATTR_MODE | ATTR_CTIME;
	error = notify_change(path->dentry, &newattrs);
	mutex_unlock(&inode->i_mutex);
	return error;
}

asmlinkage long sys_fchmod(unsigned int fd, mode_t mode)
{
	struct file *file = fget(fd);
	int error;

	if (!file)
		return -EBADF;
	error = chmod_common(&file->f_path, mode);
	fput(file);
	return error;
}

asmlinkage long sys_fchmodat(int dfd, const char __user *filename, mode_t mode)
{
	struct path path;
	int error = user_path_at(dfd, filename, LOOKUP_FOLLOW, &path);

	if (error)
		return error;
	error = chmod_common(&path, mode);
	path_put(&path);
	return error;
}

asmlinkage long sys_chmod(const char __user *filename, mode_t mode)
{
	return sys_fchmodat(AT_FDCWD, filename, mode);
}

static int chown_common(struct path *path, uid_t user, gid_t group)
{
	struct inode *inode = path->dentry->d_inode;
	struct iattr newattrs = { .ia_valid = ATTR_CTIME };
	int error = mnt_want_write(path->mnt);

	if (error)
		return error;
	if (user != (uid_t)-1) {
		newattrs.ia_valid |= ATTR_UID;
		newattrs.ia_uid = user;
	}
	if (group != (gid_t)-1) {
		newattrs.ia_valid |= ATTR_GID;
		newattrs.ia_gid = group;
	}
	if (!S_ISDIR(inode->i_mode))
		newattrs.ia_valid |= ATTR_KILL_SUID | ATTR_KILL_SGID;
	mutex_lock(&inode->i_mutex);
	error = notify_change(path->dentry, &newattrs);
	mutex_unlock(&inode->i_mutex);
	return error;
}

asmlinkage long sys_fchownat(int dfd, const char __user *filename, uid_t user, gid_t group, int flag)
{
	struct path path;
	int error;

	if (flag & ~AT_SYMLINK_NOFOLLOW)
		return -EINVAL;
	error = user_path_at(dfd, filename, flag & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &path);
	if (error)
		return error;
	error = chown_common(&path, user, group);
	path_put(&path);
	return error;
}

asmlinkage long sys_chown(const char __user *filename, uid_t user, gid_t group)
{
	return sys_fchownat(AT_FDCWD, filename, user, group, 0);
}

asmlinkage long sys_lchown(const char __user *filename, uid_t user, gid_t group)
{
	return sys_fchownat(AT_FDCWD, filename, user, group, AT_SYMLINK_NOFOLLOW);
}

asmlinkage long sys_fchown(unsigned int fd, uid_t user, gid_t group)
{
	struct file *file = fget(fd);
	int error;

	if (!file)
		return -EBADF;
	error = chown_common(&file->f_path, user, group);
	fput(file);
	return error;
}

static int do_statfs(struct dentry *dentry, struct statfs __user *user)
{
	struct kstatfs st;
	struct statfs buf;
	int error;

	if (!dentry->d_sb->s_op->statfs)
		return -ENOSYS;
	error = dentry->d_sb->s_op->statfs(dentry, &st);
	if (error)
		return error;
	memset(&buf, 0, sizeof(buf));
	buf.f_type = st.f_type;
	buf.f_bsize = st.f_bsize;
	buf.f_blocks = st.f_blocks;
	buf.f_bfree = st.f_bfree;
	buf.f_bavail = st.f_bavail;
	buf.f_files = st.f_files;
	buf.f_ffree = st.f_ffree;
	buf.f_namelen = st.f_namelen;
	buf.f_frsize = st.f_frsize ? st.f_frsize : st.f_bsize;
	return copy_to_user(user, &buf, sizeof(buf)) ? -EFAULT : 0;
}

asmlinkage long sys_statfs(const char __user *pathname, struct statfs __user *buf)
{
	struct path path;
	int error = user_path(pathname, &path);

	if (error)
		return error;
	error = do_statfs(path.dentry, buf);
	path_put(&path);
	return error;
}

asmlinkage long sys_fstatfs(unsigned int fd, struct statfs __user *buf)
{
	struct file *file = fget(fd);
	int error;

	if (!file)
		return -EBADF;
	error = do_statfs(file->f_path.dentry, buf);
	fput(file);
	return error;
}
