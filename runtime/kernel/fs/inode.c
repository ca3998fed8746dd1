/*
 * Inodes: allocation, the table of those in use, the last iput. inode_lock guards the lists and the
 * counts that fall to 0.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/pipe_fs_i.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>

#define I_HASHBITS 6

DEFINE_SPINLOCK(inode_lock);
struct inodes_stat_t inodes_stat;

static LIST_HEAD(inode_in_use);
static struct hlist_head inode_hashtable[1 << I_HASHBITS];
static struct kmem_cache *inode_cachep;

static inline struct hlist_head *i_hash(unsigned long ino)
{
	return &inode_hashtable[(ino ^ ino >> I_HASHBITS) & ((1 << I_HASHBITS) - 1)];
}

/* What stays valid while an inode is in the slab. */
void inode_init_once(struct inode *inode)
{
	memset(inode, 0, sizeof(*inode));
	INIT_HLIST_NODE(&inode->i_hash);
	INIT_LIST_HEAD(&inode->i_dentry);
	INIT_LIST_HEAD(&inode->i_list);
	INIT_LIST_HEAD(&inode->i_sb_list);
	INIT_RADIX_TREE(&inode->i_data.page_tree, GFP_ATOMIC);
	spin_lock_init(&inode->i_data.tree_lock);
	spin_lock_init(&inode->i_lock);
	mutex_init(&inode->i_mutex);
}
EXPORT_SYMBOL(inode_init_once);

static void init_once(void *foo)
{
	inode_init_once(foo);
}

static void inode_init_always(struct super_block *sb, struct inode *inode)
{
	static const struct inode_operations empty_iops;
	static const struct file_operations empty_fops;

	inode->i_sb = sb;
	inode->i_blkbits = sb->s_blocksize_bits;
	inode->i_flags = 0;
	inode->i_flock = NULL;
	INIT_LIST_HEAD(&inode->inotify_watches);
	atomic_set(&inode->i_count, 1);
	inode->i_op = &empty_iops;
	inode->i_fop = &empty_fops;
	inode->i_nlink = 1;
	inode->i_uid = inode->i_gid = 0;
	atomic_set(&inode->i_writecount, 0);
	inode->i_size = 0;
	inode->i_blocks = inode->i_bytes = 0;
	inode->i_generation = 0;
	inode->i_version = 0;
	inode->i_pipe = NULL;
	inode->i_rdev = 0;
	inode->i_state = 0;
	inode->i_private = NULL;
	inode->i_mapping = &inode->i_data;
	inode->i_data.host = inode;
	inode->i_data.a_ops = NULL;
	inode->i_data.nrpages = 0;
	inode->i_data.flags = 0;
}

struct inode *alloc_inode(struct super_block *sb)
{
	struct inode *inode;

	if (sb->s_op->alloc_inode)
		inode = sb->s_op->alloc_inode(sb);
	else
		inode = kmem_cache_alloc(inode_cachep, GFP_KERNEL);
	if (inode)
		inode_init_always(sb, inode);
	return inode;
}

static void destroy_inode(struct inode *inode)
{
	if (inode->i_sb->s_op->destroy_inode)
		inode->i_sb->s_op->destroy_inode(inode);
	else
		kmem_cache_free(inode_cachep, inode);
}

/* inode_lock is held. */
static void inode_add_to_lists(struct super_block *sb, struct inode *inode)
{
	inodes_stat.nr_inodes++;
	list_add(&inode->i_list, &inode_in_use);
	list_add(&inode->i_sb_list, &sb->s_inodes);
}

/* An inode with a number of its own, the same counter for all file systems. NULL: no memory. */
struct inode *new_inode(struct super_block *sb)
{
	static unsigned int last_ino;
	struct inode *inode = alloc_inode(sb);

	if (inode) {
		spin_lock(&inode_lock);
		inode_add_to_lists(sb, inode);
		inode->i_ino = ++last_ino;
		spin_unlock(&inode_lock);
	}
	return inode;
}
EXPORT_SYMBOL(new_inode);

static struct inode *find_inode_fast(struct super_block *sb, unsigned long ino)
{
	struct hlist_node *node;
	struct inode *inode;

	hlist_for_each_entry(inode, node, i_hash(ino), i_hash)
		if (inode->i_ino == ino && inode->i_sb == sb && !(inode->i_state & I_FREEING))
			return inode;
	return NULL;
}

/* The inode with a reference if it is in use, or NULL. */
struct inode *ilookup(struct super_block *sb, unsigned long ino)
{
	struct inode *inode;

	spin_lock(&inode_lock);
	inode = find_inode_fast(sb, ino);
	if (inode)
		atomic_inc(&inode->i_count);
	spin_unlock(&inode_lock);
	return inode;
}
EXPORT_SYMBOL(ilookup);

/* The same, or a new one with I_NEW set that the caller has to fill and unlock_new_inode. */
struct inode *iget_locked(struct super_block *sb, unsigned long ino)
{
	struct inode *inode = ilookup(sb, ino);

	if (inode)
		return inode;
	inode = alloc_inode(sb);
	if (inode) {
		spin_lock(&inode_lock);
		inode->i_ino = ino;
		inode->i_state = I_NEW;
		inode_add_to_lists(sb, inode);
		hlist_add_head(&inode->i_hash, i_hash(ino));
		spin_unlock(&inode_lock);
	}
	return inode;
}
EXPORT_SYMBOL(iget_locked);

void unlock_new_inode(struct inode *inode)
{
	inode->i_state &= ~I_NEW;
}
EXPORT_SYMBOL(unlock_new_inode);

struct inode *igrab(struct inode *inode)
{
	spin_lock(&inode_lock);
	if (inode->i_state & I_FREEING)
		inode = NULL;
	else
		atomic_inc(&inode->i_count);
	spin_unlock(&inode_lock);
	return inode;
}
EXPORT_SYMBOL(igrab);

/* The inode has no pages left: let go of what else hangs on it. */
void clear_inode(struct inode *inode)
{
	BUG_ON(inode->i_data.nrpages);
	BUG_ON(!(inode->i_state & I_FREEING));
	inode->i_state = I_CLEAR;
}
EXPORT_SYMBOL(clear_inode);

/* Free the inode. Called with inode_lock, which is dropped. */
void generic_delete_inode(struct inode *inode)
{
	const struct super_operations *op = inode->i_sb->s_op;

	list_del_init(&inode->i_list);
	list_del_init(&inode->i_sb_list);
	inode->i_state |= I_FREEING;
	inodes_stat.nr_inodes--;
	spin_unlock(&inode_lock);
	if (op->delete_inode) {
		op->delete_inode(inode);
	} else {
		truncate_inode_pages(&inode->i_data, 0);
		clear_inode(inode);
	}
	spin_lock(&inode_lock);
	hlist_del_init(&inode->i_hash);
	spin_unlock(&inode_lock);
	destroy_inode(inode);
}
EXPORT_SYMBOL(generic_delete_inode);

/* There is no disk to find an inode on again, so an unused one is never kept. */
void generic_drop_inode(struct inode *inode)
{
	generic_delete_inode(inode);
}
EXPORT_SYMBOL(generic_drop_inode);

void iput(struct inode *inode)
{
	if (!inode || !atomic_dec_and_lock(&inode->i_count, &inode_lock))
		return;
	if (inode->i_sb->s_op->drop_inode)
		inode->i_sb->s_op->drop_inode(inode);
	else
		generic_drop_inode(inode);
}
EXPORT_SYMBOL(iput);

/* Devices, fifos and sockets look the same on every file system. */
void init_special_inode(struct inode *inode, umode_t mode, dev_t rdev)
{
	inode->i_mode = mode;
	if (S_ISCHR(mode)) {
		inode->i_fop = &def_chr_fops;
		inode->i_rdev = rdev;
	} else if (S_ISFIFO(mode)) {
		inode->i_fop = &def_fifo_fops;
	} else {
		inode->i_rdev = rdev;
	}
}
EXPORT_SYMBOL(init_special_inode);

struct timespec current_fs_time(struct super_block *sb)
{
	return current_kernel_time();
}
EXPORT_SYMBOL(current_fs_time);

void __mark_inode_dirty(struct inode *inode, int flags)
{
	inode->i_state |= flags;
}
EXPORT_SYMBOL(__mark_inode_dirty);

/* Note an access, not more often than relatime would: when older than the last change, or a day old. */
void touch_atime(struct vfsmount *mnt, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	struct timespec now;

	if (!inode || IS_NOATIME(inode) || (mnt->mnt_flags & MNT_READONLY))
		return;
	now = current_fs_time(inode->i_sb);
	if (timespec_compare(&inode->i_mtime, &inode->i_atime) < 0 &&
	    timespec_compare(&inode->i_ctime, &inode->i_atime) < 0 &&
	    now.tv_sec - inode->i_atime.tv_sec < 24 * 60 * 60)
		return;
	inode->i_atime = now;
	mark_inode_dirty(inode);
}
EXPORT_SYMBOL(touch_atime);

void file_update_time(struct file *file)
{
	struct inode *inode = file->f_path.dentry->d_inode;

	if (inode->i_flags & S_NOCMTIME)
		return;
	inode->i_mtime = inode->i_ctime = current_fs_time(inode->i_sb);
	mark_inode_dirty(inode);
}
EXPORT_SYMBOL(file_update_time);

/* Which of the set-id bits a write by this process has to clear. */
int should_remove_suid(struct dentry *dentry)
{
	umode_t mode = dentry->d_inode->i_mode;
	int kill = 0;

	if (mode & S_ISUID)
		kill = ATTR_KILL_SUID;
	if ((mode & S_ISGID) && (mode & S_IXGRP))
		kill |= ATTR_KILL_SGID;
	return kill && !capable(CAP_FSETID) && S_ISREG(mode) ? kill : 0;
}
EXPORT_SYMBOL(should_remove_suid);

int file_remove_suid(struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	int kill = should_remove_suid(dentry);
	struct iattr attr = { .ia_valid = ATTR_FORCE | kill };

	return kill ? notify_change(dentry, &attr) : 0;
}
EXPORT_SYMBOL(file_remove_suid);

void __init inode_init(void)
{
	inode_cachep = kmem_cache_create("inode_cache", sizeof(struct inode), 0,
					 SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, init_once);
}
