/* What a task and a CPU keep beyond pt_regs. */
#ifndef _ASM_S390_PROCESSOR_H
#define _ASM_S390_PROCESSOR_H

#include <linux/types.h>
#include <linux/threads.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/system.h>

#define TASK_SIZE	0x7ffffff000UL
#define STACK_TOP	TASK_SIZE
#define UTS_MACHINE	"s390x"
#define ELF_PLATFORM	"z10"

struct thread_struct {
	unsigned long sp0;		/* where the kernel stack starts when user code is interrupted */
	unsigned long ksp;		/* the kernel stack pointer while not running */
	unsigned long prot_addr;	/* of the last fault */
	unsigned int trap_no;
};

#define INIT_THREAD { .sp0 = (unsigned long)&init_thread_union + THREAD_SIZE }

/* Where the CPU finds the kernel stack when it leaves user mode. */
struct tss_struct {
	unsigned long sp0;
};

extern struct tss_struct init_tss[NR_CPUS];

/* Where program checks and interrupts go. */
#define NR_VECTORS 2
extern unsigned long idt_table[NR_VECTORS];
/* The address of an access that failed, for what the machine sets it to. */
extern unsigned long cpu_trans_exc[NR_CPUS];

#define task_pt_regs(task) ((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE) - 1)
#define KSTK_EIP(task) (task_pt_regs(task)->psw.addr)
#define KSTK_ESP(task) (task_pt_regs(task)->gprs[15])

struct pt_regs;
extern void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp);
extern void ret_from_fork(void);
extern void ret_from_kernel_thread(void);
/* Leaves the kernel with the registers at the top of the current stack. */
extern void ret_from_execve(struct pt_regs *regs) __attribute__((noreturn));

#endif
