/* A system call as seen in pt_regs. */
#ifndef _ASM_RISCV_SYSCALL_H
#define _ASM_RISCV_SYSCALL_H

#include <linux/err.h>
#include <linux/string.h>
#include <asm/ptrace.h>
#include <asm/traps.h>

struct task_struct;
extern const void *const sys_call_table[];

/* -1 when the task is not in a system call. */
static inline long syscall_get_nr(struct task_struct *task, struct pt_regs *regs)
{
	return regs->cause == EXC_SYSCALL ? (int)regs->a7 : -1;
}

static inline void syscall_rollback(struct task_struct *task, struct pt_regs *regs)
{
	regs->a0 = regs->orig_a0;
}

static inline long syscall_get_return_value(struct task_struct *task, struct pt_regs *regs)
{
	return regs->a0;
}

static inline void syscall_set_return_value(struct task_struct *task, struct pt_regs *regs, int error, long val)
{
	regs->a0 = (long)error ?: val;
}

/* The call's six arguments. */
static inline void syscall_get_arguments(struct task_struct *task, struct pt_regs *regs, unsigned long *args)
{
	args[0] = regs->orig_a0;
	args[1] = regs->a1;
	args[2] = regs->a2;
	args[3] = regs->a3;
	args[4] = regs->a4;
	args[5] = regs->a5;
}

/* Goes back to the instruction that made the call, to make it again as call nr. */
static inline void syscall_restart(struct pt_regs *regs, long nr)
{
	regs->a0 = regs->orig_a0;
	regs->a7 = nr;
	regs->epc -= 4;
}

/* The call is over: what follows must not restart it. */
static inline void syscall_forget(struct pt_regs *regs)
{
	regs->cause = -1;
}

#endif
