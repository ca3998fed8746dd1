/*
 * The ways into and out of the kernel on i386, and the switch between kernel stacks.
 * Each entry completes a struct pt_regs on the kernel stack and calls a C function with it.
 * `int $0x7e` stands for iret: the machine pops eip, cs, eflags, and esp, ss too on the way to user mode.
 */
#include <linux/linkage.h>
#include <asm/page.h>
#include <asm/ptrace.h>

	.section .head.text, "ax"
/* The machine starts here, interrupts off, with no stack. */
ENTRY(_start)
	lea	init_thread_union + 2 * PAGE_SIZE - 8, %esp
	xor	%ebp, %ebp
	call	start_kernel
	ud2
END(_start)

	.text
	.macro SAVE_ALL
	push	$0		/* gs and fs are the user's own */
	push	$0
	push	$__USER_DS
	push	$__USER_DS
	push	%eax
	push	%ebp
	push	%edi
	push	%esi
	push	%edx
	push	%ecx
	push	%ebx
	xor	%ebp, %ebp
	.endm

	.macro RESTORE_ALL
	pop	%ebx
	pop	%ecx
	pop	%edx
	pop	%esi
	pop	%edi
	pop	%ebp
	pop	%eax
	add	$20, %esp
	.endm

/* Calls function(regs). */
	.macro CALL_WITH_REGS function
	mov	%esp, %eax
	push	%eax
	call	\function
	add	$4, %esp
	.endm

/* From int $0x80. */
ENTRY(system_call)
	push	%eax
	SAVE_ALL
	CALL_WITH_REGS do_syscall
ret_from_sys_call:
	RESTORE_ALL
	int	$0x7e
	ud2
END(system_call)

/* A new task's first instructions: eax holds the task that ran before. */
ENTRY(ret_from_fork)
	push	%eax
	call	schedule_tail
	add	$4, %esp
	CALL_WITH_REGS syscall_return
	jmp	ret_from_sys_call
END(ret_from_fork)

/* The same for a kernel thread: its function in ebx and the argument in esi, as copy_thread left them. */
ENTRY(ret_from_kernel_thread)
	push	%eax
	call	schedule_tail
	xor	%ebp, %ebp
	mov	%esi, (%esp)
	call	*%ebx
	mov	%eax, (%esp)
	call	do_exit
	ud2
END(ret_from_kernel_thread)

/* kernel_execve has filled the pt_regs at its argument, at the top of this stack: leave for user mode. */
ENTRY(ret_from_execve)
	mov	4(%esp), %esp
	xor	%ebp, %ebp
	CALL_WITH_REGS syscall_return
	jmp	ret_from_sys_call
END(ret_from_execve)

/* struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev) */
	.section .kprobes.text, "ax"
ENTRY(switch_stack)
	mov	4(%esp), %ecx
	mov	8(%esp), %edx
	mov	12(%esp), %eax
	push	%ebp
	push	%ebx
	push	%esi
	push	%edi
	pushf
	mov	%esp, (%ecx)
	mov	%edx, %esp
	popf
	pop	%edi
	pop	%esi
	pop	%ebx
	pop	%ebp
	ret
END(switch_stack)

	.section .irqentry.text, "ax"
	.macro exception name, handler, has_error_code=0
ENTRY(\name)
	.if !\has_error_code
	push	$-1
	.endif
	SAVE_ALL
	mov	%esp, %eax
	.if \has_error_code
	mov	11*4(%esp), %edx
	.else
	xor	%edx, %edx
	.endif
	movl	$-1, 11*4(%esp)
	push	%edx
	push	%eax
	call	\handler
	add	$8, %esp
	jmp	ret_from_exception
END(\name)
	.endm

	exception divide_error, do_divide_error
	exception debug, do_debug
	exception nmi, do_nmi
	exception int3, do_int3
	exception overflow, do_overflow
	exception bounds, do_bounds
	exception invalid_op, do_invalid_op
	exception device_not_available, do_device_not_available
	exception double_fault, do_double_fault, 1
	exception coprocessor_segment_overrun, do_coprocessor_segment_overrun
	exception invalid_TSS, do_invalid_TSS, 1
	exception segment_not_present, do_segment_not_present, 1
	exception stack_segment, do_stack_segment, 1
	exception general_protection, do_general_protection, 1
	exception page_fault, do_page_fault_entry, 1
	exception spurious_interrupt_bug, do_spurious_interrupt_bug
	exception coprocessor_error, do_coprocessor_error
	exception alignment_check, do_alignment_check, 1

/* After an exception or interrupt: signals and rescheduling if user code was interrupted. */
ENTRY(ret_from_exception)
	CALL_WITH_REGS exception_return
	RESTORE_ALL
	int	$0x7e
	ud2
END(ret_from_exception)

/* One stub for each interrupt line, pushing ~line where a system call has its number. */
	.globl irq_entries_start
irq_entries_start:
line = 0
	.rept 16
	.align 16
	push	$~line
	jmp	common_interrupt
line = line + 1
	.endr

ENTRY(common_interrupt)
	SAVE_ALL
	CALL_WITH_REGS do_IRQ
	jmp	ret_from_exception
END(common_interrupt)

	.section .note.GNU-stack, "", @progbits
