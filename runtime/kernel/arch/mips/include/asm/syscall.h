/* A system call as seen in pt_regs: number in v0, arguments from a0; a3 tells whether v0 is an error. */
#ifndef _ASM_MIPS_SYSCALL_H
#define _ASM_MIPS_SYSCALL_H

#include <linux/err.h>
#include <linux/string.h>
#include <asm/ptrace.h>

struct task_struct;

extern const void *const sys_call_table[];

/* -1 when the task is not in a system call. No number is 0 in the 64-bit ABI. */
static inline long syscall_get_nr(struct task_struct *task, struct pt_regs *regs)
{
	return regs->regs[0] ? (int)regs->regs[0] : -1;
}

/* v0 and a3 are kept where nothing else is. */
static inline void syscall_rollback(struct task_struct *task, struct pt_regs *regs)
{
	regs->regs[2] = regs->regs[0];
	regs->regs[7] = regs->regs[26];
}

static inline long syscall_get_return_value(struct task_struct *task, struct pt_regs *regs)
{
	return regs->regs[7] ? -(long)regs->regs[2] : (long)regs->regs[2];
}

static inline void syscall_set_return_value(struct task_struct *task, struct pt_regs *regs, int error, long val)
{
	if (error)
		val = error;
	regs->regs[7] = IS_ERR_VALUE(val);
	regs->regs[2] = IS_ERR_VALUE(val) ? -val : val;
}

/* The call's six arguments. */
static inline void syscall_get_arguments(struct task_struct *task, struct pt_regs *regs, unsigned long *args)
{
	memcpy(args, &regs->regs[4], 6 * sizeof(args[0]));
	args[3] = regs->regs[26];
}

/* Goes back to the instruction that made the call, to make it again as call nr. */
static inline void syscall_restart(struct pt_regs *regs, long nr)
{
	syscall_rollback(NULL, regs);
	regs->regs[2] = nr;
	regs->cp0_epc -= 4;
}

/* The call is over: what follows must not restart it. */
static inline void syscall_forget(struct pt_regs *regs)
{
	regs->regs[0] = 0;
}

#endif
