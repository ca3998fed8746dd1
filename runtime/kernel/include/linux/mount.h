/* Mounted file systems. */
#ifndef _LINUX_MOUNT_H
#define _LINUX_MOUNT_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <asm/atomic.h>

struct super_block;
struct dentry;
struct file_system_type;
struct path;

#define MNT_NOSUID	0x01
#define MNT_NODEV	0x02
#define MNT_NOEXEC	0x04
#define MNT_READONLY	0x40

#define MS_RDONLY	1
#define MS_NOSUID	2
#define MS_NODEV	4
#define MS_NOEXEC	8
#define MS_ACTIVE	(1 << 30)

struct mnt_namespace {
	atomic_t count;
	struct vfsmount *root;
	struct list_head list;		/* all mounts, in order of mounting */
	int event;
};

/* One mount of a file system. The tree and the hash are under vfsmount_lock. */
struct vfsmount {
	struct list_head mnt_hash;		/* by parent mount and mount point */
	struct vfsmount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	struct list_head mnt_mounts;		/* children */
	struct list_head mnt_child;		/* in mnt_parent->mnt_mounts */
	int mnt_flags;
	const char *mnt_devname;
	struct list_head mnt_list;		/* in mnt_ns->list */
	struct mnt_namespace *mnt_ns;
	int mnt_id;
	atomic_t mnt_count;
};

extern spinlock_t vfsmount_lock;
extern struct mnt_namespace init_mnt_ns;

static inline struct vfsmount *mntget(struct vfsmount *mnt)
{
	if (mnt)
		atomic_inc(&mnt->mnt_count);
	return mnt;
}

void mntput(struct vfsmount *mnt);
int mnt_want_write(struct vfsmount *mnt);
void mnt_drop_write(struct vfsmount *mnt);
struct vfsmount *vfs_kern_mount(struct file_system_type *type, int flags, const char *name,
				void *data);
struct vfsmount *do_kern_mount(const char *fstype, int flags, const char *name, void *data);
struct vfsmount *kern_mount(struct file_system_type *type);
long do_mount(char *dev_name, char *dir_name, char *type_page, unsigned long flags, void *data);
int do_add_mount(struct vfsmount *newmnt, struct path *path, int mnt_flags);
int follow_down(struct path *path);
int follow_up(struct path *path);
void mnt_init(void);

#endif
