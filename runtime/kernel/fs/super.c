/*
 * Super blocks and the kinds of file systems. sb_lock guards the list of super blocks and s_count,
 * file_systems_lock the list of kinds.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/seq_file.h>

static LIST_HEAD(super_blocks);
static DEFINE_SPINLOCK(sb_lock);
static struct file_system_type *file_systems;
static DEFINE_SPINLOCK(file_systems_lock);

/* At the end of the list; -EBUSY when the name is taken. */
int register_filesystem(struct file_system_type *fs)
{
	struct file_system_type **p;
	int res = 0;

	INIT_LIST_HEAD(&fs->fs_supers);
	spin_lock(&file_systems_lock);
	for (p = &file_systems; *p; p = &(*p)->next)
		if (strcmp((*p)->name, fs->name) == 0)
			break;
	if (*p)
		res = -EBUSY;
	else
		*p = fs;
	spin_unlock(&file_systems_lock);
	return res;
}
EXPORT_SYMBOL(register_filesystem);

int unregister_filesystem(struct file_system_type *fs)
{
	struct file_system_type **p;
	int res = -EINVAL;

	spin_lock(&file_systems_lock);
	for (p = &file_systems; *p; p = &(*p)->next) {
		if (*p != fs)
			continue;
		*p = fs->next;
		fs->next = NULL;
		res = 0;
		break;
	}
	spin_unlock(&file_systems_lock);
	return res;
}
EXPORT_SYMBOL(unregister_filesystem);

struct file_system_type *get_fs_type(const char *name)
{
	struct file_system_type *fs;

	spin_lock(&file_systems_lock);
	for (fs = file_systems; fs; fs = fs->next)
		if (strcmp(fs->name, name) == 0)
			break;
	spin_unlock(&file_systems_lock);
	return fs;
}
EXPORT_SYMBOL(get_fs_type);

/* The text of /proc/filesystems; nothing here needs a device. */
int filesystems_show(struct seq_file *m, void *v)
{
	for (struct file_system_type *fs = file_systems; fs; fs = fs->next)
		seq_printf(m, "nodev\t%s\n", fs->name);
	return 0;
}

/* A device number for a file system that has no device: major 0, counted up. */
int set_anon_super(struct super_block *s, void *data)
{
	static unsigned int last_minor;

	s->s_dev = MKDEV(0, ++last_minor);
	return 0;
}
EXPORT_SYMBOL(set_anon_super);

/* A new super block with s_umount held for writing, or ERR_PTR(-ENOMEM). */
struct super_block *sget(struct file_system_type *type)
{
	struct super_block *s = kzalloc(sizeof(*s), GFP_USER);

	if (!s)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&s->s_inodes);
	INIT_LIST_HEAD(&s->s_files);
	init_rwsem(&s->s_umount);
	down_write(&s->s_umount);
	s->s_count = 1;
	atomic_set(&s->s_active, 1);
	s->s_maxbytes = MAX_NON_LFS;
	s->s_time_gran = 1000000000;
	s->s_blocksize = PAGE_SIZE;
	s->s_blocksize_bits = PAGE_SHIFT;
	s->s_type = type;
	strlcpy(s->s_id, type->name, sizeof(s->s_id));
	spin_lock(&sb_lock);
	set_anon_super(s, NULL);
	list_add_tail(&s->s_list, &super_blocks);
	spin_unlock(&sb_lock);
	return s;
}
EXPORT_SYMBOL(sget);

void generic_shutdown_super(struct super_block *sb)
{
	if (sb->s_root)
		shrink_dcache_for_umount(sb);
	if (sb->s_op && sb->s_op->put_super)
		sb->s_op->put_super(sb);
	spin_lock(&sb_lock);
	list_del(&sb->s_list);
	spin_unlock(&sb_lock);
	up_write(&sb->s_umount);
}
EXPORT_SYMBOL(generic_shutdown_super);

void kill_anon_super(struct super_block *sb)
{
	generic_shutdown_super(sb);
}
EXPORT_SYMBOL(kill_anon_super);

/* For file systems whose names live in the dentry cache only. */
void kill_litter_super(struct super_block *sb)
{
	if (sb->s_root)
		d_genocide(sb->s_root);
	kill_anon_super(sb);
}
EXPORT_SYMBOL(kill_litter_super);

/* A mount is gone; with the last one the super block goes. */
void deactivate_super(struct super_block *s)
{
	if (!atomic_dec_and_test(&s->s_active))
		return;
	down_write(&s->s_umount);
	s->s_type->kill_sb(s);
	kfree(s);
}
EXPORT_SYMBOL(deactivate_super);

void simple_set_mnt(struct vfsmount *mnt, struct super_block *sb)
{
	mnt->mnt_sb = sb;
	mnt->mnt_root = dget(sb->s_root);
}
EXPORT_SYMBOL(simple_set_mnt);

/* A file system of its own for every mount. */
int get_sb_nodev(struct file_system_type *fs_type, int flags, void *data,
		 int (*fill_super)(struct super_block *, void *, int), struct vfsmount *mnt)
{
	struct super_block *s = sget(fs_type);
	int error;

	if (IS_ERR(s))
		return PTR_ERR(s);
	s->s_flags = flags;
	error = fill_super(s, data, 0);
	if (error) {
		up_write(&s->s_umount);
		deactivate_super(s);
		return error;
	}
	s->s_flags |= MS_ACTIVE;
	simple_set_mnt(mnt, s);
	return 0;
}
EXPORT_SYMBOL(get_sb_nodev);

/* The same one for all mounts. */
int get_sb_single(struct file_system_type *fs_type, int flags, void *data,
		  int (*fill_super)(struct super_block *, void *, int), struct vfsmount *mnt)
{
	struct super_block *s;

	spin_lock(&sb_lock);
	list_for_each_entry(s, &super_blocks, s_list) {
		if (s->s_type != fs_type)
			continue;
		atomic_inc(&s->s_active);
		spin_unlock(&sb_lock);
		down_write(&s->s_umount);
		simple_set_mnt(mnt, s);
		return 0;
	}
	spin_unlock(&sb_lock);
	return get_sb_nodev(fs_type, flags, data, fill_super, mnt);
}
EXPORT_SYMBOL(get_sb_single);

/* A file system without names that the kernel mounts for itself: pipes. */
int get_sb_pseudo(struct file_system_type *fs_type, char *name, const struct super_operations *ops,
		  unsigned long magic, struct vfsmount *mnt)
{
	struct super_block *s = sget(fs_type);
	struct qstr d_name = { .name = (const unsigned char *)name, .len = strlen(name) };
	struct inode *root;

	if (IS_ERR(s))
		return PTR_ERR(s);
	s->s_magic = magic;
	s->s_op = ops;
	root = new_inode(s);
	s->s_root = root ? d_alloc(NULL, &d_name) : NULL;
	if (!s->s_root) {
		iput(root);
		up_write(&s->s_umount);
		deactivate_super(s);
		return -ENOMEM;
	}
	root->i_mode = S_IFDIR | S_IRUSR | S_IWUSR;
	root->i_atime = root->i_mtime = root->i_ctime = current_fs_time(s);
	s->s_root->d_sb = s;
	d_instantiate(s->s_root, root);
	s->s_flags |= MS_ACTIVE;
	simple_set_mnt(mnt, s);
	return 0;
}
EXPORT_SYMBOL(get_sb_pseudo);

void sync_filesystems(int wait)
{
	struct super_block *sb;

	list_for_each_entry(sb, &super_blocks, s_list)
		if (sb->s_op->sync_fs)
			sb->s_op->sync_fs(sb, wait);
}
