/* Telling processes what happens to files they watch. */
#ifndef _LINUX_INOTIFY_H
#define _LINUX_INOTIFY_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/types.h>

#define IN_ACCESS		0x00000001
#define IN_MODIFY		0x00000002
#define IN_ATTRIB		0x00000004
#define IN_CLOSE_WRITE		0x00000008
#define IN_CLOSE_NOWRITE	0x00000010
#define IN_OPEN			0x00000020
#define IN_MOVED_FROM		0x00000040
#define IN_MOVED_TO		0x00000080
#define IN_CREATE		0x00000100
#define IN_DELETE		0x00000200
#define IN_DELETE_SELF		0x00000400
#define IN_MOVE_SELF		0x00000800
#define IN_Q_OVERFLOW		0x00004000
#define IN_IGNORED		0x00008000
#define IN_ONLYDIR		0x01000000
#define IN_DONT_FOLLOW		0x02000000
#define IN_MASK_ADD		0x20000000
#define IN_ISDIR		0x40000000
#define IN_ONESHOT		0x80000000
#define IN_ALL_EVENTS		0x00000fff

#define IN_CLOEXEC		O_CLOEXEC
#define IN_NONBLOCK		O_NONBLOCK

/* What a read gives; the name follows, with zeros to the next word. */
struct inotify_event {
	s32 wd;
	u32 mask;
	u32 cookie;
	u32 len;
	char name[];
};

extern void inotify_inode_queue_event(struct inode *inode, u32 mask, u32 cookie, const char *name);
extern void inotify_dentry_parent_queue_event(struct dentry *dentry, u32 mask, u32 cookie, const char *name);
extern void inotify_inode_is_dead(struct inode *inode);
extern u32 inotify_get_cookie(void);

/* Something happened to a file: who watches it is told, and who watches its directory. */
static inline void fsnotify_dentry(struct dentry *dentry, u32 mask)
{
	struct inode *inode = dentry->d_inode;

	if (S_ISDIR(inode->i_mode))
		mask |= IN_ISDIR;
	if (!list_empty(&dentry->d_parent->d_inode->inotify_watches))
		inotify_dentry_parent_queue_event(dentry, mask, 0, dentry->d_name.name);
	if (!list_empty(&inode->inotify_watches))
		inotify_inode_queue_event(inode, mask, 0, NULL);
}

/* A name appeared in a directory, or went. */
static inline void fsnotify_name(struct inode *dir, struct dentry *dentry, u32 mask, int is_dir)
{
	if (!list_empty(&dir->inotify_watches))
		inotify_inode_queue_event(dir, mask | (is_dir ? IN_ISDIR : 0), 0, dentry->d_name.name);
}

#endif
