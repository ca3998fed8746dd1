#ifndef _ASM_X86_UNISTD_H
#define _ASM_X86_UNISTD_H

#ifdef __x86_64__
#define NR_syscalls 319
#define __NR_restart_syscall 219
#else
#define NR_syscalls 421
#define __NR_restart_syscall 0
#endif

#endif
