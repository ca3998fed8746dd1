/*
 * The ways into and out of the kernel on s390x, and the switch between kernel stacks.
 * For an exception the machine makes room for a frame with a struct pt_regs on the kernel stack, leaves there
 * the old PSW, the old stack pointer and why it happened, points r15 to it and turns interrupts off; each entry
 * saves the rest and calls a C function. `svc 0x7e` stands for lpswe: the machine takes the PSW and r15 from the
 * frame that r15 points to.
 */
#include <linux/linkage.h>
#include <asm/page.h>
#include <asm/ptrace.h>

#define REGS(offset) (STACK_FRAME_OVERHEAD + (offset))
#define LPSWE svc 0x7e

	.section .head.text, "ax"
/* The machine starts here, interrupts off, with no stack. */
ENTRY(_start)
	larl	%r15, init_thread_union
	aghi	%r15, (PAGE_SIZE << THREAD_ORDER) - STACK_FRAME_OVERHEAD
	xc	0(8,%r15), 0(%r15)
	brasl	%r14, start_kernel
	j	.
END(_start)

	.text
/* Completes the pt_regs at r15; the back chain leads to what was interrupted. */
	.macro SAVE_ALL flags
	stmg	%r0, %r14, REGS(PT_GPRS)(%r15)
	stg	%r2, REGS(PT_ORIG_GPR2)(%r15)
	lghi	%r1, \flags
	stg	%r1, REGS(PT_FLAGS)(%r15)
	mvc	0(8,%r15), REGS(PT_R15)(%r15)
	la	%r2, STACK_FRAME_OVERHEAD(%r15)
	.endm

	.macro RESTORE_ALL
	lmg	%r0, %r14, REGS(PT_GPRS)(%r15)
	LPSWE
	.endm

/* A system call, by `svc 0`: the number is in r1. */
ENTRY(system_call)
	SAVE_ALL PIF_SYSCALL
	llgh	%r1, REGS(PT_R1+6)(%r15)
	oilh	%r1, 2
	st	%r1, REGS(PT_INT_CODE)(%r15)
	brasl	%r14, do_syscall
ret_from_sys_call:
	RESTORE_ALL
END(system_call)

/* A new task's first instructions: r2 holds the task that ran before. */
ENTRY(ret_from_fork)
	brasl	%r14, schedule_tail
	la	%r2, STACK_FRAME_OVERHEAD(%r15)
	brasl	%r14, syscall_return
	j	ret_from_sys_call
END(ret_from_fork)

/* The same for a kernel thread: its function in r8 and the argument in r9, as copy_thread left them. */
ENTRY(ret_from_kernel_thread)
	brasl	%r14, schedule_tail
	lgr	%r2, %r9
	basr	%r14, %r8
	brasl	%r14, do_exit
	j	.
END(ret_from_kernel_thread)

/* kernel_execve has filled the pt_regs at r2, at the top of this stack: leave for user mode. */
ENTRY(ret_from_execve)
	lgr	%r15, %r2
	aghi	%r15, -STACK_FRAME_OVERHEAD
	xc	0(8,%r15), 0(%r15)
	brasl	%r14, syscall_return
	j	ret_from_sys_call
END(ret_from_execve)

/* struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev) */
	.section .kprobes.text, "ax"
ENTRY(switch_stack)
	stmg	%r6, %r15, 48(%r15)
	stg	%r15, 0(%r2)
	lgr	%r15, %r3
	lgr	%r2, %r4
	lmg	%r6, %r15, 48(%r15)
	br	%r14
END(switch_stack)

	.section .irqentry.text, "ax"
	.macro exception name, handler
ENTRY(\name)
	SAVE_ALL 0
	brasl	%r14, \handler
	j	ret_from_exception
END(\name)
	.endm

	exception pgm_check_handler, do_pgm_check
	exception io_int_handler, do_IRQ

/* After an exception or interrupt: signals and rescheduling if user code was interrupted. */
ENTRY(ret_from_exception)
	la	%r2, STACK_FRAME_OVERHEAD(%r15)
	brasl	%r14, exception_return
	RESTORE_ALL
END(ret_from_exception)

	.section .note.GNU-stack, "", @progbits
