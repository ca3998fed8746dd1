/* System calls about the time, and conversions between its measures. */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

static struct timezone sys_tz;

asmlinkage long sys_time(time_t __user *tloc)
{
	time_t now = get_seconds();

	if (tloc && put_user(now, tloc))
		return -EFAULT;
	return now;
}

asmlinkage long sys_stime(time_t __user *tptr)
{
	struct timespec tv = { 0, 0 };

	if (get_user(tv.tv_sec, tptr))
		return -EFAULT;
	return capable(CAP_SYS_TIME) ? do_settimeofday(&tv) : -EPERM;
}

asmlinkage long sys_gettimeofday(struct timeval __user *tv, struct timezone __user *tz)
{
	struct timeval ktv;

	do_gettimeofday(&ktv);
	if (tv && copy_to_user(tv, &ktv, sizeof(ktv)))
		return -EFAULT;
	if (tz && copy_to_user(tz, &sys_tz, sizeof(sys_tz)))
		return -EFAULT;
	return 0;
}

asmlinkage long sys_settimeofday(struct timeval __user *tv, struct timezone __user *tz)
{
	struct timeval user_tv;
	struct timespec new_ts;

	if (tz && copy_from_user(&sys_tz, tz, sizeof(*tz)))
		return -EFAULT;
	if (!tv)
		return 0;
	if (copy_from_user(&user_tv, tv, sizeof(*tv)))
		return -EFAULT;
	if (!capable(CAP_SYS_TIME))
		return -EPERM;
	new_ts.tv_sec = user_tv.tv_sec;
	new_ts.tv_nsec = user_tv.tv_usec * NSEC_PER_USEC;
	return do_settimeofday(&new_ts);
}

/* A clock's time; -EINVAL for a clock that is not there. */
static int read_clock(clockid_t which_clock, struct timespec *ts)
{
	struct task_struct *t;
	u64 ns = 0;

	switch (which_clock) {
	case CLOCK_REALTIME:
		getnstimeofday(ts);
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
		ktime_get_ts(ts);
		return 0;
	case CLOCK_REALTIME_COARSE:
		*ts = current_kernel_time();
		return 0;
	case CLOCK_MONOTONIC_COARSE:
		ktime_get_ts(ts);
		*ts = timespec_trunc(*ts, TICK_NSEC);
		return 0;
	case CLOCK_THREAD_CPUTIME_ID:
		*ts = ns_to_timespec(task_sched_runtime(current));
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
		read_lock(&tasklist_lock);
		t = current;
		do {
			ns += task_sched_runtime(t);
			t = next_thread(t);
		} while (t != current);
		read_unlock(&tasklist_lock);
		*ts = ns_to_timespec(ns);
		return 0;
	}
	return -EINVAL;
}

asmlinkage long sys_clock_gettime(clockid_t which_clock, struct timespec __user *tp)
{
	struct timespec ts;
	int error = read_clock(which_clock, &ts);

	if (error)
		return error;
	return copy_to_user(tp, &ts, sizeof(ts)) ? -EFAULT : 0;
}

asmlinkage long sys_clock_settime(clockid_t which_clock, const struct timespec __user *tp)
{
	struct timespec new_tp;

	if (which_clock != CLOCK_REALTIME)
		return -EINVAL;
	if (copy_from_user(&new_tp, tp, sizeof(new_tp)))
		return -EFAULT;
	if (!timespec_valid(&new_tp))
		return -EINVAL;
	return capable(CAP_SYS_TIME) ? do_settimeofday(&new_tp) : -EPERM;
}

asmlinkage long sys_clock_getres(clockid_t which_clock, struct timespec __user *tp)
{
	struct timespec ts, res = { 0, 1 };
	int error = read_clock(which_clock, &ts);

	if (error)
		return error;
	if (which_clock == CLOCK_REALTIME_COARSE || which_clock == CLOCK_MONOTONIC_COARSE)
		res.tv_nsec = TICK_NSEC;
	return tp && copy_to_user(tp, &res, sizeof(res)) ? -EFAULT : 0;
}

asmlinkage long sys_clock_nanosleep(clockid_t which_clock, int flags, const struct timespec __user *rqtp,
				    struct timespec __user *rmtp)
{
	struct timespec t;

	if (which_clock != CLOCK_REALTIME && which_clock != CLOCK_MONOTONIC)
		return -EINVAL;
	if (copy_from_user(&t, rqtp, sizeof(t)))
		return -EFAULT;
	if (!timespec_valid(&t))
		return -EINVAL;
	return hrtimer_nanosleep(&t, rmtp, flags & TIMER_ABSTIME ? HRTIMER_MODE_ABS : HRTIMER_MODE_REL,
				 which_clock);
}

struct timespec timespec_trunc(struct timespec t, unsigned gran)
{
	if (gran > 1)
		t.tv_nsec -= t.tv_nsec % gran;
	return t;
}
EXPORT_SYMBOL(timespec_trunc);

struct timespec ns_to_timespec(const s64 nsec)
{
	struct timespec ts = { nsec / NSEC_PER_SEC, nsec % NSEC_PER_SEC };

	if (ts.tv_nsec < 0) {
		ts.tv_nsec += NSEC_PER_SEC;
		ts.tv_sec--;
	}
	return ts;
}
EXPORT_SYMBOL(ns_to_timespec);

struct timeval ns_to_timeval(const s64 nsec)
{
	struct timespec ts = ns_to_timespec(nsec);

	return (struct timeval) { ts.tv_sec, ts.tv_nsec / NSEC_PER_USEC };
}
EXPORT_SYMBOL(ns_to_timeval);

unsigned int jiffies_to_msecs(const unsigned long j)
{
	return j * (1000 / HZ);
}
EXPORT_SYMBOL(jiffies_to_msecs);

unsigned int jiffies_to_usecs(const unsigned long j)
{
	return j * (1000000 / HZ);
}
EXPORT_SYMBOL(jiffies_to_usecs);

unsigned long msecs_to_jiffies(const unsigned int m)
{
	return (int)m < 0 ? MAX_JIFFY_OFFSET : m * (HZ / 1000);
}
EXPORT_SYMBOL(msecs_to_jiffies);

unsigned long usecs_to_jiffies(const unsigned int u)
{
	return DIV_ROUND_UP(u, 1000000 / HZ);
}
EXPORT_SYMBOL(usecs_to_jiffies);

unsigned long timespec_to_jiffies(const struct timespec *value)
{
	return (unsigned long)value->tv_sec * HZ + DIV_ROUND_UP(value->tv_nsec, TICK_NSEC);
}
EXPORT_SYMBOL(timespec_to_jiffies);

void jiffies_to_timespec(const unsigned long jiffies, struct timespec *value)
{
	value->tv_sec = jiffies / HZ;
	value->tv_nsec = jiffies % HZ * TICK_NSEC;
}
EXPORT_SYMBOL(jiffies_to_timespec);

unsigned long timeval_to_jiffies(const struct timeval *value)
{
	return (unsigned long)value->tv_sec * HZ + usecs_to_jiffies(value->tv_usec);
}
EXPORT_SYMBOL(timeval_to_jiffies);

void jiffies_to_timeval(const unsigned long jiffies, struct timeval *value)
{
	value->tv_sec = jiffies / HZ;
	value->tv_usec = jiffies % HZ * (TICK_NSEC / NSEC_PER_USEC);
}
EXPORT_SYMBOL(jiffies_to_timeval);

clock_t jiffies_to_clock_t(long x)
{
	return x / (HZ / USER_HZ);
}
EXPORT_SYMBOL(jiffies_to_clock_t);

unsigned long clock_t_to_jiffies(unsigned long x)
{
	return x * (HZ / USER_HZ);
}
EXPORT_SYMBOL(clock_t_to_jiffies);

u64 jiffies_64_to_clock_t(u64 x)
{
	return x / (HZ / USER_HZ);
}
EXPORT_SYMBOL(jiffies_64_to_clock_t);
