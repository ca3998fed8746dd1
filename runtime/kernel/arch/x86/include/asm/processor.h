/* What a task and a CPU keep beyond pt_regs. */
#ifndef _ASM_X86_PROCESSOR_H
#define _ASM_X86_PROCESSOR_H

#include <linux/types.h>
#include <linux/threads.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/system.h>

#ifdef __x86_64__
#define TASK_SIZE	0x7ffffff000UL
#define STACK_TOP	TASK_SIZE
#define UTS_MACHINE	"x86_64"
#define ELF_PLATFORM	"x86_64"
#define STACK_END_RESERVE 0
#else
#define TASK_SIZE	0xc0000000UL
#define STACK_TOP	TASK_SIZE
#define UTS_MACHINE	"i386"
#define ELF_PLATFORM	"i386"
/* Room for the stack pointer that an interrupt inside the kernel does not push. */
#define STACK_END_RESERVE 8
#endif

struct thread_struct {
	unsigned long sp0;		/* where the kernel stack starts when user code is interrupted */
	unsigned long sp;		/* the kernel stack pointer while not running */
	unsigned long ip;
	unsigned long cr2;
	unsigned long trap_no;
	unsigned long error_code;
	unsigned long fs;		/* user thread-local storage: base addresses */
	unsigned long gs;
};

#define INIT_THREAD { .sp0 = (unsigned long)&init_thread_union + THREAD_SIZE - STACK_END_RESERVE }

/* Where the CPU finds the kernel stack when it leaves user mode. */
struct tss_struct {
	unsigned long sp0;
	unsigned long io_bitmap;
};

extern struct tss_struct init_tss[NR_CPUS];

#ifdef __x86_64__
/* At %gs of each CPU; entry_64.S knows the offsets of kernelstack and oldrsp. */
struct x8664_pda {
	struct task_struct *pcurrent;
	unsigned long data_offset;
	unsigned long kernelstack;
	unsigned long oldrsp;
	int irqcount;
	unsigned int cpunumber;
};

extern struct x8664_pda cpu_pda[NR_CPUS];
#endif

#define NR_VECTORS 256
extern unsigned long idt_table[NR_VECTORS];
extern unsigned long cpu_cr2[NR_CPUS];

#define task_pt_regs(task) \
	((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE - STACK_END_RESERVE) - 1)
#define KSTK_EIP(task) (task_pt_regs(task)->ip)
#define KSTK_ESP(task) (task_pt_regs(task)->sp)

struct pt_regs;
extern void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp);
extern void ret_from_fork(void);
extern void ret_from_kernel_thread(void);
/* Leaves the kernel with the registers at the top of the current stack. */
extern void ret_from_execve(struct pt_regs *regs) __attribute__((noreturn));

#endif
