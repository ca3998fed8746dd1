/* A system call as seen in pt_regs. */
#ifndef _ASM_X86_SYSCALL_H
#define _ASM_X86_SYSCALL_H

#include <linux/err.h>
#include <linux/string.h>
#include <asm/ptrace.h>

struct task_struct;
extern const void *const sys_call_table[];

/* -1 when the task is not in a system call. */
static inline long syscall_get_nr(struct task_struct *task, struct pt_regs *regs)
{
	return (int)regs->orig_ax;
}

static inline void syscall_rollback(struct task_struct *task, struct pt_regs *regs)
{
	regs->ax = regs->orig_ax;
}

static inline long syscall_get_return_value(struct task_struct *task, struct pt_regs *regs)
{
	return regs->ax;
}

static inline void syscall_set_return_value(struct task_struct *task, struct pt_regs *regs, int error, long val)
{
	regs->ax = (long)error ?: val;
}

/* The call's six arguments. */
static inline void syscall_get_arguments(struct task_struct *task, struct pt_regs *regs, unsigned long *args)
{
#ifdef __x86_64__
	args[0] = regs->di;
	args[1] = regs->si;
	args[2] = regs->dx;
	args[3] = regs->r10;
	args[4] = regs->r8;
	args[5] = regs->r9;
#else
	args[0] = regs->bx;
	args[1] = regs->cx;
	args[2] = regs->dx;
	args[3] = regs->si;
	args[4] = regs->di;
	args[5] = regs->bp;
#endif
}

/* Goes back to the instruction that made the call, to make it again as call nr. */
static inline void syscall_restart(struct pt_regs *regs, long nr)
{
	regs->ax = nr;
	regs->ip -= 2;
}

/* The call is over: what follows must not restart it. */
static inline void syscall_forget(struct pt_regs *regs)
{
	regs->orig_ax = -1;
}

#endif
