/* Scatter and gather: the vectors of readv and writev. */
#ifndef _LINUX_UIO_H
#define _LINUX_UIO_H

#include <linux/types.h>
#include <linux/compiler.h>

struct iovec {
	void __user *iov_base;
	size_t iov_len;
};

#define UIO_MAXIOV 1024
#define UIO_FASTIOV 8

static inline size_t iov_length(const struct iovec *iov, unsigned long nr_segs)
{
	size_t total = 0;

	for (unsigned long seg = 0; seg < nr_segs; seg++)
		total += iov[seg].iov_len;
	return total;
}

#endif
