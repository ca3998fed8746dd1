/* Between a message's vectors in user memory and the kernel's. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

int memcpy_fromiovec(unsigned char *kdata, struct iovec *iov, int len)
{
	spend(DIV_ROUND_UP(len, 8));
	for (; len > 0; iov++) {
		int copy = min_t(unsigned int, len, iov->iov_len);

		if (copy_from_user(kdata, iov->iov_base, copy))
			return -EFAULT;
		len -= copy;
		kdata += copy;
		iov->iov_base += copy;
		iov->iov_len -= copy;
	}
	return 0;
}

int memcpy_toiovec(struct iovec *iov, unsigned char *kdata, int len)
{
	spend(DIV_ROUND_UP(len, 8));
	for (; len > 0; iov++) {
		int copy = min_t(unsigned int, len, iov->iov_len);

		if (copy_to_user(iov->iov_base, kdata, copy))
			return -EFAULT;
		len -= copy;
		kdata += copy;
		iov->iov_base += copy;
		iov->iov_len -= copy;
	}
	return 0;
}
