#ifndef _ASM_X86_ELF_H
#define _ASM_X86_ELF_H

#ifdef __x86_64__
#define ELF_CLASS	2
#define ELF_ARCH	62
#else
#define ELF_CLASS	1
#define ELF_ARCH	3
#endif
#define ELF_DATA	1
#define ELF_ET_DYN_BASE	(TASK_SIZE / 3 * 2)
#define ELF_HWCAP	0

#endif
