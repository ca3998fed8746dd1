/* thread_info, for architectures that find it by rounding the stack pointer down. */
#ifndef _ASM_GENERIC_THREAD_INFO_H
#define _ASM_GENERIC_THREAD_INFO_H

#include <asm/page.h>
#include <asm/stack_pointer.h>
#ifndef THREAD_ORDER
#define THREAD_ORDER	1
#endif
#define THREAD_SIZE	(PAGE_SIZE << THREAD_ORDER)
struct task_struct;
struct exec_domain;

typedef struct { unsigned long seg; } mm_segment_t;

struct thread_info {
	struct task_struct *task;
	struct exec_domain *exec_domain;
	unsigned long flags;		/* TIF_ bits */
	u32 status;
	u32 cpu;
	int preempt_count;
	int uaccess_err;
	mm_segment_t addr_limit;	/* how far up user pointers may reach */
	struct restart_block restart_block;
};

#define TIF_SYSCALL_TRACE	0
#define TIF_NOTIFY_RESUME	1
#define TIF_SIGPENDING		2
#define TIF_NEED_RESCHED	3
#define TIF_SINGLESTEP		4
#define TIF_RESTORE_SIGMASK	9
#define TIF_MEMDIE		20

#define _TIF_NOTIFY_RESUME	(1UL << TIF_NOTIFY_RESUME)
#define _TIF_SIGPENDING		(1UL << TIF_SIGPENDING)
#define _TIF_NEED_RESCHED	(1UL << TIF_NEED_RESCHED)
#define _TIF_RESTORE_SIGMASK	(1UL << TIF_RESTORE_SIGMASK)
#define _TIF_WORK_MASK		(_TIF_NOTIFY_RESUME | _TIF_SIGPENDING | _TIF_NEED_RESCHED)

#define MAKE_MM_SEG(s)	((mm_segment_t) { (s) })
#define KERNEL_DS	MAKE_MM_SEG(~0UL)
#define USER_DS		MAKE_MM_SEG(TASK_SIZE)
#define get_ds()	(KERNEL_DS)
#define get_fs()	(current_thread_info()->addr_limit)
#define set_fs(x)	(current_thread_info()->addr_limit = (x))
#define segment_eq(a, b) ((a).seg == (b).seg)

#define INIT_THREAD_INFO(tsk) {					\
	.task = &tsk,						\
	.preempt_count = 0,					\
	.addr_limit = KERNEL_DS,				\
	.restart_block = { .fn = do_no_restart_syscall },	\
}

static inline struct thread_info *current_thread_info(void)
{
	return (struct thread_info *)(current_stack_pointer() & ~(THREAD_SIZE - 1));
}

#endif
