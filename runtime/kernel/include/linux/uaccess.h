/*
 * Kernel access to user memory, through the software page tables. A page that is absent is faulted
 * in by do_page_fault, so all of these may sleep.
 */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/compiler.h>
#include <linux/thread_info.h>
#include <linux/mm.h>

#define VERIFY_READ	0
#define VERIFY_WRITE	1

int access_ok_range(const void __user *addr, unsigned long size);
#define access_ok(type, addr, size) \
	((void)(type), access_ok_range((const void __user *)(addr), (size)))

/* All return the number of bytes not copied. */
unsigned long copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long clear_user(void __user *to, unsigned long n);
#define __copy_from_user copy_from_user
#define __copy_to_user copy_to_user
#define __clear_user clear_user

/* Length without the final 0, or count when that is not among the first count bytes, or -EFAULT. */
long strncpy_from_user(char *dst, const char __user *src, long count);
/* Length with the final 0, more than n when there is none among the first n bytes, 0 on a fault. */
long strnlen_user(const char __user *str, long n);

#define get_user(x, ptr)						\
({									\
	__typeof__((void)0, *(ptr)) __gu_val = 0;			\
	long __gu_err = copy_from_user(&__gu_val, (ptr), sizeof(*(ptr))) ? -EFAULT : 0; \
	(x) = __gu_val;							\
	__gu_err;							\
})

#define put_user(x, ptr)						\
({									\
	__typeof__(*(ptr)) __pu_val = (__typeof__(*(ptr)))(x);		\
	copy_to_user((ptr), &__pu_val, sizeof(*(ptr))) ? -EFAULT : 0;	\
})
#define __get_user get_user
#define __put_user put_user

#endif
