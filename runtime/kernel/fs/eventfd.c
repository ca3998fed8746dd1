/* eventfd: a counter that writers add to and readers empty, sleeping while it is 0. wqh.lock protects it. */
#include <linux/anon_inodes.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define EFD_SEMAPHORE	1
#define EFD_CLOEXEC	O_CLOEXEC
#define EFD_NONBLOCK	O_NONBLOCK

struct eventfd_ctx {
	wait_queue_head_t wqh;
	u64 count;
	unsigned int flags;
};

static int eventfd_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static unsigned int eventfd_poll(struct file *file, poll_table *wait)
{
	struct eventfd_ctx *ctx = file->private_data;
	unsigned int events = 0;

	poll_wait(file, &ctx->wqh, wait);
	if (ctx->count > 0)
		events |= POLLIN;
	if (ctx->count == ~0ULL)
		events |= POLLERR;
	if (ctx->count < ~0ULL - 1)
		events |= POLLOUT;
	return events;
}

/* Takes everything, or 1 with EFD_SEMAPHORE. False while there is nothing. */
static int eventfd_take(struct eventfd_ctx *ctx, u64 *count)
{
	unsigned long flags;
	int ready;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	ready = ctx->count > 0;
	if (ready) {
		*count = ctx->flags & EFD_SEMAPHORE ? 1 : ctx->count;
		ctx->count -= *count;
		wake_up_locked(&ctx->wqh);
	}
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	return ready;
}

static ssize_t eventfd_read(struct file *file, char __user *buf, size_t size, loff_t *ppos)
{
	struct eventfd_ctx *ctx = file->private_data;
	u64 count = 0;
	int error;

	if (size < sizeof(count))
		return -EINVAL;
	if (!eventfd_take(ctx, &count)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		error = wait_event_interruptible(ctx->wqh, eventfd_take(ctx, &count));
		if (error)
			return error;
	}
	return put_user(count, (u64 __user *)buf) ? -EFAULT : sizeof(count);
}

static int eventfd_add(struct eventfd_ctx *ctx, u64 count)
{
	unsigned long flags;
	int fits;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	fits = ~0ULL - ctx->count > count;
	if (fits) {
		ctx->count += count;
		wake_up_locked(&ctx->wqh);
	}
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	return fits;
}

static ssize_t eventfd_write(struct file *file, const char __user *buf, size_t size, loff_t *ppos)
{
	struct eventfd_ctx *ctx = file->private_data;
	u64 count;
	int error;

	if (size < sizeof(count))
		return -EINVAL;
	if (copy_from_user(&count, buf, sizeof(count)))
		return -EFAULT;
	if (count == ~0ULL)
		return -EINVAL;
	if (!eventfd_add(ctx, count)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		error = wait_event_interruptible(ctx->wqh, eventfd_add(ctx, count));
		if (error)
			return error;
	}
	return sizeof(count);
}

static const struct file_operations eventfd_fops = {
	.llseek = no_llseek,
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.release = eventfd_release,
};

asmlinkage long sys_eventfd2(unsigned int count, int flags)
{
	struct eventfd_ctx *ctx;
	int fd;

	if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
		return -EINVAL;
	ctx = kmalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	init_waitqueue_head(&ctx->wqh);
	ctx->count = count;
	ctx->flags = flags;
	fd = anon_inode_getfd("[eventfd]", &eventfd_fops, ctx, O_RDWR | (flags & (O_CLOEXEC | O_NONBLOCK)));
	if (fd < 0)
		kfree(ctx);
	return fd;
}

asmlinkage long sys_eventfd(unsigned int count)
{
	return sys_eventfd2(count, 0);
}
