/* The bits of page.flags and their test, set and clear functions. */
#ifndef _LINUX_PAGE_FLAGS_H
#define _LINUX_PAGE_FLAGS_H

#include <linux/mm_types.h>
#include <linux/bitops.h>

enum pageflags {
	PG_locked,
	PG_error,
	PG_referenced,
	PG_uptodate,
	PG_dirty,
	PG_lru,
	PG_active,
	PG_slab,
	PG_reserved,
	PG_private,
	PG_writeback,
	PG_head,
	PG_tail,
	PG_buddy,
	PG_swapbacked,
	PG_anon,
	__NR_PAGEFLAGS
};

#define PAGEFLAG(uname, lname)							\
static inline int Page##uname(struct page *page)				\
{	return test_bit(PG_##lname, &page->flags); }				\
static inline void SetPage##uname(struct page *page)				\
{	set_bit(PG_##lname, &page->flags); }					\
static inline void ClearPage##uname(struct page *page)				\
{	clear_bit(PG_##lname, &page->flags); }

PAGEFLAG(Locked, locked)
PAGEFLAG(Error, error)
PAGEFLAG(Referenced, referenced)
PAGEFLAG(Uptodate, uptodate)
PAGEFLAG(Dirty, dirty)
PAGEFLAG(LRU, lru)
PAGEFLAG(Active, active)
PAGEFLAG(Slab, slab)
PAGEFLAG(Reserved, reserved)
PAGEFLAG(Private, private)
PAGEFLAG(Head, head)
PAGEFLAG(Tail, tail)
PAGEFLAG(Buddy, buddy)
PAGEFLAG(Anon, anon)

#define PageCompound(page) (PageHead(page) || PageTail(page))

/* What has to be clear on a page that is freed or handed out. */
#define PAGE_FLAGS_CHECK_AT_FREE (1UL << PG_locked | 1UL << PG_private | 1UL << PG_writeback | \
	1UL << PG_slab | 1UL << PG_reserved | 1UL << PG_buddy)

#endif
