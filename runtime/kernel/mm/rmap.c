/* How often a page is mapped. page_table_lock of the mapping mm is held. */
#include <linux/mm.h>

static void count_mapped(struct page *page, long delta)
{
	mod_zone_page_state(&contig_page_data.node_zones[ZONE_NORMAL],
			    PageAnon(page) ? NR_ANON_PAGES : NR_FILE_MAPPED, delta);
}

/* A page nobody else knows yet becomes a private page of the area. */
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address)
{
	SetPageAnon(page);
	page->index = (address - vma->vm_start) >> PAGE_SHIFT;
	atomic_set(&page->_mapcount, 0);
	vma->vm_flags |= VM_ANON;
	count_mapped(page, 1);
}

void page_add_file_rmap(struct page *page)
{
	if (atomic_inc_and_test(&page->_mapcount))
		count_mapped(page, 1);
}

/* fork maps it once more. */
void page_dup_rmap(struct page *page)
{
	atomic_inc(&page->_mapcount);
}

void page_remove_rmap(struct page *page)
{
	if (atomic_add_return(-1, &page->_mapcount) < 0)
		count_mapped(page, -1);
}
