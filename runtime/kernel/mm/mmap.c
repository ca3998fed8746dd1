/*
 * The areas of an address space: a list by address, changed with mmap_sem held for writing. brk,
 * mmap, munmap, mprotect and mremap are here.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/personality.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define DEFAULT_MAX_MAP_COUNT 65530

/* Page protection by the low four bits of vm_flags: a private area never starts out writable. */
static const pgprot_t protection_map[16] = {
	[VM_READ] = PAGE_READONLY,
	[VM_WRITE] = PAGE_READONLY,
	[VM_READ | VM_WRITE] = PAGE_READONLY,
	[VM_EXEC] = PAGE_READONLY,
	[VM_EXEC | VM_READ] = PAGE_READONLY,
	[VM_EXEC | VM_WRITE] = PAGE_READONLY,
	[VM_EXEC | VM_READ | VM_WRITE] = PAGE_READONLY,
	[VM_SHARED | VM_READ] = PAGE_READONLY,
	[VM_SHARED | VM_WRITE] = PAGE_SHARED,
	[VM_SHARED | VM_READ | VM_WRITE] = PAGE_SHARED,
	[VM_SHARED | VM_EXEC] = PAGE_READONLY,
	[VM_SHARED | VM_EXEC | VM_READ] = PAGE_READONLY,
	[VM_SHARED | VM_EXEC | VM_WRITE] = PAGE_SHARED,
	[VM_SHARED | VM_EXEC | VM_READ | VM_WRITE] = PAGE_SHARED,
	[0] = PAGE_NONE,
	[VM_SHARED] = PAGE_NONE,
};

pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	return protection_map[vm_flags & (VM_READ | VM_WRITE | VM_EXEC | VM_SHARED)];
}

static unsigned long calc_vm_prot_bits(unsigned long prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0);
}

/* The first area that ends after addr: it holds addr or lies behind it. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = mm->mmap_cache;

	if (vma && vma->vm_end > addr && vma->vm_start <= addr)
		return vma;
	for (vma = mm->mmap; vma; vma = vma->vm_next)
		if (vma->vm_end > addr)
			break;
	if (vma)
		mm->mmap_cache = vma;
	return vma;
}
EXPORT_SYMBOL(find_vma);

/* The same, and the area before it. */
struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **pprev)
{
	struct vm_area_struct *vma = mm->mmap;

	*pprev = NULL;
	for (; vma && vma->vm_end <= addr; vma = vma->vm_next)
		*pprev = vma;
	return vma;
}

static void vma_link(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev)
{
	struct vm_area_struct **link = prev ? &prev->vm_next : &mm->mmap;

	vma->vm_next = *link;
	*link = vma;
	mm->map_count++;
}

static void vm_stat_account(struct mm_struct *mm, unsigned long flags, struct file *file, long pages)
{
	mm->total_vm += pages;
	if (file) {
		mm->shared_vm += pages;
		if ((flags & (VM_EXEC | VM_WRITE)) == VM_EXEC)
			mm->exec_vm += pages;
	} else if (flags & VM_GROWSDOWN) {
		mm->stack_vm += pages;
	}
}

int may_expand_vm(struct mm_struct *mm, unsigned long npages)
{
	return mm->total_vm + npages <= current->signal->rlim[RLIMIT_AS].rlim_cur >> PAGE_SHIFT;
}

/* Insert an area that somebody else prepared, where nothing is. 0, or -ENOMEM. */
int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev, *next = find_vma_prev(mm, vma->vm_start, &prev);

	if (next && next->vm_start < vma->vm_end)
		return -ENOMEM;
	vma_link(mm, vma, prev);
	return 0;
}

/* Close the area's file and free it; it is off the list. */
static struct vm_area_struct *remove_vma(struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma->vm_next;

	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	if (vma->vm_file)
		fput(vma->vm_file);
	kmem_cache_free(vm_area_cachep, vma);
	return next;
}

static struct vm_area_struct *new_vma(struct mm_struct *mm, unsigned long start, unsigned long len,
				      unsigned long vm_flags, pgoff_t pgoff)
{
	struct vm_area_struct *vma = kmem_cache_zalloc(vm_area_cachep, GFP_KERNEL);

	if (vma) {
		vma->vm_mm = mm;
		vma->vm_start = start;
		vma->vm_end = start + len;
		vma->vm_flags = vm_flags;
		vma->vm_page_prot = vm_get_page_prot(vm_flags);
		vma->vm_pgoff = pgoff;
	}
	return vma;
}

static inline int same_flags(unsigned long a, unsigned long b)
{
	return ((a ^ b) & ~VM_ANON) == 0;
}

static inline int mergeable(struct vm_area_struct *vma, unsigned long vm_flags)
{
	return !vma->vm_file && !vma->vm_ops && same_flags(vma->vm_flags, vm_flags) &&
	       !(vm_flags & (VM_SHARED | VM_GROWSDOWN));
}

/* Two areas without a file that meet and are alike become one. */
static void join_areas(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma ? vma->vm_next : NULL;

	if (!next || vma->vm_end != next->vm_start || !mergeable(vma, vma->vm_flags) ||
	    !mergeable(next, vma->vm_flags))
		return;
	vma->vm_end = next->vm_end;
	vma->vm_flags |= next->vm_flags & VM_ANON;
	vma->vm_next = next->vm_next;
	mm->map_count--;
	mm->mmap_cache = NULL;
	kmem_cache_free(vm_area_cachep, next);
}

/* Let a neighbour that is alike reach over [addr, end); NULL when there is none. */
static struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev,
					unsigned long addr, unsigned long end,
					unsigned long vm_flags, struct file *file)
{
	struct vm_area_struct *next = prev ? prev->vm_next : mm->mmap;

	if (file)
		return NULL;
	if (prev && prev->vm_end == addr && mergeable(prev, vm_flags)) {
		prev->vm_end = end;
		join_areas(mm, prev);
		return prev;
	}
	if (next && next->vm_start == end && mergeable(next, vm_flags)) {
		next->vm_start = addr;
		next->vm_pgoff -= (end - addr) >> PAGE_SHIFT;
		return next;
	}
	return NULL;
}

/* Cut an area in two at addr; new_below says which half is the new structure. */
int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below)
{
	unsigned long pages = (addr - vma->vm_start) >> PAGE_SHIFT;
	struct vm_area_struct *new, *prev;

	if (mm->map_count >= DEFAULT_MAX_MAP_COUNT)
		return -ENOMEM;
	new = kmem_cache_alloc(vm_area_cachep, GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	*new = *vma;
	if (new->vm_file)
		get_file(new->vm_file);
	if (new->vm_ops && new->vm_ops->open)
		new->vm_ops->open(new);
	if (new_below) {
		find_vma_prev(mm, vma->vm_start, &prev);
		new->vm_end = addr;
		vma->vm_start = addr;
		vma->vm_pgoff += pages;
		vma_link(mm, new, prev);
	} else {
		vma->vm_end = addr;
		new->vm_start = addr;
		new->vm_pgoff += pages;
		vma_link(mm, new, vma);
	}
	return 0;
}

/* Bottom up, first fit. */
unsigned long arch_get_unmapped_area(struct file *filp, unsigned long addr, unsigned long len,
				     unsigned long pgoff, unsigned long flags)
{
	struct vm_area_struct *vma;

	if (len > TASK_SIZE)
		return -ENOMEM;
	if (flags & MAP_FIXED)
		return addr;
	addr = PAGE_ALIGN(addr);
	vma = find_vma(current->mm, addr);
	if (addr && TASK_SIZE - len >= addr && (!vma || addr + len <= vma->vm_start))
		return addr;
	addr = current->mm->mmap_base;
	for (vma = find_vma(current->mm, addr); ; vma = vma->vm_next) {
		if (TASK_SIZE - len < addr)
			return -ENOMEM;
		if (!vma || addr + len <= vma->vm_start)
			return addr;
		addr = vma->vm_end;
	}
}

unsigned long get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				unsigned long pgoff, unsigned long flags)
{
	addr = current->mm->get_unmapped_area(file, addr, len, pgoff, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (addr > TASK_SIZE - len)
		return -ENOMEM;
	return addr & ~PAGE_MASK ? -EINVAL : addr;
}

void arch_pick_mmap_layout(struct mm_struct *mm)
{
	mm->mmap_base = TASK_UNMAPPED_BASE;
	mm->get_unmapped_area = arch_get_unmapped_area;
	mm->task_size = TASK_SIZE;
}

/* The vm_flags of a mapping of a file, or a negative error. */
static long file_map_flags(struct file *file, unsigned long flags, unsigned long vm_flags)
{
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		if ((vm_flags & VM_WRITE) && !(file->f_mode & FMODE_WRITE))
			return -EACCES;
		vm_flags |= VM_SHARED | VM_MAYSHARE;
		if (!(file->f_mode & FMODE_WRITE))
			vm_flags &= ~(VM_MAYWRITE | VM_SHARED);
		break;
	case MAP_PRIVATE:
		break;
	default:
		return -EINVAL;
	}
	if (!(file->f_mode & FMODE_READ))
		return -EACCES;
	if (file->f_path.mnt->mnt_flags & MNT_NOEXEC) {
		if (vm_flags & VM_EXEC)
			return -EPERM;
		vm_flags &= ~VM_MAYEXEC;
	}
	return file->f_op && file->f_op->mmap ? vm_flags : -ENODEV;
}

/* mmap with mmap_sem held for writing: check, choose the address, map. An address or an error. */
unsigned long do_mmap_pgoff(struct file *file, unsigned long addr, unsigned long len,
				     unsigned long prot, unsigned long flags, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	long vm_flags;

	if (!len)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len || len > TASK_SIZE)
		return -ENOMEM;
	if (pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	if (mm->map_count > DEFAULT_MAX_MAP_COUNT)
		return -ENOMEM;
	addr = get_unmapped_area(file, addr, len, pgoff, flags);
	if (addr & ~PAGE_MASK)
		return addr;
	vm_flags = calc_vm_prot_bits(prot) | mm->def_flags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
	if (flags & MAP_GROWSDOWN)
		vm_flags |= VM_GROWSDOWN;
	if (flags & MAP_DENYWRITE)
		vm_flags |= VM_DENYWRITE;
	if (file) {
		vm_flags = file_map_flags(file, flags, vm_flags);
		if (vm_flags < 0)
			return vm_flags;
	} else if ((flags & MAP_TYPE) == MAP_SHARED) {
		vm_flags |= VM_SHARED | VM_MAYSHARE;
		pgoff = 0;
	} else if ((flags & MAP_TYPE) == MAP_PRIVATE) {
		pgoff = addr >> PAGE_SHIFT;
	} else {
		return -EINVAL;
	}
	return mmap_region(file, addr, len, flags, vm_flags, pgoff);
}
EXPORT_SYMBOL(do_mmap_pgoff);

static char *shmem_dname(struct dentry *dentry, char *buffer, int buflen)
{
	return dynamic_dname(dentry, buffer, buflen, "/%s (deleted)", dentry->d_name.name);
}

static const struct dentry_operations shmem_dentry_operations = {
	.d_dname = shmem_dname,
};

/* A file of that size for memory to be shared; only who uses it holds it. */
struct file *shmem_file_setup(const char *name, loff_t size)
{
	struct vfsmount *mnt = init_mnt_ns.root;
	struct inode *inode = ramfs_get_inode(mnt->mnt_sb, S_IFREG | S_IRWXU, 0);
	struct qstr this = { .name = (const unsigned char *)name, .len = strlen(name) };
	struct dentry *dentry;
	struct file *file;

	if (!inode)
		return ERR_PTR(-ENOSPC);
	clear_nlink(inode);
	dentry = d_alloc(NULL, &this);
	if (!dentry) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	dentry->d_sb = mnt->mnt_sb;
	dentry->d_op = &shmem_dentry_operations;
	d_instantiate(dentry, inode);
	inode->i_size = size;
	file = alloc_file(mnt, dentry, FMODE_READ | FMODE_WRITE, &ramfs_file_operations);
	if (!file) {
		dput(dentry);
		return ERR_PTR(-ENFILE);
	}
	return file;
}

/* Shared memory without a name is a file of its own that only the mapping holds. */
static int shmem_zero_setup(struct vm_area_struct *vma)
{
	struct file *file = shmem_file_setup("dev/zero", vma->vm_end - vma->vm_start);

	if (IS_ERR(file))
		return PTR_ERR(file);
	vma->vm_file = file;
	return generic_file_mmap(file, vma);
}

/* Connect a new area to what is behind it. The area holds a reference to its file. */
static int map_backing(struct file *file, struct vm_area_struct *vma)
{
	int error;

	if (!file)
		return vma->vm_flags & VM_SHARED ? shmem_zero_setup(vma) : 0;
	if (vma->vm_flags & VM_DENYWRITE) {
		error = deny_write_access(file);
		if (error)
			return error;
	}
	vma->vm_file = file;
	get_file(file);
	error = file->f_op->mmap(file, vma);
	if (error && (vma->vm_flags & VM_DENYWRITE))
		allow_write_access(file);
	return error;
}

/* Put a new area at addr, where whatever was is unmapped first. */
unsigned long mmap_region(struct file *file, unsigned long addr, unsigned long len,
				   unsigned long flags, unsigned int vm_flags, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma, *prev;
	int error;

	vma = find_vma_prev(mm, addr, &prev);
	if (vma && vma->vm_start < addr + len) {
		if (do_munmap(mm, addr, len))
			return -ENOMEM;
		find_vma_prev(mm, addr, &prev);
	}
	if (!may_expand_vm(mm, len >> PAGE_SHIFT))
		return -ENOMEM;
	if (!vma_merge(mm, prev, addr, addr + len, vm_flags, file)) {
		vma = new_vma(mm, addr, len, vm_flags, pgoff);
		if (!vma)
			return -ENOMEM;
		error = map_backing(file, vma);
		if (error) {
			remove_vma(vma);
			return error;
		}
		vma_link(mm, vma, prev);
	}
	vm_stat_account(mm, vm_flags, file, len >> PAGE_SHIFT);
	update_hiwater_vm(mm);
	if (flags & MAP_POPULATE)
		make_pages_present(addr, addr + len);
	return addr;
}

unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len,
		      unsigned long prot, unsigned long flags, unsigned long offset)
{
	if (offset & ~PAGE_MASK)
		return -EINVAL;
	return do_mmap_pgoff(file, addr, len, prot, flags, offset >> PAGE_SHIFT);
}

/* The areas from vma up to end go: pages, page tables, structures. prev is the area before. */
static void unmap_region(struct mm_struct *mm, struct vm_area_struct *vma,
			 struct vm_area_struct *prev, unsigned long start, unsigned long end)
{
	struct vm_area_struct **link = prev ? &prev->vm_next : &mm->mmap;
	struct vm_area_struct *last = vma, *next;
	unsigned long nr_accounted = 0;

	while (last->vm_next && last->vm_next->vm_start < end)
		last = last->vm_next;
	next = last->vm_next;
	last->vm_next = NULL;
	*link = next;
	mm->mmap_cache = NULL;
	update_hiwater_rss(mm);
	unmap_vmas(vma, start, end, &nr_accounted);
	free_pgtables(vma, prev ? prev->vm_end : 0, next ? next->vm_start : 0);
	while (vma) {
		vm_stat_account(mm, vma->vm_flags, vma->vm_file, -(long)vma_pages(vma));
		mm->map_count--;
		vma = remove_vma(vma);
	}
}

/* Unmap [start, start + len); areas that stick out are cut. mmap_sem is held for writing. */
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	struct vm_area_struct *vma, *prev, *last;
	unsigned long end;
	int error;

	if ((start & ~PAGE_MASK) || start > TASK_SIZE || len > TASK_SIZE - start)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len)
		return -EINVAL;
	end = start + len;
	vma = find_vma(mm, start);
	if (!vma || vma->vm_start >= end)
		return 0;
	if (start > vma->vm_start) {
		error = split_vma(mm, vma, start, 0);
		if (error)
			return error;
	}
	last = find_vma(mm, end);
	if (last && end > last->vm_start) {
		error = split_vma(mm, last, end, 1);
		if (error)
			return error;
	}
	vma = find_vma_prev(mm, start, &prev);
	unmap_region(mm, vma, prev, start, end);
	return 0;
}
EXPORT_SYMBOL(do_munmap);

/* Anonymous private memory at addr, as brk wants it. mmap_sem is held for writing. */
unsigned long do_brk(unsigned long addr, unsigned long len)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma, *prev;
	unsigned long flags = VM_DATA_DEFAULT_FLAGS | VM_ACCOUNT | mm->def_flags;

	len = PAGE_ALIGN(len);
	if (!len)
		return addr;
	if ((addr & ~PAGE_MASK) || addr > TASK_SIZE - len)
		return -EINVAL;
	vma = find_vma_prev(mm, addr, &prev);
	if (vma && vma->vm_start < addr + len) {
		if (do_munmap(mm, addr, len))
			return -ENOMEM;
		find_vma_prev(mm, addr, &prev);
	}
	if (!may_expand_vm(mm, len >> PAGE_SHIFT) || mm->map_count > DEFAULT_MAX_MAP_COUNT)
		return -ENOMEM;
	if (!vma_merge(mm, prev, addr, addr + len, flags, NULL)) {
		vma = new_vma(mm, addr, len, flags, addr >> PAGE_SHIFT);
		if (!vma)
			return -ENOMEM;
		vma_link(mm, vma, prev);
	}
	mm->total_vm += len >> PAGE_SHIFT;
	return addr;
}
EXPORT_SYMBOL(do_brk);

/* A new end of the heap, or the present one when it cannot be had. */
asmlinkage long sys_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long newbrk = PAGE_ALIGN(brk), oldbrk;
	int ok = 0;

	down_write(&mm->mmap_sem);
	oldbrk = PAGE_ALIGN(mm->brk);
	if (brk < mm->start_brk ||
	    brk - mm->start_brk > current->signal->rlim[RLIMIT_DATA].rlim_cur)
		ok = 0;
	else if (newbrk <= oldbrk)
		ok = newbrk == oldbrk || !do_munmap(mm, newbrk, oldbrk - newbrk);
	else if (!find_vma_intersection(mm, oldbrk, newbrk + PAGE_SIZE))
		ok = do_brk(oldbrk, newbrk - oldbrk) == oldbrk;
	if (ok)
		mm->brk = brk;
	brk = mm->brk;
	up_write(&mm->mmap_sem);
	return brk;
}

/* How far a stack may grow. */
static int acct_stack_growth(struct vm_area_struct *vma, unsigned long size, unsigned long grow)
{
	struct mm_struct *mm = vma->vm_mm;

	if (!may_expand_vm(mm, grow) || size > current->signal->rlim[RLIMIT_STACK].rlim_cur)
		return -ENOMEM;
	mm->total_vm += grow;
	mm->stack_vm += grow;
	return 0;
}

/* Let a stack reach down to the address. mmap_sem is held for reading: page_table_lock serialises. */
int expand_stack(struct vm_area_struct *vma, unsigned long address)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *prev;
	unsigned long grow;
	int error = 0;

	address &= PAGE_MASK;
	find_vma_prev(mm, vma->vm_start, &prev);
	if (address < PAGE_SIZE || (prev && prev->vm_end > address))
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (address < vma->vm_start) {
		grow = (vma->vm_start - address) >> PAGE_SHIFT;
		error = acct_stack_growth(vma, vma->vm_end - address, grow);
		if (!error) {
			vma->vm_start = address;
			vma->vm_pgoff -= grow;
		}
	}
	spin_unlock(&mm->page_table_lock);
	return error;
}

struct vm_area_struct *find_extend_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	addr &= PAGE_MASK;
	vma = find_vma(mm, addr);
	if (!vma || vma->vm_start <= addr)
		return vma;
	if (!(vma->vm_flags & VM_GROWSDOWN) || expand_stack(vma, addr))
		return NULL;
	return vma;
}

/* The last user is gone: unmap everything. Nobody else can see the mm, so no lock is needed. */
void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma = mm->mmap;
	unsigned long nr_accounted = 0;

	if (!vma)
		return;
	unmap_vmas(vma, 0, ~0UL, &nr_accounted);
	free_pgtables(vma, 0, 0);
	while (vma)
		vma = remove_vma(vma);
	mm->mmap = mm->mmap_cache = NULL;
	mm->map_count = 0;
}

/* Where the call's descriptor is a file to map: -EBADF when it is none. */
static long mmap_file(unsigned long flags, unsigned long fd, struct file **file)
{
	*file = NULL;
	if (flags & MAP_ANONYMOUS)
		return 0;
	*file = fget(fd);
	return *file ? 0 : -EBADF;
}

static long do_sys_mmap(unsigned long addr, unsigned long len, unsigned long prot,
			unsigned long flags, unsigned long fd, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	struct file *file;
	long result = mmap_file(flags, fd, &file);

	if (result)
		return result;
	down_write(&mm->mmap_sem);
	result = do_mmap_pgoff(file, addr, len, prot, flags & ~(MAP_EXECUTABLE | MAP_DENYWRITE),
			       pgoff);
	up_write(&mm->mmap_sem);
	if (file)
		fput(file);
	return result;
}

asmlinkage long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot,
			 unsigned long flags, unsigned long fd, unsigned long off)
{
	if (off & ~PAGE_MASK)
		return -EINVAL;
	return do_sys_mmap(addr, len, prot, flags, fd, off >> PAGE_SHIFT);
}

/* The offset is in pages. */
asmlinkage long sys_mmap_pgoff(unsigned long addr, unsigned long len, unsigned long prot,
			       unsigned long flags, unsigned long fd, unsigned long pgoff)
{
	return do_sys_mmap(addr, len, prot, flags, fd, pgoff);
}

asmlinkage long sys_munmap(unsigned long addr, size_t len)
{
	struct mm_struct *mm = current->mm;
	int ret;

	down_write(&mm->mmap_sem);
	ret = do_munmap(mm, addr, len);
	up_write(&mm->mmap_sem);
	return ret;
}

static void change_pte_range(struct mm_struct *mm, pmd_t *pmd, unsigned long addr,
			     unsigned long end, pgprot_t newprot)
{
	spinlock_t *ptl;
	pte_t *pte = pte_offset_map_lock(mm, pmd, addr, &ptl);

	do {
		if (!pte_none(*pte))
			set_pte_at(mm, addr, pte, pte_modify(*pte, newprot));
	} while (pte++, addr += PAGE_SIZE, addr != end);
	pte_unmap_unlock(pte - 1, ptl);
}

/* Give the pages that are there the new protection. Write permission comes with the next fault. */
static void change_protection(struct vm_area_struct *vma, unsigned long addr, unsigned long end,
			      pgprot_t newprot)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long next;

	for (; addr != end; addr = next) {
		pgd_t *pgd = pgd_offset(mm, addr);
		pmd_t *pmd;

		next = pmd_addr_end(addr, end);
		if (pgd_none(*pgd))
			continue;
		pmd = pmd_offset(pgd, addr);
		if (!pmd_none(*pmd))
			change_pte_range(mm, pmd, addr, next, newprot);
	}
}

/* Change the protection of [start, end) of one area; *pprev becomes the area that holds it. */
int mprotect_fixup(struct vm_area_struct *vma, struct vm_area_struct **pprev, unsigned long start,
		   unsigned long end, unsigned long newflags)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *prev;
	int error;

	*pprev = vma;
	if (same_flags(newflags, vma->vm_flags))
		return 0;
	if (start != vma->vm_start) {
		error = split_vma(mm, vma, start, 1);
		if (error)
			return error;
	}
	if (end != vma->vm_end) {
		error = split_vma(mm, vma, end, 0);
		if (error)
			return error;
	}
	vma->vm_flags = newflags | (vma->vm_flags & VM_ANON);
	vma->vm_page_prot = vm_get_page_prot(newflags);
	change_protection(vma, start, end, vma->vm_page_prot);
	join_areas(mm, vma);
	find_vma_prev(mm, start, &prev);
	join_areas(mm, prev);
	*pprev = find_vma(mm, start);
	return 0;
}

static int mprotect_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			  unsigned long prot)
{
	struct vm_area_struct *vma = find_vma(mm, start), *prev;
	int error;

	while (start < end) {
		unsigned long newflags, stop;

		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		newflags = calc_vm_prot_bits(prot) | (vma->vm_flags & ~(VM_READ | VM_WRITE | VM_EXEC));
		if ((newflags & ~(newflags >> 4)) & (VM_READ | VM_WRITE | VM_EXEC))
			return -EACCES;
		stop = min(vma->vm_end, end);
		error = mprotect_fixup(vma, &prev, start, stop, newflags);
		if (error)
			return error;
		start = stop;
		vma = find_vma(mm, start);
	}
	return 0;
}

asmlinkage long sys_mprotect(unsigned long start, size_t len, unsigned long prot)
{
	struct mm_struct *mm = current->mm;
	int error;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len)
		return 0;
	if (start + len <= start)
		return -ENOMEM;
	down_write(&mm->mmap_sem);
	error = mprotect_range(mm, start, start + len, prot);
	up_write(&mm->mmap_sem);
	return error;
}

/* Move the entries of the pages from one place to another of the same mm. */
static int move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			    unsigned long new_addr, unsigned long len)
{
	struct mm_struct *mm = vma->vm_mm;

	for (unsigned long end = old_addr + len; old_addr < end;
	     old_addr += PAGE_SIZE, new_addr += PAGE_SIZE) {
		pgd_t *pgd = pgd_offset(mm, old_addr), *new_pgd = pgd_offset(mm, new_addr);
		pmd_t *pmd, *new_pmd;
		pte_t *pte, *new_pte;

		if (pgd_none(*pgd) || pmd_none(*(pmd = pmd_offset(pgd, old_addr))))
			continue;
		new_pmd = pmd_alloc(mm, new_pgd, new_addr);
		new_pte = new_pmd ? pte_alloc_map(mm, new_pmd, new_addr) : NULL;
		if (!new_pte)
			return -ENOMEM;
		spin_lock(&mm->page_table_lock);
		pte = pte_offset_map(pmd, old_addr);
		*new_pte = *pte;
		pte_clear(mm, old_addr, pte);
		spin_unlock(&mm->page_table_lock);
	}
	return 0;
}

static unsigned long move_vma(struct vm_area_struct *vma, unsigned long old_addr,
			      unsigned long old_len, unsigned long new_len, unsigned long new_addr)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *new, *prev;

	new = kmem_cache_alloc(vm_area_cachep, GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	*new = *vma;
	new->vm_start = new_addr;
	new->vm_end = new_addr + new_len;
	new->vm_pgoff += (old_addr - vma->vm_start) >> PAGE_SHIFT;
	if (new->vm_file)
		get_file(new->vm_file);
	if (new->vm_ops && new->vm_ops->open)
		new->vm_ops->open(new);
	find_vma_prev(mm, new_addr, &prev);
	vma_link(mm, new, prev);
	vm_stat_account(mm, new->vm_flags, new->vm_file, new_len >> PAGE_SHIFT);
	if (move_page_tables(vma, old_addr, new_addr, min(old_len, new_len))) {
		move_page_tables(new, new_addr, old_addr, min(old_len, new_len));
		do_munmap(mm, new_addr, new_len);
		return -ENOMEM;
	}
	do_munmap(mm, old_addr, old_len);
	return new_addr;
}

/* Grow, shrink or move the mapping at addr. mmap_sem is held for writing. */
static unsigned long do_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
			       unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long new_addr, grow;

	if (old_len >= new_len) {
		if (old_len > new_len && do_munmap(mm, addr + new_len, old_len - new_len))
			return -EINVAL;
		return addr;
	}
	vma = find_vma(mm, addr);
	if (!vma || vma->vm_start > addr || old_len > vma->vm_end - addr)
		return -EFAULT;
	grow = (new_len - old_len) >> PAGE_SHIFT;
	if (!may_expand_vm(mm, grow))
		return -ENOMEM;
	if (old_len == vma->vm_end - addr && TASK_SIZE - new_len >= addr &&
	    (!vma->vm_next || vma->vm_next->vm_start >= addr + new_len)) {
		vma->vm_end = addr + new_len;
		vm_stat_account(mm, vma->vm_flags, vma->vm_file, grow);
		return addr;
	}
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	new_addr = get_unmapped_area(vma->vm_file, 0, new_len, vma->vm_pgoff, 0);
	if (new_addr & ~PAGE_MASK)
		return new_addr;
	return move_vma(vma, addr, old_len, new_len, new_addr);
}

/* Move the mapping to a given place, where nothing stays that was there. mmap_sem is held for writing. */
static unsigned long mremap_to(unsigned long addr, unsigned long old_len, unsigned long new_addr, unsigned long new_len)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long ret;

	if ((new_addr & ~PAGE_MASK) || new_len > TASK_SIZE || new_addr > TASK_SIZE - new_len)
		return -EINVAL;
	if (new_addr < addr + old_len && addr < new_addr + new_len)
		return -EINVAL;
	ret = do_munmap(mm, new_addr, new_len);
	if (!ret && old_len > new_len)
		ret = do_munmap(mm, addr + new_len, old_len - new_len);
	if (ret)
		return ret;
	old_len = min(old_len, new_len);
	vma = find_vma(mm, addr);
	if (!vma || vma->vm_start > addr || old_len > vma->vm_end - addr)
		return -EFAULT;
	if (!may_expand_vm(mm, (new_len - old_len) >> PAGE_SHIFT))
		return -ENOMEM;
	return move_vma(vma, addr, old_len, new_len, new_addr);
}

asmlinkage long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
			   unsigned long flags, unsigned long new_addr)
{
	unsigned long ret;

	old_len = PAGE_ALIGN(old_len);
	new_len = PAGE_ALIGN(new_len);
	if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED)) || (addr & ~PAGE_MASK) || !new_len || !old_len)
		return -EINVAL;
	if ((flags & MREMAP_FIXED) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	down_write(&current->mm->mmap_sem);
	if (flags & MREMAP_FIXED)
		ret = mremap_to(addr, old_len, new_addr, new_len);
	else
		ret = do_mremap(addr, old_len, new_len, flags);
	up_write(&current->mm->mmap_sem);
	return ret;
}

/* Files live in memory: there is nothing to write back, but the range has to be mapped. */
asmlinkage long sys_msync(unsigned long start, size_t len, int flags)
{
	struct mm_struct *mm = current->mm;
	int error;

	if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) || (start & ~PAGE_MASK))
		return -EINVAL;
	down_read(&mm->mmap_sem);
	error = !len || find_vma_intersection(mm, start, start + len) ? 0 : -ENOMEM;
	up_read(&mm->mmap_sem);
	return error;
}

/* Nothing is ever read from a disk, so advice changes nothing but MADV_DONTNEED. */
#define MADV_DONTNEED 4
asmlinkage long sys_madvise(unsigned long start, size_t len, int behavior)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int error = 0;

	len = PAGE_ALIGN(len);
	if (start & ~PAGE_MASK)
		return -EINVAL;
	down_read(&mm->mmap_sem);
	vma = find_vma(mm, start);
	if (len && (!vma || vma->vm_start > start || vma->vm_end < start + len))
		error = -ENOMEM;
	else if (len && behavior == MADV_DONTNEED)
		zap_page_range(vma, start, len);
	up_read(&mm->mmap_sem);
	return error;
}

