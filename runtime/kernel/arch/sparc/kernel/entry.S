/*
 * The ways into and out of the kernel on sparc64, and the switch between kernel stacks.
 * For a trap the machine makes room for a frame with a struct pt_regs on the kernel stack, leaves there the old stack
 * pointer, %g6, TSTATE, TPC, TNPC and the trap's type, points %sp to the frame and turns interrupts off; each entry
 * saves the rest and calls a C function. `ta 0x7e` stands for retry: the machine takes back what it left.
 * There are no register windows: the kernel is compiled with -mflat, and %l and %i registers are the callee's to save.
 */
#include <linux/linkage.h>
#include <asm/page.h>
#include <asm/ptrace.h>

#define REGS(offset) (STACK_BIAS + STACKFRAME_SZ + (offset))
#define RETRY ta 0x7e

	.register %g2, #scratch
	.register %g3, #scratch
	.register %g6, #scratch
	.register %g7, #scratch

	.section .head.text, "ax"
/* The machine starts here, interrupts off, with no stack. */
ENTRY(_start)
	sethi	%hi(init_thread_union + (PAGE_SIZE << THREAD_ORDER)), %g1
	or	%g1, %lo(init_thread_union + (PAGE_SIZE << THREAD_ORDER)), %g1
	sub	%g1, STACK_BIAS + STACKFRAME_SZ, %sp
	mov	%g0, %fp
	call	start_kernel
	 mov	%g0, %i7
	ta	5
	 nop
END(_start)

	.macro EACH_REGISTER op, first, second
	.irp	n, 1, 2, 3, 4, 5, 7
	.ifc	\op, stx
	stx	%g\n, [%sp + REGS(8 * \n)]
	.else
	ldx	[%sp + REGS(8 * \n)], %g\n
	.endif
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 7
	.ifc	\op, stx
	stx	%o\n, [%sp + REGS(64 + 8 * \n)]
	.else
	ldx	[%sp + REGS(64 + 8 * \n)], %o\n
	.endif
	.endr
	.endm

/* Completes the pt_regs. Where the interrupted code had its frame and return address is for backtraces. */
	.macro SAVE_ALL
	EACH_REGISTER stx
	stx	%o0, [%sp + REGS(PT_G(0))]
	rd	%ccr, %g1
	ldx	[%sp + REGS(PT_TSTATE)], %g2
	sllx	%g1, 32, %g1
	or	%g1, %g2, %g2
	stx	%g2, [%sp + REGS(PT_TSTATE)]
	rd	%y, %g3
	stw	%g3, [%sp + REGS(PT_Y)]
	stx	%fp, [%sp + STACK_BIAS + 112]
	stx	%i7, [%sp + STACK_BIAS + 120]
	.endm

	.macro RESTORE_ALL
	ldx	[%sp + REGS(PT_TSTATE)], %g2
	lduw	[%sp + REGS(PT_Y)], %g3
	srlx	%g2, 32, %g1
	wr	%g3, 0, %y
	wr	%g1, 0, %ccr
	EACH_REGISTER ldx
	RETRY
	ta	5
	 nop
	.endm

	.section .kprobes.text, "ax"
/* A system call: the carry will tell whether it failed. */
ENTRY(system_call)
	SAVE_ALL
	call	do_syscall
	 add	%sp, REGS(0), %o0
ret_from_sys_call:
	RESTORE_ALL
END(system_call)

	.section .irqentry.text, "ax"
	.macro trap name, handler
ENTRY(\name)
	SAVE_ALL
	call	\handler
	 add	%sp, REGS(0), %o0
	ba	ret_from_trap
	 nop
END(\name)
	.endm

	trap trap_entry, do_exception
	trap interrupt_entry, do_IRQ

/* After an exception or an interrupt: signals and rescheduling if user code was interrupted. */
ENTRY(ret_from_trap)
	call	exception_return
	 add	%sp, REGS(0), %o0
	RESTORE_ALL
END(ret_from_trap)

	.text
/* A new task's first instructions: %o0 holds the task that ran before. */
ENTRY(ret_from_fork)
	call	schedule_tail
	 nop
	call	syscall_return
	 add	%sp, REGS(0), %o0
	ba	ret_from_sys_call
	 nop
END(ret_from_fork)

/* The same for a kernel thread: its function in %l0 and the argument in %l1, as copy_thread left them. */
ENTRY(ret_from_kernel_thread)
	call	schedule_tail
	 nop
	call	%l0
	 mov	%l1, %o0
	call	do_exit
	 nop
	ta	5
	 nop
END(ret_from_kernel_thread)

/* kernel_execve has filled the pt_regs at %o0, at the top of this stack: leave for user mode. */
ENTRY(ret_from_execve)
	sub	%o0, STACK_BIAS + STACKFRAME_SZ, %sp
	mov	%g0, %fp
	call	syscall_return
	 mov	%g0, %i7
	ba	ret_from_sys_call
	 nop
END(ret_from_execve)

	.macro each_saved op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	.ifc	\op, stx
	stx	%l\n, [%sp + STACK_BIAS + 8 * \n]
	stx	%i\n, [%sp + STACK_BIAS + 64 + 8 * \n]
	.else
	ldx	[%sp + STACK_BIAS + 8 * \n], %l\n
	ldx	[%sp + STACK_BIAS + 64 + 8 * \n], %i\n
	.endif
	.endr
	.endm

/* struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev) */
	.section .kprobes.text, "ax"
ENTRY(switch_stack)
	add	%sp, -STACKFRAME_SZ, %sp
	each_saved stx
	stx	%o7, [%sp + STACK_BIAS + 128]
	stx	%g6, [%sp + STACK_BIAS + 136]
	stx	%sp, [%o0]
	mov	%o1, %sp
	mov	%o2, %o0
	each_saved ldx
	ldx	[%sp + STACK_BIAS + 128], %o7
	ldx	[%sp + STACK_BIAS + 136], %g6
	retl
	 add	%sp, STACKFRAME_SZ, %sp
END(switch_stack)

	.section .note.GNU-stack, "", @progbits
