/* Mounts: which file system stands where. vfsmount_lock guards the tree of mounts. */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

DEFINE_SPINLOCK(vfsmount_lock);
struct mnt_namespace init_mnt_ns = {
	.count = ATOMIC_INIT(1),
	.list = LIST_HEAD_INIT(init_mnt_ns.list),
};

static struct kmem_cache *mnt_cache;
static DEFINE_MUTEX(namespace_mutex);	/* one mount or umount at a time */

static struct vfsmount *alloc_vfsmnt(const char *name)
{
	static int last_id;
	struct vfsmount *mnt = kmem_cache_zalloc(mnt_cache, GFP_KERNEL);

	if (!mnt)
		return NULL;
	atomic_set(&mnt->mnt_count, 1);
	mnt->mnt_parent = mnt;
	mnt->mnt_id = ++last_id;
	INIT_LIST_HEAD(&mnt->mnt_hash);
	INIT_LIST_HEAD(&mnt->mnt_mounts);
	INIT_LIST_HEAD(&mnt->mnt_child);
	INIT_LIST_HEAD(&mnt->mnt_list);
	mnt->mnt_devname = kstrdup(name ? name : "none", GFP_KERNEL);
	return mnt;
}

static void free_vfsmnt(struct vfsmount *mnt)
{
	kfree(mnt->mnt_devname);
	kmem_cache_free(mnt_cache, mnt);
}

/* The last reference takes the super block's with it. */
void mntput(struct vfsmount *mnt)
{
	struct super_block *sb;

	if (!mnt || !atomic_dec_and_test(&mnt->mnt_count))
		return;
	sb = mnt->mnt_sb;
	dput(mnt->mnt_root);
	free_vfsmnt(mnt);
	deactivate_super(sb);
}
EXPORT_SYMBOL(mntput);

/* What is mounted on the place, with a reference, or NULL. */
struct vfsmount *lookup_mnt(struct path *path)
{
	struct vfsmount *child;

	spin_lock(&vfsmount_lock);
	list_for_each_entry(child, &path->mnt->mnt_mounts, mnt_child) {
		if (child->mnt_mountpoint == path->dentry) {
			mntget(child);
			spin_unlock(&vfsmount_lock);
			return child;
		}
	}
	spin_unlock(&vfsmount_lock);
	return NULL;
}

/* 0, or -EROFS. */
int mnt_want_write(struct vfsmount *mnt)
{
	return (mnt->mnt_flags & MNT_READONLY) || (mnt->mnt_sb->s_flags & MS_RDONLY) ? -EROFS : 0;
}
EXPORT_SYMBOL(mnt_want_write);

void mnt_drop_write(struct vfsmount *mnt)
{
}
EXPORT_SYMBOL(mnt_drop_write);

/* A mount that is nowhere yet, or ERR_PTR. */
struct vfsmount *vfs_kern_mount(struct file_system_type *type, int flags, const char *name,
				void *data)
{
	struct vfsmount *mnt;
	int error;

	if (!type)
		return ERR_PTR(-ENODEV);
	mnt = alloc_vfsmnt(name);
	if (!mnt)
		return ERR_PTR(-ENOMEM);
	error = type->get_sb(type, flags, name, data, mnt);
	if (error) {
		free_vfsmnt(mnt);
		return ERR_PTR(error);
	}
	mnt->mnt_mountpoint = mnt->mnt_root;
	up_write(&mnt->mnt_sb->s_umount);
	return mnt;
}
EXPORT_SYMBOL(vfs_kern_mount);

struct vfsmount *do_kern_mount(const char *fstype, int flags, const char *name, void *data)
{
	return vfs_kern_mount(get_fs_type(fstype), flags, name, data);
}
EXPORT_SYMBOL(do_kern_mount);

struct vfsmount *kern_mount(struct file_system_type *type)
{
	return vfs_kern_mount(type, 0, type->name, NULL);
}
EXPORT_SYMBOL(kern_mount);

/* Put the mount on the place; the tree takes over the caller's reference to it. */
static void attach_mnt(struct vfsmount *mnt, struct path *path)
{
	spin_lock(&vfsmount_lock);
	mnt->mnt_parent = mntget(path->mnt);
	mnt->mnt_mountpoint = dget(path->dentry);
	mnt->mnt_ns = &init_mnt_ns;
	path->dentry->d_mounted++;
	list_add_tail(&mnt->mnt_child, &path->mnt->mnt_mounts);
	list_add_tail(&mnt->mnt_list, &init_mnt_ns.list);
	init_mnt_ns.event++;
	spin_unlock(&vfsmount_lock);
}

int do_add_mount(struct vfsmount *newmnt, struct path *path, int mnt_flags)
{
	int err = 0;

	mutex_lock(&namespace_mutex);
	while (d_mountpoint(path->dentry) && follow_down(path))
		;
	if (path->mnt->mnt_sb == newmnt->mnt_sb && path->mnt->mnt_root == path->dentry)
		err = -EBUSY;
	else if (S_ISLNK(newmnt->mnt_root->d_inode->i_mode))
		err = -EINVAL;
	else {
		newmnt->mnt_flags = mnt_flags;
		attach_mnt(newmnt, path);
	}
	mutex_unlock(&namespace_mutex);
	if (err)
		mntput(newmnt);
	return err;
}

static int do_new_mount(struct path *path, char *type, int flags, int mnt_flags,
				 char *name, void *data)
{
	struct vfsmount *mnt;

	if (!type)
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	mnt = do_kern_mount(type, flags, name, data);
	return IS_ERR(mnt) ? PTR_ERR(mnt) : do_add_mount(mnt, path, mnt_flags);
}

/* Only new mounts: no bind, move or remount. The strings are the kernel's. */
long do_mount(char *dev_name, char *dir_name, char *type_page, unsigned long flags,
		       void *data)
{
	int mnt_flags = (flags & MS_RDONLY ? MNT_READONLY : 0) | (flags & MS_NOSUID ? MNT_NOSUID : 0) |
			(flags & MS_NODEV ? MNT_NODEV : 0) | (flags & MS_NOEXEC ? MNT_NOEXEC : 0);
	struct path path;
	int retval;

	if (!dir_name || !*dir_name)
		return -EINVAL;
	if (flags & ~(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | 0xffff0000UL))
		return -EINVAL;
	retval = kern_path(dir_name, LOOKUP_FOLLOW, &path);
	if (retval)
		return retval;
	retval = do_new_mount(&path, type_page, flags & MS_RDONLY, mnt_flags, dev_name, data);
	path_put(&path);
	return retval;
}

static char *copy_mount_string(const void __user *data)
{
	return data ? strndup_user(data, PAGE_SIZE) : NULL;
}

asmlinkage long sys_mount(char __user *dev_name, char __user *dir_name, char __user *type,
			  unsigned long flags, void __user *data)
{
	char *kernel_type = copy_mount_string(type), *kernel_dev = NULL, *kernel_dir = NULL;
	long ret;

	if (IS_ERR(kernel_type))
		return PTR_ERR(kernel_type);
	kernel_dev = copy_mount_string(dev_name);
	kernel_dir = IS_ERR(kernel_dev) ? kernel_dev : getname(dir_name);
	if (IS_ERR(kernel_dir)) {
		ret = PTR_ERR(kernel_dir);
	} else {
		ret = do_mount(kernel_dev, kernel_dir, kernel_type, flags, NULL);
		putname(kernel_dir);
	}
	if (!IS_ERR(kernel_dev))
		kfree(kernel_dev);
	kfree(kernel_type);
	return ret;
}

/* Take the mount out of the tree, if nothing is open or mounted in it. The caller has one reference. */
static int do_umount(struct vfsmount *mnt, int flags)
{
	int retval = -EBUSY;
	struct path place;

	mutex_lock(&namespace_mutex);
	spin_lock(&vfsmount_lock);
	if (mnt->mnt_parent == mnt) {
		retval = -EINVAL;
	} else if (list_empty(&mnt->mnt_mounts) && atomic_read(&mnt->mnt_count) == 2) {
		place = (struct path){ .mnt = mnt->mnt_parent, .dentry = mnt->mnt_mountpoint };
		place.dentry->d_mounted--;
		list_del_init(&mnt->mnt_child);
		list_del_init(&mnt->mnt_list);
		mnt->mnt_parent = mnt;
		mnt->mnt_mountpoint = mnt->mnt_root;
		retval = 0;
	}
	spin_unlock(&vfsmount_lock);
	mutex_unlock(&namespace_mutex);
	if (retval == 0) {
		path_put(&place);
		mntput(mnt);
	}
	return retval;
}

asmlinkage long sys_umount(char __user *name, int flags)
{
	struct path path;
	int retval;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	retval = user_path(name, &path);
	if (retval)
		return retval;
	retval = -EINVAL;
	if (path.dentry == path.mnt->mnt_root) {
		dput(path.dentry);
		retval = do_umount(path.mnt, flags);
		mntput(path.mnt);
		return retval;
	}
	path_put(&path);
	return retval;
}

/* i386 has an older call without flags. */
asmlinkage long sys_oldumount(char __user *name)
{
	return sys_umount(name, 0);
}

/* The text of /proc/mounts. */
int mounts_show(struct seq_file *m, void *v)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	struct vfsmount *mnt;

	if (!page)
		return -ENOMEM;
	list_for_each_entry(mnt, &init_mnt_ns.list, mnt_list) {
		struct path path = { .mnt = mnt, .dentry = mnt->mnt_root };
		char *name = d_path(&path, page, PAGE_SIZE);

		if (!IS_ERR(name))
			seq_printf(m, "%s %s %s %s 0 0\n", mnt->mnt_devname, name,
				   mnt->mnt_sb->s_type->name,
				   mnt->mnt_flags & MNT_READONLY ? "ro" : "rw");
	}
	free_page((unsigned long)page);
	return 0;
}

/* The first mount; everything starts here. */
static void __init init_mount_tree(void)
{
	struct vfsmount *mnt = do_kern_mount("rootfs", 0, "rootfs", NULL);
	struct path root;

	if (IS_ERR(mnt))
		panic("Can't create rootfs");
	list_add(&mnt->mnt_list, &init_mnt_ns.list);
	init_mnt_ns.root = mnt;
	mnt->mnt_ns = &init_mnt_ns;
	root.mnt = mnt;
	root.dentry = mnt->mnt_root;
	set_fs_pwd(current->fs, &root);
	set_fs_root(current->fs, &root);
}

void __init mnt_init(void)
{
	mnt_cache = kmem_cache_create("mnt_cache", sizeof(struct vfsmount), 0, SLAB_PANIC, NULL);
	init_rootfs();
	init_mount_tree();
}
