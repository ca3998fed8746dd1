/*
 * The ways into and out of the kernel on mips64, and the switch between kernel stacks.
 * For an exception the machine makes room for a struct pt_regs on the kernel stack, leaves there the old stack
 * pointer, status, cause, EPC and BadVAddr, points $sp to it and turns interrupts off; each entry saves the rest and
 * calls a C function. `syscall 0x7e` stands for eret: the machine takes back what it left.
 */
#include <linux/linkage.h>
#include <asm/page.h>
#include <asm/ptrace.h>

#define ERET syscall 0x7e
#define NEVER syscall 0x7d

	.set	noat
	.set	reorder

	.section .head.text, "ax"
/* The machine starts here, interrupts off, with no stack. */
ENTRY(_start)
	dla	$29, init_thread_union + (PAGE_SIZE << THREAD_ORDER)
	move	$30, $0
	move	$31, $0
	jal	start_kernel
	NEVER
END(_start)

	.macro EACH_REGISTER op
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 30, 31
	\op	$\n, PT_R(\n)($29)
	.endr
	.endm

/* Completes the pt_regs. $26 and $27 are the exceptions' own. */
	.macro SAVE_ALL
	EACH_REGISTER sd
	mfhi	$26
	mflo	$27
	sd	$26, PT_HI($29)
	sd	$27, PT_LO($29)
	sd	$0, PT_R(0)($29)
	.endm

	.macro RESTORE_ALL
	ld	$26, PT_HI($29)
	ld	$27, PT_LO($29)
	mthi	$26
	mtlo	$27
	EACH_REGISTER ld
	ERET
	NEVER
	.endm

	.section .kprobes.text, "ax"
/* A system call: its number and fourth argument are kept, for the result takes their registers. */
ENTRY(handle_sys)
	SAVE_ALL
	sd	$2, PT_R(0)($29)
	sd	$7, PT_R(26)($29)
	ld	$26, PT_EPC($29)
	daddiu	$26, $26, 4
	sd	$26, PT_EPC($29)
	move	$4, $29
	jal	do_syscall
.Lrestore_all:
	RESTORE_ALL
END(handle_sys)

	.section .irqentry.text, "ax"
	.macro exception name, handler
ENTRY(handle_\name)
	SAVE_ALL
	move	$4, $29
	jal	\handler
	j	ret_from_exception
END(handle_\name)
	.endm

	exception int, do_IRQ
	exception tlb, do_tlb_fault
	exception ade, do_ade
	exception bp, do_bp
	exception ri, do_ri
	exception cpu, do_cpu
	exception ov, do_ov
	exception tr, do_tr

/* After an exception or an interrupt: signals and rescheduling if user code was interrupted. */
ENTRY(ret_from_exception)
	move	$4, $29
	jal	exception_return
	RESTORE_ALL
END(ret_from_exception)

/* One instruction that the machine executes where only the CPU knows the address of an access that has failed. */
	.section .kprobes.text, "ax"
ENTRY(read_badvaddr)
	dmfc0	$27, $8
	NEVER
END(read_badvaddr)

	.text
/* A new task's first instructions: $4 holds the task that ran before. */
ENTRY(ret_from_fork)
	jal	schedule_tail
	move	$4, $29
	jal	syscall_return
	j	.Lrestore_all
END(ret_from_fork)

/* The same for a kernel thread: its function in $16 and the argument in $17, as copy_thread left them. */
ENTRY(ret_from_kernel_thread)
	jal	schedule_tail
	move	$4, $17
	jalr	$16
	jal	do_exit
	NEVER
END(ret_from_kernel_thread)

/* kernel_execve has filled the pt_regs at $4, at the top of this stack: leave for user mode. */
ENTRY(ret_from_execve)
	move	$29, $4
	move	$30, $0
	move	$31, $0
	jal	syscall_return
	j	.Lrestore_all
END(ret_from_execve)

	.macro each_saved op
	\op	$16, 0*8($29)
	\op	$17, 1*8($29)
	\op	$18, 2*8($29)
	\op	$19, 3*8($29)
	\op	$20, 4*8($29)
	\op	$21, 5*8($29)
	\op	$22, 6*8($29)
	\op	$23, 7*8($29)
	\op	$28, 8*8($29)
	\op	$30, 9*8($29)
	\op	$31, 10*8($29)
	.endm

/* struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev) */
	.section .kprobes.text, "ax"
ENTRY(switch_stack)
	daddiu	$29, $29, -96
	each_saved sd
	mfc0	$8, $12
	sd	$8, 11*8($29)
	sd	$29, 0($4)
	move	$29, $5
	move	$2, $6
	move	$4, $6
	ld	$8, 11*8($29)
	mtc0	$8, $12
	each_saved ld
	daddiu	$29, $29, 96
	jr	$31
END(switch_stack)
	.section .note.GNU-stack, "", @progbits
