/*
 * The ways into and out of the kernel on x86_64, and the switch between kernel stacks.
 * Each entry completes a struct pt_regs on the kernel stack and calls a C function with it.
 * `int $0x7e` stands for iretq: the machine pops rip, cs, rflags, rsp, ss.
 */
#include <linux/linkage.h>
#include <asm/page.h>
#include <asm/ptrace.h>

#define PDA_KERNELSTACK 16
#define PDA_OLDRSP 24

	.section .head.text, "ax"
/* The machine starts here, interrupts off, with no stack. */
ENTRY(_start)
	lea	init_thread_union + 2 * PAGE_SIZE, %rsp
	xor	%ebp, %ebp
	call	start_kernel
	ud2
END(_start)

	.text
	.macro SAVE_ALL
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rcx
	push	%rax
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	xor	%ebp, %ebp
	.endm

	.macro RESTORE_ALL
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rax
	pop	%rcx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	add	$8, %rsp
	.endm

/* From the syscall instruction: user rip in rcx, user rflags in r11, stack still the user's. */
ENTRY(system_call)
	mov	%rsp, %gs:PDA_OLDRSP
	mov	%gs:PDA_KERNELSTACK, %rsp
	push	$__USER_DS
	push	%gs:PDA_OLDRSP
	push	%r11
	push	$__USER_CS
	push	%rcx
	push	%rax
	SAVE_ALL
	mov	%rsp, %rdi
	call	do_syscall
ret_from_sys_call:
	RESTORE_ALL
	int	$0x7e
	ud2
END(system_call)

/* A new task's first instructions: rax holds the task that ran before. */
ENTRY(ret_from_fork)
	mov	%rax, %rdi
	call	schedule_tail
	mov	%rsp, %rdi
	call	syscall_return
	jmp	ret_from_sys_call
END(ret_from_fork)

/* The same for a kernel thread: its function in rbx and the argument in r12, as copy_thread left them. */
ENTRY(ret_from_kernel_thread)
	mov	%rax, %rdi
	call	schedule_tail
	mov	%r12, %rdi
	xor	%ebp, %ebp
	call	*%rbx
	mov	%rax, %rdi
	call	do_exit
	ud2
END(ret_from_kernel_thread)

/* kernel_execve has filled the pt_regs at rdi, at the top of this stack: leave for user mode. */
ENTRY(ret_from_execve)
	mov	%rdi, %rsp
	xor	%ebp, %ebp
	call	syscall_return
	jmp	ret_from_sys_call
END(ret_from_execve)

/* struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev) */
	.section .kprobes.text, "ax"
ENTRY(switch_stack)
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	pushf
	mov	%rsp, (%rdi)
	mov	%rsi, %rsp
	mov	%rdx, %rax
	popf
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret
END(switch_stack)

	.section .irqentry.text, "ax"
	.macro exception name, handler, has_error_code=0
ENTRY(\name)
	.if !\has_error_code
	push	$-1
	.endif
	SAVE_ALL
	mov	%rsp, %rdi
	.if \has_error_code
	mov	15*8(%rsp), %rsi
	.else
	xor	%esi, %esi
	.endif
	movq	$-1, 15*8(%rsp)
	call	\handler
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
	mov	%rsp, %rdi
	call	exception_return
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
	mov	%rsp, %rdi
	call	do_IRQ
	jmp	ret_from_exception
END(common_interrupt)

	.section .note.GNU-stack, "", @progbits
