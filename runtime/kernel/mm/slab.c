/*
 * Object caches and kmalloc on top of the page allocator. A slab is a compound page cut into objects;
 * its struct page holds the free list. cache->lock guards a cache, interrupts off; slab_mutex the list
 * of caches.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/seq_file.h>
#include <linux/tracepoint.h>

/*
 * Every cache has the same number of objects in a slab where that fits 2^MAX_SLAB_ORDER pages, so that
 * page allocations come at the same times whatever the size of a pointer is.
 */
#define OBJECTS_PER_SLAB	16
#define MAX_SLAB_ORDER		4
#define MIN_PARTIAL		5	/* empty slabs are kept up to this many partial ones */

static const unsigned int kmalloc_sizes[] = {
	8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, KMALLOC_MAX_CACHED
};
static const char *const kmalloc_names[] = {
	"kmalloc-8", "kmalloc-16", "kmalloc-32", "kmalloc-64", "kmalloc-96", "kmalloc-128",
	"kmalloc-192", "kmalloc-256", "kmalloc-512", "kmalloc-1024", "kmalloc-2048",
	"kmalloc-4096", "kmalloc-8192"
};
struct kmem_cache kmalloc_caches[ARRAY_SIZE(kmalloc_sizes)];
EXPORT_SYMBOL(kmalloc_caches);

static LIST_HEAD(slab_caches);
static DEFINE_MUTEX(slab_mutex);

static inline void **free_pointer(struct kmem_cache *s, void *object)
{
	return (void **)((char *)object + s->offset);
}

/* How many pages a slab takes: few for kmalloc (they fill up), fixed objects for the others. */
static void calculate_order(struct kmem_cache *s, int fill)
{
	s->order = 0;
	while (s->order < MAX_SLAB_ORDER &&
	       (PAGE_SIZE << s->order) / s->size < (fill ? 4 : OBJECTS_PER_SLAB))
		s->order++;
	s->objects = (PAGE_SIZE << s->order) / s->size;
	if (!fill && s->objects > OBJECTS_PER_SLAB)
		s->objects = OBJECTS_PER_SLAB;
}

static void kmem_cache_open(struct kmem_cache *s, const char *name, size_t size, size_t align,
			    unsigned long flags, void (*ctor)(void *), int fill)
{
	memset(s, 0, sizeof(*s));
	s->name = name;
	s->flags = flags;
	s->objsize = size;
	s->align = max(align, sizeof(void *));
	size = ALIGN(size, sizeof(void *));
	if (ctor) {
		s->offset = size;
		size += sizeof(void *);
	}
	s->size = ALIGN(size, (size_t)s->align);
	s->ctor = ctor;
	calculate_order(s, fill);
	spin_lock_init(&s->lock);
	INIT_LIST_HEAD(&s->partial);
	list_add_tail(&s->list, &slab_caches);
}

void __init kmem_cache_init(void)
{
	for (int i = 0; i < ARRAY_SIZE(kmalloc_sizes); i++)
		kmem_cache_open(&kmalloc_caches[i], kmalloc_names[i], kmalloc_sizes[i], 8, 0, NULL, 1);
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned long flags, void (*ctor)(void *))
{
	struct kmem_cache *s = kmalloc(sizeof(*s), GFP_KERNEL);

	if (!s) {
		if (flags & SLAB_PANIC)
			panic("Cannot create slabcache %s", name);
		return NULL;
	}
	mutex_lock(&slab_mutex);
	kmem_cache_open(s, name, size, align, flags, ctor, 0);
	mutex_unlock(&slab_mutex);
	return s;
}
EXPORT_SYMBOL(kmem_cache_create);

/* Chain all objects of a new slab, first to last. */
static void setup_slab(struct kmem_cache *s, struct page *page)
{
	char *start = (char *)page_address(page), *object;

	page->slab = s;
	SetPageSlab(page);
	page->inuse = 0;
	page->objects = s->objects;
	page->freelist = start;
	for (unsigned int i = 0; i < s->objects; i++) {
		object = start + i * s->size;
		if (s->ctor)
			s->ctor(object);
		*free_pointer(s, object) = i + 1 < s->objects ? object + s->size : NULL;
	}
}

static struct page *new_slab(struct kmem_cache *s, gfp_t flags)
{
	struct page *page = alloc_pages((flags & ~__GFP_ZERO) | __GFP_COMP, s->order);

	if (!page)
		return NULL;
	setup_slab(s, page);
	mod_zone_page_state(&contig_page_data.node_zones[0], NR_SLAB_UNRECLAIMABLE, 1L << s->order);
	return page;
}

static void discard_slab(struct kmem_cache *s, struct page *page)
{
	ClearPageSlab(page);
	page->slab = NULL;
	reset_page_mapcount(page);
	mod_zone_page_state(&contig_page_data.node_zones[0], NR_SLAB_UNRECLAIMABLE,
			    -(1L << s->order));
	__free_pages(page, s->order);
}

/* Take the first object of the first partial slab; s->lock is held. */
static void *get_partial_object(struct kmem_cache *s)
{
	struct page *page;
	void *object;

	if (list_empty(&s->partial))
		return NULL;
	page = list_entry(s->partial.next, struct page, lru);
	object = page->freelist;
	page->freelist = *free_pointer(s, object);
	page->inuse++;
	s->active++;
	if (!page->freelist) {
		list_del(&page->lru);
		s->nr_partial--;
	}
	return object;
}

static void add_slab(struct kmem_cache *s, struct page *page)
{
	list_add(&page->lru, &s->partial);
	s->nr_partial++;
	s->nr_slabs++;
}

static void *slab_alloc(struct kmem_cache *s, gfp_t gfpflags)
{
	unsigned long flags;
	struct page *page;
	void *object;

	spin_lock_irqsave(&s->lock, flags);
	while (!(object = get_partial_object(s))) {
		spin_unlock_irqrestore(&s->lock, flags);
		page = new_slab(s, gfpflags);
		if (!page)
			return NULL;
		spin_lock_irqsave(&s->lock, flags);
		add_slab(s, page);
	}
	spin_unlock_irqrestore(&s->lock, flags);
	if (gfpflags & __GFP_ZERO)
		memset(object, 0, s->objsize);
	return object;
}

/* Put an object back; an empty slab goes back to the page allocator when there are others. */
static void slab_free(struct kmem_cache *s, struct page *page, void *object)
{
	unsigned long flags;
	int discard = 0;

	spin_lock_irqsave(&s->lock, flags);
	if (!page->freelist) {
		list_add_tail(&page->lru, &s->partial);
		s->nr_partial++;
	}
	*free_pointer(s, object) = page->freelist;
	page->freelist = object;
	page->inuse--;
	s->active--;
	if (page->inuse == 0 && s->nr_partial > MIN_PARTIAL) {
		list_del(&page->lru);
		s->nr_partial--;
		s->nr_slabs--;
		discard = 1;
	}
	spin_unlock_irqrestore(&s->lock, flags);
	if (discard)
		discard_slab(s, page);
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfpflags)
{
	void *object = slab_alloc(s, gfpflags);

	trace_kmem_cache_alloc(_RET_IP_, object, s->objsize, s->size, gfpflags);
	return object;
}
EXPORT_SYMBOL(kmem_cache_alloc);

void kmem_cache_free(struct kmem_cache *s, void *x)
{
	trace_kmem_cache_free(_RET_IP_, x);
	slab_free(s, virt_to_head_page(x), x);
}
EXPORT_SYMBOL(kmem_cache_free);

static struct kmem_cache *get_slab(size_t size)
{
	for (int i = 0; i < ARRAY_SIZE(kmalloc_sizes); i++)
		if (size <= kmalloc_sizes[i])
			return &kmalloc_caches[i];
	return NULL;
}

static unsigned int size_order(size_t size)
{
	unsigned int order = 0;

	while ((PAGE_SIZE << order) < size)
		order++;
	return order;
}

void *__kmalloc(size_t size, gfp_t flags)
{
	struct kmem_cache *s;
	size_t allocated;
	void *object;

	if (size == 0)
		return ZERO_SIZE_PTR;
	s = get_slab(size);
	if (s) {
		object = slab_alloc(s, flags);
		allocated = s->size;
	} else {
		object = (void *)__get_free_pages(flags | __GFP_COMP, size_order(size));
		allocated = PAGE_SIZE << size_order(size);
	}
	trace_kmalloc(_RET_IP_, object, size, allocated, flags);
	return object;
}
EXPORT_SYMBOL(__kmalloc);

void kfree(const void *x)
{
	struct page *page;

	trace_kfree(_RET_IP_, x);
	if (ZERO_OR_NULL_PTR(x))
		return;
	page = virt_to_head_page(x);
	if (PageSlab(page))
		slab_free(page->slab, page, (void *)x);
	else
		put_page(page);
}
EXPORT_SYMBOL(kfree);

/* How many bytes the object really has. */
size_t ksize(const void *object)
{
	struct page *page;

	if (ZERO_OR_NULL_PTR(object))
		return 0;
	page = virt_to_head_page(object);
	if (PageSlab(page))
		return page->slab->objsize;
	return PAGE_SIZE << compound_order(page);
}
EXPORT_SYMBOL(ksize);

unsigned int kmem_cache_size(struct kmem_cache *s)	{ return s->objsize; }
const char *kmem_cache_name(struct kmem_cache *s)	{ return s->name; }

/* All objects have been freed. */
void kmem_cache_destroy(struct kmem_cache *s)
{
	struct page *page, *next;

	if (s->active) {
		printk(KERN_ERR "kmem_cache_destroy %s: %lu objects remain\n", s->name, s->active);
		return;
	}
	mutex_lock(&slab_mutex);
	list_del(&s->list);
	mutex_unlock(&slab_mutex);
	list_for_each_entry_safe(page, next, &s->partial, lru) {
		list_del(&page->lru);
		discard_slab(s, page);
	}
	kfree(s);
}
EXPORT_SYMBOL(kmem_cache_destroy);

/* The text of /proc/slabinfo. */
int slabinfo_show(struct seq_file *m, void *v)
{
	struct kmem_cache *s;

	seq_printf(m, "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>\n");
	mutex_lock(&slab_mutex);
	list_for_each_entry(s, &slab_caches, list)
		seq_printf(m, "%-17s %6lu %6lu %6d %4u %4u\n", s->name, s->active,
			   s->nr_slabs * s->objects, s->objsize, s->objects, 1U << s->order);
	mutex_unlock(&slab_mutex);
	return 0;
}
