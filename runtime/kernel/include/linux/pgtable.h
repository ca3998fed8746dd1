/*
 * Software page tables for user addresses, the same code for both word sizes.
 *
 * 64 bit: pgd -> pmd -> pte of 512 entries each, 39 bits of address. 32 bit: pgd -> pte of 1024
 * entries each; the pmd is the pgd entry itself. The machine's user engine walks them too, so the
 * layout is an interface with it.
 */
#ifndef _LINUX_PGTABLE_H
#define _LINUX_PGTABLE_H

#include <linux/mm_types.h>

#define _PAGE_PRESENT	0x001UL
#define _PAGE_RW	0x002UL
#define _PAGE_USER	0x004UL
#define _PAGE_ACCESSED	0x020UL
#define _PAGE_DIRTY	0x040UL
#define _PAGE_SPECIAL	0x200UL		/* the zero page: not counted, not freed */
#define _PAGE_TABLE	(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER)
#define PTE_PFN_MASK	(~0xfffUL)

#if BITS_PER_LONG == 64
#define PTRS_PER_PTE	512
#define PTRS_PER_PMD	512
#define PTRS_PER_PGD	512
#define PMD_SHIFT	21
#define PGDIR_SHIFT	30
#else
#define PTRS_PER_PTE	1024
#define PTRS_PER_PMD	1
#define PTRS_PER_PGD	1024
#define PMD_SHIFT	22
#define PGDIR_SHIFT	22
#endif

#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))
#define PGDIR_SIZE	(1UL << PGDIR_SHIFT)
#define PGDIR_MASK	(~(PGDIR_SIZE - 1))

#define PAGE_NONE	((pgprot_t){ _PAGE_PRESENT })
#define PAGE_READONLY	((pgprot_t){ _PAGE_PRESENT | _PAGE_USER })
#define PAGE_SHARED	((pgprot_t){ _PAGE_PRESENT | _PAGE_USER | _PAGE_RW })
#define PAGE_COPY	PAGE_READONLY
#define pgprot_val(x)	((x).pgprot)
#define __pgprot(x)	((pgprot_t){ (x) })

#define pte_val(x)	((x).pte)
#define __pte(x)	((pte_t){ (x) })
#define pmd_val(x)	((x).pmd)
#define pgd_val(x)	((x).pgd)

#define pgd_index(address) (((address) >> PGDIR_SHIFT) & (PTRS_PER_PGD - 1))
#define pmd_index(address) (((address) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pte_index(address) (((address) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))
#define pgd_offset(mm, address) ((mm)->pgd + pgd_index(address))

/* The end of the piece of [addr, end) that one entry of a level covers. */
#define pgd_addr_end(addr, end) \
({	unsigned long __b = ((addr) + PGDIR_SIZE) & PGDIR_MASK; __b - 1 < (end) - 1 ? __b : (end); })
#define pmd_addr_end(addr, end) \
({	unsigned long __b = ((addr) + PMD_SIZE) & PMD_MASK; __b - 1 < (end) - 1 ? __b : (end); })

static inline int pgd_none(pgd_t pgd)
{
	return PTRS_PER_PMD > 1 && !(pgd.pgd & _PAGE_PRESENT);
}

static inline int pmd_none(pmd_t pmd)		{ return !(pmd.pmd & _PAGE_PRESENT); }
static inline int pte_none(pte_t pte)		{ return pte.pte == 0; }
static inline int pte_present(pte_t pte)	{ return (pte.pte & _PAGE_PRESENT) != 0; }
static inline int pte_write(pte_t pte)		{ return (pte.pte & _PAGE_RW) != 0; }
static inline int pte_dirty(pte_t pte)		{ return (pte.pte & _PAGE_DIRTY) != 0; }
static inline int pte_young(pte_t pte)		{ return (pte.pte & _PAGE_ACCESSED) != 0; }
static inline int pte_special(pte_t pte)	{ return (pte.pte & _PAGE_SPECIAL) != 0; }
static inline unsigned long pte_pfn(pte_t pte)	{ return pte.pte >> PAGE_SHIFT; }

static inline pte_t pte_wrprotect(pte_t pte)	{ return __pte(pte.pte & ~_PAGE_RW); }
static inline pte_t pte_mkwrite(pte_t pte)	{ return __pte(pte.pte | _PAGE_RW); }
static inline pte_t pte_mkdirty(pte_t pte)	{ return __pte(pte.pte | _PAGE_DIRTY); }
static inline pte_t pte_mkclean(pte_t pte)	{ return __pte(pte.pte & ~_PAGE_DIRTY); }
static inline pte_t pte_mkyoung(pte_t pte)	{ return __pte(pte.pte | _PAGE_ACCESSED); }
static inline pte_t pte_mkold(pte_t pte)	{ return __pte(pte.pte & ~_PAGE_ACCESSED); }
static inline pte_t pte_mkspecial(pte_t pte)	{ return __pte(pte.pte | _PAGE_SPECIAL); }

static inline pte_t pte_modify(pte_t pte, pgprot_t newprot)
{
	unsigned long keep = PTE_PFN_MASK | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SPECIAL;

	return __pte((pte.pte & keep) | newprot.pgprot);
}

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte((pfn << PAGE_SHIFT) | prot.pgprot);
}

#define mk_pte(page, prot) pfn_pte(page_to_pfn(page), (prot))
#define pte_page(pte) pfn_to_page(pte_pfn(pte))

static inline void set_pte_at(struct mm_struct *mm, unsigned long addr, pte_t *ptep, pte_t pte)
{
	*ptep = pte;
}

static inline void pte_clear(struct mm_struct *mm, unsigned long addr, pte_t *ptep)
{
	ptep->pte = 0;
}

static inline pmd_t *pmd_offset(pgd_t *pgd, unsigned long address)
{
	if (PTRS_PER_PMD == 1)
		return (pmd_t *)pgd;
	return (pmd_t *)__va(pgd->pgd & PTE_PFN_MASK) + pmd_index(address);
}

static inline pte_t *pte_offset_map(pmd_t *pmd, unsigned long address)
{
	return (pte_t *)__va(pmd->pmd & PTE_PFN_MASK) + pte_index(address);
}
#define pte_offset_kernel(pmd, address) pte_offset_map(pmd, address)
#define pte_unmap(pte) ((void)(pte))

#define pte_offset_map_lock(mm, pmd, address, ptlp) \
({	*(ptlp) = &(mm)->page_table_lock; spin_lock(*(ptlp)); pte_offset_map(pmd, address); })
#define pte_unmap_unlock(pte, ptl) spin_unlock(ptl)

/* Nothing caches translations: the engine walks the tables on every access. */
#define flush_tlb_page(vma, addr)		do { } while (0)
#define flush_tlb_range(vma, start, end)	do { } while (0)
#define flush_tlb_mm(mm)			do { } while (0)
#define flush_cache_range(vma, start, end)	do { } while (0)
#define update_mmu_cache(vma, addr, pte)	do { } while (0)

pgd_t *pgd_alloc(struct mm_struct *mm);
void pgd_free(struct mm_struct *mm, pgd_t *pgd);
int __pmd_alloc(struct mm_struct *mm, pgd_t *pgd, unsigned long address);
int __pte_alloc(struct mm_struct *mm, pmd_t *pmd, unsigned long address);

static inline pmd_t *pmd_alloc(struct mm_struct *mm, pgd_t *pgd, unsigned long address)
{
	return pgd_none(*pgd) && __pmd_alloc(mm, pgd, address) ? NULL : pmd_offset(pgd, address);
}

#define pte_alloc_map(mm, pmd, address) \
	(pmd_none(*(pmd)) && __pte_alloc(mm, pmd, address) ? NULL : pte_offset_map(pmd, address))

extern unsigned long empty_zero_page[];
#define ZERO_PAGE(vaddr) virt_to_page(empty_zero_page)

#endif
