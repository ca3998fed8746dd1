#ifndef _ASM_POWERPC_ELF_H
#define _ASM_POWERPC_ELF_H

#define ELF_CLASS	2
#define ELF_ARCH	21
#ifdef __LITTLE_ENDIAN__
#define ELF_DATA	1
#else
#define ELF_DATA	2
#endif
#define ELF_ET_DYN_BASE	0x20000000
#define ELF_HWCAP	0

#endif
