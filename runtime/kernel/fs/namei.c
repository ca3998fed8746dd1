/*
 * From path names to inodes, and the operations that change names. A directory's i_mutex guards its
 * entries; lookups of cached names need no lock but dcache_lock for a moment.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/inotify.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define COMPONENT_COST 80	/* ns */
#define MAX_TOTAL_LINKS 40

static int __link_path_walk(const char *name, struct nameidata *nd);

/* A path name from user memory, in a buffer that putname gives back. ERR_PTR on failure. */
char *getname(const char __user *filename)
{
	char *name = __getname();
	long len;

	if (!name)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(name, filename, PATH_MAX);
	if (len > 0 && len < PATH_MAX)
		return name;
	__putname(name);
	return ERR_PTR(len < 0 ? len : len == 0 ? -ENOENT : -ENAMETOOLONG);
}
EXPORT_SYMBOL(getname);

void putname(const char *name)
{
	__putname(name);
}
EXPORT_SYMBOL(putname);

/* Owner, group and others; then what the capabilities allow. 0, or -EACCES. */
int generic_permission(struct inode *inode, int mask,
		       int (*check_acl)(struct inode *inode, int mask))
{
	umode_t mode = inode->i_mode;

	mask &= MAY_READ | MAY_WRITE | MAY_EXEC;
	if (current_fsuid() == inode->i_uid)
		mode >>= 6;
	else if (in_group_p(inode->i_gid))
		mode >>= 3;
	if ((mask & ~mode) == 0)
		return 0;
	if (!(mask & MAY_EXEC) || S_ISDIR(inode->i_mode) || (inode->i_mode & S_IXUGO))
		if (capable(CAP_DAC_OVERRIDE))
			return 0;
	if (mask == MAY_READ || (S_ISDIR(inode->i_mode) && !(mask & MAY_WRITE)))
		if (capable(CAP_DAC_READ_SEARCH))
			return 0;
	return -EACCES;
}
EXPORT_SYMBOL(generic_permission);

/* May the current process do this (MAY_*) with the inode? 0, -EACCES, -EROFS. */
int inode_permission(struct inode *inode, int mask)
{
	if (mask & MAY_WRITE) {
		umode_t mode = inode->i_mode;

		if (IS_RDONLY(inode) && (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode)))
			return -EROFS;
		if (IS_IMMUTABLE(inode))
			return -EACCES;
	}
	if (inode->i_op->permission)
		return inode->i_op->permission(inode, mask);
	return generic_permission(inode, mask, NULL);
}
EXPORT_SYMBOL(inode_permission);

void path_get(struct path *path)
{
	mntget(path->mnt);
	dget(path->dentry);
}
EXPORT_SYMBOL(path_get);

void path_put(struct path *path)
{
	dput(path->dentry);
	mntput(path->mnt);
}
EXPORT_SYMBOL(path_put);

void release_open_intent(struct nameidata *nd)
{
	if (nd->intent.open.file->f_path.dentry == NULL)
		put_filp(nd->intent.open.file);
	else
		fput(nd->intent.open.file);
}

static void set_root(struct nameidata *nd)
{
	struct fs_struct *fs = current->fs;

	if (nd->root.mnt)
		return;
	read_lock(&fs->lock);
	nd->root = fs->root;
	path_get(&nd->root);
	read_unlock(&fs->lock);
}

/* nd->path becomes next; the references change hands. */
static void path_to_nameidata(struct path *next, struct nameidata *nd)
{
	path_put(&nd->path);
	nd->path = *next;
}

/* From a mounted root up to the place it is mounted on. 0 when there is none. */
int follow_up(struct path *path)
{
	struct vfsmount *parent;
	struct dentry *mountpoint;

	spin_lock(&vfsmount_lock);
	parent = path->mnt->mnt_parent;
	if (parent == path->mnt) {
		spin_unlock(&vfsmount_lock);
		return 0;
	}
	mntget(parent);
	mountpoint = dget(path->mnt->mnt_mountpoint);
	spin_unlock(&vfsmount_lock);
	path_put(path);
	path->dentry = mountpoint;
	path->mnt = parent;
	return 1;
}
EXPORT_SYMBOL(follow_up);

/* From a mount point to the root of what is mounted there. 0 when nothing is. */
int follow_down(struct path *path)
{
	struct vfsmount *mounted = lookup_mnt(path);

	if (!mounted)
		return 0;
	path_put(path);
	path->mnt = mounted;
	path->dentry = dget(mounted->mnt_root);
	return 1;
}
EXPORT_SYMBOL(follow_down);

static void __follow_mount(struct path *path)
{
	while (d_mountpoint(path->dentry) && follow_down(path))
		;
}

/* "..": not above the process's root, and across mounts. */
static void follow_dotdot(struct nameidata *nd)
{
	set_root(nd);
	for (;;) {
		struct dentry *old = nd->path.dentry;

		if (old == nd->root.dentry && nd->path.mnt == nd->root.mnt)
			break;
		if (old != nd->path.mnt->mnt_root) {
			nd->path.dentry = dget_parent(old);
			dput(old);
			break;
		}
		if (!follow_up(&nd->path))
			break;
	}
	__follow_mount(&nd->path);
}

/* The name is not cached: ask the file system, with the directory locked. */
static struct dentry *real_lookup(struct dentry *parent, struct qstr *name, struct nameidata *nd)
{
	struct inode *dir = parent->d_inode;
	struct dentry *dentry, *result;

	mutex_lock(&dir->i_mutex);
	dentry = d_lookup(parent, name);
	if (dentry)
		goto out;
	dentry = ERR_PTR(-ENOENT);
	if (IS_DEADDIR(dir))
		goto out;
	dentry = d_alloc(parent, name);
	if (!dentry) {
		dentry = ERR_PTR(-ENOMEM);
		goto out;
	}
	result = dir->i_op->lookup(dir, dentry, nd);
	if (result) {
		dput(dentry);
		dentry = result;
	}
out:
	mutex_unlock(&dir->i_mutex);
	return dentry;
}

/* One component, neither "." nor "..": *path gets references of its own. Mounts are entered. */
static int do_lookup(struct nameidata *nd, struct qstr *name, struct path *path)
{
	struct dentry *parent = nd->path.dentry, *dentry = __d_lookup(parent, name);

	if (dentry && dentry->d_op && dentry->d_op->d_revalidate &&
	    !dentry->d_op->d_revalidate(dentry, nd) && !d_invalidate(dentry)) {
		dput(dentry);
		dentry = NULL;
	}
	if (!dentry)
		dentry = real_lookup(parent, name, nd);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	path->mnt = mntget(nd->path.mnt);
	path->dentry = dentry;
	__follow_mount(path);
	return 0;
}

/* Go on where the text of a symbolic link says. */
static int __vfs_follow_link(struct nameidata *nd, const char *link)
{
	if (IS_ERR(link))
		return PTR_ERR(link);
	if (*link == '/') {
		set_root(nd);
		path_put(&nd->path);
		nd->path = nd->root;
		path_get(&nd->root);
	}
	return __link_path_walk(link, nd);
}

int vfs_follow_link(struct nameidata *nd, const char *link)
{
	return __vfs_follow_link(nd, link);
}
EXPORT_SYMBOL(vfs_follow_link);

/* The link at path is followed from nd->path; path's references are given up. */
static int __do_follow_link(struct path *path, struct nameidata *nd)
{
	struct dentry *dentry = path->dentry;
	void *cookie;
	int error = 0;
	char *s;

	touch_atime(path->mnt, dentry);
	nd_set_link(nd, NULL);
	cookie = dentry->d_inode->i_op->follow_link(dentry, nd);
	if (IS_ERR(cookie)) {
		error = PTR_ERR(cookie);
	} else {
		s = nd_get_link(nd);
		if (s)
			error = __vfs_follow_link(nd, s);
		if (dentry->d_inode->i_op->put_link)
			dentry->d_inode->i_op->put_link(dentry, nd, cookie);
	}
	path_put(path);
	return error;
}

/* The same with the limits: 8 links nested, 40 in one lookup. */
static int do_follow_link(struct path *path, struct nameidata *nd)
{
	int err;

	if (current->link_count >= MAX_NESTED_LINKS ||
	    current->total_link_count >= MAX_TOTAL_LINKS) {
		path_put(path);
		return -ELOOP;
	}
	cond_resched();
	current->link_count++;
	current->total_link_count++;
	nd->depth++;
	err = __do_follow_link(path, nd);
	current->link_count--;
	nd->depth--;
	return err;
}

/* Step from nd->path to one of its entries. follow: a symbolic link is followed. */
static int walk_component(struct nameidata *nd, struct qstr *this, int follow)
{
	struct path next;
	int err = do_lookup(nd, this, &next);

	if (err)
		return err;
	if (!next.dentry->d_inode) {
		path_put(&next);
		return -ENOENT;
	}
	if (follow && next.dentry->d_inode->i_op->follow_link) {
		err = do_follow_link(&next, nd);
		if (!err && !nd->path.dentry->d_inode)
			err = -ENOENT;
		return err;
	}
	path_to_nameidata(&next, nd);
	return 0;
}

/* Cut the next component off a name that does not start with a slash; answers what follows it. */
static const char *next_component(const char *name, struct qstr *this)
{
	unsigned long hash = init_name_hash();

	this->name = (const unsigned char *)name;
	while (*name && *name != '/')
		hash = partial_name_hash((unsigned char)*name++, hash);
	this->len = name - (const char *)this->name;
	this->hash = end_name_hash(hash);
	return name;
}

static int component_type(struct qstr *this)
{
	if (this->name[0] != '.' || this->len > 2)
		return LAST_NORM;
	if (this->len == 1)
		return LAST_DOT;
	return this->name[1] == '.' ? LAST_DOTDOT : LAST_NORM;
}

static int walk_one(struct nameidata *nd, struct qstr *this, int type, int follow)
{
	if (type == LAST_DOT)
		return 0;
	if (type == LAST_DOTDOT) {
		follow_dotdot(nd);
		return 0;
	}
	return walk_component(nd, this, follow);
}

/*
 * Walk the name from nd->path, which moves along. With LOOKUP_PARENT stop before the last component
 * and leave it in nd->last. On an error nd->path stays wherever it was; the outermost caller puts it.
 */
static int __link_path_walk(const char *name, struct nameidata *nd)
{
	unsigned int flags = nd->depth ? LOOKUP_FOLLOW : nd->flags;

	while (*name == '/')
		name++;
	while (*name) {
		struct inode *dir = nd->path.dentry->d_inode;
		const char *rest;
		struct qstr this;
		int err, type, last, slashes;

		if (!dir->i_op->lookup)
			return -ENOTDIR;
		err = inode_permission(dir, MAY_EXEC);
		if (err)
			return err;
		rest = next_component(name, &this);
		spend(COMPONENT_COST);
		slashes = *rest == '/';
		while (*rest == '/')
			rest++;
		last = !*rest;
		type = component_type(&this);
		if (last && (flags & LOOKUP_PARENT)) {
			nd->last = this;
			nd->last_type = type;
			return 0;
		}
		err = walk_one(nd, &this, type, !last || slashes || (flags & LOOKUP_FOLLOW));
		if (err)
			return err;
		if (last && (slashes || (flags & LOOKUP_DIRECTORY)) &&
		    !nd->path.dentry->d_inode->i_op->lookup)
			return -ENOTDIR;
		name = rest;
	}
	return 0;
}

static int link_path_walk(const char *name, struct nameidata *nd)
{
	return __link_path_walk(name, nd);
}

static int path_walk(const char *name, struct nameidata *nd)
{
	int err;

	current->total_link_count = 0;
	err = link_path_walk(name, nd);
	if (err)
		path_put(&nd->path);
	return err;
}

/* The directory that the lookup starts from. 0, -EBADF, -ENOTDIR, -EACCES. */
static int path_init(int dfd, const char *name, unsigned int flags, struct nameidata *nd)
{
	struct fs_struct *fs = current->fs;
	int retval = 0, fput_needed;
	struct file *file;

	nd->last_type = LAST_ROOT;
	nd->flags = flags;
	nd->depth = 0;
	nd->root.mnt = NULL;
	if (*name == '/') {
		set_root(nd);
		nd->path = nd->root;
		path_get(&nd->root);
	} else if (dfd == AT_FDCWD) {
		read_lock(&fs->lock);
		nd->path = fs->pwd;
		path_get(&fs->pwd);
		read_unlock(&fs->lock);
	} else {
		file = fget_light(dfd, &fput_needed);
		if (!file)
			return -EBADF;
		if (!S_ISDIR(file->f_path.dentry->d_inode->i_mode))
			retval = -ENOTDIR;
		else
			retval = inode_permission(file->f_path.dentry->d_inode, MAY_EXEC);
		if (!retval) {
			nd->path = file->f_path;
			path_get(&nd->path);
		}
		fput_light(file, fput_needed);
	}
	return retval;
}

/* 0 with references in nd->path, or an error. */
static int do_path_lookup(int dfd, const char *name, unsigned int flags, struct nameidata *nd)
{
	int retval = path_init(dfd, name, flags, nd);

	if (!retval)
		retval = path_walk(name, nd);
	if (nd->root.mnt) {
		path_put(&nd->root);
		nd->root.mnt = NULL;
	}
	return retval;
}

int path_lookup(const char *name, unsigned int flags, struct nameidata *nd)
{
	return do_path_lookup(AT_FDCWD, name, flags, nd);
}
EXPORT_SYMBOL(path_lookup);

int kern_path(const char *name, unsigned int flags, struct path *path)
{
	struct nameidata nd;
	int res = do_path_lookup(AT_FDCWD, name, flags, &nd);

	if (!res)
		*path = nd.path;
	return res;
}
EXPORT_SYMBOL(kern_path);

/* A lookup that starts at a given place, as file systems want it. */
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
		    unsigned int flags, struct nameidata *nd)
{
	int retval;

	nd->last_type = LAST_ROOT;
	nd->flags = flags;
	nd->depth = 0;
	nd->path.dentry = dentry;
	nd->path.mnt = mnt;
	path_get(&nd->path);
	nd->root = nd->path;
	path_get(&nd->root);
	retval = path_walk(name, nd);
	path_put(&nd->root);
	nd->root.mnt = NULL;
	return retval;
}
EXPORT_SYMBOL(vfs_path_lookup);

int user_path_at(int dfd, const char __user *name, unsigned flags, struct path *path)
{
	struct nameidata nd;
	char *tmp = getname(name);
	int err;

	if (IS_ERR(tmp))
		return PTR_ERR(tmp);
	err = do_path_lookup(dfd, tmp, flags, &nd);
	putname(tmp);
	if (!err)
		*path = nd.path;
	return err;
}
EXPORT_SYMBOL(user_path_at);

static int user_path_parent(int dfd, const char __user *path, struct nameidata *nd, char **name)
{
	char *s = getname(path);
	int error;

	if (IS_ERR(s))
		return PTR_ERR(s);
	error = do_path_lookup(dfd, s, LOOKUP_PARENT, nd);
	if (error)
		putname(s);
	else
		*name = s;
	return error;
}

/* The entry of a directory whose i_mutex is held; it may be negative. */
static struct dentry *__lookup_hash(struct qstr *name, struct dentry *base, struct nameidata *nd)
{
	struct inode *inode = base->d_inode;
	struct dentry *dentry = d_lookup(base, name), *result;

	if (dentry)
		return dentry;
	if (IS_DEADDIR(inode))
		return ERR_PTR(-ENOENT);
	dentry = d_alloc(base, name);
	if (!dentry)
		return ERR_PTR(-ENOMEM);
	result = inode->i_op->lookup(inode, dentry, nd);
	if (!result)
		return dentry;
	dput(dentry);
	return result;
}

/* The same for nd->last below nd->path, with the permission check. */
static struct dentry *lookup_hash(struct nameidata *nd)
{
	int err = inode_permission(nd->path.dentry->d_inode, MAY_EXEC);

	return err ? ERR_PTR(err) : __lookup_hash(&nd->last, nd->path.dentry, nd);
}

struct dentry *lookup_one_len(const char *name, struct dentry *base, int len)
{
	struct qstr this = { .name = (const unsigned char *)name, .len = len };

	this.hash = full_name_hash(this.name, len);
	return __lookup_hash(&this, base, NULL);
}
EXPORT_SYMBOL(lookup_one_len);

/* A sticky directory: only the owner of the file or of the directory may remove. */
static int check_sticky(struct inode *dir, struct inode *inode)
{
	uid_t fsuid = current_fsuid();

	if (!(dir->i_mode & S_ISVTX) || inode->i_uid == fsuid || dir->i_uid == fsuid)
		return 0;
	return !capable(CAP_FOWNER);
}

/* May the entry be removed from the directory? */
static int may_delete(struct inode *dir, struct dentry *victim, int isdir)
{
	int error;

	if (!victim->d_inode)
		return -ENOENT;
	error = inode_permission(dir, MAY_WRITE | MAY_EXEC);
	if (error)
		return error;
	if (IS_APPEND(dir) || check_sticky(dir, victim->d_inode) || IS_APPEND(victim->d_inode) ||
	    IS_IMMUTABLE(victim->d_inode))
		return -EPERM;
	if (isdir) {
		if (!S_ISDIR(victim->d_inode->i_mode))
			return -ENOTDIR;
		if (IS_ROOT(victim))
			return -EBUSY;
	} else if (S_ISDIR(victim->d_inode->i_mode)) {
		return -EISDIR;
	}
	return IS_DEADDIR(dir) ? -ENOENT : 0;
}

static int may_create(struct inode *dir, struct dentry *child)
{
	if (child->d_inode)
		return -EEXIST;
	if (IS_DEADDIR(dir))
		return -ENOENT;
	return inode_permission(dir, MAY_WRITE | MAY_EXEC);
}

/* Lock both directories of a rename, an ancestor first; answers a child of one that leads to the other. */
struct dentry *lock_rename(struct dentry *p1, struct dentry *p2)
{
	if (p1 == p2) {
		mutex_lock(&p1->d_inode->i_mutex);
		return NULL;
	}
	if (d_ancestor(p2, p1)) {
		mutex_lock(&p2->d_inode->i_mutex);
		mutex_lock_nested(&p1->d_inode->i_mutex, 1);
		while (p1->d_parent != p2)
			p1 = p1->d_parent;
		return p1;
	}
	mutex_lock(&p1->d_inode->i_mutex);
	mutex_lock_nested(&p2->d_inode->i_mutex, 1);
	if (!d_ancestor(p1, p2))
		return NULL;
	while (p2->d_parent != p1)
		p2 = p2->d_parent;
	return p2;
}
EXPORT_SYMBOL(lock_rename);

void unlock_rename(struct dentry *p1, struct dentry *p2)
{
	mutex_unlock(&p1->d_inode->i_mutex);
	if (p1 != p2)
		mutex_unlock(&p2->d_inode->i_mutex);
}
EXPORT_SYMBOL(unlock_rename);

int vfs_create(struct inode *dir, struct dentry *dentry, int mode, struct nameidata *nd)
{
	int error = may_create(dir, dentry);

	if (error)
		return error;
	if (!dir->i_op->create)
		return -EACCES;
	error = dir->i_op->create(dir, dentry, (mode & S_IALLUGO) | S_IFREG, nd);
	if (!error)
		fsnotify_name(dir, dentry, IN_CREATE, 0);
	return error;
}
EXPORT_SYMBOL(vfs_create);

/* May the inode be opened this way? O_TRUNC counts as writing. */
int may_open(struct path *path, int acc_mode, int flag)
{
	struct inode *inode = path->dentry->d_inode;
	int error;

	if (!inode)
		return -ENOENT;
	if (S_ISLNK(inode->i_mode))
		return -ELOOP;
	if (S_ISDIR(inode->i_mode) && (acc_mode & MAY_WRITE))
		return -EISDIR;
	if ((S_ISBLK(inode->i_mode) || S_ISCHR(inode->i_mode)) && (path->mnt->mnt_flags & MNT_NODEV))
		return -EACCES;
	error = inode_permission(inode, acc_mode);
	if (error)
		return error;
	if (IS_APPEND(inode) && (((flag & O_ACCMODE) != O_RDONLY && !(flag & O_APPEND)) ||
				 (flag & O_TRUNC)))
		return -EPERM;
	if ((flag & O_NOATIME) && current_fsuid() != inode->i_uid && !capable(CAP_FOWNER))
		return -EPERM;
	return 0;
}

static int handle_truncate(struct path *path)
{
	struct inode *inode = path->dentry->d_inode;
	int error = get_write_access(inode);

	if (error)
		return error;
	error = do_truncate(path->dentry, 0, ATTR_MTIME | ATTR_CTIME | ATTR_OPEN, NULL);
	put_write_access(inode);
	return error;
}

/* The last component does not exist: make it. The parent's i_mutex is held, and dropped. */
static int __open_namei_create(struct nameidata *nd, struct path *path, int flag, int mode)
{
	struct dentry *dir = nd->path.dentry;
	int error = mnt_want_write(nd->path.mnt);

	if (!error)
		error = vfs_create(dir->d_inode, path->dentry, mode & ~current->fs->umask, nd);
	mutex_unlock(&dir->d_inode->i_mutex);
	if (error) {
		path_put(path);
		return error;
	}
	path_to_nameidata(path, nd);
	return 0;
}

/*
 * O_CREAT: nd->path is the directory, nd->last the name. Answers 0 with nd->path at the file,
 * 1 when it is a symbolic link whose target is to be opened instead (nd is at that one's directory),
 * or an error.
 */
static int open_last_component(struct nameidata *nd, int flag, int mode, int *created)
{
	struct dentry *dir = nd->path.dentry;
	struct path path;

	if (nd->last_type != LAST_NORM || nd->last.name[nd->last.len])
		return -EISDIR;
	mutex_lock(&dir->d_inode->i_mutex);
	path.dentry = lookup_hash(nd);
	if (IS_ERR(path.dentry)) {
		mutex_unlock(&dir->d_inode->i_mutex);
		return PTR_ERR(path.dentry);
	}
	path.mnt = mntget(nd->path.mnt);
	if (!path.dentry->d_inode) {
		*created = 1;
		return __open_namei_create(nd, &path, flag, mode);
	}
	mutex_unlock(&dir->d_inode->i_mutex);
	__follow_mount(&path);
	if (flag & O_EXCL) {
		path_put(&path);
		return -EEXIST;
	}
	if (path.dentry->d_inode->i_op->follow_link) {
		int error;

		if (flag & O_NOFOLLOW) {
			path_put(&path);
			return -ELOOP;
		}
		error = __do_follow_link(&path, nd);
		return error ? error : 1;
	}
	path_to_nameidata(&path, nd);
	return S_ISDIR(nd->path.dentry->d_inode->i_mode) ? -EISDIR : 0;
}

/* nd->path is the file to open: check, truncate, open. Gives up nd->path. */
static struct file *finish_open(struct nameidata *nd, int open_flag, int acc_mode)
{
	int will_write = (open_flag & O_TRUNC) || (acc_mode & MAY_WRITE), error = 0;
	umode_t mode = nd->path.dentry->d_inode->i_mode;
	struct file *filp;

	if (will_write && (S_ISREG(mode) || S_ISDIR(mode)))
		error = mnt_want_write(nd->path.mnt);
	if (!error)
		error = may_open(&nd->path, acc_mode, open_flag);
	if (error) {
		release_open_intent(nd);
		path_put(&nd->path);
		return ERR_PTR(error);
	}
	filp = nameidata_to_filp(nd, open_flag);
	if (!IS_ERR(filp) && (open_flag & O_TRUNC) && S_ISREG(mode)) {
		error = handle_truncate(&filp->f_path);
		if (error) {
			fput(filp);
			filp = ERR_PTR(error);
		}
	}
	return filp;
}

/* Walk to the directory, then take or make the last component; links at the end go round again. */
static int open_create(int dfd, const char *pathname, struct nameidata *nd, int flag, int mode,
		       int *created)
{
	int error = path_init(dfd, pathname, LOOKUP_PARENT | LOOKUP_OPEN | LOOKUP_CREATE, nd);
	int count = 0;

	if (!error) {
		current->total_link_count = 0;
		error = link_path_walk(pathname, nd);
		while (!error) {
			error = open_last_component(nd, flag, mode, created);
			if (error <= 0)
				break;
			error = count++ >= MAX_TOTAL_LINKS ? -ELOOP : 0;
		}
		if (error)
			path_put(&nd->path);
	}
	if (nd->root.mnt)
		path_put(&nd->root);
	return error;
}

/* Open a path name: an open file, or ERR_PTR. acc_mode 0 means what the flags say. */
struct file *do_filp_open(int dfd, const char *pathname, int open_flag, int mode, int acc_mode)
{
	struct nameidata nd;
	int error, created = 0;
	unsigned int lookup = LOOKUP_OPEN;

	if (!acc_mode)
		acc_mode = MAY_OPEN | ACC_MODE(open_flag);
	if (open_flag & O_TRUNC)
		acc_mode |= MAY_WRITE;
	if (open_flag & O_APPEND)
		acc_mode |= MAY_APPEND;
	nd.intent.open.file = get_empty_filp();
	if (!nd.intent.open.file)
		return ERR_PTR(-ENFILE);
	nd.intent.open.flags = open_flag;
	nd.intent.open.create_mode = mode;
	if (open_flag & O_CREAT) {
		error = open_create(dfd, pathname, &nd, open_flag, mode, &created);
	} else {
		lookup |= open_flag & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
		lookup |= open_flag & O_DIRECTORY ? LOOKUP_DIRECTORY : 0;
		error = do_path_lookup(dfd, pathname, lookup, &nd);
	}
	if (error) {
		release_open_intent(&nd);
		return ERR_PTR(error);
	}
	/* Who makes a file may write it whatever its mode is. */
	if (created)
		acc_mode = MAY_OPEN;
	return finish_open(&nd, created ? open_flag & ~O_TRUNC : open_flag, acc_mode);
}

struct file *filp_open(const char *filename, int flags, int mode)
{
	return do_filp_open(AT_FDCWD, filename, flags, mode, 0);
}
EXPORT_SYMBOL(filp_open);

/* For the calls that make a name: the negative dentry of nd->last, with the directory's i_mutex held. */
struct dentry *lookup_create(struct nameidata *nd, int is_dir)
{
	struct dentry *dentry = ERR_PTR(-EEXIST);

	mutex_lock_nested(&nd->path.dentry->d_inode->i_mutex, 1);
	if (nd->last_type != LAST_NORM)
		return dentry;
	nd->flags &= ~LOOKUP_PARENT;
	nd->flags |= LOOKUP_CREATE | LOOKUP_EXCL;
	dentry = lookup_hash(nd);
	if (IS_ERR(dentry))
		return dentry;
	if (dentry->d_inode) {
		dput(dentry);
		return ERR_PTR(-EEXIST);
	}
	/* A slash at the end is right for directories only. */
	if (!is_dir && nd->last.name[nd->last.len]) {
		dput(dentry);
		return ERR_PTR(-ENOENT);
	}
	return dentry;
}
EXPORT_SYMBOL(lookup_create);

/* The end of what begins with user_path_parent and lookup_create. */
static void end_create(struct nameidata *nd, struct dentry *dentry, char *name)
{
	if (!IS_ERR(dentry))
		dput(dentry);
	mutex_unlock(&nd->path.dentry->d_inode->i_mutex);
	path_put(&nd->path);
	putname(name);
}

int vfs_mknod(struct inode *dir, struct dentry *dentry, int mode, dev_t dev)
{
	int error = may_create(dir, dentry);

	if (error)
		return error;
	if ((S_ISCHR(mode) || S_ISBLK(mode)) && !capable(CAP_MKNOD))
		return -EPERM;
	if (!dir->i_op->mknod)
		return -EPERM;
	error = dir->i_op->mknod(dir, dentry, mode, dev);
	if (!error)
		fsnotify_name(dir, dentry, IN_CREATE, 0);
	return error;
}
EXPORT_SYMBOL(vfs_mknod);

static int mknod_by_type(struct inode *dir, struct dentry *dentry, int mode, unsigned dev,
			 struct nameidata *nd)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
		return vfs_create(dir, dentry, mode, nd);
	case S_IFCHR:
	case S_IFBLK:
		return vfs_mknod(dir, dentry, mode, new_decode_dev(dev));
	case S_IFIFO:
	case S_IFSOCK:
		return vfs_mknod(dir, dentry, mode, 0);
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

asmlinkage long sys_mknodat(int dfd, const char __user *filename, int mode, unsigned dev)
{
	struct nameidata nd;
	struct dentry *dentry;
	char *tmp;
	int error = user_path_parent(dfd, filename, &nd, &tmp);

	if (error)
		return error;
	dentry = lookup_create(&nd, 0);
	error = IS_ERR(dentry) ? PTR_ERR(dentry) : mnt_want_write(nd.path.mnt);
	if (!error)
		error = mknod_by_type(nd.path.dentry->d_inode, dentry, mode & ~current->fs->umask,
				      dev, &nd);
	end_create(&nd, dentry, tmp);
	return error;
}

asmlinkage long sys_mknod(const char __user *filename, int mode, unsigned dev)
{
	return sys_mknodat(AT_FDCWD, filename, mode, dev);
}

int vfs_mkdir(struct inode *dir, struct dentry *dentry, int mode)
{
	int error = may_create(dir, dentry);

	if (error)
		return error;
	if (!dir->i_op->mkdir)
		return -EPERM;
	error = dir->i_op->mkdir(dir, dentry, mode & (S_IRWXUGO | S_ISVTX));
	if (!error)
		fsnotify_name(dir, dentry, IN_CREATE, 1);
	return error;
}
EXPORT_SYMBOL(vfs_mkdir);

asmlinkage long sys_mkdirat(int dfd, const char __user *pathname, int mode)
{
	struct nameidata nd;
	struct dentry *dentry;
	char *tmp;
	int error = user_path_parent(dfd, pathname, &nd, &tmp);

	if (error)
		return error;
	dentry = lookup_create(&nd, 1);
	error = IS_ERR(dentry) ? PTR_ERR(dentry) : mnt_want_write(nd.path.mnt);
	if (!error)
		error = vfs_mkdir(nd.path.dentry->d_inode, dentry, mode & ~current->fs->umask);
	end_create(&nd, dentry, tmp);
	return error;
}

asmlinkage long sys_mkdir(const char __user *pathname, int mode)
{
	return sys_mkdirat(AT_FDCWD, pathname, mode);
}

/* Forget the cached names below a directory that is to go, so that a dput can free it. */
static void dentry_unhash(struct dentry *dentry)
{
	dget(dentry);
	shrink_dcache_parent(dentry);
	if (atomic_read(&dentry->d_count) == 2)
		d_drop(dentry);
}

int vfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	int error = may_delete(dir, dentry, 1);

	if (error)
		return error;
	if (!dir->i_op->rmdir)
		return -EPERM;
	mutex_lock(&dentry->d_inode->i_mutex);
	dentry_unhash(dentry);
	if (d_mountpoint(dentry))
		error = -EBUSY;
	else
		error = dir->i_op->rmdir(dir, dentry);
	if (!error)
		dentry->d_inode->i_flags |= S_DEAD;
	else if (d_unhashed(dentry))
		d_rehash(dentry);
	mutex_unlock(&dentry->d_inode->i_mutex);
	if (!error) {
		fsnotify_name(dir, dentry, IN_DELETE, 1);
		if (!list_empty(&dentry->d_inode->inotify_watches))
			inotify_inode_is_dead(dentry->d_inode);
		d_delete(dentry);
	}
	dput(dentry);
	return error;
}
EXPORT_SYMBOL(vfs_rmdir);

static int last_type_error(int type)
{
	return type == LAST_DOTDOT ? -ENOTEMPTY : type == LAST_DOT ? -EINVAL : -EBUSY;
}

static long do_rmdir(int dfd, const char __user *pathname)
{
	struct nameidata nd;
	struct dentry *dentry = ERR_PTR(-ENOENT);
	char *name;
	int error = user_path_parent(dfd, pathname, &nd, &name);

	if (error)
		return error;
	mutex_lock_nested(&nd.path.dentry->d_inode->i_mutex, 1);
	if (nd.last_type != LAST_NORM) {
		error = last_type_error(nd.last_type);
	} else {
		nd.flags &= ~LOOKUP_PARENT;
		dentry = lookup_hash(&nd);
		error = IS_ERR(dentry) ? PTR_ERR(dentry) : mnt_want_write(nd.path.mnt);
		if (!error)
			error = vfs_rmdir(nd.path.dentry->d_inode, dentry);
	}
	end_create(&nd, dentry, name);
	return error;
}

asmlinkage long sys_rmdir(const char __user *pathname)
{
	return do_rmdir(AT_FDCWD, pathname);
}

int vfs_unlink(struct inode *dir, struct dentry *dentry)
{
	int error = may_delete(dir, dentry, 0);

	if (error)
		return error;
	if (!dir->i_op->unlink)
		return -EPERM;
	mutex_lock(&dentry->d_inode->i_mutex);
	error = d_mountpoint(dentry) ? -EBUSY : dir->i_op->unlink(dir, dentry);
	mutex_unlock(&dentry->d_inode->i_mutex);
	if (!error) {
		fsnotify_name(dir, dentry, IN_DELETE, 0);
		if (!dentry->d_inode->i_nlink && !list_empty(&dentry->d_inode->inotify_watches))
			inotify_inode_is_dead(dentry->d_inode);
		d_delete(dentry);
	}
	return error;
}
EXPORT_SYMBOL(vfs_unlink);

/* The inode is kept until the directory is unlocked: freeing a large file takes long. */
static long do_unlinkat(int dfd, const char __user *pathname)
{
	struct inode *inode = NULL;
	struct nameidata nd;
	struct dentry *dentry = ERR_PTR(-EISDIR);
	char *name;
	int error = user_path_parent(dfd, pathname, &nd, &name);

	if (error)
		return error;
	mutex_lock_nested(&nd.path.dentry->d_inode->i_mutex, 1);
	if (nd.last_type == LAST_NORM) {
		nd.flags &= ~LOOKUP_PARENT;
		dentry = lookup_hash(&nd);
	}
	error = IS_ERR(dentry) ? PTR_ERR(dentry) : 0;
	if (!error && nd.last.name[nd.last.len]) {
		error = !dentry->d_inode ? -ENOENT
					 : S_ISDIR(dentry->d_inode->i_mode) ? -EISDIR : -ENOTDIR;
	} else if (!error) {
		inode = dentry->d_inode;
		if (inode)
			atomic_inc(&inode->i_count);
		error = mnt_want_write(nd.path.mnt);
		if (!error)
			error = vfs_unlink(nd.path.dentry->d_inode, dentry);
	}
	end_create(&nd, dentry, name);
	iput(inode);
	return error;
}

asmlinkage long sys_unlinkat(int dfd, const char __user *pathname, int flag)
{
	if (flag & ~AT_REMOVEDIR)
		return -EINVAL;
	return flag & AT_REMOVEDIR ? do_rmdir(dfd, pathname) : do_unlinkat(dfd, pathname);
}

asmlinkage long sys_unlink(const char __user *pathname)
{
	return do_unlinkat(AT_FDCWD, pathname);
}

int vfs_symlink(struct inode *dir, struct dentry *dentry, const char *oldname)
{
	int error = may_create(dir, dentry);

	if (error)
		return error;
	if (!dir->i_op->symlink)
		return -EPERM;
	error = dir->i_op->symlink(dir, dentry, oldname);
	if (!error)
		fsnotify_name(dir, dentry, IN_CREATE, 0);
	return error;
}
EXPORT_SYMBOL(vfs_symlink);

asmlinkage long sys_symlinkat(const char __user *oldname, int newdfd, const char __user *newname)
{
	struct nameidata nd;
	struct dentry *dentry;
	char *from = getname(oldname), *to;
	int error;

	if (IS_ERR(from))
		return PTR_ERR(from);
	error = user_path_parent(newdfd, newname, &nd, &to);
	if (!error) {
		dentry = lookup_create(&nd, 0);
		error = IS_ERR(dentry) ? PTR_ERR(dentry) : mnt_want_write(nd.path.mnt);
		if (!error)
			error = vfs_symlink(nd.path.dentry->d_inode, dentry, from);
		end_create(&nd, dentry, to);
	}
	putname(from);
	return error;
}

asmlinkage long sys_symlink(const char __user *oldname, const char __user *newname)
{
	return sys_symlinkat(oldname, AT_FDCWD, newname);
}

int vfs_link(struct dentry *old_dentry, struct inode *dir, struct dentry *new_dentry)
{
	struct inode *inode = old_dentry->d_inode;
	int error;

	if (!inode)
		return -ENOENT;
	error = may_create(dir, new_dentry);
	if (error)
		return error;
	if (dir->i_sb != inode->i_sb)
		return -EXDEV;
	if (IS_APPEND(inode) || IS_IMMUTABLE(inode) || !dir->i_op->link || S_ISDIR(inode->i_mode))
		return -EPERM;
	mutex_lock(&inode->i_mutex);
	error = dir->i_op->link(old_dentry, dir, new_dentry);
	mutex_unlock(&inode->i_mutex);
	if (!error)
		fsnotify_name(dir, new_dentry, IN_CREATE, 0);
	return error;
}
EXPORT_SYMBOL(vfs_link);

asmlinkage long sys_linkat(int olddfd, const char __user *oldname, int newdfd,
			   const char __user *newname, int flags)
{
	struct dentry *new_dentry;
	struct nameidata nd;
	struct path old_path;
	char *to;
	int error;

	if (flags & ~AT_SYMLINK_FOLLOW)
		return -EINVAL;
	error = user_path_at(olddfd, oldname, flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0,
			     &old_path);
	if (error)
		return error;
	error = user_path_parent(newdfd, newname, &nd, &to);
	if (!error) {
		new_dentry = lookup_create(&nd, 0);
		if (IS_ERR(new_dentry))
			error = PTR_ERR(new_dentry);
		else if (old_path.mnt != nd.path.mnt)
			error = -EXDEV;
		else
			error = mnt_want_write(nd.path.mnt);
		if (!error)
			error = vfs_link(old_path.dentry, nd.path.dentry->d_inode, new_dentry);
		end_create(&nd, new_dentry, to);
	}
	path_put(&old_path);
	return error;
}

asmlinkage long sys_link(const char __user *oldname, const char __user *newname)
{
	return sys_linkat(AT_FDCWD, oldname, AT_FDCWD, newname, 0);
}

/* A directory moves: nobody may be working in the one it replaces. */
static int vfs_rename_dir(struct inode *old_dir, struct dentry *old_dentry, struct inode *new_dir,
			  struct dentry *new_dentry)
{
	struct inode *target = new_dentry->d_inode;
	int error = 0;

	if (new_dir != old_dir)
		error = inode_permission(old_dentry->d_inode, MAY_WRITE);
	if (error)
		return error;
	if (target) {
		mutex_lock(&target->i_mutex);
		dentry_unhash(new_dentry);
	}
	if (d_mountpoint(old_dentry) || d_mountpoint(new_dentry))
		error = -EBUSY;
	else
		error = old_dir->i_op->rename(old_dir, old_dentry, new_dir, new_dentry);
	if (target) {
		if (!error)
			target->i_flags |= S_DEAD;
		mutex_unlock(&target->i_mutex);
		if (d_unhashed(new_dentry))
			d_rehash(new_dentry);
		dput(new_dentry);
	}
	if (!error)
		d_move(old_dentry, new_dentry);
	return error;
}

static int vfs_rename_other(struct inode *old_dir, struct dentry *old_dentry,
			    struct inode *new_dir, struct dentry *new_dentry)
{
	struct inode *target;
	int error;

	dget(new_dentry);
	target = new_dentry->d_inode;
	if (target)
		mutex_lock(&target->i_mutex);
	if (d_mountpoint(old_dentry) || d_mountpoint(new_dentry))
		error = -EBUSY;
	else
		error = old_dir->i_op->rename(old_dir, old_dentry, new_dir, new_dentry);
	if (!error)
		d_move(old_dentry, new_dentry);
	if (target)
		mutex_unlock(&target->i_mutex);
	dput(new_dentry);
	return error;
}

/* Both halves of a move have the same cookie. */
static void fsnotify_move(struct inode *old_dir, const char *old_name, struct inode *new_dir, const char *new_name,
			  u32 is_dir)
{
	u32 cookie = inotify_get_cookie();

	inotify_inode_queue_event(old_dir, IN_MOVED_FROM | is_dir, cookie, old_name);
	inotify_inode_queue_event(new_dir, IN_MOVED_TO | is_dir, cookie, new_name);
}

int vfs_rename(struct inode *old_dir, struct dentry *old_dentry, struct inode *new_dir,
	       struct dentry *new_dentry)
{
	int is_dir, error, moved;
	char *name = NULL;

	if (old_dentry->d_inode == new_dentry->d_inode)
		return 0;
	is_dir = S_ISDIR(old_dentry->d_inode->i_mode);
	error = may_delete(old_dir, old_dentry, is_dir);
	if (error)
		return error;
	if (!new_dentry->d_inode)
		error = may_create(new_dir, new_dentry);
	else
		error = may_delete(new_dir, new_dentry, is_dir);
	if (error)
		return error;
	if (!old_dir->i_op->rename)
		return -EPERM;
	moved = !list_empty(&old_dir->inotify_watches) || !list_empty(&new_dir->inotify_watches);
	if (moved)
		name = kstrdup(old_dentry->d_name.name, GFP_KERNEL);
	if (is_dir)
		error = vfs_rename_dir(old_dir, old_dentry, new_dir, new_dentry);
	else
		error = vfs_rename_other(old_dir, old_dentry, new_dir, new_dentry);
	if (!error && moved)
		fsnotify_move(old_dir, name, new_dir, old_dentry->d_name.name, is_dir ? IN_ISDIR : 0);
	if (!error && !list_empty(&old_dentry->d_inode->inotify_watches))
		inotify_inode_queue_event(old_dentry->d_inode, IN_MOVE_SELF, 0, NULL);
	kfree(name);
	return error;
}
EXPORT_SYMBOL(vfs_rename);

/* Both directories are locked; trap is what lock_rename answered. */
static int rename_locked(struct nameidata *oldnd, struct nameidata *newnd, struct dentry *trap)
{
	struct dentry *old_dentry, *new_dentry;
	int error;

	old_dentry = lookup_hash(oldnd);
	if (IS_ERR(old_dentry))
		return PTR_ERR(old_dentry);
	new_dentry = lookup_hash(newnd);
	if (IS_ERR(new_dentry)) {
		dput(old_dentry);
		return PTR_ERR(new_dentry);
	}
	if (!old_dentry->d_inode)
		error = -ENOENT;
	else if (!S_ISDIR(old_dentry->d_inode->i_mode) &&
		 (oldnd->last.name[oldnd->last.len] || newnd->last.name[newnd->last.len]))
		error = -ENOTDIR;
	else if (old_dentry == trap)
		error = -EINVAL;
	else if (new_dentry == trap)
		error = -ENOTEMPTY;
	else
		error = vfs_rename(oldnd->path.dentry->d_inode, old_dentry,
				   newnd->path.dentry->d_inode, new_dentry);
	dput(new_dentry);
	dput(old_dentry);
	return error;
}

asmlinkage long sys_renameat(int olddfd, const char __user *oldname, int newdfd,
			     const char __user *newname)
{
	struct nameidata oldnd, newnd;
	struct dentry *trap;
	char *from, *to;
	int error = user_path_parent(olddfd, oldname, &oldnd, &from);

	if (error)
		return error;
	error = user_path_parent(newdfd, newname, &newnd, &to);
	if (error)
		goto exit_old;
	if (oldnd.path.mnt != newnd.path.mnt)
		error = -EXDEV;
	else if (oldnd.last_type != LAST_NORM || newnd.last_type != LAST_NORM)
		error = -EBUSY;
	else
		error = mnt_want_write(oldnd.path.mnt);
	if (!error) {
		oldnd.flags &= ~LOOKUP_PARENT;
		newnd.flags &= ~LOOKUP_PARENT;
		trap = lock_rename(newnd.path.dentry, oldnd.path.dentry);
		error = rename_locked(&oldnd, &newnd, trap);
		unlock_rename(newnd.path.dentry, oldnd.path.dentry);
	}
	path_put(&newnd.path);
	putname(to);
exit_old:
	path_put(&oldnd.path);
	putname(from);
	return error;
}

asmlinkage long sys_rename(const char __user *oldname, const char __user *newname)
{
	return sys_renameat(AT_FDCWD, oldname, AT_FDCWD, newname);
}

/* Copy a link's text to the user, without a 0. Answers the bytes. */
int vfs_readlink(struct dentry *dentry, char __user *buffer, int buflen, const char *link)
{
	int len;

	if (IS_ERR(link))
		return PTR_ERR(link);
	len = min_t(int, strlen(link), buflen);
	return copy_to_user(buffer, link, len) ? -EFAULT : len;
}
EXPORT_SYMBOL(vfs_readlink);

int generic_readlink(struct dentry *dentry, char __user *buffer, int buflen)
{
	struct nameidata nd;
	void *cookie;
	int res;

	nd.depth = 0;
	cookie = dentry->d_inode->i_op->follow_link(dentry, &nd);
	if (IS_ERR(cookie))
		return PTR_ERR(cookie);
	res = vfs_readlink(dentry, buffer, buflen, nd_get_link(&nd));
	if (dentry->d_inode->i_op->put_link)
		dentry->d_inode->i_op->put_link(dentry, &nd, cookie);
	return res;
}
EXPORT_SYMBOL(generic_readlink);

/* The text of a link that is stored as the file's only page; page_put_link drops the page. */
void *page_follow_link_light(struct dentry *dentry, struct nameidata *nd)
{
	struct inode *inode = dentry->d_inode;
	struct page *page = read_mapping_page(inode->i_mapping, 0, NULL);

	if (IS_ERR(page)) {
		nd_set_link(nd, (char *)page);
		return NULL;
	}
	((char *)page_address(page))[min_t(loff_t, inode->i_size, PAGE_SIZE - 1)] = 0;
	nd_set_link(nd, (char *)page_address(page));
	return page;
}
EXPORT_SYMBOL(page_follow_link_light);

void page_put_link(struct dentry *dentry, struct nameidata *nd, void *cookie)
{
	if (cookie)
		put_page(cookie);
}
EXPORT_SYMBOL(page_put_link);

/* len counts the 0, the size does not. */
int page_symlink(struct inode *inode, const char *symname, int len)
{
	struct address_space *mapping = inode->i_mapping;
	struct page *page;
	void *fsdata;
	int err = mapping->a_ops->write_begin(NULL, mapping, 0, len - 1, 0, &page, &fsdata);

	if (err)
		return err;
	memcpy((void *)page_address(page), symname, len - 1);
	err = mapping->a_ops->write_end(NULL, mapping, 0, len - 1, len - 1, page, fsdata);
	return err < 0 ? err : 0;
}
EXPORT_SYMBOL(page_symlink);

const struct inode_operations page_symlink_inode_operations = {
	.readlink = generic_readlink,
	.follow_link = page_follow_link_light,
	.put_link = page_put_link,
};
EXPORT_SYMBOL(page_symlink_inode_operations);
