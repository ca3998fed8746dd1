#ifndef _ASM_S390_UNISTD_H
#define _ASM_S390_UNISTD_H

#define NR_syscalls 403
#define __NR_restart_syscall 7

#endif
