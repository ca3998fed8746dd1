/* A system call as seen in pt_regs: number in r1 and int_code, arguments from r2. */
#ifndef _ASM_S390_SYSCALL_H
#define _ASM_S390_SYSCALL_H

#include <linux/err.h>
#include <linux/string.h>
#include <asm/ptrace.h>

struct task_struct;
extern const void *const sys_call_table[];

/* -1 when the task is not in a system call. */
static inline long syscall_get_nr(struct task_struct *task, struct pt_regs *regs)
{
	return regs->flags & PIF_SYSCALL ? (long)(regs->int_code & 0xffff) : -1;
}

static inline void syscall_rollback(struct task_struct *task, struct pt_regs *regs)
{
	regs->gprs[2] = regs->orig_gpr2;
}

static inline long syscall_get_return_value(struct task_struct *task, struct pt_regs *regs)
{
	return regs->gprs[2];
}

static inline void syscall_set_return_value(struct task_struct *task, struct pt_regs *regs, int error, long val)
{
	regs->gprs[2] = (long)error ?: val;
}

/* The call's six arguments. */
static inline void syscall_get_arguments(struct task_struct *task, struct pt_regs *regs, unsigned long *args)
{
	args[0] = regs->orig_gpr2;
	args[1] = regs->gprs[3];
	args[2] = regs->gprs[4];
	args[3] = regs->gprs[5];
	args[4] = regs->gprs[6];
	args[5] = regs->gprs[7];
}

/* Goes back to the instruction that made the call, to make it again as call nr. */
static inline void syscall_restart(struct pt_regs *regs, long nr)
{
	regs->gprs[2] = regs->orig_gpr2;
	regs->gprs[1] = nr;
	regs->psw.addr -= 2;
}

/* The call is over: what follows must not restart it. */
static inline void syscall_forget(struct pt_regs *regs)
{
	regs->flags &= ~(unsigned long)PIF_SYSCALL;
}

#endif
