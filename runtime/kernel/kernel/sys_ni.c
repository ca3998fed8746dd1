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
cond_syscall(sys_fcntl64);
cond_syscall(sys_flock);
cond_syscall(sys_fstat64);
cond_syscall(sys_fstatfs);
cond_syscall(sys_ioctl);
cond_syscall(sys_lchown);
cond_syscall(sys_link);
cond_syscall(sys_llseek);
cond_syscall(sys_lstat64);
cond_syscall(sys_madvise);
cond_syscall(sys_mknod);
cond_syscall(sys_mmap_pgoff);
cond_syscall(sys_mount);
cond_syscall(sys_mremap);
cond_syscall(sys_msync);
cond_syscall(sys_poll);
cond_syscall(sys_pread64);
cond_syscall(sys_pwrite64);
cond_syscall(sys_readlink);
cond_syscall(sys_readv);
cond_syscall(sys_stat64);
cond_syscall(sys_statfs);
cond_syscall(sys_symlink);
cond_syscall(sys_truncate);
cond_syscall(sys_umount);
cond_syscall(sys_utime);
cond_syscall(sys_writev);
