/* What a task and a CPU keep beyond pt_regs. */
#ifndef _ASM_POWERPC_PROCESSOR_H
#define _ASM_POWERPC_PROCESSOR_H

#include <linux/types.h>
#include <linux/threads.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/system.h>

#define TASK_SIZE	0x7ffffff000UL
#define STACK_TOP	TASK_SIZE
#ifdef __LITTLE_ENDIAN__
#define UTS_MACHINE	"ppc64le"
#else
#define UTS_MACHINE	"ppc64"
#endif
#define ELF_PLATFORM	"power4"
#define STACK_END_RESERVE 0

struct thread_struct {
	unsigned long sp0;		/* where the kernel stack starts when user code is interrupted */
	unsigned long ksp;		/* the kernel stack pointer while not running */
	unsigned long dar;		/* of the last fault */
	unsigned long dsisr;
	unsigned long trap_no;
};

#define INIT_THREAD { .sp0 = (unsigned long)&init_thread_union + THREAD_SIZE - STACK_END_RESERVE }

/* Where the CPU finds the kernel stack when it leaves user mode. */
struct tss_struct {
	unsigned long sp0;
};

extern struct tss_struct init_tss[NR_CPUS];

/* Where exceptions go: by the vector's offset / 0x100 - 1. */
#define NR_VECTORS 16
extern unsigned long idt_table[NR_VECTORS];
/* The data address register, for what the machine sets it to. */
extern unsigned long cpu_dar[NR_CPUS];
/* The interrupt line that asks for attention, as the interrupt controller gives it. */
extern unsigned long cpu_irq[NR_CPUS];

#define task_pt_regs(task) \
	((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE - STACK_END_RESERVE) - 1)
#define KSTK_EIP(task) (task_pt_regs(task)->nip)
#define KSTK_ESP(task) (task_pt_regs(task)->gpr[1])

struct pt_regs;
extern void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp);
/* Code without function descriptors: these are the addresses of the instructions. */
extern char ret_from_fork[], ret_from_kernel_thread[];
/* Leaves the kernel with the registers at the top of the current stack. */
extern void ret_from_execve(struct pt_regs *regs) __attribute__((noreturn));

#endif
