/* Files that are nothing but an object of the kernel: all share one inode, and have a name for /proc. */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/string.h>

#define ANON_INODE_FS_MAGIC 0x09041934

static struct vfsmount *anon_inode_mnt;
static struct inode *anon_inode_inode;

static char *anon_inodefs_dname(struct dentry *dentry, char *buffer, int buflen)
{
	return dynamic_dname(dentry, buffer, buflen, "anon_inode:%s", dentry->d_name.name);
}

static const struct dentry_operations anon_inodefs_dentry_operations = {
	.d_dname = anon_inodefs_dname,
};

/* An open file with these operations on priv, or an error. */
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv, int flags)
{
	struct qstr this = { .name = (const unsigned char *)name, .len = strlen(name) };
	struct dentry *dentry = d_alloc(anon_inode_mnt->mnt_sb->s_root, &this);
	struct file *file;

	if (!dentry)
		return ERR_PTR(-ENOMEM);
	dentry->d_op = &anon_inodefs_dentry_operations;
	d_instantiate(dentry, igrab(anon_inode_inode));
	file = alloc_file(anon_inode_mnt, dentry, OPEN_FMODE(flags), fops);
	if (!file) {
		dput(dentry);
		return ERR_PTR(-ENFILE);
	}
	file->f_flags = flags & (O_ACCMODE | O_NONBLOCK);
	file->private_data = priv;
	return file;
}
EXPORT_SYMBOL(anon_inode_getfile);

/* The same with a descriptor. */
int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)
{
	int fd = get_unused_fd_flags(flags);
	struct file *file;

	if (fd < 0)
		return fd;
	file = anon_inode_getfile(name, fops, priv, flags);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}
EXPORT_SYMBOL(anon_inode_getfd);

static int anon_inodefs_get_sb(struct file_system_type *fs_type, int flags, const char *dev_name, void *data,
			       struct vfsmount *mnt)
{
	static const struct super_operations anon_inodefs_ops = { .statfs = simple_statfs };

	return get_sb_pseudo(fs_type, "anon_inode:", &anon_inodefs_ops, ANON_INODE_FS_MAGIC, mnt);
}

static struct file_system_type anon_inode_fs_type = {
	.name = "anon_inodefs",
	.get_sb = anon_inodefs_get_sb,
	.kill_sb = kill_anon_super,
};

static int __init anon_inode_init(void)
{
	int error = register_filesystem(&anon_inode_fs_type);

	if (error)
		return error;
	anon_inode_mnt = kern_mount(&anon_inode_fs_type);
	if (IS_ERR(anon_inode_mnt))
		return PTR_ERR(anon_inode_mnt);
	anon_inode_inode = new_inode(anon_inode_mnt->mnt_sb);
	if (!anon_inode_inode)
		return -ENOMEM;
	anon_inode_inode->i_mode = S_IRUSR | S_IWUSR;
	anon_inode_inode->i_state = I_DIRTY;
	return 0;
}
fs_initcall(anon_inode_init);
