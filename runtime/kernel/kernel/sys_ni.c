/* System calls that this kernel does not have. */
#include <linux/errno.h>
#include <linux/syscalls.h>

asmlinkage long sys_ni_syscall(void)
{
	return -ENOSYS;
}

/* Answers for a call as long as nothing else in the image implements it. */
#define cond_syscall(x) \
	__asm__(".weak " #x "\n\t.set " #x ",sys_ni_syscall")

cond_syscall(sys_arch_prctl);
