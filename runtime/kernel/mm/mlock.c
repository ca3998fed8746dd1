/* Memory that stays: mlock and its kin. Nothing is ever swapped out here, so a lock only brings the pages in. */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/syscalls.h>

#define MCL_CURRENT	1
#define MCL_FUTURE	2

/* Sets or clears VM_LOCKED in the part of an area. mmap_sem is held for writing. */
static int mlock_fixup(struct vm_area_struct *vma, unsigned long start, unsigned long end, unsigned int newflags)
{
	struct mm_struct *mm = vma->vm_mm;
	long pages = (end - start) >> PAGE_SHIFT;
	int ret;

	if (newflags == vma->vm_flags)
		return 0;
	if (start != vma->vm_start) {
		ret = split_vma(mm, vma, start, 1);
		if (ret)
			return ret;
	}
	if (end != vma->vm_end) {
		ret = split_vma(mm, vma, end, 0);
		if (ret)
			return ret;
	}
	vma->vm_flags = newflags;
	if (newflags & VM_LOCKED)
		mm->locked_vm += pages;
	else
		mm->locked_vm -= pages;
	return 0;
}

static int do_mlock(unsigned long start, size_t len, int on)
{
	unsigned long nstart, end = start + len;
	struct vm_area_struct *vma;
	int error;

	if (end < start)
		return -EINVAL;
	for (nstart = start; nstart < end; nstart = vma->vm_end) {
		vma = find_vma(current->mm, nstart);
		if (!vma || vma->vm_start > nstart)
			return -ENOMEM;
		error = mlock_fixup(vma, nstart, min(vma->vm_end, end),
				    on ? vma->vm_flags | VM_LOCKED : vma->vm_flags & ~VM_LOCKED);
		if (error)
			return error;
		vma = find_vma(current->mm, nstart);
	}
	return 0;
}

static int can_do_mlock(void)
{
	return capable(CAP_IPC_LOCK) || current->signal->rlim[RLIMIT_MEMLOCK].rlim_cur != 0;
}

static int may_lock(unsigned long pages)
{
	return pages <= current->signal->rlim[RLIMIT_MEMLOCK].rlim_cur >> PAGE_SHIFT || capable(CAP_IPC_LOCK);
}

asmlinkage long sys_mlock(unsigned long start, size_t len)
{
	struct mm_struct *mm = current->mm;
	int error = -ENOMEM;

	if (!can_do_mlock())
		return -EPERM;
	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	down_write(&mm->mmap_sem);
	if (may_lock(mm->locked_vm + (len >> PAGE_SHIFT)))
		error = do_mlock(start, len, 1);
	up_write(&mm->mmap_sem);
	if (error || !len)
		return error;
	down_read(&mm->mmap_sem);
	error = make_pages_present(start, start + len);
	up_read(&mm->mmap_sem);
	return error < 0 ? -ENOMEM : 0;
}

asmlinkage long sys_munlock(unsigned long start, size_t len)
{
	int error;

	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	down_write(&current->mm->mmap_sem);
	error = do_mlock(start, len, 0);
	up_write(&current->mm->mmap_sem);
	return error;
}

static void mlock_all(int on)
{
	struct vm_area_struct *vma;

	for (vma = current->mm->mmap; vma; vma = vma->vm_next)
		mlock_fixup(vma, vma->vm_start, vma->vm_end,
			    on ? vma->vm_flags | VM_LOCKED : vma->vm_flags & ~VM_LOCKED);
}

static void populate_all(struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	down_read(&mm->mmap_sem);
	for (vma = mm->mmap; vma; vma = vma->vm_next)
		if (vma->vm_flags & (VM_READ | VM_WRITE))
			make_pages_present(vma->vm_start, vma->vm_end);
	up_read(&mm->mmap_sem);
}

asmlinkage long sys_mlockall(int flags)
{
	struct mm_struct *mm = current->mm;
	int error = -ENOMEM;

	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE)))
		return -EINVAL;
	if (!can_do_mlock())
		return -EPERM;
	down_write(&mm->mmap_sem);
	if (!(flags & MCL_CURRENT) || may_lock(mm->total_vm)) {
		mm->def_flags = flags & MCL_FUTURE ? VM_LOCKED : 0;
		if (flags & MCL_CURRENT)
			mlock_all(1);
		error = 0;
	}
	up_write(&mm->mmap_sem);
	if (!error && (flags & MCL_CURRENT))
		populate_all(mm);
	return error;
}

asmlinkage long sys_munlockall(void)
{
	down_write(&current->mm->mmap_sem);
	current->mm->def_flags = 0;
	mlock_all(0);
	up_write(&current->mm->mmap_sem);
	return 0;
}
