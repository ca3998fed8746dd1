#ifndef _ASM_SPARC_ELF_H
#define _ASM_SPARC_ELF_H

#define ELF_CLASS	2
#define ELF_ARCH	43
#define ELF_DATA	2
#define ELF_ET_DYN_BASE	0x40000000
#define ELF_HWCAP	0

#endif
