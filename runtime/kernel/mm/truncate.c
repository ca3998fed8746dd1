/* Shortening files: the pages behind the new end leave the page cache. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/string.h>

#define BATCH 16

/* A process may still have the page mapped: it keeps it. */
static void truncate_complete_page(struct address_space *mapping, struct page *page)
{
	if (page->mapping != mapping)
		return;
	ClearPageDirty(page);
	remove_from_page_cache(page);
	put_page(page);
}

static void truncate_partial_page(struct address_space *mapping, pgoff_t index, unsigned offset)
{
	struct page *page = find_lock_page(mapping, index);

	if (!page)
		return;
	memset((char *)page_address(page) + offset, 0, PAGE_SIZE - offset);
	unlock_page(page);
	put_page(page);
}

/* Drop the pages from byte lstart on. The caller holds i_mutex, or is the inode's last user. */
void truncate_inode_pages(struct address_space *mapping, loff_t lstart)
{
	pgoff_t start = (lstart + PAGE_SIZE - 1) >> PAGE_SHIFT;
	struct page *pages[BATCH];
	unsigned n, i;

	if (mapping->nrpages == 0)
		return;
	while ((n = find_get_pages(mapping, start, BATCH, pages)) > 0) {
		for (i = 0; i < n; i++) {
			lock_page(pages[i]);
			truncate_complete_page(mapping, pages[i]);
			unlock_page(pages[i]);
			put_page(pages[i]);
		}
	}
	if (lstart & (PAGE_SIZE - 1))
		truncate_partial_page(mapping, lstart >> PAGE_SHIFT, lstart & (PAGE_SIZE - 1));
}
EXPORT_SYMBOL(truncate_inode_pages);

/* Set a new size, longer or shorter. i_mutex is held. 0, -EFBIG. */
int vmtruncate(struct inode *inode, loff_t offset)
{
	unsigned long limit = current->signal->rlim[RLIMIT_FSIZE].rlim_cur;
	loff_t old = inode->i_size;

	if (offset > old) {
		if (limit != RLIM_INFINITY && offset > limit) {
			send_sig(SIGXFSZ, current, 0);
			return -EFBIG;
		}
		if (offset > inode->i_sb->s_maxbytes)
			return -EFBIG;
	}
	i_size_write(inode, offset);
	if (offset < old)
		truncate_inode_pages(inode->i_mapping, offset);
	if (inode->i_op->truncate)
		inode->i_op->truncate(inode);
	return 0;
}
EXPORT_SYMBOL(vmtruncate);
