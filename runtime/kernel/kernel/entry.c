/* System calls and the way back to user mode, called by the entry code of every architecture. */
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/tracepoint.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#define SYSCALL_COST 60

typedef long (*syscall_t)(unsigned long, unsigned long, unsigned long, unsigned long, unsigned long,
			  unsigned long);

extern void do_notify_resume(struct pt_regs *regs, void *unused, unsigned long thread_info_flags);

/* Reschedules and delivers signals until nothing is left to do. Returns with interrupts off. */
static void exit_to_user(struct pt_regs *regs)
{
	unsigned long flags;

	for (;;) {
		local_irq_disable();
		flags = current_thread_info()->flags & _TIF_WORK_MASK;
		if (!flags)
			return;
		local_irq_enable();
		if (flags & _TIF_NEED_RESCHED)
			schedule();
		if (flags & (_TIF_SIGPENDING | _TIF_NOTIFY_RESUME))
			do_notify_resume(regs, NULL, flags);
	}
}

/* The end of a system call: the result is in regs. */
asmlinkage void syscall_return(struct pt_regs *regs)
{
	exit_to_user(regs);
}

/* A system call from user mode, its number and arguments in regs. */
asmlinkage void do_syscall(struct pt_regs *regs)
{
	unsigned long nr = syscall_get_nr(current, regs), a[6];
	long result = -ENOSYS;

	local_irq_enable();
	spend(SYSCALL_COST);
	trace_sys_enter(regs, nr);
	syscall_get_arguments(current, regs, a);
	if (nr < NR_syscalls)
		result = ((syscall_t)sys_call_table[nr])(a[0], a[1], a[2], a[3], a[4], a[5]);
	syscall_set_return_value(current, regs, 0, result);
	trace_sys_exit(regs, result);
	exit_to_user(regs);
}

/* The end of an exception or an interrupt. */
asmlinkage void exception_return(struct pt_regs *regs)
{
	if (user_mode(regs))
		exit_to_user(regs);
	else
		local_irq_disable();
}
