/* What a task and a CPU keep beyond pt_regs. */
#ifndef _ASM_ARM_PROCESSOR_H
#define _ASM_ARM_PROCESSOR_H

#include <linux/types.h>
#include <linux/threads.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/system.h>

#define TASK_SIZE	0xbf000000UL
#define STACK_TOP	TASK_SIZE
#define UTS_MACHINE	"armv7l"
#define ELF_PLATFORM	"v7l"
/* Above the registers of user code: the number of its system call. */
#define STACK_END_RESERVE 8

struct thread_struct {
	unsigned long sp0;		/* where the kernel stack starts when user code is interrupted */
	unsigned long sp;		/* the kernel stack pointer while not running */
	unsigned long fault_address;
	unsigned long fault_code;	/* the status of the last fault */
	unsigned long tp_value;		/* user thread-local storage */
};

#define INIT_THREAD { .sp0 = (unsigned long)&init_thread_union + THREAD_SIZE - STACK_END_RESERVE }

/* Where the CPU finds the kernel stack when it leaves user mode: what SP_svc is then. */
struct tss_struct {
	unsigned long sp0;
};

extern struct tss_struct init_tss[NR_CPUS];

/* The interrupt line that asks for attention, as the interrupt controller gives it. */
extern unsigned long cpu_irq[NR_CPUS];
/* The address and the status of the fault that an abort is for. */
extern unsigned long cpu_far[NR_CPUS], cpu_fsr[NR_CPUS];

#define task_pt_regs(task) \
	((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE - STACK_END_RESERVE) - 1)
#define KSTK_EIP(task) (task_pt_regs(task)->ARM_pc)
#define KSTK_ESP(task) (task_pt_regs(task)->ARM_sp)

struct pt_regs;
extern void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp);
extern void ret_from_fork(void);
extern void ret_from_kernel_thread(void);
/* Leaves the kernel with the registers at the top of the current stack. */
extern void ret_from_execve(struct pt_regs *regs) __attribute__((noreturn));

#endif
