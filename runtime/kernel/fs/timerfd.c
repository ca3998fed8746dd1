/* timerfd: a timer that is read. wqh.lock protects the count of its expiries. */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define TFD_TIMER_ABSTIME	1
#define TFD_CLOEXEC		O_CLOEXEC
#define TFD_NONBLOCK		O_NONBLOCK

struct timerfd_ctx {
	struct hrtimer tmr;
	ktime_t tintv;			/* 0: fires once */
	wait_queue_head_t wqh;
	u64 ticks;			/* expiries since the last read */
	int clockid;
};

/* Called in the timer interrupt. */
static enum hrtimer_restart timerfd_tmrproc(struct hrtimer *htmr)
{
	struct timerfd_ctx *ctx = container_of(htmr, struct timerfd_ctx, tmr);
	unsigned long flags;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	ctx->ticks++;
	wake_up_locked(&ctx->wqh);
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	if (!ctx->tintv.tv64)
		return HRTIMER_NORESTART;
	hrtimer_set_expires(htmr, ktime_add(hrtimer_get_expires(htmr), ctx->tintv));
	return HRTIMER_RESTART;
}

static struct itimerspec timerfd_remaining(struct timerfd_ctx *ctx)
{
	ktime_t left = hrtimer_get_remaining(&ctx->tmr);
	struct itimerspec spec = { .it_interval = ktime_to_timespec(ctx->tintv) };

	if (hrtimer_active(&ctx->tmr))
		spec.it_value = left.tv64 > 0 ? ktime_to_timespec(left) : (struct timespec){ 0, 1 };
	return spec;
}

static void timerfd_setup(struct timerfd_ctx *ctx, int flags, const struct itimerspec *ktmr)
{
	enum hrtimer_mode mode = flags & TFD_TIMER_ABSTIME ? HRTIMER_MODE_ABS : HRTIMER_MODE_REL;
	ktime_t texp = timespec_to_ktime(ktmr->it_value);

	hrtimer_cancel(&ctx->tmr);
	ctx->ticks = 0;
	ctx->tintv = timespec_to_ktime(ktmr->it_interval);
	hrtimer_init(&ctx->tmr, ctx->clockid, mode);
	ctx->tmr.function = timerfd_tmrproc;
	hrtimer_set_expires(&ctx->tmr, texp);
	if (texp.tv64)
		hrtimer_start(&ctx->tmr, texp, mode);
}

static int timerfd_release(struct inode *inode, struct file *file)
{
	struct timerfd_ctx *ctx = file->private_data;

	hrtimer_cancel(&ctx->tmr);
	kfree(ctx);
	return 0;
}

static unsigned int timerfd_poll(struct file *file, poll_table *wait)
{
	struct timerfd_ctx *ctx = file->private_data;

	poll_wait(file, &ctx->wqh, wait);
	return ctx->ticks ? POLLIN : 0;
}

static int timerfd_take(struct timerfd_ctx *ctx, u64 *ticks)
{
	unsigned long flags;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	*ticks = ctx->ticks;
	ctx->ticks = 0;
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	return *ticks != 0;
}

static ssize_t timerfd_read(struct file *file, char __user *buf, size_t size, loff_t *ppos)
{
	struct timerfd_ctx *ctx = file->private_data;
	u64 ticks;
	int error;

	if (size < sizeof(ticks))
		return -EINVAL;
	if (!timerfd_take(ctx, &ticks)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		error = wait_event_interruptible(ctx->wqh, timerfd_take(ctx, &ticks));
		if (error)
			return error;
	}
	return put_user(ticks, (u64 __user *)buf) ? -EFAULT : sizeof(ticks);
}

static const struct file_operations timerfd_fops = {
	.llseek = no_llseek,
	.read = timerfd_read,
	.poll = timerfd_poll,
	.release = timerfd_release,
};

asmlinkage long sys_timerfd_create(int clockid, int flags)
{
	struct timerfd_ctx *ctx;
	int ufd;

	if ((flags & ~(TFD_CLOEXEC | TFD_NONBLOCK)) || (clockid != CLOCK_MONOTONIC && clockid != CLOCK_REALTIME))
		return -EINVAL;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	init_waitqueue_head(&ctx->wqh);
	ctx->clockid = clockid;
	hrtimer_init(&ctx->tmr, clockid, HRTIMER_MODE_ABS);
	ufd = anon_inode_getfd("[timerfd]", &timerfd_fops, ctx, O_RDWR | (flags & (O_CLOEXEC | O_NONBLOCK)));
	if (ufd < 0)
		kfree(ctx);
	return ufd;
}

/* The timerfd's file with a reference, or an error. */
static struct file *timerfd_fget(int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op != &timerfd_fops) {
		fput(file);
		return ERR_PTR(-EINVAL);
	}
	return file;
}

asmlinkage long sys_timerfd_settime(int ufd, int flags, const struct itimerspec __user *utmr,
				    struct itimerspec __user *otmr)
{
	struct itimerspec ktmr, kotmr;
	struct file *file;

	if (copy_from_user(&ktmr, utmr, sizeof(ktmr)))
		return -EFAULT;
	if ((flags & ~TFD_TIMER_ABSTIME) || !timespec_valid(&ktmr.it_value) || !timespec_valid(&ktmr.it_interval))
		return -EINVAL;
	file = timerfd_fget(ufd);
	if (IS_ERR(file))
		return PTR_ERR(file);
	kotmr = timerfd_remaining(file->private_data);
	timerfd_setup(file->private_data, flags, &ktmr);
	fput(file);
	return otmr && copy_to_user(otmr, &kotmr, sizeof(kotmr)) ? -EFAULT : 0;
}

asmlinkage long sys_timerfd_gettime(int ufd, struct itimerspec __user *otmr)
{
	struct file *file = timerfd_fget(ufd);
	struct itimerspec kotmr;

	if (IS_ERR(file))
		return PTR_ERR(file);
	kotmr = timerfd_remaining(file->private_data);
	fput(file);
	return copy_to_user(otmr, &kotmr, sizeof(kotmr)) ? -EFAULT : 0;
}
