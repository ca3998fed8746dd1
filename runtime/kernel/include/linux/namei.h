/* Path name lookup. */
#ifndef _LINUX_NAMEI_H
#define _LINUX_NAMEI_H

#include <linux/dcache.h>
#include <linux/path.h>

struct file;

struct open_intent {
	int flags;
	int create_mode;
	struct file *file;
};

#define MAX_NESTED_LINKS 8

/* The state of one lookup: path holds references, last names the component LOOKUP_PARENT left. */
struct nameidata {
	struct path path;
	struct qstr last;
	struct path root;
	unsigned int flags;
	int last_type;
	unsigned depth;			/* of nested symbolic links */
	char *saved_names[MAX_NESTED_LINKS + 1];
	union {
		struct open_intent open;
	} intent;
};

enum { LAST_NORM, LAST_ROOT, LAST_DOT, LAST_DOTDOT, LAST_BIND };

#define LOOKUP_FOLLOW		1	/* a symbolic link at the end is followed */
#define LOOKUP_DIRECTORY	2	/* the end has to be a directory */
#define LOOKUP_CONTINUE		4	/* there is more after this component */
#define LOOKUP_PARENT		16	/* stop before the last component */
#define LOOKUP_REVAL		64
#define LOOKUP_OPEN		0x0100
#define LOOKUP_CREATE		0x0200
#define LOOKUP_EXCL		0x0400
#define LOOKUP_RENAME_TARGET	0x0800

int user_path_at(int dfd, const char __user *name, unsigned flags, struct path *path);
#define user_path(name, path) user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, path)
#define user_lpath(name, path) user_path_at(AT_FDCWD, name, 0, path)
#define user_path_dir(name, path) \
	user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, path)

int kern_path(const char *name, unsigned flags, struct path *path);
int path_lookup(const char *name, unsigned flags, struct nameidata *nd);
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name, unsigned flags,
		    struct nameidata *nd);
struct file *lookup_instantiate_filp(struct nameidata *nd, struct dentry *dentry,
				     int (*open)(struct inode *, struct file *));
struct file *nameidata_to_filp(struct nameidata *nd, int flags);
void release_open_intent(struct nameidata *nd);
struct dentry *lookup_one_len(const char *name, struct dentry *base, int len);
struct dentry *lookup_create(struct nameidata *nd, int is_dir);
struct dentry *lock_rename(struct dentry *p1, struct dentry *p2);
void unlock_rename(struct dentry *p1, struct dentry *p2);

static inline void nd_set_link(struct nameidata *nd, char *path)
{
	nd->saved_names[nd->depth] = path;
}

static inline char *nd_get_link(struct nameidata *nd)
{
	return nd->saved_names[nd->depth];
}

#endif
