/*
 * The ways into and out of the kernel on riscv64, and the switch between kernel stacks.
 * Each entry completes a struct pt_regs on the kernel stack and calls a C function with it.
 * `uret`, which the CPU has not, stands for sret: the machine takes sepc and sstatus.
 * sscratch is the top of the kernel stack in user mode, 0 in the kernel.
 */
#include <linux/linkage.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/traps.h>

#define SRET .4byte 0x00200073

	.section .head.text, "ax"
/* The machine starts here, interrupts off, with no stack. */
ENTRY(_start)
	la	sp, init_thread_union + 2 * PAGE_SIZE
	csrw	sscratch, zero
	la	t0, handle_exception
	csrw	stvec, t0
	li	s0, 0
	li	ra, 0
	call	start_kernel
	ebreak
END(_start)

	.macro each_register op
	\op	x3, 3*8(sp)
	\op	x4, 4*8(sp)
	\op	x5, 5*8(sp)
	\op	x6, 6*8(sp)
	\op	x7, 7*8(sp)
	\op	x8, 8*8(sp)
	\op	x9, 9*8(sp)
	\op	x10, 10*8(sp)
	\op	x11, 11*8(sp)
	\op	x12, 12*8(sp)
	\op	x13, 13*8(sp)
	\op	x14, 14*8(sp)
	\op	x15, 15*8(sp)
	\op	x16, 16*8(sp)
	\op	x17, 17*8(sp)
	\op	x18, 18*8(sp)
	\op	x19, 19*8(sp)
	\op	x20, 20*8(sp)
	\op	x21, 21*8(sp)
	\op	x22, 22*8(sp)
	\op	x23, 23*8(sp)
	\op	x24, 24*8(sp)
	\op	x25, 25*8(sp)
	\op	x26, 26*8(sp)
	\op	x27, 27*8(sp)
	\op	x28, 28*8(sp)
	\op	x29, 29*8(sp)
	\op	x30, 30*8(sp)
	\op	x31, 31*8(sp)
	.endm

	.section .irqentry.text, "ax"
/* Every exception, interrupt and system call: stvec points here. */
ENTRY(handle_exception)
	csrrw	sp, sscratch, sp
	bnez	sp, 1f
	csrr	sp, sscratch
1:	addi	sp, sp, -PT_SIZE
	sd	ra, PT_RA(sp)
	each_register sd
	csrrw	s1, sscratch, zero
	csrr	s2, sepc
	csrr	s3, sstatus
	csrr	s4, scause
	csrr	s5, stval
	sd	s1, PT_SP(sp)
	sd	s2, PT_EPC(sp)
	sd	s3, PT_STATUS(sp)
	sd	s4, PT_CAUSE(sp)
	sd	s5, PT_BADADDR(sp)
	sd	a0, PT_ORIG_A0(sp)
	li	s0, 0
	mv	a0, sp
	bltz	s4, 2f
	li	t0, EXC_SYSCALL
	beq	s4, t0, 3f
	call	do_exception
	j	ret_from_exception
2:	call	do_IRQ
	j	ret_from_exception
3:	addi	s2, s2, 4
	sd	s2, PT_EPC(sp)
	call	do_syscall
	j	restore_all
END(handle_exception)

/* After an exception or an interrupt: signals and rescheduling if user code was interrupted. */
ENTRY(ret_from_exception)
	mv	a0, sp
	call	exception_return
	j	restore_all
END(ret_from_exception)

ENTRY(restore_all)
	ld	s3, PT_STATUS(sp)
	ld	s2, PT_EPC(sp)
	andi	s4, s3, SR_PS
	bnez	s4, 1f
	addi	s4, sp, PT_SIZE
	csrw	sscratch, s4
1:	csrw	sstatus, s3
	csrw	sepc, s2
	ld	ra, PT_RA(sp)
	each_register ld
	ld	sp, PT_SP(sp)
	SRET
END(restore_all)

	.text
/* A new task's first instructions: a0 holds the task that ran before. */
ENTRY(ret_from_fork)
	call	schedule_tail
	mv	a0, sp
	call	syscall_return
	j	restore_all
END(ret_from_fork)

/* The same for a kernel thread: its function in s1 and the argument in s2, as copy_thread left them. */
ENTRY(ret_from_kernel_thread)
	call	schedule_tail
	mv	a0, s2
	li	s0, 0
	jalr	s1
	call	do_exit
	ebreak
END(ret_from_kernel_thread)

/* kernel_execve has filled the pt_regs at a0, at the top of this stack: leave for user mode. */
ENTRY(ret_from_execve)
	mv	sp, a0
	li	s0, 0
	call	syscall_return
	j	restore_all
END(ret_from_execve)

	.macro each_saved op
	\op	ra, 0*8(sp)
	\op	s0, 1*8(sp)
	\op	s1, 2*8(sp)
	\op	s2, 3*8(sp)
	\op	s3, 4*8(sp)
	\op	s4, 5*8(sp)
	\op	s5, 6*8(sp)
	\op	s6, 7*8(sp)
	\op	s7, 8*8(sp)
	\op	s8, 9*8(sp)
	\op	s9, 10*8(sp)
	\op	s10, 11*8(sp)
	\op	s11, 12*8(sp)
	.endm

/* struct task_struct *switch_stack(unsigned long *save, unsigned long sp, struct task_struct *prev) */
	.section .kprobes.text, "ax"
ENTRY(switch_stack)
	addi	sp, sp, -112
	each_saved sd
	csrr	t0, sstatus
	sd	t0, 13*8(sp)
	sd	sp, 0(a0)
	mv	sp, a1
	mv	a0, a2
	ld	t0, 13*8(sp)
	csrw	sstatus, t0
	each_saved ld
	addi	sp, sp, 112
	ret
END(switch_stack)

	.section .note.GNU-stack, "", %progbits
