/* The directory entry cache: names and the tree they form. */
#ifndef _LINUX_DCACHE_H
#define _LINUX_DCACHE_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <asm/atomic.h>

struct inode;
struct super_block;
struct vfsmount;
struct path;
struct nameidata;

/* A name that need not end in 0, with its hash. */
struct qstr {
	unsigned int hash;
	unsigned int len;
	const unsigned char *name;
};

#define DNAME_INLINE_LEN_MIN 32

/*
 * A name in a directory. d_inode NULL: known not to exist. A dentry with d_count 0 stays cached on
 * the unused list. The hash chains, the children lists and d_alias are under dcache_lock, d_count
 * rising from 0, d_flags and d_name under d_lock, which is taken inside dcache_lock.
 */
struct dentry {
	atomic_t d_count;
	unsigned int d_flags;
	spinlock_t d_lock;
	int d_mounted;			/* file systems mounted on it */
	struct inode *d_inode;
	struct hlist_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct list_head d_lru;
	union {
		struct list_head d_child;	/* in d_parent->d_subdirs, in order of creation */
	} d_u;
	struct list_head d_subdirs;
	struct list_head d_alias;	/* in d_inode->i_dentry */
	unsigned long d_time;
	const struct dentry_operations *d_op;
	struct super_block *d_sb;
	void *d_fsdata;
	unsigned char d_iname[DNAME_INLINE_LEN_MIN];
};

struct dentry_operations {
	int (*d_revalidate)(struct dentry *, struct nameidata *);
	int (*d_hash)(struct dentry *, struct qstr *);
	int (*d_compare)(struct dentry *, struct qstr *, struct qstr *);
	int (*d_delete)(struct dentry *);	/* 1: do not keep it when its count falls to 0 */
	void (*d_release)(struct dentry *);
	void (*d_iput)(struct dentry *, struct inode *);
	char *(*d_dname)(struct dentry *, char *, int);
};

#define DCACHE_REFERENCED	0x0008
#define DCACHE_UNHASHED		0x0010
#define DCACHE_DISCONNECTED	0x0004

extern spinlock_t dcache_lock;

struct dentry_stat_t {
	int nr_dentry;
	int nr_unused;
	int age_limit;
	int want_pages;
	int dummy[2];
};
extern struct dentry_stat_t dentry_stat;

/* The usual string hash: one character at a time. */
#define init_name_hash() 0
static inline unsigned long partial_name_hash(unsigned long c, unsigned long prevhash)
{
	return (u32)((prevhash + (c << 4) + (c >> 4)) * 11);
}
static inline unsigned long end_name_hash(unsigned long hash)
{
	return (unsigned int)hash;
}
static inline unsigned int full_name_hash(const unsigned char *name, unsigned int len)
{
	unsigned long hash = init_name_hash();

	while (len--)
		hash = partial_name_hash(*name++, hash);
	return end_name_hash(hash);
}

struct dentry *d_alloc(struct dentry *parent, const struct qstr *name);
struct dentry *d_alloc_root(struct inode *root_inode);
struct dentry *d_alloc_name(struct dentry *parent, const char *name);
void d_instantiate(struct dentry *dentry, struct inode *inode);
void d_rehash(struct dentry *dentry);
void d_delete(struct dentry *dentry);
void d_move(struct dentry *dentry, struct dentry *target);
void d_genocide(struct dentry *root);
int d_invalidate(struct dentry *dentry);
void d_drop(struct dentry *dentry);
struct dentry *d_lookup(struct dentry *parent, struct qstr *name);
struct dentry *__d_lookup(struct dentry *parent, struct qstr *name);
struct dentry *d_hash_and_lookup(struct dentry *dir, struct qstr *name);
struct dentry *dget_locked(struct dentry *dentry);
struct dentry *dget_parent(struct dentry *dentry);
int d_ancestor(struct dentry *p1, struct dentry *p2);
void dput(struct dentry *dentry);
int shrink_dcache_memory(int nr);
void shrink_dcache_parent(struct dentry *parent);
void shrink_dcache_for_umount(struct super_block *sb);
char *__d_path(const struct path *path, struct path *root, char *buf, int buflen);
char *d_path(const struct path *path, char *buf, int buflen);
char *dentry_path(struct dentry *dentry, char *buf, int buflen);
char *dynamic_dname(struct dentry *dentry, char *buffer, int buflen, const char *fmt, ...);

static inline void d_add(struct dentry *entry, struct inode *inode)
{
	d_instantiate(entry, inode);
	d_rehash(entry);
}

/* The caller holds a reference already. */
static inline struct dentry *dget(struct dentry *dentry)
{
	if (dentry)
		atomic_inc(&dentry->d_count);
	return dentry;
}

static inline int d_unhashed(struct dentry *dentry)	{ return dentry->d_flags & DCACHE_UNHASHED; }
static inline int d_unlinked(struct dentry *dentry)
{
	return d_unhashed(dentry) && dentry != dentry->d_parent;
}
static inline int d_mountpoint(struct dentry *dentry)	{ return dentry->d_mounted; }

#define IS_ROOT(x) ((x) == (x)->d_parent)

struct vfsmount *lookup_mnt(struct path *path);

#endif
