#ifndef _ASM_RISCV_UNISTD_H
#define _ASM_RISCV_UNISTD_H

/* The generic numbers, with the older calls that they have from 1024 on. */
#define NR_syscalls 1080
#define __NR_restart_syscall 128

#endif
