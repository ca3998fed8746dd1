/* The virtual file system: super blocks, inodes, open files and their operations. */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/time.h>
#include <linux/dcache.h>
#include <linux/path.h>
#include <linux/stat.h>
#include <linux/fcntl.h>
#include <linux/radix-tree.h>
#include <linux/uio.h>
#include <linux/kdev_t.h>
#include <linux/pid.h>
#include <linux/wait.h>
#include <asm/atomic.h>

struct address_space;
struct cred;
struct kiocb;
struct nameidata;
struct page;
struct pipe_inode_info;
struct poll_table_struct;
struct vfsmount;
struct vm_area_struct;
struct seq_file;

#define NAME_MAX	255
#define PATH_MAX	4096
#define SEEK_SET	0
#define SEEK_CUR	1
#define SEEK_END	2
#define MAX_LFS_FILESIZE ((loff_t)0x7fffffffffLL)	/* fits the page index on every word size */
#define MAX_NON_LFS	((1UL << 31) - 1)
#define MAX_RW_COUNT	(0x7fffffff & PAGE_MASK)

#define MAY_EXEC	1
#define MAY_WRITE	2
#define MAY_READ	4
#define MAY_APPEND	8
#define MAY_ACCESS	16
#define MAY_OPEN	32

#define FMODE_READ	((fmode_t)1)
#define FMODE_WRITE	((fmode_t)2)
#define FMODE_LSEEK	((fmode_t)4)
#define FMODE_PREAD	((fmode_t)8)
#define FMODE_PWRITE	((fmode_t)16)
#define FMODE_EXEC	((fmode_t)32)

#define READ		0
#define WRITE		1

#define ACC_MODE(x)	("\004\002\006\006"[(x) & O_ACCMODE])
#define OPEN_FMODE(flag) ((fmode_t)(((flag) + 1) & O_ACCMODE))

/* iattr.ia_valid */
#define ATTR_MODE	(1 << 0)
#define ATTR_UID	(1 << 1)
#define ATTR_GID	(1 << 2)
#define ATTR_SIZE	(1 << 3)
#define ATTR_ATIME	(1 << 4)
#define ATTR_MTIME	(1 << 5)
#define ATTR_CTIME	(1 << 6)
#define ATTR_ATIME_SET	(1 << 7)
#define ATTR_MTIME_SET	(1 << 8)
#define ATTR_FORCE	(1 << 9)
#define ATTR_KILL_SUID	(1 << 11)
#define ATTR_KILL_SGID	(1 << 12)
#define ATTR_FILE	(1 << 13)
#define ATTR_OPEN	(1 << 15)

struct iattr {
	unsigned int ia_valid;
	umode_t ia_mode;
	uid_t ia_uid;
	gid_t ia_gid;
	loff_t ia_size;
	struct timespec ia_atime;
	struct timespec ia_mtime;
	struct timespec ia_ctime;
	struct file *ia_file;
};

/* dirent.d_type */
#define DT_UNKNOWN	0
#define DT_FIFO		1
#define DT_CHR		2
#define DT_DIR		4
#define DT_BLK		6
#define DT_REG		8
#define DT_LNK		10
#define DT_SOCK		12

struct address_space_operations {
	int (*readpage)(struct file *, struct page *);
	int (*set_page_dirty)(struct page *page);
	int (*write_begin)(struct file *, struct address_space *mapping, loff_t pos, unsigned len,
			   unsigned flags, struct page **pagep, void **fsdata);
	int (*write_end)(struct file *, struct address_space *mapping, loff_t pos, unsigned len,
			 unsigned copied, struct page *page, void *fsdata);
};

/* The pages of a file. page_tree and nrpages are under tree_lock. */
struct address_space {
	struct inode *host;
	struct radix_tree_root page_tree;
	spinlock_t tree_lock;
	unsigned long nrpages;
	const struct address_space_operations *a_ops;
	unsigned long flags;
};

/* An object of a file system: file, directory, device, pipe. i_mutex guards contents and names. */
struct inode {
	struct hlist_node i_hash;
	struct list_head i_list;		/* in use or unused; under inode_lock */
	struct list_head i_sb_list;		/* in i_sb->s_inodes; under inode_lock */
	struct list_head i_dentry;		/* its names; under dcache_lock */
	unsigned long i_ino;
	atomic_t i_count;
	unsigned int i_nlink;
	uid_t i_uid;
	gid_t i_gid;
	dev_t i_rdev;
	u64 i_version;
	loff_t i_size;
	struct timespec i_atime;
	struct timespec i_mtime;
	struct timespec i_ctime;
	blkcnt_t i_blocks;
	unsigned int i_blkbits;
	unsigned short i_bytes;
	umode_t i_mode;
	spinlock_t i_lock;
	struct mutex i_mutex;
	const struct inode_operations *i_op;
	const struct file_operations *i_fop;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	struct address_space i_data;
	union {
		struct pipe_inode_info *i_pipe;
		struct cdev *i_cdev;
	};
	struct file_lock *i_flock;		/* locks that are held; see fs/locks.c */
	struct list_head inotify_watches;
	u32 i_generation;
	unsigned long i_state;
	unsigned int i_flags;
	atomic_t i_writecount;			/* writers, or minus the number of deny-writers */
	void *i_private;
};

#define I_DIRTY		7
#define I_NEW		8
#define I_FREEING	32
#define I_CLEAR		64

struct fown_struct {
	struct pid *pid;
	uid_t uid, euid;
	int signum;
};

/* An open file: shared by all descriptors that dup or fork made of it. */
struct file {
	union {
		struct list_head fu_list;
	} f_u;
	struct path f_path;
#define f_dentry	f_path.dentry
#define f_vfsmnt	f_path.mnt
	const struct file_operations *f_op;
	spinlock_t f_lock;			/* f_flags */
	atomic_long_t f_count;
	unsigned int f_flags;			/* O_* */
	fmode_t f_mode;				/* FMODE_* */
	loff_t f_pos;
	struct fown_struct f_owner;
	const struct cred *f_cred;
	u64 f_version;
	void *private_data;
	struct list_head f_ep_links;		/* its entries in epoll sets */
	struct address_space *f_mapping;
};

#define get_file(x)	atomic_long_inc(&(x)->f_count)
#define file_count(x)	atomic_long_read(&(x)->f_count)

typedef int (*filldir_t)(void *, const char *, int, loff_t, u64, unsigned);
typedef struct {
	size_t written;
	size_t count;
	union {
		char __user *buf;
		void *data;
	} arg;
	int error;
} read_descriptor_t;
typedef int (*read_actor_t)(read_descriptor_t *, struct page *, unsigned long, unsigned long);

/* A read or write under way; always finished when the operation answers. */
struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	size_t ki_left;
	size_t ki_nbytes;
};

static inline void init_sync_kiocb(struct kiocb *kiocb, struct file *filp)
{
	kiocb->ki_filp = filp;
	kiocb->ki_pos = 0;
	kiocb->ki_left = kiocb->ki_nbytes = 0;
}

struct file_operations {
	loff_t (*llseek)(struct file *, loff_t, int);
	ssize_t (*read)(struct file *, char __user *, size_t, loff_t *);
	ssize_t (*write)(struct file *, const char __user *, size_t, loff_t *);
	ssize_t (*aio_read)(struct kiocb *, const struct iovec *, unsigned long, loff_t);
	ssize_t (*aio_write)(struct kiocb *, const struct iovec *, unsigned long, loff_t);
	int (*readdir)(struct file *, void *, filldir_t);
	unsigned int (*poll)(struct file *, struct poll_table_struct *);
	long (*unlocked_ioctl)(struct file *, unsigned int, unsigned long);
	int (*mmap)(struct file *, struct vm_area_struct *);
	int (*open)(struct inode *, struct file *);
	int (*flush)(struct file *);
	int (*release)(struct inode *, struct file *);
	int (*fsync)(struct file *, struct dentry *, int datasync);
};

struct inode_operations {
	int (*create)(struct inode *, struct dentry *, int, struct nameidata *);
	struct dentry *(*lookup)(struct inode *, struct dentry *, struct nameidata *);
	int (*link)(struct dentry *, struct inode *, struct dentry *);
	int (*unlink)(struct inode *, struct dentry *);
	int (*symlink)(struct inode *, struct dentry *, const char *);
	int (*mkdir)(struct inode *, struct dentry *, int);
	int (*rmdir)(struct inode *, struct dentry *);
	int (*mknod)(struct inode *, struct dentry *, int, dev_t);
	int (*rename)(struct inode *, struct dentry *, struct inode *, struct dentry *);
	int (*readlink)(struct dentry *, char __user *, int);
	void *(*follow_link)(struct dentry *, struct nameidata *);
	void (*put_link)(struct dentry *, struct nameidata *, void *);
	void (*truncate)(struct inode *);
	int (*permission)(struct inode *, int);
	int (*setattr)(struct dentry *, struct iattr *);
	int (*getattr)(struct vfsmount *mnt, struct dentry *, struct kstat *);
};

struct kstatfs;

struct super_operations {
	struct inode *(*alloc_inode)(struct super_block *sb);
	void (*destroy_inode)(struct inode *);
	void (*drop_inode)(struct inode *);
	void (*delete_inode)(struct inode *);
	void (*put_super)(struct super_block *);
	int (*sync_fs)(struct super_block *sb, int wait);
	int (*statfs)(struct dentry *, struct kstatfs *);
};

struct super_block {
	struct list_head s_list;		/* in super_blocks; under sb_lock */
	dev_t s_dev;
	unsigned long s_blocksize;
	unsigned char s_blocksize_bits;
	loff_t s_maxbytes;
	struct file_system_type *s_type;
	const struct super_operations *s_op;
	unsigned long s_flags;
	unsigned long s_magic;
	struct dentry *s_root;
	struct rw_semaphore s_umount;
	int s_count;
	atomic_t s_active;			/* mounts */
	struct list_head s_inodes;
	struct list_head s_files;
	char s_id[32];
	void *s_fs_info;
	u32 s_time_gran;
};

struct file_system_type {
	const char *name;
	int fs_flags;
	int (*get_sb)(struct file_system_type *, int, const char *, void *, struct vfsmount *);
	void (*kill_sb)(struct super_block *);
	struct file_system_type *next;
	struct list_head fs_supers;
};

struct kstatfs {
	long f_type;
	long f_bsize;
	u64 f_blocks;
	u64 f_bfree;
	u64 f_bavail;
	u64 f_files;
	u64 f_ffree;
	long f_namelen;
	long f_frsize;
};

typedef void *fl_owner_t;

/* A lock on a file, or a request for one: then fl_next is the lock it waits for. */
struct file_lock {
	struct file_lock *fl_next;
	struct list_head fl_link;		/* of requests that wait */
	fl_owner_t fl_owner;
	unsigned char fl_flags;
#define FL_POSIX	1
#define FL_FLOCK	2
#define FL_SLEEP	128
	unsigned char fl_type;			/* F_RDLCK, F_WRLCK, F_UNLCK */
	unsigned int fl_pid;
	wait_queue_head_t fl_wait;
	struct file *fl_file;
	loff_t fl_start;
	loff_t fl_end;				/* the last byte */
};

#define OFFSET_MAX	((loff_t)0x7fffffffffffffffLL)

struct files_stat_struct {
	int nr_files;
	int nr_free_files;
	int max_files;
};
extern struct files_stat_struct files_stat;

struct inodes_stat_t {
	int nr_inodes;
	int nr_unused;
	int dummy[5];
};
extern struct inodes_stat_t inodes_stat;

struct cdev {
	const struct file_operations *ops;
	const char *name;
	struct list_head list;
	dev_t dev;
	unsigned int count;
};

#define S_NOATIME	2
#define S_APPEND	4
#define S_IMMUTABLE	8
#define S_DEAD		16
#define S_NOCMTIME	128

#define IS_RDONLY(inode)	((inode)->i_sb->s_flags & MS_RDONLY)
#define IS_DEADDIR(inode)	((inode)->i_flags & S_DEAD)
#define IS_APPEND(inode)	((inode)->i_flags & S_APPEND)
#define IS_IMMUTABLE(inode)	((inode)->i_flags & S_IMMUTABLE)
#define IS_NOATIME(inode)	((inode)->i_flags & S_NOATIME)

static inline loff_t i_size_read(const struct inode *inode)	{ return inode->i_size; }
static inline void i_size_write(struct inode *inode, loff_t i)	{ inode->i_size = i; }
static inline unsigned iminor(const struct inode *inode)	{ return MINOR(inode->i_rdev); }
static inline unsigned imajor(const struct inode *inode)	{ return MAJOR(inode->i_rdev); }
static inline void inc_nlink(struct inode *inode)		{ inode->i_nlink++; }
static inline void drop_nlink(struct inode *inode)		{ inode->i_nlink--; }
static inline void clear_nlink(struct inode *inode)		{ inode->i_nlink = 0; }

static inline int get_write_access(struct inode *inode)
{
	if (atomic_read(&inode->i_writecount) < 0)
		return -ETXTBSY;
	atomic_inc(&inode->i_writecount);
	return 0;
}
static inline void put_write_access(struct inode *inode)
{
	atomic_dec(&inode->i_writecount);
}
static inline int deny_write_access(struct file *file)
{
	struct inode *inode = file->f_path.dentry->d_inode;

	if (atomic_read(&inode->i_writecount) > 0)
		return -ETXTBSY;
	atomic_dec(&inode->i_writecount);
	return 0;
}
static inline void allow_write_access(struct file *file)
{
	if (file)
		atomic_inc(&file->f_path.dentry->d_inode->i_writecount);
}

/* Boot */
void vfs_caches_init(unsigned long mempages);
void inode_init(void);
void files_init(unsigned long mempages);
int init_rootfs(void);
extern struct kmem_cache *names_cachep;
extern struct kmem_cache *filp_cachep;

/* fs/namei.c */
char *getname(const char __user *filename);
void putname(const char *name);
#define __getname()		kmem_cache_alloc(names_cachep, GFP_KERNEL)
#define __putname(name)		kmem_cache_free(names_cachep, (void *)(name))
int inode_permission(struct inode *inode, int mask);
int generic_permission(struct inode *inode, int mask,
		       int (*check_acl)(struct inode *inode, int mask));
int may_open(struct path *path, int acc_mode, int flag);
struct file *do_filp_open(int dfd, const char *pathname, int open_flag, int mode, int acc_mode);
int vfs_create(struct inode *dir, struct dentry *dentry, int mode, struct nameidata *nd);
int vfs_mkdir(struct inode *dir, struct dentry *dentry, int mode);
int vfs_mknod(struct inode *dir, struct dentry *dentry, int mode, dev_t dev);
int vfs_symlink(struct inode *dir, struct dentry *dentry, const char *oldname);
int vfs_link(struct dentry *old_dentry, struct inode *dir, struct dentry *new_dentry);
int vfs_rmdir(struct inode *dir, struct dentry *dentry);
int vfs_unlink(struct inode *dir, struct dentry *dentry);
int vfs_rename(struct inode *old_dir, struct dentry *old_dentry, struct inode *new_dir,
	       struct dentry *new_dentry);
int vfs_readlink(struct dentry *dentry, char __user *buffer, int buflen, const char *link);
int vfs_follow_link(struct nameidata *nd, const char *link);
int generic_readlink(struct dentry *dentry, char __user *buffer, int buflen);
void *page_follow_link_light(struct dentry *dentry, struct nameidata *nd);
void page_put_link(struct dentry *dentry, struct nameidata *nd, void *cookie);
int page_symlink(struct inode *inode, const char *symname, int len);
extern const struct inode_operations page_symlink_inode_operations;

/* fs/open.c */
long do_sys_open(int dfd, const char __user *filename, int flags, int mode);
struct file *filp_open(const char *filename, int flags, int mode);
struct file *dentry_open(struct dentry *dentry, struct vfsmount *mnt, int flags,
			 const struct cred *cred);
int filp_close(struct file *filp, void *id);
int generic_file_open(struct inode *inode, struct file *filp);
int nonseekable_open(struct inode *inode, struct file *filp);
int do_truncate(struct dentry *dentry, loff_t length, unsigned int time_attrs, struct file *filp);

/* fs/attr.c */
int notify_change(struct dentry *dentry, struct iattr *attr);
int inode_change_ok(const struct inode *inode, struct iattr *attr);
int inode_setattr(struct inode *inode, struct iattr *attr);

/* fs/locks.c */
int fcntl_getlk(struct file *filp, struct flock __user *l);
int fcntl_setlk(unsigned int fd, struct file *filp, unsigned int cmd, struct flock __user *l);
int fcntl_getlk64(struct file *filp, struct flock64 __user *l);
int fcntl_setlk64(unsigned int fd, struct file *filp, unsigned int cmd, struct flock64 __user *l);
int posix_lock_file(struct file *filp, struct file_lock *fl);
void posix_test_lock(struct file *filp, struct file_lock *fl);
void locks_remove_posix(struct file *filp, fl_owner_t owner);
void locks_remove_flock(struct file *filp);

/* fs/read_write.c */
ssize_t vfs_read(struct file *file, char __user *buf, size_t count, loff_t *pos);
ssize_t vfs_write(struct file *file, const char __user *buf, size_t count, loff_t *pos);
ssize_t do_sync_read(struct file *filp, char __user *buf, size_t len, loff_t *ppos);
ssize_t do_sync_write(struct file *filp, const char __user *buf, size_t len, loff_t *ppos);
ssize_t vfs_readv(struct file *file, const struct iovec __user *vec, unsigned long vlen,
		  loff_t *pos);
ssize_t vfs_writev(struct file *file, const struct iovec __user *vec, unsigned long vlen,
		   loff_t *pos);
loff_t vfs_llseek(struct file *file, loff_t offset, int origin);
loff_t generic_file_llseek(struct file *file, loff_t offset, int origin);
loff_t default_llseek(struct file *file, loff_t offset, int origin);
loff_t no_llseek(struct file *file, loff_t offset, int origin);
int rw_verify_area(int read_write, struct file *file, loff_t *ppos, size_t count);

/* fs/readdir.c, fs/ioctl.c, fs/sync.c */
int vfs_readdir(struct file *file, filldir_t filler, void *buf);
long vfs_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);
int do_vfs_ioctl(struct file *filp, unsigned int fd, unsigned int cmd, unsigned long arg);
int vfs_fsync(struct file *file, struct dentry *dentry, int datasync);

/* fs/stat.c */
void generic_fillattr(struct inode *inode, struct kstat *stat);
int vfs_getattr(struct vfsmount *mnt, struct dentry *dentry, struct kstat *stat);
int vfs_stat(char __user *name, struct kstat *stat);
int vfs_lstat(char __user *name, struct kstat *stat);
int vfs_fstat(unsigned int fd, struct kstat *stat);
int vfs_fstatat(int dfd, char __user *filename, struct kstat *stat, int flag);

/* fs/inode.c */
extern spinlock_t inode_lock;
struct inode *new_inode(struct super_block *sb);
struct inode *alloc_inode(struct super_block *sb);
void inode_init_once(struct inode *inode);
struct inode *iget_locked(struct super_block *sb, unsigned long ino);
struct inode *ilookup(struct super_block *sb, unsigned long ino);
void unlock_new_inode(struct inode *inode);
struct inode *igrab(struct inode *inode);
void iput(struct inode *inode);
void clear_inode(struct inode *inode);
void generic_delete_inode(struct inode *inode);
void generic_drop_inode(struct inode *inode);
void init_special_inode(struct inode *inode, umode_t mode, dev_t rdev);
void __mark_inode_dirty(struct inode *inode, int flags);
void touch_atime(struct vfsmount *mnt, struct dentry *dentry);
void file_update_time(struct file *file);
int file_remove_suid(struct file *file);
int should_remove_suid(struct dentry *dentry);
struct timespec current_fs_time(struct super_block *sb);
#define mark_inode_dirty(inode) __mark_inode_dirty((inode), I_DIRTY)
static inline void file_accessed(struct file *file)
{
	if (!(file->f_flags & O_NOATIME))
		touch_atime(file->f_path.mnt, file->f_path.dentry);
}

/* fs/super.c, fs/filesystems.c */
int register_filesystem(struct file_system_type *fs);
int unregister_filesystem(struct file_system_type *fs);
struct file_system_type *get_fs_type(const char *name);
struct super_block *sget(struct file_system_type *type);
int get_sb_nodev(struct file_system_type *fs_type, int flags, void *data,
		 int (*fill_super)(struct super_block *, void *, int), struct vfsmount *mnt);
int get_sb_single(struct file_system_type *fs_type, int flags, void *data,
		  int (*fill_super)(struct super_block *, void *, int), struct vfsmount *mnt);
int get_sb_pseudo(struct file_system_type *fs_type, char *name, const struct super_operations *ops,
		  unsigned long magic, struct vfsmount *mnt);
void simple_set_mnt(struct vfsmount *mnt, struct super_block *sb);
void deactivate_super(struct super_block *s);
void generic_shutdown_super(struct super_block *sb);
void kill_anon_super(struct super_block *sb);
void kill_litter_super(struct super_block *sb);
int set_anon_super(struct super_block *s, void *data);
void sync_filesystems(int wait);

/* fs/libfs.c */
struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry, struct nameidata *nd);
int simple_getattr(struct vfsmount *mnt, struct dentry *dentry, struct kstat *stat);
int simple_link(struct dentry *old_dentry, struct inode *dir, struct dentry *dentry);
int simple_unlink(struct inode *dir, struct dentry *dentry);
int simple_rmdir(struct inode *dir, struct dentry *dentry);
int simple_rename(struct inode *old_dir, struct dentry *old_dentry, struct inode *new_dir,
		  struct dentry *new_dentry);
int simple_empty(struct dentry *dentry);
int simple_statfs(struct dentry *dentry, struct kstatfs *buf);
int simple_sync_file(struct file *file, struct dentry *dentry, int datasync);
int simple_readpage(struct file *file, struct page *page);
int simple_write_begin(struct file *file, struct address_space *mapping, loff_t pos, unsigned len,
		       unsigned flags, struct page **pagep, void **fsdata);
int simple_write_end(struct file *file, struct address_space *mapping, loff_t pos, unsigned len,
		     unsigned copied, struct page *page, void *fsdata);
ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *ppos, const void *from,
				size_t available);
ssize_t generic_read_dir(struct file *filp, char __user *buf, size_t siz, loff_t *ppos);
int dcache_dir_open(struct inode *inode, struct file *file);
int dcache_dir_close(struct inode *inode, struct file *file);
loff_t dcache_dir_lseek(struct file *file, loff_t offset, int origin);
int dcache_readdir(struct file *filp, void *dirent, filldir_t filldir);
extern const struct file_operations simple_dir_operations;
extern const struct inode_operations simple_dir_inode_operations;
extern const struct dentry_operations simple_dentry_operations;

/* fs/ramfs */
struct inode *ramfs_get_inode(struct super_block *sb, int mode, dev_t dev);
extern const struct file_operations ramfs_file_operations;

/* fs/char_dev.c */
void cdev_init(struct cdev *cdev, const struct file_operations *fops);
int cdev_add(struct cdev *p, dev_t dev, unsigned count);
int register_chrdev(unsigned int major, const char *name, const struct file_operations *fops);
int chrdev_open(struct inode *inode, struct file *filp);
extern const struct file_operations def_chr_fops;

/* fs/file_table.c */
void file_move(struct file *file, struct list_head *list);
void file_kill(struct file *file);

/* fs/pipe.c */
extern const struct file_operations read_pipefifo_fops;
extern const struct file_operations write_pipefifo_fops;
extern const struct file_operations rdwr_pipefifo_fops;

/* fs/exec.c */
char *get_task_comm(char *buf, struct task_struct *tsk);
void set_task_comm(struct task_struct *tsk, char *buf);

/* mm/filemap.c */
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);
struct vm_fault;
int filemap_fault(struct vm_area_struct *vma, struct vm_fault *vmf);
ssize_t generic_file_aio_read(struct kiocb *iocb, const struct iovec *iov, unsigned long nr_segs,
			      loff_t pos);
ssize_t generic_file_aio_write(struct kiocb *iocb, const struct iovec *iov, unsigned long nr_segs,
			       loff_t pos);
ssize_t __generic_file_aio_write(struct kiocb *iocb, const struct iovec *iov,
				 unsigned long nr_segs, loff_t *ppos);
ssize_t generic_file_buffered_write(struct kiocb *iocb, const struct iovec *iov,
				    unsigned long nr_segs, loff_t pos, loff_t *ppos, size_t count,
				    ssize_t written);
void do_generic_file_read(struct file *filp, loff_t *ppos, read_descriptor_t *desc,
			  read_actor_t actor);
int file_read_actor(read_descriptor_t *desc, struct page *page, unsigned long offset,
		    unsigned long size);
int generic_write_checks(struct file *file, loff_t *pos, size_t *count, int isblk);
int generic_segment_checks(const struct iovec *iov, unsigned long *nr_segs, size_t *count,
			   int access_flags);

#endif
