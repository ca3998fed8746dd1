/*
 * Access to user memory: walk the page tables of the current mm, page by page, and fault in what is
 * missing. With set_fs(KERNEL_DS) the addresses are the kernel's own.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

int access_ok_range(const void __user *addr, unsigned long size)
{
	unsigned long start = (unsigned long)addr, limit = get_fs().seg;

	return segment_eq(get_fs(), KERNEL_DS) || (size <= limit && start <= limit - size);
}

static inline int usable(pte_t pte, int write)
{
	return (pte.pte & _PAGE_PRESENT) && (pte.pte & _PAGE_USER) && (!write || (pte.pte & _PAGE_RW));
}

/* The entry that maps the address in the current mm; 0 if there is none. */
static pte_t user_pte(unsigned long address)
{
	pgd_t *pgd = pgd_offset(current->mm, address);
	pmd_t *pmd;

	if (pgd_none(*pgd))
		return __pte(0);
	pmd = pmd_offset(pgd, address);
	if (pmd_none(*pmd))
		return __pte(0);
	return *pte_offset_map(pmd, address);
}

/* The kernel address of a user address, faulting it in; NULL if the process has no such memory. */
static void *user_address(unsigned long address, int write)
{
	struct pt_regs *regs = task_pt_regs(current);
	pte_t pte;

	if (!current->mm)
		return NULL;
	pte = user_pte(address);
	if (!usable(pte, write)) {
		do_page_fault(user_mode(regs) ? regs : NULL,
			      (pte_present(pte) ? 1 : 0) | (write ? 2 : 0), address);
		pte = user_pte(address);
		if (!usable(pte, write))
			return NULL;
	}
	if (write)
		return (char *)page_address(pte_page(pte)) + (address & (PAGE_SIZE - 1));
	return (char *)__va(pte.pte & PTE_PFN_MASK) + (address & (PAGE_SIZE - 1));
}

static inline unsigned long rest_of_page(unsigned long address, unsigned long n)
{
	return min(n, PAGE_SIZE - (address & (PAGE_SIZE - 1)));
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned long address = (unsigned long)from;

	if (segment_eq(get_fs(), KERNEL_DS)) {
		memcpy(to, (const void *)from, n);
		return 0;
	}
	if (!access_ok(VERIFY_READ, from, n))
		return n;
	while (n) {
		unsigned long bytes = rest_of_page(address, n);
		void *place = user_address(address, 0);

		if (!place)
			break;
		memcpy(to, place, bytes);
		to += bytes;
		address += bytes;
		n -= bytes;
	}
	return n;
}
EXPORT_SYMBOL(copy_from_user);

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	unsigned long address = (unsigned long)to;

	if (segment_eq(get_fs(), KERNEL_DS)) {
		memcpy((void *)to, from, n);
		return 0;
	}
	if (!access_ok(VERIFY_WRITE, to, n))
		return n;
	while (n) {
		unsigned long bytes = rest_of_page(address, n);
		void *place = user_address(address, 1);

		if (!place)
			break;
		memcpy(place, from, bytes);
		from += bytes;
		address += bytes;
		n -= bytes;
	}
	return n;
}
EXPORT_SYMBOL(copy_to_user);

unsigned long clear_user(void __user *to, unsigned long n)
{
	unsigned long address = (unsigned long)to;

	if (segment_eq(get_fs(), KERNEL_DS)) {
		memset((void *)to, 0, n);
		return 0;
	}
	if (!access_ok(VERIFY_WRITE, to, n))
		return n;
	while (n) {
		unsigned long bytes = rest_of_page(address, n);
		void *place = user_address(address, 1);

		if (!place)
			break;
		memset(place, 0, bytes);
		address += bytes;
		n -= bytes;
	}
	return n;
}
EXPORT_SYMBOL(clear_user);

/* The length of the string within its page, without a 0; *done says whether one was met. */
static long scan_page(unsigned long address, long n, const char **place, int *done)
{
	const char *end;

	*place = segment_eq(get_fs(), KERNEL_DS) ? (const char *)address : user_address(address, 0);
	if (!*place)
		return -EFAULT;
	n = rest_of_page(address, n);
	end = memchr(*place, 0, n);
	*done = end != NULL;
	return end ? end - *place : n;
}

long strncpy_from_user(char *dst, const char __user *src, long count)
{
	unsigned long address = (unsigned long)src;
	long length = 0;
	int done = 0;

	while (length < count && !done) {
		const char *place;
		long n;

		if (!access_ok(VERIFY_READ, address, 1))
			return -EFAULT;
		n = scan_page(address, count - length, &place, &done);
		if (n < 0)
			return n;
		memcpy(dst + length, place, n + done);
		length += n;
		address += n;
	}
	return length;
}
EXPORT_SYMBOL(strncpy_from_user);

long strnlen_user(const char __user *str, long n)
{
	unsigned long address = (unsigned long)str;
	long length = 0;
	int done = 0;

	while (length < n && !done) {
		const char *place;
		long piece;

		if (!access_ok(VERIFY_READ, address, 1))
			return 0;
		piece = scan_page(address, n - length, &place, &done);
		if (piece < 0)
			return 0;
		length += piece;
		address += piece;
	}
	return length + 1;
}
EXPORT_SYMBOL(strnlen_user);
