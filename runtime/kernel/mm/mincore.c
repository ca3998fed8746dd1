/* mincore: which pages of a range are in memory. */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define MINCORE_PAGE_COST 40	/* ns */

static unsigned char mincore_page(struct vm_area_struct *vma, unsigned long address)
{
	pgoff_t index = vma->vm_pgoff + ((address - vma->vm_start) >> PAGE_SHIFT);
	struct page *page;

	spend(MINCORE_PAGE_COST);
	if (follow_page(vma, address, 0))
		return 1;
	if (!vma->vm_file)
		return 0;
	page = find_get_page(vma->vm_file->f_mapping, index);
	if (!page)
		return 0;
	put_page(page);
	return 1;
}

/* One byte for each page, its lowest bit set where the page is there. */
asmlinkage long sys_mincore(unsigned long start, size_t len, unsigned char __user *vec)
{
	unsigned long end = start + PAGE_ALIGN(len), address;
	struct mm_struct *mm = current->mm;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (end < start || !access_ok(VERIFY_READ, start, len))
		return -ENOMEM;
	for (address = start; address < end; address += PAGE_SIZE) {
		struct vm_area_struct *vma;
		unsigned char there = 0;

		down_read(&mm->mmap_sem);
		vma = find_vma(mm, address);
		if (!vma || vma->vm_start > address) {
			up_read(&mm->mmap_sem);
			return -ENOMEM;
		}
		there = mincore_page(vma, address);
		up_read(&mm->mmap_sem);
		if (put_user(there, vec + ((address - start) >> PAGE_SHIFT)))
			return -EFAULT;
	}
	return 0;
}
