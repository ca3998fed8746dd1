/* What a task and a CPU keep beyond pt_regs. */
#ifndef _ASM_MIPS_PROCESSOR_H
#define _ASM_MIPS_PROCESSOR_H

#include <linux/types.h>
#include <linux/threads.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/system.h>

#define TASK_SIZE	0x7ffffff000UL
#define STACK_TOP	TASK_SIZE
#define UTS_MACHINE	"mips64"
#define ELF_PLATFORM	"mips64"

/* What switch_stack leaves on the stack: the registers that functions preserve, and the status. */
struct switch_frame {
	unsigned long reg16, reg17, reg18, reg19, reg20, reg21, reg22, reg23;
	unsigned long reg28, reg30;
	unsigned long reg31;
	unsigned long cp0_status;
};

struct thread_struct {
	unsigned long sp0;		/* where the kernel stack starts when user code is interrupted */
	unsigned long reg29;		/* the kernel stack pointer while not running */
	unsigned long cp0_badvaddr;	/* of the last exception */
	unsigned long trap_no;
	unsigned long tp_value;		/* of thread-local storage in user mode: what rdhwr reads there */
};

#define INIT_THREAD { .sp0 = (unsigned long)&init_thread_union + THREAD_SIZE }

/* Where the CPU finds the kernel stack when it leaves user mode. */
struct tss_struct {
	unsigned long sp0;
};
extern struct tss_struct init_tss[NR_CPUS];

/* The address that could not be translated, as the register BadVAddr has it. */
extern unsigned long cpu_badvaddr[NR_CPUS];

#define task_pt_regs(task) ((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE) - 1)
#define KSTK_EIP(task) (task_pt_regs(task)->cp0_epc)
#define KSTK_ESP(task) (task_pt_regs(task)->regs[29])

struct pt_regs;
extern void start_thread(struct pt_regs *regs, unsigned long new_ip, unsigned long new_sp);
extern void ret_from_fork(void);
extern void ret_from_kernel_thread(void);
/* Leaves the kernel with the registers at the top of the current stack. */
extern void ret_from_execve(struct pt_regs *regs) __attribute__((noreturn));

/* Finds the caller of the function at *pc with the stack pointer *sp and, where that has not saved it, the return
   address ra: 0 where it cannot tell. */
extern int unwind_frame(unsigned long *pc, unsigned long *sp, unsigned long ra);

#endif
