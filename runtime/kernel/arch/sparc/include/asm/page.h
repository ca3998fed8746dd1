/* The layout of kernel memory: RAM is one linear mapping at PAGE_OFFSET. */
#ifndef _ASM_SPARC_PAGE_H
#define _ASM_SPARC_PAGE_H

#define PAGE_SHIFT	12
#ifdef __ASSEMBLY__
#define PAGE_SIZE	(1 << PAGE_SHIFT)
#else
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#endif
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define THREAD_ORDER	2	/* of a kernel stack: the ABI's frames are large */

/* Within the low 4 GB, as sparc64's kernels are linked: an address takes two instructions. */
#define PAGE_OFFSET	0x80000000

#ifndef __ASSEMBLY__
#define __PAGE_OFFSET	((unsigned long)PAGE_OFFSET)
#define __pa(x)		((unsigned long)(x) - __PAGE_OFFSET)
#define __va(x)		((void *)((unsigned long)(x) + __PAGE_OFFSET))
#define PAGE_ALIGN(addr) (((addr) + PAGE_SIZE - 1) & PAGE_MASK)
#endif

#endif
