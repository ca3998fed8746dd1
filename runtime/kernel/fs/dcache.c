/*
 * The directory entry cache. dcache_lock guards the hash chains, the children lists, the aliases and
 * the unused list; d_lock, inside it, a dentry's flags and name. Hash chains are chosen by name and
 * inode number, not by address, so that every run and architecture walks them alike.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define D_HASHBITS 8
#define D_ALLOC_COST 50		/* ns */

DEFINE_SPINLOCK(dcache_lock);
EXPORT_SYMBOL(dcache_lock);

struct dentry_stat_t dentry_stat = { .age_limit = 45 };

static struct kmem_cache *dentry_cache;
static struct hlist_head dentry_hashtable[1 << D_HASHBITS];
static LIST_HEAD(dentry_unused);	/* most recently used first */

static inline struct hlist_head *d_hash(struct dentry *parent, unsigned long hash)
{
	hash += parent->d_inode ? (u32)parent->d_inode->i_ino * 37 : 0;
	hash ^= hash >> 16;
	return &dentry_hashtable[(hash ^ hash >> D_HASHBITS) & ((1 << D_HASHBITS) - 1)];
}

static void d_free(struct dentry *dentry)
{
	if (dentry->d_op && dentry->d_op->d_release)
		dentry->d_op->d_release(dentry);
	if (dentry->d_name.name != dentry->d_iname)
		kfree(dentry->d_name.name);
	kmem_cache_free(dentry_cache, dentry);
}

static void dentry_lru_add(struct dentry *dentry)
{
	list_add(&dentry->d_lru, &dentry_unused);
	dentry_stat.nr_unused++;
}

static void dentry_lru_del_init(struct dentry *dentry)
{
	if (!list_empty(&dentry->d_lru)) {
		list_del_init(&dentry->d_lru);
		dentry_stat.nr_unused--;
	}
}

static void __d_drop(struct dentry *dentry)
{
	if (!(dentry->d_flags & DCACHE_UNHASHED)) {
		dentry->d_flags |= DCACHE_UNHASHED;
		hlist_del_init(&dentry->d_hash);
	}
}

/* Take the name out of the cache: a new lookup will not find it. */
void d_drop(struct dentry *dentry)
{
	spin_lock(&dcache_lock);
	spin_lock(&dentry->d_lock);
	__d_drop(dentry);
	spin_unlock(&dentry->d_lock);
	spin_unlock(&dcache_lock);
}
EXPORT_SYMBOL(d_drop);

/* Let go of the inode. Called with dcache_lock and d_lock, which are dropped. */
static void dentry_iput(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	dentry->d_inode = NULL;
	if (inode)
		list_del_init(&dentry->d_alias);
	spin_unlock(&dentry->d_lock);
	spin_unlock(&dcache_lock);
	if (!inode)
		return;
	if (dentry->d_op && dentry->d_op->d_iput)
		dentry->d_op->d_iput(dentry, inode);
	else
		iput(inode);
}

/* Free a dentry nobody uses. Called with both locks, drops them; answers the parent, to be put. */
static struct dentry *d_kill(struct dentry *dentry)
{
	struct dentry *parent = IS_ROOT(dentry) ? NULL : dentry->d_parent;

	dentry_lru_del_init(dentry);
	__d_drop(dentry);
	list_del(&dentry->d_u.d_child);
	dentry_stat.nr_dentry--;
	dentry_iput(dentry);
	d_free(dentry);
	return parent;
}

/* Drop a reference. An unused name stays cached, unless it is unhashed or its file system says no. */
void dput(struct dentry *dentry)
{
	while (dentry) {
		if (!atomic_dec_and_lock(&dentry->d_count, &dcache_lock))
			return;
		spin_lock(&dentry->d_lock);
		if (atomic_read(&dentry->d_count)) {
			spin_unlock(&dentry->d_lock);
			spin_unlock(&dcache_lock);
			return;
		}
		if (!(dentry->d_op && dentry->d_op->d_delete && dentry->d_op->d_delete(dentry)) &&
		    !d_unhashed(dentry)) {
			if (list_empty(&dentry->d_lru)) {
				dentry->d_flags |= DCACHE_REFERENCED;
				dentry_lru_add(dentry);
			}
			spin_unlock(&dentry->d_lock);
			spin_unlock(&dcache_lock);
			return;
		}
		dentry = d_kill(dentry);
	}
}
EXPORT_SYMBOL(dput);

/* A reference where the count may be 0; dcache_lock is held. */
struct dentry *dget_locked(struct dentry *dentry)
{
	atomic_inc(&dentry->d_count);
	dentry_lru_del_init(dentry);
	return dentry;
}
EXPORT_SYMBOL(dget_locked);

struct dentry *dget_parent(struct dentry *dentry)
{
	struct dentry *parent;

	spin_lock(&dentry->d_lock);
	parent = dget(dentry->d_parent);
	spin_unlock(&dentry->d_lock);
	return parent;
}

/* Forget a name, unless somebody works below it. 0, or -EBUSY. */
int d_invalidate(struct dentry *dentry)
{
	if (d_unhashed(dentry))
		return 0;
	shrink_dcache_parent(dentry);
	if (atomic_read(&dentry->d_count) > 1 && dentry->d_inode && S_ISDIR(dentry->d_inode->i_mode))
		return -EBUSY;
	d_drop(dentry);
	return 0;
}
EXPORT_SYMBOL(d_invalidate);

/* Free one unused dentry and what parents that leaves unused. dcache_lock is held, and dropped. */
static void prune_one_dentry(struct dentry *dentry)
{
	spin_lock(&dentry->d_lock);
	dput(d_kill(dentry));
}

/* Free up to nr unused names, the oldest first; a recently used one gets a second chance. */
int shrink_dcache_memory(int nr)
{
	int freed = 0, scan = dentry_stat.nr_unused * 2;

	while (freed < nr && scan-- > 0) {
		struct dentry *dentry;

		spin_lock(&dcache_lock);
		if (list_empty(&dentry_unused)) {
			spin_unlock(&dcache_lock);
			break;
		}
		dentry = list_entry(dentry_unused.prev, struct dentry, d_lru);
		if (dentry->d_flags & DCACHE_REFERENCED) {
			dentry->d_flags &= ~DCACHE_REFERENCED;
			list_move(&dentry->d_lru, &dentry_unused);
			spin_unlock(&dcache_lock);
			continue;
		}
		prune_one_dentry(dentry);
		freed++;
	}
	return freed;
}

/* A dentry below parent that nobody uses and that has no children; dcache_lock is held. */
static struct dentry *find_unused_below(struct dentry *parent)
{
	struct dentry *child, *found;

	list_for_each_entry(child, &parent->d_subdirs, d_u.d_child) {
		if (!list_empty(&child->d_subdirs)) {
			found = find_unused_below(child);
			if (found)
				return found;
		} else if (atomic_read(&child->d_count) == 0) {
			return child;
		}
	}
	return NULL;
}

/* Free all unused names below the parent. */
void shrink_dcache_parent(struct dentry *parent)
{
	struct dentry *dentry;

	spin_lock(&dcache_lock);
	while ((dentry = find_unused_below(parent))) {
		prune_one_dentry(dentry);
		spin_lock(&dcache_lock);
	}
	spin_unlock(&dcache_lock);
}
EXPORT_SYMBOL(shrink_dcache_parent);

void shrink_dcache_for_umount(struct super_block *sb)
{
	struct dentry *root = sb->s_root;

	sb->s_root = NULL;
	shrink_dcache_parent(root);
	d_drop(root);
	dput(root);
}

/* A name below parent, not hashed and negative. NULL when out of memory. */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)
{
	struct dentry *dentry = kmem_cache_alloc(dentry_cache, GFP_KERNEL);
	unsigned char *dname;

	if (!dentry)
		return NULL;
	memset(dentry, 0, sizeof(*dentry));
	dname = dentry->d_iname;
	if (name->len >= DNAME_INLINE_LEN_MIN) {
		dname = kmalloc(name->len + 1, GFP_KERNEL);
		if (!dname) {
			kmem_cache_free(dentry_cache, dentry);
			return NULL;
		}
	}
	memcpy(dname, name->name, name->len);
	dname[name->len] = 0;
	dentry->d_name = (struct qstr){ .hash = name->hash, .len = name->len, .name = dname };
	atomic_set(&dentry->d_count, 1);
	dentry->d_flags = DCACHE_UNHASHED;
	spin_lock_init(&dentry->d_lock);
	INIT_LIST_HEAD(&dentry->d_lru);
	INIT_LIST_HEAD(&dentry->d_subdirs);
	INIT_LIST_HEAD(&dentry->d_alias);
	INIT_LIST_HEAD(&dentry->d_u.d_child);
	dentry->d_parent = dentry;
	spin_lock(&dcache_lock);
	if (parent) {
		dentry->d_parent = dget(parent);
		dentry->d_sb = parent->d_sb;
		list_add_tail(&dentry->d_u.d_child, &parent->d_subdirs);
	}
	dentry_stat.nr_dentry++;
	spin_unlock(&dcache_lock);
	spend(D_ALLOC_COST);
	return dentry;
}
EXPORT_SYMBOL(d_alloc);

struct dentry *d_alloc_name(struct dentry *parent, const char *name)
{
	struct qstr q = { .name = (const unsigned char *)name, .len = strlen(name) };

	q.hash = full_name_hash(q.name, q.len);
	return d_alloc(parent, &q);
}
EXPORT_SYMBOL(d_alloc_name);

/* The dentry now names the inode (NULL: nothing) and takes over the caller's reference. */
void d_instantiate(struct dentry *entry, struct inode *inode)
{
	spin_lock(&dcache_lock);
	if (inode)
		list_add(&entry->d_alias, &inode->i_dentry);
	entry->d_inode = inode;
	spin_unlock(&dcache_lock);
}
EXPORT_SYMBOL(d_instantiate);

struct dentry *d_alloc_root(struct inode *root_inode)
{
	static const struct qstr name = { .name = (const unsigned char *)"/", .len = 1 };
	struct dentry *root;

	if (!root_inode)
		return NULL;
	root = d_alloc(NULL, &name);
	if (root) {
		root->d_sb = root_inode->i_sb;
		d_instantiate(root, root_inode);
	}
	return root;
}
EXPORT_SYMBOL(d_alloc_root);

static void __d_rehash(struct dentry *entry, struct hlist_head *list)
{
	entry->d_flags &= ~DCACHE_UNHASHED;
	hlist_add_head(&entry->d_hash, list);
}

/* Let lookups find the name. */
void d_rehash(struct dentry *entry)
{
	spin_lock(&dcache_lock);
	spin_lock(&entry->d_lock);
	__d_rehash(entry, d_hash(entry->d_parent, entry->d_name.hash));
	spin_unlock(&entry->d_lock);
	spin_unlock(&dcache_lock);
}
EXPORT_SYMBOL(d_rehash);

static int same_name(struct dentry *parent, struct dentry *dentry, struct qstr *name)
{
	if (parent->d_op && parent->d_op->d_compare)
		return parent->d_op->d_compare(parent, &dentry->d_name, name) == 0;
	return dentry->d_name.len == name->len &&
	       memcmp(dentry->d_name.name, name->name, name->len) == 0;
}

/* The cached name with a reference, or NULL: then only the file system knows. */
struct dentry *__d_lookup(struct dentry *parent, struct qstr *name)
{
	struct dentry *found = NULL, *dentry;
	struct hlist_node *node;

	spin_lock(&dcache_lock);
	hlist_for_each_entry(dentry, node, d_hash(parent, name->hash), d_hash) {
		if (dentry->d_name.hash != name->hash || dentry->d_parent != parent ||
		    !same_name(parent, dentry, name))
			continue;
		found = dget_locked(dentry);
		break;
	}
	spin_unlock(&dcache_lock);
	return found;
}

struct dentry *d_lookup(struct dentry *parent, struct qstr *name)
{
	return __d_lookup(parent, name);
}
EXPORT_SYMBOL(d_lookup);

struct dentry *d_hash_and_lookup(struct dentry *dir, struct qstr *name)
{
	name->hash = full_name_hash(name->name, name->len);
	return d_lookup(dir, name);
}

/* The file is unlinked: the name becomes negative if only the caller has it, else it is unhashed. */
void d_delete(struct dentry *dentry)
{
	spin_lock(&dcache_lock);
	spin_lock(&dentry->d_lock);
	if (atomic_read(&dentry->d_count) == 1) {
		dentry_iput(dentry);
		return;
	}
	__d_drop(dentry);
	spin_unlock(&dentry->d_lock);
	spin_unlock(&dcache_lock);
}
EXPORT_SYMBOL(d_delete);

/* Exchange the names; an inline name is copied, a long one changes hands. */
static void switch_names(struct dentry *dentry, struct dentry *target)
{
	unsigned char inline_name[DNAME_INLINE_LEN_MIN];
	struct qstr name = dentry->d_name;
	int was_inline = name.name == dentry->d_iname;
	int target_inline = target->d_name.name == target->d_iname;

	memcpy(inline_name, dentry->d_iname, sizeof(inline_name));
	dentry->d_name = target->d_name;
	if (target_inline) {
		memcpy(dentry->d_iname, target->d_iname, sizeof(dentry->d_iname));
		dentry->d_name.name = dentry->d_iname;
	}
	target->d_name = name;
	if (was_inline) {
		memcpy(target->d_iname, inline_name, sizeof(target->d_iname));
		target->d_name.name = target->d_iname;
	}
}

/* rename: dentry takes the name and the place of target, which is unhashed. i_mutexes are held. */
void d_move(struct dentry *dentry, struct dentry *target)
{
	struct dentry *parent = target->d_parent;

	spin_lock(&dcache_lock);
	__d_drop(dentry);
	__d_drop(target);
	switch_names(dentry, target);
	target->d_parent = dentry->d_parent;
	dentry->d_parent = parent;
	list_move_tail(&target->d_u.d_child, &target->d_parent->d_subdirs);
	list_move_tail(&dentry->d_u.d_child, &dentry->d_parent->d_subdirs);
	__d_rehash(dentry, d_hash(dentry->d_parent, dentry->d_name.hash));
	spin_unlock(&dcache_lock);
}
EXPORT_SYMBOL(d_move);

/* Whether p1 is p2 or an ancestor of it. */
int d_ancestor(struct dentry *p1, struct dentry *p2)
{
	for (; p2 != p1; p2 = p2->d_parent)
		if (IS_ROOT(p2))
			return 0;
	return 1;
}

/* Drop the references that keep the names of a memory file system alive. dcache_lock is held. */
static void unpin_tree(struct dentry *parent)
{
	struct dentry *child;

	list_for_each_entry(child, &parent->d_subdirs, d_u.d_child) {
		if (d_unhashed(child) || !child->d_inode)
			continue;
		unpin_tree(child);
		atomic_dec(&child->d_count);
	}
}

void d_genocide(struct dentry *root)
{
	spin_lock(&dcache_lock);
	unpin_tree(root);
	spin_unlock(&dcache_lock);
}

static int prepend(char **buffer, int *buflen, const char *str, int namelen)
{
	*buflen -= namelen;
	if (*buflen < 0)
		return -ENAMETOOLONG;
	*buffer -= namelen;
	memcpy(*buffer, str, namelen);
	return 0;
}

static int prepend_name(char **buffer, int *buflen, struct qstr *name)
{
	if (prepend(buffer, buflen, (const char *)name->name, name->len) ||
	    prepend(buffer, buflen, "/", 1))
		return -ENAMETOOLONG;
	return 0;
}

/*
 * The path from root, written at the end of the buffer. " (deleted)" follows an unlinked name. When
 * the root is not met on the way up, it is changed to where the way ended. dcache_lock is held.
 */
char *__d_path(const struct path *path, struct path *root, char *buffer, int buflen)
{
	struct dentry *dentry = path->dentry;
	struct vfsmount *mnt = path->mnt;
	char *end = buffer + buflen, *start;
	int error = prepend(&end, &buflen, "\0", 1);

	if (d_unlinked(dentry))
		error |= prepend(&end, &buflen, " (deleted)", 10);
	start = end;
	while (!error && !(dentry == root->dentry && mnt == root->mnt)) {
		if (dentry == mnt->mnt_root || IS_ROOT(dentry)) {
			if (mnt->mnt_parent == mnt) {
				root->mnt = mnt;
				root->dentry = dentry;
				break;
			}
			dentry = mnt->mnt_mountpoint;
			mnt = mnt->mnt_parent;
			continue;
		}
		error = prepend_name(&end, &buflen, &dentry->d_name);
		dentry = dentry->d_parent;
	}
	if (!error && end == start)
		error = prepend(&end, &buflen, "/", 1);
	return error ? ERR_PTR(-ENAMETOOLONG) : end;
}

/* The path as the current process sees it; ERR_PTR(-ENAMETOOLONG). */
char *d_path(const struct path *path, char *buf, int buflen)
{
	struct path root;
	char *res;

	if (path->dentry->d_op && path->dentry->d_op->d_dname)
		return path->dentry->d_op->d_dname(path->dentry, buf, buflen);
	read_lock(&current->fs->lock);
	root = current->fs->root;
	path_get(&root);
	read_unlock(&current->fs->lock);
	spin_lock(&dcache_lock);
	{
		struct path tmp = root;

		res = __d_path(path, &tmp, buf, buflen);
	}
	spin_unlock(&dcache_lock);
	path_put(&root);
	return res;
}
EXPORT_SYMBOL(d_path);

/* The path within its file system. */
char *dentry_path(struct dentry *dentry, char *buf, int buflen)
{
	char *end = buf + buflen;
	int error;

	spin_lock(&dcache_lock);
	error = prepend(&end, &buflen, "\0", 1);
	if (IS_ROOT(dentry))
		error |= prepend(&end, &buflen, "/", 1);
	for (; !error && !IS_ROOT(dentry); dentry = dentry->d_parent)
		error = prepend_name(&end, &buflen, &dentry->d_name);
	spin_unlock(&dcache_lock);
	return error ? ERR_PTR(-ENAMETOOLONG) : end;
}

/* The d_dname of file systems whose names are made up, like pipe:[12]. */
char *dynamic_dname(struct dentry *dentry, char *buffer, int buflen, const char *fmt, ...)
{
	char temp[64];
	va_list args;
	int size;

	va_start(args, fmt);
	size = vsnprintf(temp, sizeof(temp), fmt, args) + 1;
	va_end(args);
	if (size > sizeof(temp) || size > buflen)
		return ERR_PTR(-ENAMETOOLONG);
	buffer += buflen - size;
	return memcpy(buffer, temp, size);
}

/* Answers the length with the 0; -ENOENT when the working directory is removed, -ERANGE. */
asmlinkage long sys_getcwd(char __user *buf, unsigned long size)
{
	char *page = (char *)__get_free_page(GFP_USER), *cwd;
	struct path pwd, root;
	long error = -ENOENT;

	if (!page)
		return -ENOMEM;
	read_lock(&current->fs->lock);
	pwd = current->fs->pwd;
	path_get(&pwd);
	root = current->fs->root;
	read_unlock(&current->fs->lock);
	spin_lock(&dcache_lock);
	cwd = d_unlinked(pwd.dentry) ? ERR_PTR(-ENOENT) : __d_path(&pwd, &root, page, PAGE_SIZE);
	spin_unlock(&dcache_lock);
	if (IS_ERR(cwd)) {
		error = PTR_ERR(cwd);
	} else {
		unsigned long len = page + PAGE_SIZE - cwd;

		error = len > size ? -ERANGE : copy_to_user(buf, cwd, len) ? -EFAULT : len;
	}
	path_put(&pwd);
	free_page((unsigned long)page);
	return error;
}

static void __init dcache_init(void)
{
	dentry_cache = KMEM_CACHE(dentry, SLAB_RECLAIM_ACCOUNT | SLAB_PANIC);
}

struct kmem_cache *names_cachep;
EXPORT_SYMBOL(names_cachep);


void __init vfs_caches_init(unsigned long mempages)
{
	radix_tree_init();
	names_cachep = kmem_cache_create("names_cache", PATH_MAX, 0, SLAB_PANIC, NULL);
	dcache_init();
	inode_init();
	files_init(mempages);
	mnt_init();
}
