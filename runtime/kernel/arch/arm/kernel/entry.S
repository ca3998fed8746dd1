/*
 * The ways into and out of the kernel on arm, and the switch between kernel stacks.
 * For an exception the machine has put sp, lr, pc, cpsr and r0 of the interrupted code on the kernel stack, the end
 * of a struct pt_regs; the entry completes it and calls a C function with it. `svc #0x7e` stands for the return: the
 * machine takes sp, lr, pc and cpsr from where it has put them.
 */
#include <linux/linkage.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/traps.h>

	.syntax unified
	.arm
	.section .head.text, "ax"
/* The machine starts here, interrupts off, with no stack. */
ENTRY(_start)
	movw	r0, #:lower16:init_thread_union
	movt	r0, #:upper16:init_thread_union
	add	sp, r0, #2 * PAGE_SIZE
	sub	sp, sp, #8
	mov	fp, #0
	mov	lr, #0
	bl	start_kernel
	udf	#0
END(_start)

/* From user code the chain of frames ends here, and no system call is under way. */
	.macro kernel_entry
	sub	sp, sp, #S_SP
	stmia	sp, {r0-r12}
	ldr	r4, [sp, #S_PSR]
	tst	r4, #0xf
	mvneq	r5, #0
	streq	r5, [sp, #S_SYSCALLNO]
	moveq	fp, #0
	.endm

	.macro kernel_exit
	ldmia	sp, {r0-r12}
	add	sp, sp, #S_SP
	svc	#0x7e
	.endm

	.section .irqentry.text, "ax"
/* Where the CPU goes for an exception. */
ENTRY(vectors)
	b	vector_invalid		/* reset */
	b	vector_und
	b	vector_swi
	b	vector_pabt
	b	vector_dabt
	b	vector_invalid
	b	vector_irq
	b	vector_invalid		/* fiq */
END(vectors)

ENTRY(vector_und)
	kernel_entry
	mov	r0, sp
	bl	do_undefinstr
	b	ret_from_exception
END(vector_und)

ENTRY(vector_pabt)
	kernel_entry
	mov	r0, sp
	bl	do_PrefetchAbort
	b	ret_from_exception
END(vector_pabt)

ENTRY(vector_dabt)
	kernel_entry
	mov	r0, sp
	bl	do_DataAbort
	b	ret_from_exception
END(vector_dabt)

ENTRY(vector_irq)
	kernel_entry
	mov	r0, sp
	bl	do_IRQ
	b	ret_from_exception
END(vector_irq)

ENTRY(vector_invalid)
	kernel_entry
	mov	r0, sp
	bl	bad_mode
	b	ret_from_exception
END(vector_invalid)

/* After an exception or interrupt: signals and rescheduling if user code was interrupted. */
ENTRY(ret_from_exception)
	mov	r0, sp
	bl	exception_return
	kernel_exit
END(ret_from_exception)

	.text
/* A system call: its number is in r7. */
ENTRY(vector_swi)
	sub	sp, sp, #S_SP
	stmia	sp, {r0-r12}
	str	r7, [sp, #S_SYSCALLNO]
	mov	fp, #0
	mov	r0, sp
	bl	do_syscall
ret_from_sys_call:
	kernel_exit
END(vector_swi)

/* A new task's first instructions: r0 holds the task that ran before. */
ENTRY(ret_from_fork)
	bl	schedule_tail
	mov	r0, sp
	bl	syscall_return
	b	ret_from_sys_call
END(ret_from_fork)

/* The same for a kernel thread: its function in r4 and the argument in r5, as copy_thread left them. */
ENTRY(ret_from_kernel_thread)
	bl	schedule_tail
	mov	r0, r5
	mov	fp, #0
	blx	r4
	bl	do_exit
	udf	#0
END(ret_from_kernel_thread)

/* kernel_execve has filled the pt_regs at r0, at the top of this stack: leave for user mode. */
ENTRY(ret_from_execve)
	mov	sp, r0
	mov	fp, #0
	bl	syscall_return
	b	ret_from_sys_call
END(ret_from_execve)

/* struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev) */
	.section .kprobes.text, "ax"
ENTRY(switch_stack)
	push	{r4-r11, lr}
	mrs	r3, cpsr
	push	{r3}
	str	sp, [r0]
	mov	sp, r1
	mov	r0, r2
	pop	{r3}
	msr	cpsr_c, r3
	pop	{r4-r11, lr}
	bx	lr
END(switch_stack)

	.text
/* Division of 64-bit numbers as the compiler asks for it: the quotient in r0 and r1, the remainder in r2 and r3. */
	.macro division name, function
ENTRY(\name)
	push	{r4, lr}
	sub	sp, sp, #16
	add	r4, sp, #8
	str	r4, [sp]
	bl	\function
	ldrd	r2, r3, [sp, #8]
	add	sp, sp, #16
	pop	{r4, lr}
	bx	lr
END(\name)
	.endm

	division __aeabi_uldivmod, __udivmoddi4
	division __aeabi_ldivmod, __divmoddi4

	.section .note.GNU-stack, "", %progbits
