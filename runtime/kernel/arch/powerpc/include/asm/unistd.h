#ifndef _ASM_POWERPC_UNISTD_H
#define _ASM_POWERPC_UNISTD_H

#define NR_syscalls 403
#define __NR_restart_syscall 0

#endif
