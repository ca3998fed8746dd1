/* Page allocation: the flags and the entry points of the buddy allocator. */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/types.h>
#include <linux/mmzone.h>

#define __GFP_DMA		((gfp_t)0x01u)
#define __GFP_HIGHMEM		((gfp_t)0x02u)
#define __GFP_DMA32		((gfp_t)0x04u)
#define __GFP_MOVABLE		((gfp_t)0x08u)
#define __GFP_WAIT		((gfp_t)0x10u)
#define __GFP_HIGH		((gfp_t)0x20u)
#define __GFP_IO		((gfp_t)0x40u)
#define __GFP_FS		((gfp_t)0x80u)
#define __GFP_COLD		((gfp_t)0x100u)
#define __GFP_NOWARN		((gfp_t)0x200u)
#define __GFP_REPEAT		((gfp_t)0x400u)
#define __GFP_NOFAIL		((gfp_t)0x800u)
#define __GFP_NORETRY		((gfp_t)0x1000u)
#define __GFP_COMP		((gfp_t)0x4000u)
#define __GFP_ZERO		((gfp_t)0x8000u)
#define __GFP_NOMEMALLOC	((gfp_t)0x10000u)
#define __GFP_HARDWALL		((gfp_t)0x20000u)
#define __GFP_THISNODE		((gfp_t)0x40000u)
#define __GFP_RECLAIMABLE	((gfp_t)0x80000u)

#define GFP_NOWAIT	(GFP_ATOMIC & ~__GFP_HIGH)
#define GFP_ATOMIC	(__GFP_HIGH)
#define GFP_NOIO	(__GFP_WAIT)
#define GFP_NOFS	(__GFP_WAIT | __GFP_IO)
#define GFP_KERNEL	(__GFP_WAIT | __GFP_IO | __GFP_FS)
#define GFP_TEMPORARY	(GFP_KERNEL | __GFP_RECLAIMABLE)
#define GFP_USER	(GFP_KERNEL | __GFP_HARDWALL)
#define GFP_HIGHUSER	(GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE (GFP_HIGHUSER | __GFP_MOVABLE)
#define GFP_DMA		__GFP_DMA

static inline struct zonelist *node_zonelist(int nid, gfp_t flags)
{
	return &contig_page_data.node_zonelists[0];
}

struct page *__alloc_pages_nodemask(gfp_t gfp_mask, unsigned int order,
				    struct zonelist *zonelist, void *nodemask);
struct page *__alloc_pages(gfp_t gfp_mask, unsigned int order, struct zonelist *zonelist);

static inline struct page *alloc_pages(gfp_t gfp_mask, unsigned int order)
{
	return __alloc_pages(gfp_mask, order, node_zonelist(0, gfp_mask));
}
#define alloc_page(gfp_mask) alloc_pages(gfp_mask, 0)

unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order);
unsigned long get_zeroed_page(gfp_t gfp_mask);
#define __get_free_page(gfp_mask) __get_free_pages((gfp_mask), 0)

void __free_pages(struct page *page, unsigned int order);
void free_pages(unsigned long addr, unsigned int order);
void free_hot_page(struct page *page);
#define __free_page(page) __free_pages((page), 0)
#define free_page(addr) free_pages((addr), 0)

#endif
