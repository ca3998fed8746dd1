#ifndef _ASM_MIPS_ELF_H
#define _ASM_MIPS_ELF_H

#define ELF_CLASS	2
#define ELF_ARCH	8
#define ELF_DATA	2
#define ELF_ET_DYN_BASE	(TASK_SIZE / 3 * 2)
#define ELF_HWCAP	0

#endif
