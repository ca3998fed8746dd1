#ifndef _ASM_ARM_ELF_H
#define _ASM_ARM_ELF_H

#define ELF_CLASS	1
#define ELF_ARCH	40
#define ELF_DATA	1
#define ELF_ET_DYN_BASE	(TASK_SIZE / 3 * 2)
#define ELF_HWCAP	0

#endif
