/* What a task and a CPU keep beyond pt_regs. */
#ifndef _ASM_SPARC_PROCESSOR_H
#define _ASM_SPARC_PROCESSOR_H

#include <linux/types.h>
#include <linux/threads.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/system.h>

#define TASK_SIZE	0x70000000UL
#define STACK_TOP	TASK_SIZE
#define UTS_MACHINE	"sparc64"
#define ELF_PLATFORM	"sparc64"

struct thread_struct {
	unsigned long sp0;		/* where the kernel stack starts when user code is interrupted */
	unsigned long ksp;		/* the kernel stack pointer, with its bias, while not running */
	unsigned long fault_address;
	unsigned long trap_no;		/* of the last exception */
};

#define INIT_THREAD { .sp0 = (unsigned long)&init_thread_union + THREAD_SIZE }

/* Where the CPU finds the kernel stack when it leaves user mode. */
struct tss_struct {
	unsigned long sp0;
};

extern struct tss_struct init_tss[NR_CPUS];

/* The address of the fault, as the MMU's register has it. */
extern unsigned long cpu_sfar[NR_CPUS];
extern unsigned long cpu_sfsr[NR_CPUS];	/* its kind: bits of the error code */
/* The interrupt line that asks for attention. */
extern unsigned long cpu_irq[NR_CPUS];

#define task_pt_regs(task) ((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE) - 1)
#define KSTK_EIP(task) (task_pt_regs(task)->tpc)
#define KSTK_ESP(task) (task_pt_regs(task)->u_regs[UREG_FP])

struct pt_regs;
extern void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp);
extern void ret_from_fork(void);
extern void ret_from_kernel_thread(void);
/* Leaves the kernel with the registers at the top of the current stack. */
extern void ret_from_execve(struct pt_regs *regs) __attribute__((noreturn));

#endif
