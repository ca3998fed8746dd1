/* execve as a system call, and for the kernel thread that becomes init. */
#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/syscalls.h>

asmlinkage long sys_execve(char __user *name, char __user *__user *argv, char __user *__user *envp)
{
	char *filename = getname(name);
	long error;

	if (IS_ERR(filename))
		return PTR_ERR(filename);
	error = do_execve(filename, argv, envp, task_pt_regs(current));
	putname(filename);
	return error;
}

/* Turns the current kernel thread into a process that runs filename; returns only on failure. */
int kernel_execve(const char *filename, char *const argv[], char *const envp[])
{
	struct pt_regs *regs = task_pt_regs(current);
	int error = do_execve((char *)filename, (char **)argv, (char **)envp, regs);

	if (!error)
		ret_from_execve(regs);
	return error;
}
