/* A system call as seen in pt_regs: number in %g1, arguments from %o0, an error told by the carry. */
#ifndef _ASM_SPARC_SYSCALL_H
#define _ASM_SPARC_SYSCALL_H

#include <linux/err.h>
#include <linux/string.h>
#include <asm/ptrace.h>

struct task_struct;
extern const void *const sys_call_table[];

/* -1 when the task is not in a system call. */
static inline long syscall_get_nr(struct task_struct *task, struct pt_regs *regs)
{
	return regs->tstate & TSTATE_SYSCALL ? (int)regs->u_regs[UREG_G1] : -1;
}

/* The first argument is kept in %g0's place, which has no other use. */
static inline void syscall_rollback(struct task_struct *task, struct pt_regs *regs)
{
	regs->u_regs[UREG_I0] = regs->u_regs[0];
	regs->tstate &= ~(unsigned long)(TSTATE_XCARRY | TSTATE_ICARRY);
}

static inline long syscall_get_return_value(struct task_struct *task, struct pt_regs *regs)
{
	long value = regs->u_regs[UREG_I0];

	return regs->tstate & TSTATE_XCARRY ? -value : value;
}

static inline void syscall_set_return_value(struct task_struct *task, struct pt_regs *regs, int error, long val)
{
	if (error)
		val = error;
	if (IS_ERR_VALUE(val)) {
		regs->tstate |= TSTATE_XCARRY | TSTATE_ICARRY;
		regs->u_regs[UREG_I0] = -val;
	} else {
		regs->tstate &= ~(unsigned long)(TSTATE_XCARRY | TSTATE_ICARRY);
		regs->u_regs[UREG_I0] = val;
	}
}

/* The call's six arguments. */
static inline void syscall_get_arguments(struct task_struct *task, struct pt_regs *regs, unsigned long *args)
{
	int i;

	args[0] = regs->u_regs[0];
	for (i = 1; i < 6; i++)
		args[i] = regs->u_regs[UREG_I0 + i];
}

/* Goes back to the instruction that made the call, to make it again as call nr. */
static inline void syscall_restart(struct pt_regs *regs, long nr)
{
	syscall_rollback(NULL, regs);
	regs->u_regs[UREG_G1] = nr;
	regs->tpc -= 4;
	regs->tnpc -= 4;
}

/* The call is over: what follows must not restart it. */
static inline void syscall_forget(struct pt_regs *regs)
{
	regs->tstate &= ~(unsigned long)TSTATE_SYSCALL;
}

#endif
