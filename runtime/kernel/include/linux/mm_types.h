/* The structures of memory management: page, memory area, address space. */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/rwsem.h>
#include <asm/atomic.h>
#include <asm/page.h>

struct address_space;
struct file;
struct kmem_cache;
struct linux_binfmt;
struct task_struct;
struct vm_operations_struct;

/* Software page tables: see <linux/pgtable.h>. An entry is a physical address and flag bits. */
typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pmd; } pmd_t;
typedef struct { unsigned long pgd; } pgd_t;
typedef struct { unsigned long pgprot; } pgprot_t;
typedef struct page *pgtable_t;

/*
 * One for every page frame, in mem_map. What the unions hold depends on the owner: the page
 * cache (mapping, index), the buddy allocator (private = order), or a slab cache (slab,
 * freelist, inuse). Tail pages of a compound page point to the first.
 */
struct page {
	unsigned long flags;		/* PG_*, changed by atomic bit operations */
	atomic_t _count;		/* users; 0 = free */
	union {
		atomic_t _mapcount;	/* page table entries that map it, minus 1 */
		struct {		/* slab: under kmem_cache.lock */
			u16 inuse;
			u16 objects;
		};
	};
	union {
		struct {
			unsigned long private;		/* order of a free or compound page */
			struct address_space *mapping;
		};
		struct kmem_cache *slab;
		struct page *first_page;
	};
	union {
		pgoff_t index;		/* place within the mapping, in pages */
		void *freelist;		/* slab: first free object */
	};
	struct list_head lru;		/* free list, or a slab cache's partial list */
};

/* A range of addresses of one mm with one kind of backing. Changed under mmap_sem for writing. */
struct vm_area_struct {
	struct mm_struct *vm_mm;
	unsigned long vm_start;
	unsigned long vm_end;		/* first byte after */
	struct vm_area_struct *vm_next;	/* by address */
	pgprot_t vm_page_prot;
	unsigned long vm_flags;
	const struct vm_operations_struct *vm_ops;
	unsigned long vm_pgoff;		/* offset in vm_file, in pages */
	struct file *vm_file;
	void *vm_private_data;
};

typedef unsigned long mm_counter_t;

#define AT_VECTOR_SIZE 44

/*
 * The address space of a process. mm_users counts the tasks (and visitors) that use it, mm_count
 * the references to the structure itself, all of mm_users being one.
 */
struct mm_struct {
	struct vm_area_struct *mmap;		/* list by address */
	struct vm_area_struct *mmap_cache;	/* what find_vma found last */
	unsigned long (*get_unmapped_area)(struct file *filp, unsigned long addr,
			unsigned long len, unsigned long pgoff, unsigned long flags);
	unsigned long mmap_base;		/* mmap looks downwards from here */
	unsigned long task_size;
	unsigned long cached_hole_size;
	unsigned long free_area_cache;
	pgd_t *pgd;
	atomic_t mm_users;
	atomic_t mm_count;
	int map_count;				/* number of areas */
	struct rw_semaphore mmap_sem;		/* the list of areas */
	spinlock_t page_table_lock;		/* page tables and the rss counters */
	struct list_head mmlist;

	mm_counter_t _file_rss;
	mm_counter_t _anon_rss;
	unsigned long hiwater_rss;
	unsigned long hiwater_vm;

	unsigned long total_vm, locked_vm, shared_vm, exec_vm;
	unsigned long stack_vm, reserved_vm, def_flags, nr_ptes;
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;

	unsigned long saved_auxv[AT_VECTOR_SIZE];
	struct linux_binfmt *binfmt;
	unsigned long flags;
	struct task_struct *owner;
	struct file *exe_file;
};

#define set_mm_counter(mm, member, value)	((mm)->_##member = (value))
#define get_mm_counter(mm, member)		((mm)->_##member)
#define add_mm_counter(mm, member, value)	((mm)->_##member += (value))
#define inc_mm_counter(mm, member)		((mm)->_##member++)
#define dec_mm_counter(mm, member)		((mm)->_##member--)
#define get_mm_rss(mm) (get_mm_counter(mm, file_rss) + get_mm_counter(mm, anon_rss))

static inline void update_hiwater_rss(struct mm_struct *mm)
{
	if (mm->hiwater_rss < get_mm_rss(mm))
		mm->hiwater_rss = get_mm_rss(mm);
}

static inline void update_hiwater_vm(struct mm_struct *mm)
{
	if (mm->hiwater_vm < mm->total_vm)
		mm->hiwater_vm = mm->total_vm;
}

#endif
