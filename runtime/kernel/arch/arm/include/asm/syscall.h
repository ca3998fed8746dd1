/* A system call as seen in pt_regs. */
#ifndef _ASM_ARM_SYSCALL_H
#define _ASM_ARM_SYSCALL_H

#include <linux/err.h>
#include <linux/string.h>
#include <asm/ptrace.h>

struct task_struct;
extern const void *const sys_call_table[];

/* The entry code leaves the number behind pt_regs, which has no room for it. */
static inline long *syscall_number(struct pt_regs *regs)
{
	return (long *)(regs + 1);
}

/* -1 when the task is not in a system call. */
static inline long syscall_get_nr(struct task_struct *task, struct pt_regs *regs)
{
	return *syscall_number(regs);
}

static inline void syscall_rollback(struct task_struct *task, struct pt_regs *regs)
{
	regs->ARM_r0 = regs->ARM_ORIG_r0;
}

static inline long syscall_get_return_value(struct task_struct *task, struct pt_regs *regs)
{
	return regs->ARM_r0;
}

static inline void syscall_set_return_value(struct task_struct *task, struct pt_regs *regs, int error, long val)
{
	regs->ARM_r0 = (long)error ?: val;
}

/* The call's six arguments. */
static inline void syscall_get_arguments(struct task_struct *task, struct pt_regs *regs, unsigned long *args)
{
	args[0] = regs->ARM_ORIG_r0;
	args[1] = regs->ARM_r1;
	args[2] = regs->ARM_r2;
	args[3] = regs->ARM_r3;
	args[4] = regs->ARM_r4;
	args[5] = regs->ARM_r5;
}

/* Goes back to the instruction that made the call, to make it again as call nr. */
static inline void syscall_restart(struct pt_regs *regs, long nr)
{
	regs->ARM_r0 = regs->ARM_ORIG_r0;
	regs->ARM_r7 = nr;
	regs->ARM_pc -= 4;
}

/* The call is over: what follows must not restart it. */
static inline void syscall_forget(struct pt_regs *regs)
{
	*syscall_number(regs) = -1;
}

#endif
