/*
 * Page tables and faults. Callers hold mmap_sem (for reading to fault, for writing to change areas);
 * page_table_lock guards the entries and the rss counters.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* Virtual costs, ns. */
#define FAULT_COST	500
#define CLEAR_PAGE_COST	120
#define COPY_PAGE_COST	512
#define COPY_PTE_COST	20

pgd_t *pgd_alloc(struct mm_struct *mm)
{
	return (pgd_t *)get_zeroed_page(GFP_KERNEL);
}

void pgd_free(struct mm_struct *mm, pgd_t *pgd)
{
	free_page((unsigned long)pgd);
}

static void count_page_table(struct mm_struct *mm, long delta)
{
	mm->nr_ptes += delta;
	mod_zone_page_state(&contig_page_data.node_zones[ZONE_NORMAL], NR_PAGETABLE, delta);
}

/* 0, or -ENOMEM. Another thread may have been faster. */
int __pte_alloc(struct mm_struct *mm, pmd_t *pmd, unsigned long address)
{
	unsigned long new = get_zeroed_page(GFP_KERNEL);

	if (!new)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (pmd_none(*pmd)) {
		pmd->pmd = __pa(new) | _PAGE_TABLE;
		count_page_table(mm, 1);
		new = 0;
	}
	spin_unlock(&mm->page_table_lock);
	free_page(new);
	return 0;
}

int __pmd_alloc(struct mm_struct *mm, pgd_t *pgd, unsigned long address)
{
	unsigned long new = get_zeroed_page(GFP_KERNEL);

	if (!new)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (pgd_none(*pgd)) {
		pgd->pgd = __pa(new) | _PAGE_TABLE;
		new = 0;
	}
	spin_unlock(&mm->page_table_lock);
	free_page(new);
	return 0;
}

/* Free the page tables of [addr, end) whose whole reach lies within [floor, ceiling). */
static void free_pte_range(struct mm_struct *mm, pmd_t *pmd)
{
	unsigned long table = (unsigned long)__va(pmd->pmd & PTE_PFN_MASK);

	pmd->pmd = 0;
	count_page_table(mm, -1);
	free_page(table);
}

static void free_pmd_range(struct mm_struct *mm, pgd_t *pgd, unsigned long addr, unsigned long end,
			   unsigned long floor, unsigned long ceiling)
{
	unsigned long start = addr & PGDIR_MASK, next;
	pmd_t *pmd = pmd_offset(pgd, addr);

	do {
		next = pmd_addr_end(addr, end);
		if (!pmd_none(*pmd))
			free_pte_range(mm, pmd);
	} while (pmd++, addr = next, addr != end);
	if (PTRS_PER_PMD == 1 || start < floor || start + PGDIR_SIZE - 1 > ceiling - 1)
		return;
	free_page((unsigned long)__va(pgd->pgd & PTE_PFN_MASK));
	pgd->pgd = 0;
}

static void free_pgd_range(struct mm_struct *mm, unsigned long addr, unsigned long end,
			   unsigned long floor, unsigned long ceiling)
{
	unsigned long next;
	pgd_t *pgd;

	addr &= PMD_MASK;
	if (addr < floor)
		addr += PMD_SIZE;
	end = (end + PMD_SIZE - 1) & PMD_MASK;
	if (end - 1 > ceiling - 1)
		end -= PMD_SIZE;
	if (addr > end - 1)
		return;
	pgd = pgd_offset(mm, addr);
	do {
		next = pgd_addr_end(addr, end);
		if (!pgd_none(*pgd))
			free_pmd_range(mm, pgd, addr, next, floor, ceiling);
	} while (pgd++, addr = next, addr != end);
}

/* The areas from vma on are unmapped: free what tables no neighbour (floor, ceiling) uses. */
void free_pgtables(struct vm_area_struct *vma, unsigned long floor, unsigned long ceiling)
{
	while (vma) {
		struct vm_area_struct *next = vma->vm_next;

		free_pgd_range(vma->vm_mm, vma->vm_start, vma->vm_end, floor,
			       next ? next->vm_start : ceiling);
		vma = next;
	}
}

/* The page an entry maps, or NULL for the zero page, which is not counted. */
static inline struct page *vm_normal_page(pte_t pte)
{
	return pte_special(pte) ? NULL : pte_page(pte);
}

static inline int is_cow_mapping(unsigned long flags)
{
	return (flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

static void add_mm_rss(struct mm_struct *mm, long file_rss, long anon_rss)
{
	add_mm_counter(mm, file_rss, file_rss);
	add_mm_counter(mm, anon_rss, anon_rss);
}

/* Share one page with the child; a private writable one becomes read-only in both. */
static void copy_one_pte(struct mm_struct *dst_mm, struct mm_struct *src_mm,
				  pte_t *dst_pte, pte_t *src_pte, struct vm_area_struct *vma,
				  unsigned long addr, long *rss)
{
	pte_t pte = *src_pte;
	struct page *page;

	if (is_cow_mapping(vma->vm_flags)) {
		pte = pte_wrprotect(pte);
		set_pte_at(src_mm, addr, src_pte, pte);
	}
	if (vma->vm_flags & VM_SHARED)
		pte = pte_mkclean(pte);
	pte = pte_mkold(pte);
	page = vm_normal_page(pte);
	if (page) {
		get_page(page);
		page_dup_rmap(page);
		rss[PageAnon(page) != 0]++;
	}
	set_pte_at(dst_mm, addr, dst_pte, pte);
}

static int copy_pte_range(struct mm_struct *dst_mm, struct mm_struct *src_mm, pmd_t *dst_pmd,
			  pmd_t *src_pmd, struct vm_area_struct *vma, unsigned long addr,
			  unsigned long end)
{
	pte_t *dst_pte = pte_alloc_map(dst_mm, dst_pmd, addr);
	pte_t *src_pte = pte_offset_map(src_pmd, addr);
	long rss[2] = { 0, 0 }, copied = 0;

	if (!dst_pte)
		return -ENOMEM;
	spin_lock(&dst_mm->page_table_lock);
	spin_lock_nested(&src_mm->page_table_lock, 1);
	do {
		if (pte_none(*src_pte))
			continue;
		copy_one_pte(dst_mm, src_mm, dst_pte, src_pte, vma, addr, rss);
		copied++;
	} while (dst_pte++, src_pte++, addr += PAGE_SIZE, addr != end);
	spin_unlock(&src_mm->page_table_lock);
	add_mm_rss(dst_mm, rss[0], rss[1]);
	spin_unlock(&dst_mm->page_table_lock);
	spend(copied * COPY_PTE_COST);
	return 0;
}

static int copy_pmd_range(struct mm_struct *dst_mm, struct mm_struct *src_mm, pgd_t *dst_pgd,
			  pgd_t *src_pgd, struct vm_area_struct *vma, unsigned long addr,
			  unsigned long end)
{
	pmd_t *dst_pmd = pmd_alloc(dst_mm, dst_pgd, addr);
	pmd_t *src_pmd = pmd_offset(src_pgd, addr);
	unsigned long next;

	if (!dst_pmd)
		return -ENOMEM;
	do {
		next = pmd_addr_end(addr, end);
		if (pmd_none(*src_pmd))
			continue;
		if (copy_pte_range(dst_mm, src_mm, dst_pmd, src_pmd, vma, addr, next))
			return -ENOMEM;
	} while (dst_pmd++, src_pmd++, addr = next, addr != end);
	return 0;
}

/*
 * fork: give the child the pages of an area. Pages of a file that was never written privately can be
 * faulted in again and are left out. Both mmap_sems are held for writing. 0, or -ENOMEM.
 */
int copy_page_range(struct mm_struct *dst_mm, struct mm_struct *src_mm, struct vm_area_struct *vma)
{
	unsigned long next, addr = vma->vm_start, end = vma->vm_end;
	pgd_t *dst_pgd = pgd_offset(dst_mm, addr), *src_pgd = pgd_offset(src_mm, addr);

	if (!(vma->vm_flags & VM_ANON) && vma->vm_file)
		return 0;
	do {
		next = pgd_addr_end(addr, end);
		if (pgd_none(*src_pgd))
			continue;
		if (copy_pmd_range(dst_mm, src_mm, dst_pgd, src_pgd, vma, addr, next))
			return -ENOMEM;
	} while (dst_pgd++, src_pgd++, addr = next, addr != end);
	return 0;
}

static void zap_pte_range(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, unsigned long end)
{
	long file_rss = 0, anon_rss = 0;
	spinlock_t *ptl;
	pte_t *pte = pte_offset_map_lock(mm, pmd, addr, &ptl);

	do {
		pte_t ptent = *pte;
		struct page *page;

		if (pte_none(ptent))
			continue;
		pte_clear(mm, addr, pte);
		page = vm_normal_page(ptent);
		if (!page)
			continue;
		if (PageAnon(page))
			anon_rss--;
		else
			file_rss--;
		if (!PageAnon(page) && pte_dirty(ptent))
			SetPageDirty(page);
		page_remove_rmap(page);
		put_page(page);
	} while (pte++, addr += PAGE_SIZE, addr != end);
	add_mm_rss(mm, file_rss, anon_rss);
	pte_unmap_unlock(pte - 1, ptl);
}

static void zap_pmd_range(struct mm_struct *mm, pgd_t *pgd, unsigned long addr, unsigned long end)
{
	pmd_t *pmd = pmd_offset(pgd, addr);
	unsigned long next;

	do {
		next = pmd_addr_end(addr, end);
		if (!pmd_none(*pmd))
			zap_pte_range(mm, pmd, addr, next);
	} while (pmd++, addr = next, addr != end);
}

static void unmap_page_range(struct vm_area_struct *vma, unsigned long addr,
				      unsigned long end)
{
	pgd_t *pgd = pgd_offset(vma->vm_mm, addr);
	unsigned long next;

	do {
		next = pgd_addr_end(addr, end);
		if (!pgd_none(*pgd))
			zap_pmd_range(vma->vm_mm, pgd, addr, next);
	} while (pgd++, addr = next, addr != end);
}

/* Unmap the pages of [start_addr, end_addr) in the areas from vma on; the areas stay. */
unsigned long unmap_vmas(struct vm_area_struct *vma, unsigned long start_addr,
			 unsigned long end_addr, unsigned long *nr_accounted)
{
	unsigned long end = start_addr;

	for (; vma && vma->vm_start < end_addr; vma = vma->vm_next) {
		unsigned long start = max(vma->vm_start, start_addr);

		end = min(vma->vm_end, end_addr);
		if (start >= end)
			continue;
		if (vma->vm_flags & VM_ACCOUNT)
			*nr_accounted += (end - start) >> PAGE_SHIFT;
		unmap_page_range(vma, start, end);
	}
	return end;
}

unsigned long zap_page_range(struct vm_area_struct *vma, unsigned long address, unsigned long size)
{
	unsigned long nr_accounted = 0;

	update_hiwater_rss(vma->vm_mm);
	return unmap_vmas(vma, address, address + size, &nr_accounted);
}

static pte_t *walk_to_pte(struct mm_struct *mm, unsigned long address)
{
	pgd_t *pgd = pgd_offset(mm, address);
	pmd_t *pmd;

	if (pgd_none(*pgd))
		return NULL;
	pmd = pmd_offset(pgd, address);
	return pmd_none(*pmd) ? NULL : pte_offset_map(pmd, address);
}

/* The page at the address if it is there (and writable for FOLL_WRITE), with a reference for FOLL_GET. */
struct page *follow_page(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *page = NULL;
	pte_t *pte;

	spin_lock(&mm->page_table_lock);
	pte = walk_to_pte(mm, address);
	if (pte && pte_present(*pte) && !((flags & FOLL_WRITE) && !pte_write(*pte))) {
		page = pte_page(*pte);
		if (flags & FOLL_GET)
			get_page(page);
	}
	spin_unlock(&mm->page_table_lock);
	return page;
}

/* Fault one page in for get_user_pages. */
static struct page *fault_in_page(struct mm_struct *mm, struct vm_area_struct *vma,
				  unsigned long start, int write)
{
	unsigned int foll = FOLL_GET | (write ? FOLL_WRITE : 0);
	struct page *page;

	while (!(page = follow_page(vma, start, foll))) {
		int ret = handle_mm_fault(mm, vma, start, write ? FAULT_FLAG_WRITE : 0);

		if (ret & VM_FAULT_ERROR)
			return ret & VM_FAULT_OOM ? ERR_PTR(-ENOMEM) : ERR_PTR(-EFAULT);
		/* A read-only area written by force keeps its entry read-only after the copy. */
		if ((ret & VM_FAULT_WRITE) && !(vma->vm_flags & VM_WRITE))
			foll &= ~FOLL_WRITE;
	}
	return page;
}

/*
 * Get pages of an address space that need not be the current one; mmap_sem is held. Answers how
 * many, or a negative error when the first failed. force ignores the area's present protection.
 */
int get_user_pages(struct task_struct *tsk, struct mm_struct *mm, unsigned long start,
		   int nr_pages, int write, int force, struct page **pages,
		   struct vm_area_struct **vmas)
{
	unsigned long need = write ? (force ? VM_WRITE | VM_MAYWRITE : VM_WRITE)
				   : (force ? VM_READ | VM_MAYREAD : VM_READ);
	int i;

	for (i = 0; i < nr_pages; i++, start += PAGE_SIZE) {
		struct vm_area_struct *vma = find_extend_vma(mm, start);
		struct page *page;

		if (!vma || !(vma->vm_flags & need))
			return i ? i : -EFAULT;
		page = fault_in_page(mm, vma, start & PAGE_MASK, write);
		if (IS_ERR(page))
			return i ? i : PTR_ERR(page);
		if (pages)
			pages[i] = page;
		else
			put_page(page);
		if (vmas)
			vmas[i] = vma;
	}
	return i;
}
EXPORT_SYMBOL(get_user_pages);

/* Copy to or from another process's memory; answers the bytes copied. */
int access_process_vm(struct task_struct *tsk, unsigned long addr, void *buf, int len, int write)
{
	struct mm_struct *mm = get_task_mm(tsk);
	void *old_buf = buf;

	if (!mm)
		return 0;
	down_read(&mm->mmap_sem);
	while (len) {
		int offset = addr & (PAGE_SIZE - 1), bytes = min(len, (int)PAGE_SIZE - offset);
		struct page *page;
		char *place;

		if (get_user_pages(tsk, mm, addr, 1, write, 1, &page, NULL) <= 0)
			break;
		place = (char *)page_address(page) + offset;
		if (write)
			memcpy(place, buf, bytes);
		else
			memcpy(buf, place, bytes);
		put_page(page);
		len -= bytes;
		buf += bytes;
		addr += bytes;
	}
	up_read(&mm->mmap_sem);
	mmput(mm);
	return buf - old_buf;
}

/* Fault in all pages of [addr, end) of the current process. */
int make_pages_present(unsigned long addr, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(current->mm, addr);
	int len = DIV_ROUND_UP(end, PAGE_SIZE) - addr / PAGE_SIZE, ret;

	if (!vma)
		return -ENOMEM;
	ret = get_user_pages(current, current->mm, addr, len,
			     (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE, 0, NULL, NULL);
	return ret < 0 ? ret : ret == len ? 0 : -EFAULT;
}

static pte_t maybe_mkwrite(pte_t pte, struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_WRITE ? pte_mkwrite(pte) : pte;
}

static struct page *alloc_zeroed_user_page(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_ZERO);

	if (page)
		spend(CLEAR_PAGE_COST);
	return page;
}

/* First touch of memory that no file backs: the zero page for a read, a page of its own for a write. */
static int do_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma,
				      unsigned long address, pte_t *page_table, pmd_t *pmd,
				      unsigned int flags)
{
	struct page *page = NULL;
	spinlock_t *ptl;
	pte_t entry;

	if (flags & FAULT_FLAG_WRITE) {
		page = alloc_zeroed_user_page();
		if (!page)
			return VM_FAULT_OOM;
		SetPageUptodate(page);
		entry = mk_pte(page, vma->vm_page_prot);
		entry = pte_mkyoung(maybe_mkwrite(pte_mkdirty(entry), vma));
	} else {
		entry = pte_mkspecial(mk_pte(ZERO_PAGE(address), vma->vm_page_prot));
		entry = pte_mkyoung(pte_wrprotect(entry));
	}
	page_table = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (!pte_none(*page_table)) {
		if (page)
			put_page(page);
	} else {
		if (page) {
			inc_mm_counter(mm, anon_rss);
			page_add_new_anon_rmap(page, vma, address);
		} else {
			vma->vm_flags |= VM_ANON;
		}
		set_pte_at(mm, address, page_table, entry);
		update_mmu_cache(vma, address, entry);
	}
	pte_unmap_unlock(page_table, ptl);
	return 0;
}

/* A private copy of a page, or of the zero page. */
static struct page *cow_user_page(struct page *old)
{
	struct page *page;

	if (!old)
		return alloc_zeroed_user_page();
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	if (page) {
		memcpy((void *)page_address(page), (void *)page_address(old), PAGE_SIZE);
		spend(COPY_PAGE_COST);
	}
	return page;
}

/* Map the page that ->fault delivered, or a private copy of it when writing to a private area. */
static int __do_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			       unsigned long address, pmd_t *pmd, pgoff_t pgoff,
			       unsigned int flags, pte_t orig_pte)
{
	struct vm_fault vmf = {
		.virtual_address = address & PAGE_MASK, .pgoff = pgoff, .flags = flags,
	};
	struct page *page;
	pte_t *page_table, entry;
	spinlock_t *ptl;
	int ret, anon = 0;

	ret = vma->vm_ops->fault(vma, &vmf);
	if (ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE))
		return ret;
	page = vmf.page;
	if ((flags & FAULT_FLAG_WRITE) && !(vma->vm_flags & VM_SHARED)) {
		page = cow_user_page(vmf.page);
		put_page(vmf.page);
		if (!page)
			return VM_FAULT_OOM;
		SetPageUptodate(page);
		anon = 1;
	}
	page_table = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (pte_none(*page_table)) {
		entry = pte_mkyoung(mk_pte(page, vma->vm_page_prot));
		if (flags & FAULT_FLAG_WRITE)
			entry = maybe_mkwrite(pte_mkdirty(entry), vma);
		if (anon) {
			inc_mm_counter(mm, anon_rss);
			page_add_new_anon_rmap(page, vma, address);
		} else {
			inc_mm_counter(mm, file_rss);
			page_add_file_rmap(page);
		}
		set_pte_at(mm, address, page_table, entry);
	} else {
		put_page(page);
	}
	pte_unmap_unlock(page_table, ptl);
	return ret & ~VM_FAULT_LOCKED;
}

static int do_linear_fault(struct mm_struct *mm, struct vm_area_struct *vma,
				    unsigned long address, pte_t *page_table, pmd_t *pmd,
				    unsigned int flags, pte_t orig_pte)
{
	return __do_fault(mm, vma, address, pmd, linear_page_index(vma, address & PAGE_MASK), flags,
			  orig_pte);
}

/* Replace a shared page by the copy that was made of it, if nothing changed meanwhile. */
static int install_copy(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address,
			pmd_t *pmd, pte_t orig_pte, struct page *old_page, struct page *new_page)
{
	spinlock_t *ptl;
	pte_t entry, *page_table = pte_offset_map_lock(mm, pmd, address, &ptl);
	struct page *drop = new_page;

	if (pte_val(*page_table) == pte_val(orig_pte)) {
		if (!old_page) {
			inc_mm_counter(mm, anon_rss);
		} else if (!PageAnon(old_page)) {
			dec_mm_counter(mm, file_rss);
			inc_mm_counter(mm, anon_rss);
		}
		entry = mk_pte(new_page, vma->vm_page_prot);
		entry = pte_mkyoung(maybe_mkwrite(pte_mkdirty(entry), vma));
		SetPageUptodate(new_page);
		page_add_new_anon_rmap(new_page, vma, address);
		set_pte_at(mm, address, page_table, entry);
		if (old_page)
			page_remove_rmap(old_page);
		drop = old_page;
	}
	pte_unmap_unlock(page_table, ptl);
	if (drop)
		put_page(drop);
	return VM_FAULT_WRITE;
}

/*
 * A write to a page that is mapped read-only: copy it, or just allow the write when nobody else has
 * it any more (or the area is shared). Called with the page table locked, returns with it unlocked.
 */
static int do_wp_page(struct mm_struct *mm, struct vm_area_struct *vma,
			       unsigned long address, pte_t *page_table, pmd_t *pmd,
			       spinlock_t *ptl, pte_t orig_pte)
{
	struct page *old_page = vm_normal_page(orig_pte), *new_page;
	int reuse = old_page && ((vma->vm_flags & (VM_WRITE | VM_SHARED)) == (VM_WRITE | VM_SHARED) ||
				 (PageAnon(old_page) && page_count(old_page) == 1));
	int ret;

	if (reuse) {
		pte_t entry = maybe_mkwrite(pte_mkdirty(pte_mkyoung(orig_pte)), vma);

		set_pte_at(mm, address, page_table, entry);
		pte_unmap_unlock(page_table, ptl);
		return VM_FAULT_WRITE;
	}
	if (old_page)
		get_page(old_page);
	pte_unmap_unlock(page_table, ptl);
	new_page = cow_user_page(old_page);
	ret = new_page ? install_copy(mm, vma, address, pmd, orig_pte, old_page, new_page)
		       : VM_FAULT_OOM;
	if (old_page)
		put_page(old_page);
	return ret;
}

static int handle_pte_fault(struct mm_struct *mm, struct vm_area_struct *vma,
				     unsigned long address, pte_t *pte, pmd_t *pmd,
				     unsigned int flags)
{
	pte_t entry = *pte;
	spinlock_t *ptl;

	if (!pte_present(entry)) {
		if (vma->vm_ops && vma->vm_ops->fault)
			return do_linear_fault(mm, vma, address, pte, pmd, flags, entry);
		return do_anonymous_page(mm, vma, address, pte, pmd, flags);
	}
	ptl = &mm->page_table_lock;
	spin_lock(ptl);
	if (pte_val(*pte) == pte_val(entry)) {
		if ((flags & FAULT_FLAG_WRITE) && !pte_write(entry))
			return do_wp_page(mm, vma, address, pte, pmd, ptl, entry);
		if (flags & FAULT_FLAG_WRITE)
			entry = pte_mkdirty(entry);
		set_pte_at(mm, address, pte, pte_mkyoung(entry));
	}
	pte_unmap_unlock(pte, ptl);
	return 0;
}

/* Make the page at the address present, and writable if asked. Answers VM_FAULT_* bits. */
int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			     unsigned long address, unsigned int flags)
{
	pgd_t *pgd = pgd_offset(mm, address);
	pmd_t *pmd;
	pte_t *pte;

	__set_current_state(TASK_RUNNING);
	spend(FAULT_COST);
	pmd = pmd_alloc(mm, pgd, address);
	if (!pmd)
		return VM_FAULT_OOM;
	pte = pte_alloc_map(mm, pmd, address);
	if (!pte)
		return VM_FAULT_OOM;
	return handle_pte_fault(mm, vma, address, pte, pmd, flags);
}
