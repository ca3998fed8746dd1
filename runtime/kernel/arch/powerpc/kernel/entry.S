/*
 * The ways into and out of the kernel on 64-bit PowerPC, and the switch between kernel stacks.
 * For an exception the machine makes room for a frame with a struct pt_regs on the kernel stack, leaves there
 * the old stack pointer, NIP, MSR, DAR and DSISR, points r1 to it and turns interrupts off; each entry saves
 * the rest and calls a C function. `fmr 0, 0`, with the floating point unit off, stands for rfid: the machine
 * takes r1, NIP and MSR from the frame that r1 points to.
 */
#include <linux/linkage.h>
#include <asm/page.h>
#include <asm/ptrace.h>

#define REGS(offset) (STACK_FRAME_OVERHEAD + (offset))
#define RFID fmr 0, 0

#if defined(_CALL_ELF) && _CALL_ELF == 2
	.abiversion 2
#endif

	.macro LOAD_TOC
	lis	2, .TOC.@highest
	ori	2, 2, .TOC.@higher
	rldicr	2, 2, 32, 31
	oris	2, 2, .TOC.@high
	ori	2, 2, .TOC.@l
	.endm

	.section .head.text, "ax"
/* The machine starts here, interrupts off, with no stack. */
ENTRY(_start)
	LOAD_TOC
	addis	1, 2, init_thread_union@toc@ha
	addi	1, 1, init_thread_union@toc@l
	addi	1, 1, (PAGE_SIZE << THREAD_ORDER) - STACK_FRAME_OVERHEAD
	li	0, 0
	std	0, 0(1)
	bl	start_kernel
	nop
	trap
END(_start)

/* What r2 is in all of the kernel: the machine needs it to call functions. */
	.section .data, "aw"
	.balign 8
	.globl	kernel_toc
	.type	kernel_toc, @object
kernel_toc:
	.quad	.TOC.
	.size	kernel_toc, 8

	.text
/* Completes the pt_regs at r1; the back chain leads to what was interrupted. */
	.macro SAVE_ALL trap
	std	0, REGS(PT_GPR(0))(1)
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	std	\n, REGS(8 * \n)(1)
	.endr
	std	3, REGS(PT_ORIG_GPR3)(1)
	mfctr	14
	mflr	15
	mfxer	16
	mfcr	17
	std	14, REGS(PT_CTR)(1)
	std	15, REGS(PT_LINK)(1)
	std	16, REGS(PT_XER)(1)
	std	17, REGS(PT_CCR)(1)
	li	14, \trap
	li	15, 0
	std	14, REGS(PT_TRAP)(1)
	std	15, REGS(PT_SOFTE)(1)
	std	15, REGS(PT_RESULT)(1)
	ld	16, REGS(PT_GPR(1))(1)
	std	16, 0(1)
	LOAD_TOC
	.endm

	.macro RESTORE_ALL
	ld	14, REGS(PT_CTR)(1)
	ld	15, REGS(PT_LINK)(1)
	ld	16, REGS(PT_XER)(1)
	ld	17, REGS(PT_CCR)(1)
	mtctr	14
	mtlr	15
	mtxer	16
	mtcr	17
	ld	0, REGS(PT_GPR(0))(1)
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	\n, REGS(8 * \n)(1)
	.endr
	RFID
	trap
	.endm

/* A system call: cr0 will tell whether it failed. */
ENTRY(system_call)
	SAVE_ALL TRAP_SYSCALL
	addi	3, 1, STACK_FRAME_OVERHEAD
	bl	do_syscall
	nop
ret_from_sys_call:
	RESTORE_ALL
END(system_call)

/* A new task's first instructions: r3 holds the task that ran before. */
ENTRY(ret_from_fork)
	bl	schedule_tail
	nop
	addi	3, 1, STACK_FRAME_OVERHEAD
	bl	syscall_return
	nop
	b	ret_from_sys_call
END(ret_from_fork)

/* The same for a kernel thread: its function in r14 and the argument in r15, as copy_thread left them. */
ENTRY(ret_from_kernel_thread)
	bl	schedule_tail
	nop
	mr	3, 15
#if defined(_CALL_ELF) && _CALL_ELF == 2
	mr	12, 14
#else
	ld	12, 0(14)
#endif
	mtctr	12
	bctrl
	bl	do_exit
	nop
	trap
END(ret_from_kernel_thread)

/* kernel_execve has filled the pt_regs at r3, at the top of this stack: leave for user mode. */
ENTRY(ret_from_execve)
	addi	1, 3, -STACK_FRAME_OVERHEAD
	li	0, 0
	std	0, 0(1)
	bl	syscall_return
	nop
	b	ret_from_sys_call
END(ret_from_execve)

/* struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev) */
	.section .kprobes.text, "ax"
ENTRY(switch_stack)
	mflr	0
	std	0, 16(1)
	stdu	1, -INT_FRAME_SIZE(1)
	.irp	n, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	std	\n, REGS(8 * \n)(1)
	.endr
	std	0, REGS(PT_NIP)(1)
	mfcr	6
	mfmsr	7
	std	6, REGS(PT_CCR)(1)
	std	7, REGS(PT_MSR)(1)
	std	1, 0(3)
	mr	1, 4
	mr	3, 5
	ld	6, REGS(PT_CCR)(1)
	ld	7, REGS(PT_MSR)(1)
	ld	0, REGS(PT_NIP)(1)
	mtcr	6
	mtmsrd	7, 1
	mtlr	0
	.irp	n, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	\n, REGS(8 * \n)(1)
	.endr
	addi	1, 1, INT_FRAME_SIZE
	blr
END(switch_stack)

	.section .irqentry.text, "ax"
	.macro exception name, trap, handler
ENTRY(\name)
	SAVE_ALL \trap
	addi	3, 1, STACK_FRAME_OVERHEAD
	bl	\handler
	nop
	b	ret_from_exception
END(\name)
	.endm

	exception machine_check, 0x200, machine_check_exception
	exception data_access, 0x300, do_storage_interrupt
	exception instruction_access, 0x400, do_storage_interrupt
	exception hardware_interrupt, 0x501, do_IRQ
	exception alignment, 0x600, alignment_exception
	exception program_check, 0x700, program_check_exception
	exception fp_unavailable, 0x800, kernel_fp_unavailable_exception
	exception single_step, 0xd00, single_step_exception

/* After an exception or interrupt: signals and rescheduling if user code was interrupted. */
ENTRY(ret_from_exception)
	addi	3, 1, STACK_FRAME_OVERHEAD
	bl	exception_return
	nop
	RESTORE_ALL
END(ret_from_exception)

	.section .note.GNU-stack, "", @progbits
