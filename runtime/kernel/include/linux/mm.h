/* Memory management: areas, faults, the page array. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/pgtable.h>
#include <linux/page-flags.h>
#include <asm/processor.h>

struct inode;
struct pt_regs;

/* vm_area_struct.vm_flags */
#define VM_READ		0x00000001
#define VM_WRITE	0x00000002
#define VM_EXEC		0x00000004
#define VM_SHARED	0x00000008
#define VM_MAYREAD	0x00000010
#define VM_MAYWRITE	0x00000020
#define VM_MAYEXEC	0x00000040
#define VM_MAYSHARE	0x00000080
#define VM_GROWSDOWN	0x00000100
#define VM_DENYWRITE	0x00000800
#define VM_EXECUTABLE	0x00001000
#define VM_LOCKED	0x00002000
#define VM_IO		0x00004000
#define VM_DONTCOPY	0x00020000
#define VM_DONTEXPAND	0x00040000
#define VM_RESERVED	0x00080000
#define VM_ACCOUNT	0x00100000
#define VM_NORESERVE	0x00200000
#define VM_ANON		0x40000000	/* has had pages of its own: fork copies its page table */

#define VM_STACK_FLAGS	(VM_GROWSDOWN | VM_DATA_DEFAULT_FLAGS | VM_ACCOUNT)
#define VM_DATA_DEFAULT_FLAGS (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)

/* handle_mm_fault's flags and results */
#define FAULT_FLAG_WRITE	0x01
#define FAULT_FLAG_NONLINEAR	0x02
#define FAULT_FLAG_MKWRITE	0x04

#define VM_FAULT_OOM	0x0001
#define VM_FAULT_SIGBUS	0x0002
#define VM_FAULT_MAJOR	0x0004
#define VM_FAULT_WRITE	0x0008
#define VM_FAULT_NOPAGE	0x0100
#define VM_FAULT_LOCKED	0x0200
#define VM_FAULT_ERROR	(VM_FAULT_OOM | VM_FAULT_SIGBUS)

struct vm_fault {
	unsigned int flags;		/* FAULT_FLAG_* */
	pgoff_t pgoff;
	unsigned long virtual_address;
	struct page *page;		/* ->fault answers with a reference taken */
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *area);
	void (*close)(struct vm_area_struct *area);
	int (*fault)(struct vm_area_struct *vma, struct vm_fault *vmf);
	int (*page_mkwrite)(struct vm_area_struct *vma, struct vm_fault *vmf);
};

#define TASK_UNMAPPED_BASE PAGE_ALIGN(TASK_SIZE / 3)

/* The array of page frames: physical memory starts at 0 and has no holes. */
extern struct page *mem_map;
extern unsigned long max_mapnr;
extern unsigned long max_low_pfn;
extern unsigned long num_physpages;
extern unsigned long totalram_pages;
extern void *high_memory;

#define page_to_pfn(page)	((unsigned long)((page) - mem_map))
#define pfn_to_page(pfn)	(mem_map + (pfn))
#define virt_to_page(kaddr)	pfn_to_page(__pa(kaddr) >> PAGE_SHIFT)
#define page_address(page)	__va(page_to_pfn(page) << PAGE_SHIFT)
#define page_to_phys(page)	(page_to_pfn(page) << PAGE_SHIFT)
#define pfn_valid(pfn)		((pfn) < max_mapnr)
#define kmap(page)		page_address(page)
#define kunmap(page)		((void)(page))

static inline struct page *compound_head(struct page *page)
{
	return PageTail(page) ? page->first_page : page;
}

static inline struct page *virt_to_head_page(const void *x)
{
	return compound_head(virt_to_page(x));
}

static inline unsigned int compound_order(struct page *page)
{
	return PageHead(page) ? page[1].index : 0;
}

static inline int page_count(struct page *page)
{
	return atomic_read(&compound_head(page)->_count);
}

static inline void get_page(struct page *page)
{
	atomic_inc(&compound_head(page)->_count);
}

static inline void init_page_count(struct page *page)	{ atomic_set(&page->_count, 1); }
static inline int put_page_testzero(struct page *page)	{ return atomic_dec_and_test(&page->_count); }
static inline void reset_page_mapcount(struct page *page) { atomic_set(&page->_mapcount, -1); }
static inline int page_mapcount(struct page *page)	{ return atomic_read(&page->_mapcount) + 1; }
static inline int page_mapped(struct page *page)	{ return atomic_read(&page->_mapcount) >= 0; }

#define page_private(page)		((page)->private)
#define set_page_private(page, v)	((page)->private = (v))

void put_page(struct page *page);

/* Boot. setup_arch calls the first two, mm_init the third. */
void setup_bootmem_allocator(void);
void paging_init(void);
void mem_init(void);
void *__alloc_bootmem(unsigned long size, unsigned long align, unsigned long goal);
unsigned long free_all_bootmem(void);
void free_initmem(void);

/* mm/memory.c */
int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address,
		    unsigned int flags);
int copy_page_range(struct mm_struct *dst, struct mm_struct *src, struct vm_area_struct *vma);
unsigned long unmap_vmas(struct vm_area_struct *start_vma, unsigned long start_addr,
			 unsigned long end_addr, unsigned long *nr_accounted);
unsigned long zap_page_range(struct vm_area_struct *vma, unsigned long address,
			     unsigned long size);
void free_pgtables(struct vm_area_struct *start_vma, unsigned long floor, unsigned long ceiling);
int make_pages_present(unsigned long addr, unsigned long end);
int get_user_pages(struct task_struct *tsk, struct mm_struct *mm, unsigned long start,
		   int nr_pages, int write, int force, struct page **pages,
		   struct vm_area_struct **vmas);
int access_process_vm(struct task_struct *tsk, unsigned long addr, void *buf, int len, int write);
struct page *follow_page(struct vm_area_struct *vma, unsigned long address, unsigned int flags);
#define FOLL_WRITE 0x01
#define FOLL_GET 0x04

/* mm/fault.c */
void do_page_fault(struct pt_regs *regs, unsigned long error_code, unsigned long address);

/* mm/mmap.c */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **pprev);
struct vm_area_struct *find_extend_vma(struct mm_struct *mm, unsigned long addr);
int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma);
int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below);
unsigned long get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				unsigned long pgoff, unsigned long flags);
unsigned long arch_get_unmapped_area(struct file *filp, unsigned long addr, unsigned long len,
				     unsigned long pgoff, unsigned long flags);
unsigned long do_mmap_pgoff(struct file *file, unsigned long addr, unsigned long len,
			    unsigned long prot, unsigned long flags, unsigned long pgoff);
unsigned long mmap_region(struct file *file, unsigned long addr, unsigned long len,
			  unsigned long flags, unsigned int vm_flags, unsigned long pgoff);
unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len,
		      unsigned long prot, unsigned long flags, unsigned long offset);
struct file *shmem_file_setup(const char *name, loff_t size);
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len);
unsigned long do_brk(unsigned long addr, unsigned long len);
int expand_stack(struct vm_area_struct *vma, unsigned long address);
void exit_mmap(struct mm_struct *mm);
int mprotect_fixup(struct vm_area_struct *vma, struct vm_area_struct **pprev, unsigned long start,
		   unsigned long end, unsigned long newflags);
pgprot_t vm_get_page_prot(unsigned long vm_flags);
int may_expand_vm(struct mm_struct *mm, unsigned long npages);

static inline struct vm_area_struct *find_vma_intersection(struct mm_struct *mm,
		unsigned long start_addr, unsigned long end_addr)
{
	struct vm_area_struct *vma = find_vma(mm, start_addr);

	return vma && end_addr > vma->vm_start ? vma : NULL;
}

static inline unsigned long vma_pages(struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/* mm/oom_kill.c */
void out_of_memory(struct zonelist *zonelist, gfp_t gfp_mask, int order);
void pagefault_out_of_memory(void);

/* mm/rmap.c */
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address);
void page_add_file_rmap(struct page *page);
void page_dup_rmap(struct page *page);
void page_remove_rmap(struct page *page);

/* mm/truncate.c */
void truncate_inode_pages(struct address_space *mapping, loff_t lstart);
int vmtruncate(struct inode *inode, loff_t offset);

/* mm/util.c */
char *kstrdup(const char *s, gfp_t gfp);
void *kmemdup(const void *src, size_t len, gfp_t gfp);
char *strndup_user(const char __user *s, long n);
void arch_pick_mmap_layout(struct mm_struct *mm);

#define nr_free_pages() global_page_state(NR_FREE_PAGES)

/* kernel/fork.c */
struct mm_struct *mm_alloc(void);
void mmput(struct mm_struct *mm);
void __mmdrop(struct mm_struct *mm);
struct mm_struct *get_task_mm(struct task_struct *task);
void mm_release(struct task_struct *tsk, struct mm_struct *mm);
extern struct kmem_cache *vm_area_cachep;

#endif
