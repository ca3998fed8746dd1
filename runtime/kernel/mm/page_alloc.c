/*
 * The page allocator: free blocks of 2^order pages on one list an order, split on allocation and
 * joined with their buddies on release. zone->lock guards the lists and is taken with interrupts off.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/dcache.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <asm/page.h>

struct pglist_data contig_page_data;
struct page *mem_map;
unsigned long max_mapnr;
unsigned long num_physpages;
unsigned long totalram_pages;
void *high_memory;
unsigned long empty_zero_page[PAGE_SIZE / sizeof(long)] __attribute__((aligned(PAGE_SIZE)));
EXPORT_SYMBOL(contig_page_data);
EXPORT_SYMBOL(mem_map);
EXPORT_SYMBOL(num_physpages);

#define ALLOC_WMARK_MIN		0x01
#define ALLOC_WMARK_LOW		0x02
#define ALLOC_NO_WATERMARKS	0x04

#define PAGE_ALLOC_COSTLY_ORDER	3

static inline struct zone *page_zone(struct page *page)
{
	return &contig_page_data.node_zones[ZONE_NORMAL];
}

static void bad_page(struct page *page)
{
	panic("Bad page state in process %s: pfn:%05lx count:%d mapcount:%d flags:%lx",
	      current->comm, page_to_pfn(page), atomic_read(&page->_count), page_mapcount(page),
	      page->flags);
}

/* A compound page: its head knows the order, its tails know the head. */
static void prep_compound_page(struct page *page, unsigned int order)
{
	SetPageHead(page);
	page[1].index = order;
	for (unsigned long i = 1; i < 1UL << order; i++) {
		SetPageTail(page + i);
		page[i].first_page = page;
	}
}

static void destroy_compound_page(struct page *page, unsigned int order)
{
	ClearPageHead(page);
	for (unsigned long i = 1; i < 1UL << order; i++) {
		ClearPageTail(page + i);
		page[i].first_page = NULL;
	}
}

static inline int page_is_buddy(struct page *buddy, unsigned int order)
{
	return page_to_pfn(buddy) < max_mapnr && PageBuddy(buddy) && page_private(buddy) == order;
}

static void add_free_block(struct page *page, struct zone *zone, unsigned int order)
{
	SetPageBuddy(page);
	set_page_private(page, order);
	list_add(&page->lru, &zone->free_area[order].free_list);
	zone->free_area[order].nr_free++;
}

static void del_free_block(struct page *page, struct zone *zone, unsigned int order)
{
	list_del(&page->lru);
	zone->free_area[order].nr_free--;
	ClearPageBuddy(page);
	set_page_private(page, 0);
}

/* Join the block with its buddy for as long as that is free too. zone->lock is held. */
static void __free_one_page(struct page *page, struct zone *zone, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	while (order < MAX_ORDER - 1) {
		struct page *buddy = pfn_to_page(pfn ^ (1UL << order));

		if (!page_is_buddy(buddy, order))
			break;
		del_free_block(buddy, zone, order);
		pfn &= ~(1UL << order);
		order++;
	}
	add_free_block(pfn_to_page(pfn), zone, order);
}

static int free_pages_check(struct page *page)
{
	if (page_mapcount(page) || page_count(page) || (page->flags & PAGE_FLAGS_CHECK_AT_FREE))
		bad_page(page);
	page->mapping = NULL;
	page->flags = 0;
	return 0;
}

/* The last reference is gone. */
static void __free_pages_ok(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	trace_mm_page_free(page, order);
	trace_mm_page_free_direct(page, order);
	if (PageCompound(page))
		destroy_compound_page(page, order);
	for (unsigned long i = 0; i < 1UL << order; i++)
		free_pages_check(page + i);
	spin_lock_irqsave(&zone->lock, flags);
	__free_one_page(page, zone, order);
	mod_zone_page_state(zone, NR_FREE_PAGES, 1L << order);
	spin_unlock_irqrestore(&zone->lock, flags);
}

void free_hot_page(struct page *page)
{
	__free_pages_ok(page, 0);
}

void __free_pages(struct page *page, unsigned int order)
{
	if (!put_page_testzero(page))
		return;
	if (order == 0)
		free_hot_page(page);
	else
		__free_pages_ok(page, order);
}
EXPORT_SYMBOL(__free_pages);

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr != 0)
		__free_pages(virt_to_page(addr), order);
}
EXPORT_SYMBOL(free_pages);

/* Give back a reference that get_page took. */
void put_page(struct page *page)
{
	page = compound_head(page);
	if (!put_page_testzero(page))
		return;
	if (PageCompound(page))
		__free_pages_ok(page, compound_order(page));
	else
		free_hot_page(page);
}
EXPORT_SYMBOL(put_page);

/* Halve a block of order high down to low; the upper halves go back to the lists. */
static inline void expand(struct zone *zone, struct page *page, unsigned int low, unsigned int high)
{
	while (high > low) {
		high--;
		add_free_block(page + (1UL << high), zone, high);
	}
}

static struct page *__rmqueue(struct zone *zone, unsigned int order)
{
	for (unsigned int o = order; o < MAX_ORDER; o++) {
		struct free_area *area = &zone->free_area[o];
		struct page *page;

		if (list_empty(&area->free_list))
			continue;
		page = list_entry(area->free_list.next, struct page, lru);
		del_free_block(page, zone, o);
		expand(zone, page, order, o);
		return page;
	}
	return NULL;
}

static void prep_new_page(struct page *page, unsigned int order, gfp_t gfp_flags)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		page[i].flags = 0;
		page[i].mapping = NULL;
		page[i].index = 0;
		reset_page_mapcount(page + i);
	}
	init_page_count(page);
	if (gfp_flags & __GFP_ZERO)
		memset((void *)page_address(page), 0, PAGE_SIZE << order);
	if (order && (gfp_flags & __GFP_COMP))
		prep_compound_page(page, order);
}

static struct page *buffered_rmqueue(struct zone *zone, unsigned int order,
					      gfp_t gfp_flags)
{
	unsigned long flags;
	struct page *page;

	spin_lock_irqsave(&zone->lock, flags);
	page = __rmqueue(zone, order);
	if (page)
		mod_zone_page_state(zone, NR_FREE_PAGES, -(1L << order));
	spin_unlock_irqrestore(&zone->lock, flags);
	if (page)
		prep_new_page(page, order, gfp_flags);
	return page;
}

static int zone_watermark_ok(struct zone *zone, unsigned int order, int alloc_flags)
{
	unsigned long mark = alloc_flags & ALLOC_WMARK_LOW ? zone->pages_low : zone->pages_min;

	if (alloc_flags & ALLOC_NO_WATERMARKS)
		mark = 0;
	return zone_page_state(zone, NR_FREE_PAGES) >= mark + (1UL << order);
}

static struct page *get_page_from_freelist(gfp_t gfp_mask, unsigned int order,
						    struct zonelist *zonelist, int alloc_flags)
{
	for (struct zoneref *z = zonelist->_zonerefs; z->zone; z++) {
		struct page *page;

		if (!zone_watermark_ok(z->zone, order, alloc_flags))
			continue;
		page = buffered_rmqueue(z->zone, order, gfp_mask);
		if (page)
			return page;
	}
	return NULL;
}

/* Free memory is low: drop unused names, then kill somebody, and try again. */
static struct page *__alloc_pages_slowpath(gfp_t gfp_mask, unsigned int order,
						    struct zonelist *zonelist)
{
	struct page *page;
	int alloc_flags = ALLOC_WMARK_MIN;

	if ((gfp_mask & __GFP_HIGH) || (current->flags & PF_MEMALLOC) ||
	    test_thread_flag(TIF_MEMDIE))
		alloc_flags = ALLOC_NO_WATERMARKS;
	for (;;) {
		page = get_page_from_freelist(gfp_mask, order, zonelist, alloc_flags);
		if (page || !(gfp_mask & __GFP_WAIT) || (current->flags & PF_MEMALLOC))
			break;
		if ((gfp_mask & __GFP_FS) && shrink_dcache_memory(128))
			continue;
		if (test_thread_flag(TIF_MEMDIE) || (gfp_mask & __GFP_NORETRY) ||
		    order > PAGE_ALLOC_COSTLY_ORDER || !(gfp_mask & __GFP_FS))
			break;
		out_of_memory(zonelist, gfp_mask, order);
		schedule_timeout_uninterruptible(1);
	}
	if (!page && !(gfp_mask & __GFP_NOWARN))
		printk(KERN_WARNING "%s: page allocation failure. order:%d, mode:0x%x\n",
		       current->comm, order, gfp_mask);
	return page;
}

/* The heart of the allocator: 2^order pages in a row, or NULL. May sleep when __GFP_WAIT is set. */
struct page *__alloc_pages_nodemask(gfp_t gfp_mask, unsigned int order,
					     struct zonelist *zonelist, void *nodemask)
{
	struct page *page = NULL;

	if (order < MAX_ORDER)
		page = get_page_from_freelist(gfp_mask, order, zonelist, ALLOC_WMARK_LOW);
	if (!page && order < MAX_ORDER)
		page = __alloc_pages_slowpath(gfp_mask, order, zonelist);
	trace_mm_page_alloc(page, order, gfp_mask, 0);
	return page;
}
EXPORT_SYMBOL(__alloc_pages_nodemask);

struct page *__alloc_pages(gfp_t gfp_mask, unsigned int order, struct zonelist *zonelist)
{
	return __alloc_pages_nodemask(gfp_mask, order, zonelist, NULL);
}
EXPORT_SYMBOL(__alloc_pages);

unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order)
{
	struct page *page = alloc_pages(gfp_mask, order);

	return page ? (unsigned long)page_address(page) : 0;
}
EXPORT_SYMBOL(__get_free_pages);

unsigned long get_zeroed_page(gfp_t gfp_mask)
{
	return __get_free_pages(gfp_mask | __GFP_ZERO, 0);
}
EXPORT_SYMBOL(get_zeroed_page);

static void __init memmap_init_zone(unsigned long pages)
{
	for (struct page *page = mem_map; page < mem_map + pages; page++) {
		page->flags = 1UL << PG_reserved;
		init_page_count(page);
		reset_page_mapcount(page);
	}
}

static void __init free_area_init(unsigned long pages)
{
	struct pglist_data *pgdat = &contig_page_data;
	struct zone *zone = &pgdat->node_zones[ZONE_NORMAL];

	zone->name = "Normal";
	zone->zone_pgdat = pgdat;
	zone->spanned_pages = pages;
	zone->pages_min = 256;
	zone->pages_low = 320;
	spin_lock_init(&zone->lock);
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&zone->free_area[order].free_list);
	pgdat->nr_zones = 1;
	pgdat->node_mem_map = mem_map;
	pgdat->node_spanned_pages = pages;
	pgdat->node_zonelists[0]._zonerefs[0].zone = zone;
}

/* Make mem_map. Called by setup_arch after setup_bootmem_allocator. */
void __init paging_init(void)
{
	max_mapnr = max_low_pfn;
	high_memory = (void *)__va(max_low_pfn << PAGE_SHIFT);
	mem_map = __alloc_bootmem(max_mapnr * sizeof(struct page), PAGE_SIZE, PAGE_SIZE);
	memmap_init_zone(max_mapnr);
	free_area_init(max_mapnr);
}

/* Hand all free memory to the buddy allocator. */
void __init mem_init(void)
{
	struct zone *zone = &contig_page_data.node_zones[ZONE_NORMAL];

	totalram_pages = free_all_bootmem();
	num_physpages = max_mapnr;
	zone->present_pages = totalram_pages;
	contig_page_data.node_present_pages = totalram_pages;
	printk(KERN_INFO "Memory: %luk/%luk available\n", totalram_pages << (PAGE_SHIFT - 10),
	       num_physpages << (PAGE_SHIFT - 10));
}
