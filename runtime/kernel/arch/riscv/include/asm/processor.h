/* What a task and a CPU keep beyond pt_regs. */
#ifndef _ASM_RISCV_PROCESSOR_H
#define _ASM_RISCV_PROCESSOR_H

#include <linux/types.h>
#include <linux/threads.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/system.h>

#define TASK_SIZE	0x4000000000UL
#define STACK_TOP	TASK_SIZE
#define UTS_MACHINE	"riscv64"
#define ELF_PLATFORM	"riscv64"

struct thread_struct {
	unsigned long sp0;		/* where the kernel stack starts when user code is interrupted */
	unsigned long sp;		/* the kernel stack pointer while not running */
	unsigned long bad_cause;	/* of the last exception */
	unsigned long badaddr;
};

#define INIT_THREAD { .sp0 = (unsigned long)&init_thread_union + THREAD_SIZE }

/* The kernel stack of the task that runs: in user mode sscratch has the same. */
struct tss_struct {
	unsigned long sp0;
};

extern struct tss_struct init_tss[NR_CPUS];

#define task_pt_regs(task) ((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE) - 1)
#define KSTK_EIP(task) (task_pt_regs(task)->epc)
#define KSTK_ESP(task) (task_pt_regs(task)->sp)

struct pt_regs;
extern void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp);
extern void ret_from_fork(void);
extern void ret_from_kernel_thread(void);
/* Leaves the kernel with the registers at the top of the current stack. */
extern void ret_from_execve(struct pt_regs *regs) __attribute__((noreturn));

#endif
