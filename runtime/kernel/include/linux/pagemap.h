/* The page cache: pages of files, found by mapping and index. */
#ifndef _LINUX_PAGEMAP_H
#define _LINUX_PAGEMAP_H

#include <linux/mm.h>
#include <linux/fs.h>

#define PAGE_CACHE_SHIFT	PAGE_SHIFT
#define PAGE_CACHE_SIZE		PAGE_SIZE
#define PAGE_CACHE_MASK		PAGE_MASK
#define PAGE_CACHE_ALIGN(addr)	(((addr) + PAGE_CACHE_SIZE - 1) & PAGE_CACHE_MASK)
#define page_cache_get(page)	get_page(page)
#define page_cache_release(page) put_page(page)

int add_to_page_cache_locked(struct page *page, struct address_space *mapping, pgoff_t index,
			     gfp_t gfp_mask);
int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index,
			  gfp_t gfp_mask);
void remove_from_page_cache(struct page *page);
struct page *find_get_page(struct address_space *mapping, pgoff_t index);
struct page *find_lock_page(struct address_space *mapping, pgoff_t index);
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp_mask);
struct page *grab_cache_page_write_begin(struct address_space *mapping, pgoff_t index,
					 unsigned flags);
unsigned find_get_pages(struct address_space *mapping, pgoff_t start, unsigned int nr_pages,
			struct page **pages);
struct page *read_mapping_page(struct address_space *mapping, pgoff_t index, void *data);
void __lock_page(struct page *page);
void unlock_page(struct page *page);
int trylock_page(struct page *page);

/* May sleep. The lock keeps the page in its mapping and its contents whole. */
static inline void lock_page(struct page *page)
{
	if (!trylock_page(page))
		__lock_page(page);
}

static inline pgoff_t linear_page_index(struct vm_area_struct *vma, unsigned long address)
{
	return ((address - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
}

#endif
