/*
 * The page cache: reading, writing and mapping files that consist of pages. tree_lock guards the
 * tree of a mapping, the page lock one page's membership and contents, i_mutex writes to a file.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define PAGE_LOOKUP_COST 60	/* ns */
/* Of 128 bytes: coarse, so that an ELF header takes as long to read on any architecture. */
#define COPY_COST 16

/* All who wait for a locked page wait here; there are few. */
static DECLARE_WAIT_QUEUE_HEAD(page_wait_queue);

int trylock_page(struct page *page)
{
	return !test_and_set_bit(PG_locked, &page->flags);
}

void __lock_page(struct page *page)
{
	wait_event(page_wait_queue, trylock_page(page));
}
EXPORT_SYMBOL(__lock_page);

void unlock_page(struct page *page)
{
	clear_bit(PG_locked, &page->flags);
	if (waitqueue_active(&page_wait_queue))
		wake_up_all(&page_wait_queue);
}
EXPORT_SYMBOL(unlock_page);

static void count_file_page(long delta)
{
	mod_zone_page_state(&contig_page_data.node_zones[ZONE_NORMAL], NR_FILE_PAGES, delta);
}

/* The page is locked and becomes part of the file, which holds a reference. 0, -EEXIST, -ENOMEM. */
int add_to_page_cache_locked(struct page *page, struct address_space *mapping,
				      pgoff_t index, gfp_t gfp_mask)
{
	int error;

	get_page(page);
	page->mapping = mapping;
	page->index = index;
	spin_lock_irq(&mapping->tree_lock);
	error = radix_tree_insert(&mapping->page_tree, index, page);
	if (!error)
		mapping->nrpages++;
	spin_unlock_irq(&mapping->tree_lock);
	if (error) {
		page->mapping = NULL;
		put_page(page);
		return error;
	}
	count_file_page(1);
	trace_mm_filemap_add_to_page_cache(page);
	return 0;
}
EXPORT_SYMBOL(add_to_page_cache_locked);

/* The same for a page not yet locked; it is locked afterwards. */
int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index,
				   gfp_t gfp_mask)
{
	int error;

	SetPageLocked(page);
	error = add_to_page_cache_locked(page, mapping, index, gfp_mask);
	if (error)
		ClearPageLocked(page);
	return error;
}
EXPORT_SYMBOL(add_to_page_cache_lru);

/* The page is locked. Its caller drops the cache's reference. */
void remove_from_page_cache(struct page *page)
{
	struct address_space *mapping = page->mapping;

	trace_mm_filemap_delete_from_page_cache(page);
	spin_lock_irq(&mapping->tree_lock);
	radix_tree_delete(&mapping->page_tree, page->index);
	mapping->nrpages--;
	page->mapping = NULL;
	spin_unlock_irq(&mapping->tree_lock);
	count_file_page(-1);
}

/* The page with a reference, or NULL. */
struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	spin_lock_irq(&mapping->tree_lock);
	page = radix_tree_lookup(&mapping->page_tree, index);
	if (page)
		get_page(page);
	spin_unlock_irq(&mapping->tree_lock);
	return page;
}
EXPORT_SYMBOL(find_get_page);

struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	for (;;) {
		page = find_get_page(mapping, index);
		if (!page)
			return NULL;
		lock_page(page);
		if (page->mapping == mapping)
			return page;
		unlock_page(page);
		put_page(page);
	}
}
EXPORT_SYMBOL(find_lock_page);

/* The page, locked; a new one has no contents yet. NULL when out of memory. */
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index,
					  gfp_t gfp_mask)
{
	struct page *page;
	int error;

	while (!(page = find_lock_page(mapping, index))) {
		page = alloc_page(gfp_mask);
		if (!page)
			return NULL;
		error = add_to_page_cache_lru(page, mapping, index, gfp_mask);
		if (!error)
			return page;
		put_page(page);
		if (error != -EEXIST)
			return NULL;
	}
	return page;
}
EXPORT_SYMBOL(find_or_create_page);

struct page *grab_cache_page_write_begin(struct address_space *mapping, pgoff_t index,
					 unsigned flags)
{
	return find_or_create_page(mapping, index, GFP_HIGHUSER_MOVABLE);
}
EXPORT_SYMBOL(grab_cache_page_write_begin);

/* Up to nr_pages pages in order from start on, each with a reference. */
unsigned find_get_pages(struct address_space *mapping, pgoff_t start, unsigned int nr_pages,
			struct page **pages)
{
	unsigned n;

	spin_lock_irq(&mapping->tree_lock);
	n = radix_tree_gang_lookup(&mapping->page_tree, (void **)pages, start, nr_pages);
	for (unsigned i = 0; i < n; i++)
		get_page(pages[i]);
	spin_unlock_irq(&mapping->tree_lock);
	return n;
}

/* The page with valid contents and a reference, read if it has to be; *was_read says so. */
static struct page *get_uptodate_page(struct file *file, struct address_space *mapping,
				      pgoff_t index, int *was_read)
{
	struct page *page = find_get_page(mapping, index);
	int error = 0;

	spend(PAGE_LOOKUP_COST);
	if (page && PageUptodate(page))
		return page;
	if (page)
		put_page(page);
	page = find_or_create_page(mapping, index, GFP_HIGHUSER_MOVABLE);
	if (!page)
		return ERR_PTR(-ENOMEM);
	*was_read = 1;
	if (PageUptodate(page))
		unlock_page(page);
	else
		error = mapping->a_ops->readpage(file, page);
	if (!error)
		return page;
	put_page(page);
	return ERR_PTR(error);
}

struct page *read_mapping_page(struct address_space *mapping, pgoff_t index, void *data)
{
	int was_read = 0;

	return get_uptodate_page(data, mapping, index, &was_read);
}
EXPORT_SYMBOL(read_mapping_page);

/* Copy from a page to where the reader wants it. Answers the bytes copied; desc->error on a fault. */
int file_read_actor(read_descriptor_t *desc, struct page *page, unsigned long offset,
			     unsigned long size)
{
	unsigned long left, count = desc->count;

	if (size > count)
		size = count;
	left = copy_to_user(desc->arg.buf, (char *)page_address(page) + offset, size);
	if (left) {
		size -= left;
		desc->error = -EFAULT;
	}
	spend(DIV_ROUND_UP(size, 128) * COPY_COST);
	desc->count = count - size;
	desc->written += size;
	desc->arg.buf += size;
	return size;
}

/* Read page by page from *ppos to the end of the file, or until the actor has enough. */
void do_generic_file_read(struct file *filp, loff_t *ppos, read_descriptor_t *desc,
				   read_actor_t actor)
{
	struct address_space *mapping = filp->f_mapping;
	struct inode *inode = mapping->host;

	for (;;) {
		unsigned long offset = *ppos & (PAGE_SIZE - 1), nr;
		loff_t left = i_size_read(inode) - *ppos;
		int was_read = 0, ret;
		struct page *page;

		if (left <= 0)
			break;
		page = get_uptodate_page(filp, mapping, *ppos >> PAGE_SHIFT, &was_read);
		if (IS_ERR(page)) {
			desc->error = PTR_ERR(page);
			break;
		}
		nr = min_t(loff_t, PAGE_SIZE - offset, left);
		ret = actor(desc, page, offset, nr);
		put_page(page);
		*ppos += ret;
		if (ret != nr || !desc->count)
			break;
	}
	file_accessed(filp);
}

/* Check the vectors; *count becomes the bytes that may be moved. 0, -EFAULT, -EINVAL. */
int generic_segment_checks(const struct iovec *iov, unsigned long *nr_segs, size_t *count,
			   int access_flags)
{
	size_t total = 0;

	for (unsigned long seg = 0; seg < *nr_segs; seg++) {
		const struct iovec *iv = &iov[seg];

		total += iv->iov_len;
		if ((ssize_t)(total | iv->iov_len) < 0)
			return -EINVAL;
		if (access_ok(access_flags, iv->iov_base, iv->iov_len))
			continue;
		if (seg == 0)
			return -EFAULT;
		*nr_segs = seg;
		total -= iv->iov_len;
		break;
	}
	*count = total;
	return 0;
}
EXPORT_SYMBOL(generic_segment_checks);

ssize_t generic_file_aio_read(struct kiocb *iocb, const struct iovec *iov,
				       unsigned long nr_segs, loff_t pos)
{
	ssize_t retval = 0;
	size_t count;
	int error = generic_segment_checks(iov, &nr_segs, &count, VERIFY_WRITE);

	if (error)
		return error;
	for (unsigned long seg = 0; seg < nr_segs; seg++) {
		read_descriptor_t desc = {
			.arg.buf = iov[seg].iov_base, .count = iov[seg].iov_len,
		};

		if (desc.count == 0)
			continue;
		do_generic_file_read(iocb->ki_filp, &iocb->ki_pos, &desc, file_read_actor);
		retval += desc.written;
		if (desc.error)
			return retval ? retval : desc.error;
		if (desc.count > 0)
			break;
	}
	return retval;
}
EXPORT_SYMBOL(generic_file_aio_read);

/* The page of a file for a fault, with a reference. Past the end of the file there is none. */
int filemap_fault(struct vm_area_struct *vma, struct vm_fault *vmf)
{
	struct file *file = vma->vm_file;
	struct address_space *mapping = file->f_mapping;
	pgoff_t size = (i_size_read(mapping->host) + PAGE_SIZE - 1) >> PAGE_SHIFT;
	int was_read = 0;
	struct page *page;

	if (vmf->pgoff >= size)
		return VM_FAULT_SIGBUS;
	page = get_uptodate_page(file, mapping, vmf->pgoff, &was_read);
	if (IS_ERR(page))
		return PTR_ERR(page) == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
	vmf->page = page;
	return was_read ? VM_FAULT_MAJOR : 0;
}
EXPORT_SYMBOL(filemap_fault);

/* A program that runs must not be written: each area with VM_DENYWRITE counts against writers. */
static void generic_file_vma_open(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_DENYWRITE)
		atomic_dec(&vma->vm_file->f_mapping->host->i_writecount);
}

static void generic_file_vma_close(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_DENYWRITE)
		allow_write_access(vma->vm_file);
}

const struct vm_operations_struct generic_file_vm_ops = {
	.open = generic_file_vma_open,
	.close = generic_file_vma_close,
	.fault = filemap_fault,
};

int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!file->f_mapping->a_ops->readpage)
		return -ENOEXEC;
	file_accessed(file);
	vma->vm_ops = &generic_file_vm_ops;
	return 0;
}
EXPORT_SYMBOL(generic_file_mmap);

/* Where a write really starts (O_APPEND) and how much of it the limits allow. */
int generic_write_checks(struct file *file, loff_t *pos, size_t *count, int isblk)
{
	struct inode *inode = file->f_mapping->host;
	unsigned long limit = current->signal->rlim[RLIMIT_FSIZE].rlim_cur;
	loff_t max = inode->i_sb->s_maxbytes;

	if (*pos < 0)
		return -EINVAL;
	if (file->f_flags & O_APPEND)
		*pos = i_size_read(inode);
	if (limit != RLIM_INFINITY) {
		if (*pos >= limit) {
			send_sig(SIGXFSZ, current, 0);
			return -EFBIG;
		}
		max = min_t(loff_t, max, limit);
	}
	if (*pos >= max)
		return *count ? -EFBIG : 0;
	if (*count > max - *pos)
		*count = max - *pos;
	return 0;
}
EXPORT_SYMBOL(generic_write_checks);

/* Write one piece that lies within one page. Answers the bytes written or an error. */
static ssize_t write_piece(struct file *file, struct address_space *mapping, loff_t pos,
			   const char __user *buf, size_t bytes)
{
	unsigned offset = pos & (PAGE_SIZE - 1);
	struct page *page;
	void *fsdata;
	size_t copied;
	int status;
	char __attribute__((unused)) first, last;

	/* Fault the source in now: it might be the very page that will be locked. */
	if (get_user(first, buf) || get_user(last, buf + bytes - 1))
		return -EFAULT;
	status = mapping->a_ops->write_begin(file, mapping, pos, bytes, 0, &page, &fsdata);
	if (status)
		return status;
	copied = bytes - copy_from_user((char *)page_address(page) + offset, buf, bytes);
	spend(DIV_ROUND_UP(copied, 128) * COPY_COST);
	status = mapping->a_ops->write_end(file, mapping, pos, bytes, copied, page, fsdata);
	if (status < 0)
		return status;
	return copied ? copied : -EFAULT;
}

/* Write one vector page by page. */
static ssize_t generic_perform_write(struct file *file, const struct iovec *iov,
					      loff_t pos)
{
	struct address_space *mapping = file->f_mapping;
	const char __user *buf = iov->iov_base;
	size_t left = iov->iov_len;
	ssize_t written = 0;

	while (left) {
		size_t bytes = min_t(size_t, PAGE_SIZE - (pos & (PAGE_SIZE - 1)), left);
		ssize_t n;

		if (fatal_signal_pending(current))
			return written ? written : -EINTR;
		n = write_piece(file, mapping, pos, buf, bytes);
		if (n < 0)
			return written ? written : n;
		written += n;
		pos += n;
		buf += n;
		left -= n;
		if (n != bytes)
			break;
		cond_resched();
	}
	return written;
}

ssize_t generic_file_buffered_write(struct kiocb *iocb, const struct iovec *iov,
					     unsigned long nr_segs, loff_t pos, loff_t *ppos,
					     size_t count, ssize_t written)
{
	ssize_t status = 0;

	for (unsigned long seg = 0; seg < nr_segs && count; seg++) {
		struct iovec piece = iov[seg];

		piece.iov_len = min(piece.iov_len, count);
		status = generic_perform_write(iocb->ki_filp, &piece, pos);
		if (status < 0)
			break;
		written += status;
		pos += status;
		count -= status;
		*ppos = pos;
		if (status != piece.iov_len)
			break;
	}
	return written ? written : status;
}
EXPORT_SYMBOL(generic_file_buffered_write);

/* i_mutex is held. */
ssize_t __generic_file_aio_write(struct kiocb *iocb, const struct iovec *iov,
					  unsigned long nr_segs, loff_t *ppos)
{
	struct file *file = iocb->ki_filp;
	loff_t pos = *ppos;
	size_t count;
	int error = generic_segment_checks(iov, &nr_segs, &count, VERIFY_READ);

	if (error)
		return error;
	error = generic_write_checks(file, &pos, &count, 0);
	if (error || count == 0)
		return error;
	error = file_remove_suid(file);
	if (error)
		return error;
	file_update_time(file);
	return generic_file_buffered_write(iocb, iov, nr_segs, pos, ppos, count, 0);
}
EXPORT_SYMBOL(__generic_file_aio_write);

ssize_t generic_file_aio_write(struct kiocb *iocb, const struct iovec *iov,
					unsigned long nr_segs, loff_t pos)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	ssize_t ret;

	mutex_lock(&inode->i_mutex);
	ret = __generic_file_aio_write(iocb, iov, nr_segs, &iocb->ki_pos);
	mutex_unlock(&inode->i_mutex);
	return ret;
}
EXPORT_SYMBOL(generic_file_aio_write);
