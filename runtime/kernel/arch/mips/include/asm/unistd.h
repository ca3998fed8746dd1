#ifndef _ASM_MIPS_UNISTD_H
#define _ASM_MIPS_UNISTD_H

/* The numbers of the 64-bit ABI, which begin at 5000. */
#define __NR_Linux	5000
#define NR_syscalls	5314
#define __NR_restart_syscall 5213

#endif
