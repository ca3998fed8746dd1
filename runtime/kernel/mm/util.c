/* Copies in kmalloc memory. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup(s, strlen(s) + 1, gfp) : NULL;
}
EXPORT_SYMBOL(kstrdup);

void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *p = kmalloc(len, gfp);

	if (p)
		memcpy(p, src, len);
	return p;
}
EXPORT_SYMBOL(kmemdup);

void *__krealloc(const void *p, size_t new_size, gfp_t flags)
{
	size_t old = p ? ksize(p) : 0;
	void *new;

	if (old >= new_size)
		return (void *)p;
	new = kmalloc(new_size, flags);
	if (new && p)
		memcpy(new, p, old);
	return new;
}

void *krealloc(const void *p, size_t new_size, gfp_t flags)
{
	void *new;

	if (!new_size) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	new = __krealloc(p, new_size, flags);
	if (new && new != p)
		kfree(p);
	return new;
}
EXPORT_SYMBOL(krealloc);

/* A string of at most n bytes with its 0, or ERR_PTR of EFAULT, EINVAL, ENOMEM. */
char *strndup_user(const char __user *s, long n)
{
	long length = strnlen_user(s, n);
	char *p;

	if (!length)
		return ERR_PTR(-EFAULT);
	if (length > n)
		return ERR_PTR(-EINVAL);
	p = kmalloc(length, GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(p, s, length)) {
		kfree(p);
		return ERR_PTR(-EFAULT);
	}
	p[length - 1] = 0;
	return p;
}
EXPORT_SYMBOL(strndup_user);
