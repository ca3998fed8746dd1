/* Changing an inode's attributes: owner, mode, size, times. i_mutex is held by the callers. */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/inotify.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

static int is_owner_or_cap(const struct inode *inode)
{
	return current_fsuid() == inode->i_uid || capable(CAP_FOWNER);
}

/* 0, or -EPERM. */
int inode_change_ok(const struct inode *inode, struct iattr *attr)
{
	unsigned int ia_valid = attr->ia_valid;

	if (ia_valid & ATTR_FORCE)
		return 0;
	if ((ia_valid & ATTR_UID) && !capable(CAP_CHOWN) &&
	    (current_fsuid() != inode->i_uid || attr->ia_uid != inode->i_uid))
		return -EPERM;
	if ((ia_valid & ATTR_GID) && !capable(CAP_CHOWN) &&
	    (current_fsuid() != inode->i_uid ||
	     (!in_group_p(attr->ia_gid) && attr->ia_gid != inode->i_gid)))
		return -EPERM;
	if (ia_valid & ATTR_MODE) {
		if (!is_owner_or_cap(inode))
			return -EPERM;
		if (!in_group_p(ia_valid & ATTR_GID ? attr->ia_gid : inode->i_gid) &&
		    !capable(CAP_FSETID))
			attr->ia_mode &= ~S_ISGID;
	}
	if ((ia_valid & (ATTR_MTIME_SET | ATTR_ATIME_SET)) && !is_owner_or_cap(inode))
		return -EPERM;
	return 0;
}
EXPORT_SYMBOL(inode_change_ok);

int inode_setattr(struct inode *inode, struct iattr *attr)
{
	unsigned int ia_valid = attr->ia_valid;

	if ((ia_valid & ATTR_SIZE) && attr->ia_size != i_size_read(inode)) {
		int error = vmtruncate(inode, attr->ia_size);

		if (error)
			return error;
	}
	if (ia_valid & ATTR_UID)
		inode->i_uid = attr->ia_uid;
	if (ia_valid & ATTR_GID)
		inode->i_gid = attr->ia_gid;
	if (ia_valid & ATTR_ATIME)
		inode->i_atime = attr->ia_atime;
	if (ia_valid & ATTR_MTIME)
		inode->i_mtime = attr->ia_mtime;
	if (ia_valid & ATTR_CTIME)
		inode->i_ctime = attr->ia_ctime;
	if (ia_valid & ATTR_MODE) {
		umode_t mode = attr->ia_mode;

		if (!in_group_p(inode->i_gid) && !capable(CAP_FSETID))
			mode &= ~S_ISGID;
		inode->i_mode = mode;
	}
	mark_inode_dirty(inode);
	return 0;
}
EXPORT_SYMBOL(inode_setattr);

/* Turn the wish to drop the set-id bits into a change of mode. */
static void kill_suid(struct inode *inode, struct iattr *attr)
{
	umode_t mode = inode->i_mode;
	unsigned int kill = attr->ia_valid & (ATTR_KILL_SUID | ATTR_KILL_SGID);

	attr->ia_valid &= ~kill;
	if (kill & ATTR_KILL_SUID)
		mode &= ~S_ISUID;
	if ((kill & ATTR_KILL_SGID) && (mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		mode &= ~S_ISGID;
	if (mode != inode->i_mode) {
		attr->ia_mode = mode;
		attr->ia_valid |= ATTR_MODE;
	}
}

int notify_change(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	struct timespec now = current_fs_time(inode->i_sb);
	int error;

	attr->ia_ctime = now;
	if (!(attr->ia_valid & ATTR_ATIME_SET))
		attr->ia_atime = now;
	if (!(attr->ia_valid & ATTR_MTIME_SET))
		attr->ia_mtime = now;
	if (attr->ia_valid & (ATTR_KILL_SUID | ATTR_KILL_SGID))
		kill_suid(inode, attr);
	if (!(attr->ia_valid & ~(ATTR_KILL_SUID | ATTR_KILL_SGID | ATTR_FORCE)))
		return 0;
	if (inode->i_op->setattr) {
		error = inode->i_op->setattr(dentry, attr);
	} else {
		error = inode_change_ok(inode, attr);
		if (!error)
			error = inode_setattr(inode, attr);
	}
	if (!error)
		fsnotify_dentry(dentry, attr->ia_valid & ATTR_SIZE ? IN_MODIFY : IN_ATTRIB);
	return error;
}
EXPORT_SYMBOL(notify_change);
