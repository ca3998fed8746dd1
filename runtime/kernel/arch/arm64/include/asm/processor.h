/* What a task and a CPU keep beyond pt_regs. */
#ifndef _ASM_ARM64_PROCESSOR_H
#define _ASM_ARM64_PROCESSOR_H

#include <linux/types.h>
#include <linux/threads.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/system.h>

#define TASK_SIZE	0x7ffffff000UL
#define STACK_TOP	TASK_SIZE
#define UTS_MACHINE	"aarch64"
#define ELF_PLATFORM	"aarch64"
/* Above the registers of user code: the end of the chain of frame records. */
#define STACK_END_RESERVE 16

struct thread_struct {
	unsigned long sp0;		/* where the kernel stack starts when user code is interrupted */
	unsigned long sp;		/* the kernel stack pointer while not running */
	unsigned long fault_address;
	unsigned long fault_code;	/* the exception syndrome of the last fault */
	unsigned long tp_value;		/* user thread-local storage */
};

#define INIT_THREAD { .sp0 = (unsigned long)&init_thread_union + THREAD_SIZE - STACK_END_RESERVE }

/* Where the CPU finds the kernel stack when it leaves user mode: what SP_EL1 is then. */
struct tss_struct {
	unsigned long sp0;
};

extern struct tss_struct init_tss[NR_CPUS];

/* The interrupt line that asks for attention, as the interrupt controller gives it. */
extern unsigned long cpu_irq[NR_CPUS];

#define task_pt_regs(task) \
	((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE - STACK_END_RESERVE) - 1)
#define KSTK_EIP(task) (task_pt_regs(task)->pc)
#define KSTK_ESP(task) (task_pt_regs(task)->sp)

struct pt_regs;
extern void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp);
extern void ret_from_fork(void);
extern void ret_from_kernel_thread(void);
/* Leaves the kernel with the registers at the top of the current stack. */
extern void ret_from_execve(struct pt_regs *regs) __attribute__((noreturn));

#endif
