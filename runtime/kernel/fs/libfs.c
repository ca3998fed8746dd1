/*
 * What file systems that live in memory have in common: names in the dentry cache, pages in the page
 * cache.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

int simple_getattr(struct vfsmount *mnt, struct dentry *dentry, struct kstat *stat)
{
	struct inode *inode = dentry->d_inode;

	generic_fillattr(inode, stat);
	stat->blocks = inode->i_mapping->nrpages << (PAGE_SHIFT - 9);
	return 0;
}
EXPORT_SYMBOL(simple_getattr);

int simple_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	memset(buf, 0, sizeof(*buf));
	buf->f_type = dentry->d_sb->s_magic;
	buf->f_bsize = PAGE_SIZE;
	buf->f_namelen = NAME_MAX;
	return 0;
}
EXPORT_SYMBOL(simple_statfs);

/* A name that does not exist is not worth keeping: the cache is the directory. */
static int simple_delete_dentry(struct dentry *dentry)
{
	return 1;
}

const struct dentry_operations simple_dentry_operations = {
	.d_delete = simple_delete_dentry,
};

/* What exists is in the cache, so what is asked for does not exist. */
struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry, struct nameidata *nd)
{
	if (dentry->d_name.len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	dentry->d_op = &simple_dentry_operations;
	d_add(dentry, NULL);
	return NULL;
}
EXPORT_SYMBOL(simple_lookup);

/* A cursor in the list of children marks how far an open directory has been read. */
int dcache_dir_open(struct inode *inode, struct file *file)
{
	static const struct qstr cursor_name = { .len = 1, .name = (const unsigned char *)"." };

	file->private_data = d_alloc(file->f_path.dentry, &cursor_name);
	return file->private_data ? 0 : -ENOMEM;
}
EXPORT_SYMBOL(dcache_dir_open);

int dcache_dir_close(struct inode *inode, struct file *file)
{
	dput(file->private_data);
	return 0;
}
EXPORT_SYMBOL(dcache_dir_close);

static inline int simple_positive(struct dentry *dentry)
{
	return dentry->d_inode && !d_unhashed(dentry);
}

/* Put the cursor behind the first n entries. */
static void move_cursor(struct dentry *dir, struct dentry *cursor, loff_t n)
{
	struct list_head *p;

	spin_lock(&dcache_lock);
	list_del(&cursor->d_u.d_child);
	for (p = dir->d_subdirs.next; n && p != &dir->d_subdirs; p = p->next)
		if (simple_positive(list_entry(p, struct dentry, d_u.d_child)))
			n--;
	list_add_tail(&cursor->d_u.d_child, p);
	spin_unlock(&dcache_lock);
}

/* Positions: 0 is ".", 1 is "..", then the entries. */
loff_t dcache_dir_lseek(struct file *file, loff_t offset, int origin)
{
	struct dentry *dentry = file->f_path.dentry;

	if (origin == SEEK_CUR)
		offset += file->f_pos;
	else if (origin != SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	mutex_lock(&dentry->d_inode->i_mutex);
	if (offset != file->f_pos) {
		file->f_pos = offset;
		if (offset >= 2)
			move_cursor(dentry, file->private_data, offset - 2);
	}
	mutex_unlock(&dentry->d_inode->i_mutex);
	return offset;
}
EXPORT_SYMBOL(dcache_dir_lseek);

static inline unsigned char dt_type(struct inode *inode)
{
	return (inode->i_mode >> 12) & 15;
}

/* The entries behind the cursor, in order of creation, until filldir has enough. i_mutex is held. */
static int read_children(struct file *filp, void *dirent, filldir_t filldir)
{
	struct dentry *dentry = filp->f_path.dentry, *cursor = filp->private_data;
	struct list_head *p, *q = &cursor->d_u.d_child;

	spin_lock(&dcache_lock);
	if (filp->f_pos == 2)
		list_move(q, &dentry->d_subdirs);
	for (p = q->next; p != &dentry->d_subdirs; p = q->next) {
		struct dentry *next = list_entry(p, struct dentry, d_u.d_child);
		int full;

		if (simple_positive(next)) {
			spin_unlock(&dcache_lock);
			full = filldir(dirent, (const char *)next->d_name.name, next->d_name.len,
				       filp->f_pos, next->d_inode->i_ino, dt_type(next->d_inode)) < 0;
			if (full)
				return 0;
			spin_lock(&dcache_lock);
			filp->f_pos++;
		}
		list_move(q, p);
	}
	spin_unlock(&dcache_lock);
	return 0;
}

int dcache_readdir(struct file *filp, void *dirent, filldir_t filldir)
{
	struct dentry *dentry = filp->f_path.dentry;
	struct inode *parent = dentry->d_parent->d_inode;

	if (filp->f_pos == 0) {
		if (filldir(dirent, ".", 1, 0, dentry->d_inode->i_ino, DT_DIR) < 0)
			return 0;
		filp->f_pos++;
	}
	if (filp->f_pos == 1) {
		if (filldir(dirent, "..", 2, 1, parent->i_ino, DT_DIR) < 0)
			return 0;
		filp->f_pos++;
	}
	return read_children(filp, dirent, filldir);
}
EXPORT_SYMBOL(dcache_readdir);

ssize_t generic_read_dir(struct file *filp, char __user *buf, size_t siz, loff_t *ppos)
{
	return -EISDIR;
}
EXPORT_SYMBOL(generic_read_dir);

int simple_sync_file(struct file *file, struct dentry *dentry, int datasync)
{
	return 0;
}
EXPORT_SYMBOL(simple_sync_file);

const struct file_operations simple_dir_operations = {
	.open = dcache_dir_open,
	.release = dcache_dir_close,
	.llseek = dcache_dir_lseek,
	.read = generic_read_dir,
	.readdir = dcache_readdir,
	.fsync = simple_sync_file,
};
EXPORT_SYMBOL(simple_dir_operations);

const struct inode_operations simple_dir_inode_operations = {
	.lookup = simple_lookup,
};

/* A second name; like all names it is pinned by a reference. */
int simple_link(struct dentry *old_dentry, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old_dentry->d_inode;

	inode->i_ctime = dir->i_ctime = dir->i_mtime = current_fs_time(dir->i_sb);
	inc_nlink(inode);
	atomic_inc(&inode->i_count);
	dget(dentry);
	d_instantiate(dentry, inode);
	return 0;
}
EXPORT_SYMBOL(simple_link);

int simple_empty(struct dentry *dentry)
{
	struct dentry *child;
	int ret = 1;

	spin_lock(&dcache_lock);
	list_for_each_entry(child, &dentry->d_subdirs, d_u.d_child)
		if (simple_positive(child))
			ret = 0;
	spin_unlock(&dcache_lock);
	return ret;
}
EXPORT_SYMBOL(simple_empty);

int simple_unlink(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	inode->i_ctime = dir->i_ctime = dir->i_mtime = current_fs_time(dir->i_sb);
	drop_nlink(inode);
	dput(dentry);
	return 0;
}
EXPORT_SYMBOL(simple_unlink);

int simple_rmdir(struct inode *dir, struct dentry *dentry)
{
	if (!simple_empty(dentry))
		return -ENOTEMPTY;
	drop_nlink(dentry->d_inode);
	simple_unlink(dir, dentry);
	drop_nlink(dir);
	return 0;
}
EXPORT_SYMBOL(simple_rmdir);

int simple_rename(struct inode *old_dir, struct dentry *old_dentry, struct inode *new_dir,
		  struct dentry *new_dentry)
{
	struct inode *inode = old_dentry->d_inode;
	int they_are_dirs = S_ISDIR(inode->i_mode);

	if (!simple_empty(new_dentry))
		return -ENOTEMPTY;
	if (new_dentry->d_inode) {
		simple_unlink(new_dir, new_dentry);
		if (they_are_dirs)
			drop_nlink(old_dir);
	} else if (they_are_dirs) {
		drop_nlink(old_dir);
		inc_nlink(new_dir);
	}
	old_dir->i_ctime = old_dir->i_mtime = new_dir->i_ctime = new_dir->i_mtime =
		inode->i_ctime = current_fs_time(old_dir->i_sb);
	return 0;
}
EXPORT_SYMBOL(simple_rename);

/* A page that was never written is zero. The page is locked, and unlocked here. */
int simple_readpage(struct file *file, struct page *page)
{
	memset((void *)page_address(page), 0, PAGE_SIZE);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}
EXPORT_SYMBOL(simple_readpage);

int simple_write_begin(struct file *file, struct address_space *mapping, loff_t pos, unsigned len,
		       unsigned flags, struct page **pagep, void **fsdata)
{
	struct page *page = grab_cache_page_write_begin(mapping, pos >> PAGE_SHIFT, flags);

	if (!page)
		return -ENOMEM;
	*pagep = page;
	if (!PageUptodate(page) && len != PAGE_SIZE) {
		memset((void *)page_address(page), 0, PAGE_SIZE);
		SetPageUptodate(page);
	}
	return 0;
}
EXPORT_SYMBOL(simple_write_begin);

int simple_write_end(struct file *file, struct address_space *mapping, loff_t pos, unsigned len,
		     unsigned copied, struct page *page, void *fsdata)
{
	struct inode *inode = mapping->host;
	unsigned from = pos & (PAGE_SIZE - 1);

	if (copied < len)
		memset((char *)page_address(page) + from + copied, 0, len - copied);
	SetPageUptodate(page);
	SetPageDirty(page);
	if (pos + copied > inode->i_size)
		i_size_write(inode, pos + copied);
	unlock_page(page);
	put_page(page);
	return copied;
}
EXPORT_SYMBOL(simple_write_end);

/* read() of a file whose whole text is in kernel memory. */
ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *ppos, const void *from,
				size_t available)
{
	loff_t pos = *ppos;

	if (pos < 0)
		return -EINVAL;
	if (pos >= available)
		return 0;
	count = min_t(loff_t, count, available - pos);
	if (copy_to_user(to, from + pos, count))
		return -EFAULT;
	*ppos = pos + count;
	return count;
}
EXPORT_SYMBOL(simple_read_from_buffer);
