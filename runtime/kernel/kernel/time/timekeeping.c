/* The time of day. xtime_lock protects xtime and jiffies. */
#include <linux/clock.h>
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <asm/setup.h>

DEFINE_SEQLOCK(xtime_lock);
/* The time at the last tick, since 1970. */
struct timespec xtime;
/* What to add to the real time for the monotonic one: negative. */
struct timespec wall_to_monotonic;

static void set_from_ns(struct timespec *ts, s64 ns)
{
	*ts = ns_to_timespec(ns);
}

static s64 real_offset(void)
{
	return -timespec_to_ns(&wall_to_monotonic);
}

void update_wall_time(void)
{
	set_from_ns(&xtime, clock_now() + real_offset());
}

void getnstimeofday(struct timespec *ts)
{
	set_from_ns(ts, clock_now() + real_offset());
}
EXPORT_SYMBOL(getnstimeofday);

void do_gettimeofday(struct timeval *tv)
{
	struct timespec now;

	getnstimeofday(&now);
	tv->tv_sec = now.tv_sec;
	tv->tv_usec = now.tv_nsec / 1000;
}
EXPORT_SYMBOL(do_gettimeofday);

int do_settimeofday(struct timespec *tv)
{
	unsigned long flags;

	if (!timespec_valid(tv))
		return -EINVAL;
	write_seqlock_irqsave(&xtime_lock, flags);
	set_from_ns(&wall_to_monotonic, (s64)clock_now() - timespec_to_ns(tv));
	update_wall_time();
	write_sequnlock_irqrestore(&xtime_lock, flags);
	return 0;
}
EXPORT_SYMBOL(do_settimeofday);

/* Time since power-on. */
void ktime_get_ts(struct timespec *ts)
{
	set_from_ns(ts, clock_now());
}
EXPORT_SYMBOL(ktime_get_ts);

void do_posix_clock_monotonic_gettime(struct timespec *ts)
{
	ktime_get_ts(ts);
}

unsigned long get_seconds(void)
{
	return xtime.tv_sec;
}
EXPORT_SYMBOL(get_seconds);

struct timespec current_kernel_time(void)
{
	return xtime;
}
EXPORT_SYMBOL(current_kernel_time);

void __init timekeeping_init(void)
{
	set_from_ns(&wall_to_monotonic, -(s64)(boot_params.epoch * NSEC_PER_SEC));
	update_wall_time();
}
