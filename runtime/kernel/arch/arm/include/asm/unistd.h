#ifndef _ASM_ARM_UNISTD_H
#define _ASM_ARM_UNISTD_H

#define NR_syscalls 385
#define __NR_restart_syscall 0

#endif
