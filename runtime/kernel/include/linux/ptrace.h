#ifndef _LINUX_PTRACE_H
#define _LINUX_PTRACE_H

#include <linux/compiler.h>
#include <asm/ptrace.h>

#define PT_PTRACED 0x00000001

#endif
