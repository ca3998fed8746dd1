/*
 * Open files: allocation, and what happens when the last reference goes. files_lock guards the lists
 * and the count.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/eventpoll.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/inotify.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct files_stat_struct files_stat = { .max_files = 8192 };
struct kmem_cache *filp_cachep;
EXPORT_SYMBOL(filp_cachep);

static DEFINE_SPINLOCK(files_lock);

static void count_files(int delta)
{
	spin_lock(&files_lock);
	files_stat.nr_files += delta;
	spin_unlock(&files_lock);
}

static void file_free(struct file *f)
{
	count_files(-1);
	put_cred(f->f_cred);
	kmem_cache_free(filp_cachep, f);
}

/* A file with one reference and nothing in it; NULL: no memory, or too many open files. */
struct file *get_empty_filp(void)
{
	struct file *f;

	if (files_stat.nr_files >= files_stat.max_files && !capable(CAP_SYS_ADMIN)) {
		printk(KERN_INFO "VFS: file-max limit %d reached\n", files_stat.max_files);
		return NULL;
	}
	f = kmem_cache_zalloc(filp_cachep, GFP_KERNEL);
	if (!f)
		return NULL;
	count_files(1);
	INIT_LIST_HEAD(&f->f_u.fu_list);
	INIT_LIST_HEAD(&f->f_ep_links);
	atomic_long_set(&f->f_count, 1);
	spin_lock_init(&f->f_lock);
	f->f_cred = get_cred(current_cred());
	return f;
}
EXPORT_SYMBOL(get_empty_filp);

/* An open file on a dentry, whose reference it takes; the mount gets one more. */
struct file *alloc_file(struct vfsmount *mnt, struct dentry *dentry, fmode_t mode,
			const struct file_operations *fop)
{
	struct file *file = get_empty_filp();

	if (!file)
		return NULL;
	file->f_path.dentry = dentry;
	file->f_path.mnt = mntget(mnt);
	file->f_mapping = dentry->d_inode->i_mapping;
	file->f_mode = mode;
	file->f_op = fop;
	if (mode & FMODE_WRITE)
		atomic_inc(&dentry->d_inode->i_writecount);
	return file;
}
EXPORT_SYMBOL(alloc_file);

/* The last reference is gone. */
void __fput(struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	struct vfsmount *mnt = file->f_path.mnt;
	struct inode *inode = dentry->d_inode;

	fsnotify_dentry(dentry, file->f_mode & FMODE_WRITE ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
	eventpoll_release(file);
	locks_remove_flock(file);
	if (file->f_op && file->f_op->release)
		file->f_op->release(inode, file);
	file_kill(file);
	if (file->f_mode & FMODE_WRITE)
		put_write_access(inode);
	put_pid(file->f_owner.pid);
	file->f_path.dentry = NULL;
	file->f_path.mnt = NULL;
	file_free(file);
	dput(dentry);
	mntput(mnt);
}

static inline int atomic_long_dec_and_zero(atomic_long_t *v)
{
	return __atomic_sub_fetch(&v->counter, 1, __ATOMIC_SEQ_CST) == 0;
}

void fput(struct file *file)
{
	if (atomic_long_dec_and_zero(&file->f_count))
		__fput(file);
}
EXPORT_SYMBOL(fput);

/* Give up a file that was never opened. */
void put_filp(struct file *file)
{
	if (!atomic_long_dec_and_zero(&file->f_count))
		return;
	file_kill(file);
	file_free(file);
}
EXPORT_SYMBOL(put_filp);

/* The open file of a descriptor of this process, with a reference, or NULL. */
struct file *fget(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file;

	spin_lock(&files->file_lock);
	file = fcheck_files(files, fd);
	if (file)
		get_file(file);
	spin_unlock(&files->file_lock);
	return file;
}
EXPORT_SYMBOL(fget);

/* The same without the cost of a reference while nobody shares the table. */
struct file *fget_light(unsigned int fd, int *fput_needed)
{
	struct files_struct *files = current->files;

	*fput_needed = 0;
	if (atomic_read(&files->count) == 1)
		return fcheck_files(files, fd);
	*fput_needed = 1;
	return fget(fd);
}

void file_move(struct file *file, struct list_head *list)
{
	spin_lock(&files_lock);
	list_move(&file->f_u.fu_list, list);
	spin_unlock(&files_lock);
}

void file_kill(struct file *file)
{
	spin_lock(&files_lock);
	list_del_init(&file->f_u.fu_list);
	spin_unlock(&files_lock);
}

void __init files_init(unsigned long mempages)
{
	filp_cachep = kmem_cache_create("filp", sizeof(struct file), 0, SLAB_PANIC, NULL);
}
