/*
 * Memory before there is an allocator: a bit map of page frames, first fit. It hands out mem_map and
 * the hash tables, and then all free frames to the buddy allocator. One CPU, interrupts off: no lock.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/setup.h>

unsigned long max_low_pfn;

static u8 *bootmem_map;			/* 1 = reserved */
static unsigned long last_end;		/* physical end of the last allocation, to share its page */

static int __init frame_reserved(unsigned long pfn)
{
	return bootmem_map[pfn / 8] >> (pfn % 8) & 1;
}

/* Mark the frames that [start, end), physical, touches. */
static void __init reserve_bootmem(unsigned long start, unsigned long end)
{
	unsigned long pfn = start >> PAGE_SHIFT;

	for (; pfn < PAGE_ALIGN(end) >> PAGE_SHIFT && pfn < max_low_pfn; pfn++)
		bootmem_map[pfn / 8] |= 1 << (pfn % 8);
}

/* The bit map goes behind the kernel image. Frame 0 is never used, so that 0 is no address. */
void __init setup_bootmem_allocator(void)
{
	unsigned long bytes;

	max_low_pfn = boot_params.mem_size >> PAGE_SHIFT;
	bytes = (max_low_pfn + 7) / 8;
	bootmem_map = (u8 *)PAGE_ALIGN((unsigned long)_end);
	memset(bootmem_map, 0, bytes);
	reserve_bootmem(0, PAGE_SIZE);
	reserve_bootmem(__pa(_text), __pa(bootmem_map) + bytes);
	if (boot_params.initrd_size)
		reserve_bootmem(__pa(boot_params.initrd_start),
				__pa(boot_params.initrd_start) + boot_params.initrd_size);
}

static unsigned long __init find_free_run(unsigned long from, unsigned long pages)
{
	unsigned long pfn, run = 0;

	for (pfn = from; pfn < max_low_pfn; pfn++) {
		run = frame_reserved(pfn) ? 0 : run + 1;
		if (run == pages)
			return pfn + 1 - pages;
	}
	panic("bootmem: no %lu free pages", pages);
}

/* Memory for ever, zeroed because the machine's RAM is at the start. goal is a physical address. */
void *__init __alloc_bootmem(unsigned long size, unsigned long align, unsigned long goal)
{
	unsigned long start = (last_end + align - 1) & ~(align - 1);

	if (last_end == 0 || start + size > PAGE_ALIGN(last_end))
		start = find_free_run(goal >> PAGE_SHIFT, PAGE_ALIGN(size) >> PAGE_SHIFT) << PAGE_SHIFT;
	last_end = start + size;
	reserve_bootmem(start, last_end);
	return (void *)__va(start);
}

/* The largest aligned block of free frames that starts at pfn. */
static unsigned int __init free_block_order(unsigned long pfn)
{
	unsigned long end = pfn + 1;
	unsigned int order = 0;

	while (order < MAX_ORDER - 1 && !(pfn & (1UL << order))) {
		unsigned long want = pfn + (2UL << order);

		while (end < want && end < max_low_pfn && !frame_reserved(end))
			end++;
		if (end < want)
			break;
		order++;
	}
	return order;
}

static void __init free_bootmem_block(unsigned long pfn, unsigned int order)
{
	struct page *page = pfn_to_page(pfn);

	for (unsigned long i = 0; i < 1UL << order; i++) {
		page[i].flags = 0;
		atomic_set(&page[i]._count, 0);
	}
	init_page_count(page);
	__free_pages(page, order);
}

/* Answers the number of pages given to the buddy allocator. */
unsigned long __init free_all_bootmem(void)
{
	unsigned long pfn = 0, count = 0;

	while (pfn < max_low_pfn) {
		unsigned int order;

		if (frame_reserved(pfn)) {
			pfn++;
			continue;
		}
		order = free_block_order(pfn);
		free_bootmem_block(pfn, order);
		count += 1UL << order;
		pfn += 1UL << order;
	}
	return count;
}
