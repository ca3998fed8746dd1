/* The layout of kernel memory: RAM is one linear mapping at PAGE_OFFSET. */
#ifndef _ASM_ARM_PAGE_H
#define _ASM_ARM_PAGE_H

#define PAGE_SHIFT	12
#ifdef __ASSEMBLY__
#define PAGE_SIZE	(1 << PAGE_SHIFT)
#else
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#endif
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#define PAGE_OFFSET	0xc0000000

#ifndef __ASSEMBLY__
#define __PAGE_OFFSET	((unsigned long)PAGE_OFFSET)
#define __pa(x)		((unsigned long)(x) - __PAGE_OFFSET)
#define __va(x)		((void *)((unsigned long)(x) + __PAGE_OFFSET))
#define PAGE_ALIGN(addr) (((addr) + PAGE_SIZE - 1) & PAGE_MASK)
#endif

#endif
