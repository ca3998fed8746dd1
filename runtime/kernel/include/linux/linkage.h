#ifndef _LINUX_LINKAGE_H
#define _LINUX_LINKAGE_H

#include <linux/compiler.h>

#ifdef __ASSEMBLY__
#define ENTRY(name) .globl name; .type name, %function; .balign 16; name:
#define END(name) .size name, . - name
#else
#define asmlinkage
#endif

#endif
