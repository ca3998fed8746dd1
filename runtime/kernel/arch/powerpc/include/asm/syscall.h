/* A system call as seen in pt_regs: number in r0, arguments from r3, an error told by cr0's summary overflow. */
#ifndef _ASM_POWERPC_SYSCALL_H
#define _ASM_POWERPC_SYSCALL_H

#include <linux/err.h>
#include <linux/string.h>
#include <asm/ptrace.h>

struct task_struct;
extern const void *const sys_call_table[];

/* -1 when the task is not in a system call. */
static inline long syscall_get_nr(struct task_struct *task, struct pt_regs *regs)
{
	return regs->trap == TRAP_SYSCALL ? (int)regs->gpr[0] : -1;
}

static inline void syscall_rollback(struct task_struct *task, struct pt_regs *regs)
{
	regs->gpr[3] = regs->orig_gpr3;
	regs->ccr &= ~(unsigned long)CCR_SO;
}

static inline long syscall_get_return_value(struct task_struct *task, struct pt_regs *regs)
{
	return regs->ccr & CCR_SO ? -(long)regs->gpr[3] : (long)regs->gpr[3];
}

static inline void syscall_set_return_value(struct task_struct *task, struct pt_regs *regs, int error, long val)
{
	if (error)
		val = error;
	if (IS_ERR_VALUE(val)) {
		regs->ccr |= CCR_SO;
		regs->gpr[3] = -val;
	} else {
		regs->ccr &= ~(unsigned long)CCR_SO;
		regs->gpr[3] = val;
	}
}

/* The call's six arguments. */
static inline void syscall_get_arguments(struct task_struct *task, struct pt_regs *regs, unsigned long *args)
{
	args[0] = regs->orig_gpr3;
	args[1] = regs->gpr[4];
	args[2] = regs->gpr[5];
	args[3] = regs->gpr[6];
	args[4] = regs->gpr[7];
	args[5] = regs->gpr[8];
}

/* Goes back to the instruction that made the call, to make it again as call nr. */
static inline void syscall_restart(struct pt_regs *regs, long nr)
{
	syscall_rollback(NULL, regs);
	regs->gpr[0] = nr;
	regs->nip -= 4;
}

/* The call is over: what follows must not restart it. */
static inline void syscall_forget(struct pt_regs *regs)
{
	regs->trap = 0;
}

#endif
