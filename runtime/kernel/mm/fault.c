/*
 * do_page_fault: a user address is not mapped as it would have to be. It comes from user mode, from
 * the kernel's own accesses to user memory (mm/uaccess.c), or from a kernel bug.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <asm/traps.h>

#define PF_PROT		(1 << 0)	/* the page is there, but not for this */
#define PF_WRITE	(1 << 1)
#define PF_USER		(1 << 2)
#define PF_INSTR	(1 << 4)

static void force_sig_info_fault(int si_signo, int si_code, unsigned long address,
				 struct task_struct *tsk)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = si_signo;
	info.si_code = si_code;
	info.si_addr = (void __user *)address;
	force_sig_info(si_signo, &info, tsk);
}

/* A kernel access to user memory just stays undone: its caller sees the page still missing. */
static void bad_area(unsigned long error_code, unsigned long address, int si_code)
{
	if (error_code & PF_USER)
		force_sig_info_fault(SIGSEGV, si_code, address, current);
}

static int access_error(unsigned long error_code, struct vm_area_struct *vma)
{
	if (error_code & PF_WRITE)
		return !(vma->vm_flags & VM_WRITE);
	if (error_code & PF_PROT)
		return 1;
	return !(vma->vm_flags & (VM_READ | VM_EXEC | VM_WRITE));
}

static void mm_fault_error(unsigned long error_code, unsigned long address, int fault)
{
	if (fault & VM_FAULT_OOM) {
		if (error_code & PF_USER)
			pagefault_out_of_memory();
	} else if (error_code & PF_USER) {
		force_sig_info_fault(SIGBUS, BUS_ADRERR, address, current);
	}
}

/* Find the area, growing the stack down to the address where that is what was meant. */
static struct vm_area_struct *find_fault_area(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma = find_vma(mm, address);

	if (!vma || vma->vm_start <= address)
		return vma;
	if (!(vma->vm_flags & VM_GROWSDOWN) || expand_stack(vma, address))
		return NULL;
	return vma;
}

/*
 * regs is where the fault happened; NULL, or user registers while error_code says kernel, for an
 * access by mm/uaccess.c. Takes mmap_sem, may sleep.
 */
void do_page_fault(struct pt_regs *regs, unsigned long error_code, unsigned long address)
{
	struct task_struct *tsk = current;
	struct mm_struct *mm = tsk->mm;
	struct vm_area_struct *vma;
	int fault, bug = regs && !user_mode(regs);

	if (error_code & PF_USER)
		trace_page_fault_user(address, regs, error_code);
	else
		trace_page_fault_kernel(address, regs, error_code);
	if (bug) {
		die(address < PAGE_SIZE ? "unable to handle kernel NULL pointer dereference"
					: "unable to handle kernel paging request", regs, error_code);
		return;
	}
	if (!mm || address >= TASK_SIZE) {
		bad_area(error_code, address, SEGV_MAPERR);
		return;
	}
	down_read(&mm->mmap_sem);
	vma = find_fault_area(mm, address);
	if (!vma || access_error(error_code, vma)) {
		up_read(&mm->mmap_sem);
		bad_area(error_code, address, vma ? SEGV_ACCERR : SEGV_MAPERR);
		return;
	}
	fault = handle_mm_fault(mm, vma, address, error_code & PF_WRITE ? FAULT_FLAG_WRITE : 0);
	if (!(fault & VM_FAULT_ERROR)) {
		if (fault & VM_FAULT_MAJOR)
			tsk->maj_flt++;
		else
			tsk->min_flt++;
	}
	up_read(&mm->mmap_sem);
	if (unlikely(fault & VM_FAULT_ERROR))
		mm_fault_error(error_code, address, fault);
}
