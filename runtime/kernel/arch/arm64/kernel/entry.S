/*
 * The ways into and out of the kernel on arm64, and the switch between kernel stacks.
 * Each entry completes a struct pt_regs on the kernel stack and calls a C function with it.
 * `svc #0x7e` stands for eret: the machine takes ELR_EL1, SPSR_EL1 and, towards user mode, SP_EL0.
 */
#include <linux/linkage.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/traps.h>

	.section .head.text, "ax"
/* The machine starts here, interrupts off, with no stack. */
ENTRY(_start)
	adrp	x0, init_thread_union
	add	x0, x0, #:lo12:init_thread_union
	add	x0, x0, #2 * PAGE_SIZE
	mov	sp, x0
	mov	x29, xzr
	mov	x30, xzr
	bl	start_kernel
	brk	#1
END(_start)

	.macro kernel_entry, el
	sub	sp, sp, #S_FRAME_SIZE
	stp	x0, x1, [sp, #16 * 0]
	stp	x2, x3, [sp, #16 * 1]
	stp	x4, x5, [sp, #16 * 2]
	stp	x6, x7, [sp, #16 * 3]
	stp	x8, x9, [sp, #16 * 4]
	stp	x10, x11, [sp, #16 * 5]
	stp	x12, x13, [sp, #16 * 6]
	stp	x14, x15, [sp, #16 * 7]
	stp	x16, x17, [sp, #16 * 8]
	stp	x18, x19, [sp, #16 * 9]
	stp	x20, x21, [sp, #16 * 10]
	stp	x22, x23, [sp, #16 * 11]
	stp	x24, x25, [sp, #16 * 12]
	stp	x26, x27, [sp, #16 * 13]
	stp	x28, x29, [sp, #16 * 14]
	.if \el == 0
	mrs	x21, sp_el0
	mov	x29, xzr
	.else
	add	x21, sp, #S_FRAME_SIZE
	.endif
	mrs	x22, elr_el1
	mrs	x23, spsr_el1
	stp	x30, x21, [sp, #S_LR]
	stp	x22, x23, [sp, #S_PC]
	mov	x24, #-1
	stp	x0, x24, [sp, #S_ORIG_X0]
	.endm

	.macro kernel_exit, el
	ldp	x21, x22, [sp, #S_PC]
	.if \el == 0
	ldr	x23, [sp, #S_SP]
	msr	sp_el0, x23
	.endif
	msr	elr_el1, x21
	msr	spsr_el1, x22
	ldp	x0, x1, [sp, #16 * 0]
	ldp	x2, x3, [sp, #16 * 1]
	ldp	x4, x5, [sp, #16 * 2]
	ldp	x6, x7, [sp, #16 * 3]
	ldp	x8, x9, [sp, #16 * 4]
	ldp	x10, x11, [sp, #16 * 5]
	ldp	x12, x13, [sp, #16 * 6]
	ldp	x14, x15, [sp, #16 * 7]
	ldp	x16, x17, [sp, #16 * 8]
	ldp	x18, x19, [sp, #16 * 9]
	ldp	x20, x21, [sp, #16 * 10]
	ldp	x22, x23, [sp, #16 * 11]
	ldp	x24, x25, [sp, #16 * 12]
	ldp	x26, x27, [sp, #16 * 13]
	ldp	x28, x29, [sp, #16 * 14]
	ldr	x30, [sp, #S_LR]
	add	sp, sp, #S_FRAME_SIZE
	svc	#0x7e
	.endm

	.section .irqentry.text, "ax"
/* Where the CPU goes for an exception: by where it was and by what came. */
	.macro ventry label
	.balign 128
	b	\label
	.endm

	.balign 2048
ENTRY(vectors)
	.rept 4				/* from EL1 with the stack of EL0: never */
	ventry	el1_inv
	.endr
	ventry	el1_sync
	ventry	el1_irq
	ventry	el1_inv
	ventry	el1_inv
	ventry	el0_sync
	ventry	el0_irq
	ventry	el0_inv
	ventry	el0_inv
	.rept 4				/* from 32-bit user code: there is none */
	ventry	el0_inv
	.endr
END(vectors)

ENTRY(el1_sync)
	kernel_entry 1
	mov	x0, sp
	mrs	x1, esr_el1
	mrs	x2, far_el1
	bl	do_sync
	b	ret_to_kernel
END(el1_sync)

ENTRY(el1_irq)
	kernel_entry 1
	mov	x0, sp
	bl	do_IRQ
	b	ret_to_kernel
END(el1_irq)

ENTRY(el1_inv)
	kernel_entry 1
	mov	x0, sp
	mrs	x1, esr_el1
	bl	bad_mode
	b	ret_to_kernel
END(el1_inv)

ENTRY(ret_to_kernel)
	mov	x0, sp
	bl	exception_return
	kernel_exit 1
END(ret_to_kernel)

ENTRY(el0_sync)
	kernel_entry 0
	mrs	x25, esr_el1
	lsr	x24, x25, #26
	cmp	x24, #ESR_EC_SVC64
	b.eq	el0_svc
	mov	x0, sp
	mov	x1, x25
	mrs	x2, far_el1
	bl	do_sync
	b	ret_to_user
END(el0_sync)

ENTRY(el0_irq)
	kernel_entry 0
	mov	x0, sp
	bl	do_IRQ
	b	ret_to_user
END(el0_irq)

ENTRY(el0_inv)
	kernel_entry 0
	mov	x0, sp
	mrs	x1, esr_el1
	bl	bad_mode
	b	ret_to_user
END(el0_inv)

/* After an exception or interrupt from user mode: signals and rescheduling. */
ENTRY(ret_to_user)
	mov	x0, sp
	bl	exception_return
	kernel_exit 0
END(ret_to_user)

	.text
/* A system call: its number is in x8. */
ENTRY(el0_svc)
	str	x8, [sp, #S_SYSCALLNO]
	mov	x0, sp
	bl	do_syscall
ret_from_sys_call:
	kernel_exit 0
END(el0_svc)

/* A new task's first instructions: x0 holds the task that ran before. */
ENTRY(ret_from_fork)
	bl	schedule_tail
	mov	x0, sp
	bl	syscall_return
	b	ret_from_sys_call
END(ret_from_fork)

/* The same for a kernel thread: its function in x19 and the argument in x20, as copy_thread left them. */
ENTRY(ret_from_kernel_thread)
	bl	schedule_tail
	mov	x0, x20
	mov	x29, xzr
	blr	x19
	bl	do_exit
	brk	#1
END(ret_from_kernel_thread)

/* kernel_execve has filled the pt_regs at x0, at the top of this stack: leave for user mode. */
ENTRY(ret_from_execve)
	mov	sp, x0
	mov	x29, xzr
	bl	syscall_return
	b	ret_from_sys_call
END(ret_from_execve)

/* struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev) */
	.section .kprobes.text, "ax"
ENTRY(switch_stack)
	sub	sp, sp, #112
	stp	x19, x20, [sp, #16 * 0]
	stp	x21, x22, [sp, #16 * 1]
	stp	x23, x24, [sp, #16 * 2]
	stp	x25, x26, [sp, #16 * 3]
	stp	x27, x28, [sp, #16 * 4]
	stp	x29, x30, [sp, #16 * 5]
	mrs	x9, daif
	str	x9, [sp, #16 * 6]
	mov	x9, sp
	str	x9, [x0]
	mov	sp, x1
	mov	x0, x2
	ldr	x9, [sp, #16 * 6]
	msr	daif, x9
	ldp	x19, x20, [sp, #16 * 0]
	ldp	x21, x22, [sp, #16 * 1]
	ldp	x23, x24, [sp, #16 * 2]
	ldp	x25, x26, [sp, #16 * 3]
	ldp	x27, x28, [sp, #16 * 4]
	ldp	x29, x30, [sp, #16 * 5]
	add	sp, sp, #112
	ret
END(switch_stack)

	.section .note.GNU-stack, "", %progbits
