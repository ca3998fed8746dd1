/* Memory zones: one node with one zone, ZONE_NORMAL, since all memory is mapped. */
#ifndef _LINUX_MMZONE_H
#define _LINUX_MMZONE_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <asm/atomic.h>

#define MAX_ORDER 11
#define MAX_ORDER_NR_PAGES (1 << (MAX_ORDER - 1))

enum zone_type { ZONE_NORMAL, MAX_NR_ZONES };

enum zone_stat_item {
	NR_FREE_PAGES,
	NR_ANON_PAGES,
	NR_FILE_MAPPED,
	NR_FILE_PAGES,
	NR_SLAB_UNRECLAIMABLE,
	NR_PAGETABLE,
	NR_KERNEL_STACK,
	NR_VM_ZONE_STAT_ITEMS
};

struct free_area {
	struct list_head free_list;
	unsigned long nr_free;
};

struct pglist_data;
struct page;

struct zone {
	unsigned long pages_min;	/* below it only __GFP_HIGH and dying tasks get pages */
	unsigned long pages_low;
	spinlock_t lock;		/* free_area; taken with interrupts off */
	struct free_area free_area[MAX_ORDER];
	atomic_long_t vm_stat[NR_VM_ZONE_STAT_ITEMS];
	struct pglist_data *zone_pgdat;
	unsigned long zone_start_pfn;
	unsigned long spanned_pages;	/* with holes */
	unsigned long present_pages;	/* ever given to the allocator */
	const char *name;
};

struct zoneref {
	struct zone *zone;
	int zone_idx;
};

struct zonelist {
	struct zoneref _zonerefs[MAX_NR_ZONES + 1];
};

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist node_zonelists[1];
	int nr_zones;
	struct page *node_mem_map;
	unsigned long node_start_pfn;
	unsigned long node_present_pages;
	unsigned long node_spanned_pages;
	int node_id;
} pg_data_t;

extern struct pglist_data contig_page_data;
#define NODE_DATA(nid) (&contig_page_data)

static inline void mod_zone_page_state(struct zone *zone, enum zone_stat_item item, long delta)
{
	atomic_long_add(delta, &zone->vm_stat[item]);
}

static inline unsigned long zone_page_state(struct zone *zone, enum zone_stat_item item)
{
	return atomic_long_read(&zone->vm_stat[item]);
}

#define global_page_state(item) zone_page_state(&contig_page_data.node_zones[ZONE_NORMAL], item)

#endif
