/* Barriers, and the switch from one kernel stack to another. */
#ifndef _ASM_MIPS_SYSTEM_H
#define _ASM_MIPS_SYSTEM_H

#include <linux/compiler.h>
#include <asm/machine.h>

#define mb()	__sync_synchronize()
#define rmb()	barrier()
#define wmb()	barrier()
#define smp_mb() barrier()
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define set_mb(var, value) do { var = value; smp_mb(); } while (0)
#define cpu_relax() ((void)machine_call(MC_RELAX, 0, 0))

struct task_struct;
extern struct task_struct *__switch_to(struct task_struct *prev_p, struct task_struct *next_p);
/* Saves the stack pointer in *save, continues on the stack sp; gives prev to whoever was there. */
extern struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev);

#define switch_to(prev, next, last) do {						\
	__switch_to(prev, next);							\
	(last) = switch_stack(&(prev)->thread.reg29, (next)->thread.reg29, (prev));		\
} while (0)

#endif
