/* The layout of kernel memory: RAM is one linear mapping at PAGE_OFFSET. */
#ifndef _ASM_MIPS_PAGE_H
#define _ASM_MIPS_PAGE_H

#define PAGE_SHIFT	12
#ifdef __ASSEMBLY__
#define PAGE_SIZE	(1 << PAGE_SHIFT)
#else
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#endif
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#define THREAD_ORDER	2	/* of a kernel stack, as Linux has it with pages of this size */

/*
 * In CKSEG0, where an address is the sign extension of 32 bits and takes two instructions. RAM begins 256 MB into
 * physical memory: low addresses stay free.
 */
#define PAGE_OFFSET	0xffffffff90000000
#ifndef __ASSEMBLY__
#define __PAGE_OFFSET	((unsigned long)PAGE_OFFSET)
#define __pa(x)		((unsigned long)(x) - __PAGE_OFFSET)
#define __va(x)		((void *)((unsigned long)(x) + __PAGE_OFFSET))
#define PAGE_ALIGN(addr) (((addr) + PAGE_SIZE - 1) & PAGE_MASK)
#endif

#endif
