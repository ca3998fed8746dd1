/* Object caches and kmalloc. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/types.h>

#define SLAB_HWCACHE_ALIGN	0x00002000UL
#define SLAB_PANIC		0x00040000UL
#define SLAB_DESTROY_BY_RCU	0x00080000UL
#define SLAB_RECLAIM_ACCOUNT	0x00020000UL
#define SLAB_MEM_SPREAD		0x00100000UL
#define SLAB_NOTRACK		0x01000000UL

/* kmalloc(0) answers this: not NULL, and faults when used. */
#define ZERO_SIZE_PTR ((void *)16)
#define ZERO_OR_NULL_PTR(x) ((unsigned long)(x) <= (unsigned long)ZERO_SIZE_PTR)

#define KMALLOC_MIN_SIZE 8
#define KMALLOC_MAX_CACHED 8192		/* above it straight from the page allocator */

/*
 * A cache of objects of one size. A slab is one compound page; the free objects in it are chained
 * through their first word (a cache with a constructor chains them behind the object).
 */
struct kmem_cache {
	const char *name;
	unsigned long flags;
	int size;			/* with padding and chain word */
	int objsize;			/* what the user sees */
	int offset;			/* of the chain word in a free object */
	int align;
	unsigned int order;		/* pages of a slab */
	unsigned int objects;		/* objects of a slab */
	spinlock_t lock;		/* the lists and all slabs' free lists; interrupts off */
	struct list_head partial;	/* slabs with free objects */
	unsigned long nr_partial;
	unsigned long nr_slabs;
	unsigned long active;		/* objects in use */
	void (*ctor)(void *);
	struct list_head list;		/* in slab_caches */
};

void kmem_cache_init(void);
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned long flags, void (*ctor)(void *));
void kmem_cache_destroy(struct kmem_cache *s);
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfpflags);
void kmem_cache_free(struct kmem_cache *s, void *x);
unsigned int kmem_cache_size(struct kmem_cache *s);
const char *kmem_cache_name(struct kmem_cache *s);

void *__kmalloc(size_t size, gfp_t flags);
void *__krealloc(const void *p, size_t new_size, gfp_t flags);
void *krealloc(const void *p, size_t new_size, gfp_t flags);
void kfree(const void *x);
size_t ksize(const void *object);

#define KMEM_CACHE(__struct, __flags) \
	kmem_cache_create(#__struct, sizeof(struct __struct), __alignof__(struct __struct), \
			  (__flags), NULL)

static inline void *kmalloc(size_t size, gfp_t flags)
{
	return __kmalloc(size, flags);
}

static inline void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc(size, flags | __GFP_ZERO);
}

static inline void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	if (size != 0 && n > (size_t)-1 / size)
		return NULL;
	return __kmalloc(n * size, flags | __GFP_ZERO);
}

static inline void *kmem_cache_zalloc(struct kmem_cache *k, gfp_t flags)
{
	return kmem_cache_alloc(k, flags | __GFP_ZERO);
}

#endif
