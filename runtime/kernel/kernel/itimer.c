/* Interval timers: alarm() and setitimer(ITIMER_REAL). The signal lock protects the timer's settings. */
#include <linux/hrtimer.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

/* Time left, 0 when the timer is off; never 0 when it is on. */
static struct timeval itimer_get_remtime(struct hrtimer *timer)
{
	ktime_t rem = hrtimer_get_remaining(timer);

	if (!hrtimer_active(timer))
		rem.tv64 = 0;
	else if (rem.tv64 <= 0)
		rem.tv64 = NSEC_PER_USEC;
	return ktime_to_timeval(rem);
}

int do_getitimer(int which, struct itimerval *value)
{
	struct task_struct *tsk = current;

	if (which != ITIMER_REAL)
		return -EINVAL;
	spin_lock_irq(&tsk->sighand->siglock);
	value->it_value = itimer_get_remtime(&tsk->signal->real_timer);
	value->it_interval = ktime_to_timeval(tsk->signal->it_real_incr);
	spin_unlock_irq(&tsk->sighand->siglock);
	return 0;
}

asmlinkage long sys_getitimer(int which, struct itimerval __user *value)
{
	struct itimerval get_buffer;
	int error = do_getitimer(which, &get_buffer);

	if (!error && copy_to_user(value, &get_buffer, sizeof(get_buffer)))
		return -EFAULT;
	return error;
}

/* The timer has run out. Called in the timer interrupt. */
enum hrtimer_restart it_real_fn(struct hrtimer *timer)
{
	struct signal_struct *sig = container_of(timer, struct signal_struct, real_timer);
	struct task_struct *p = pid_task(sig->leader_pid, PIDTYPE_PID);

	trace_itimer_expire(ITIMER_REAL, sig->leader_pid, ktime_to_ns(ktime_get()));
	if (p)
		kill_pid_info(SIGALRM, SEND_SIG_PRIV, sig->leader_pid);
	if (!sig->it_real_incr.tv64)
		return HRTIMER_NORESTART;
	hrtimer_forward(timer, ktime_get(), sig->it_real_incr);
	return HRTIMER_RESTART;
}

int do_setitimer(int which, struct itimerval *value, struct itimerval *ovalue)
{
	struct task_struct *tsk = current;
	struct hrtimer *timer = &tsk->signal->real_timer;
	ktime_t expires;

	if (which != ITIMER_REAL)
		return -EINVAL;
	if ((unsigned long)value->it_value.tv_usec >= USEC_PER_SEC ||
	    (unsigned long)value->it_interval.tv_usec >= USEC_PER_SEC || value->it_value.tv_sec < 0)
		return -EINVAL;
	spin_lock_irq(&tsk->sighand->siglock);
	if (ovalue) {
		ovalue->it_value = itimer_get_remtime(timer);
		ovalue->it_interval = ktime_to_timeval(tsk->signal->it_real_incr);
	}
	hrtimer_try_to_cancel(timer);
	expires = timeval_to_ktime(value->it_value);
	tsk->signal->it_real_incr.tv64 = 0;
	trace_itimer_state(which, value, ktime_to_ns(expires));
	if (expires.tv64) {
		tsk->signal->it_real_incr = timeval_to_ktime(value->it_interval);
		hrtimer_start(timer, expires, HRTIMER_MODE_REL);
	}
	spin_unlock_irq(&tsk->sighand->siglock);
	return 0;
}

asmlinkage long sys_setitimer(int which, struct itimerval __user *value, struct itimerval __user *ovalue)
{
	struct itimerval set_buffer, get_buffer;
	int error;

	memset(&set_buffer, 0, sizeof(set_buffer));
	if (value && copy_from_user(&set_buffer, value, sizeof(set_buffer)))
		return -EFAULT;
	error = do_setitimer(which, &set_buffer, ovalue ? &get_buffer : NULL);
	if (!error && ovalue && copy_to_user(ovalue, &get_buffer, sizeof(get_buffer)))
		return -EFAULT;
	return error;
}

/* Returns the seconds that were left of an earlier alarm, rounded, at least 1. */
unsigned int alarm_setitimer(unsigned int seconds)
{
	struct itimerval it_new, it_old;

	memset(&it_new, 0, sizeof(it_new));
	it_new.it_value.tv_sec = min(seconds, (unsigned int)INT_MAX);
	do_setitimer(ITIMER_REAL, &it_new, &it_old);
	if ((!it_old.it_value.tv_sec && it_old.it_value.tv_usec) || it_old.it_value.tv_usec >= 500000)
		it_old.it_value.tv_sec++;
	return it_old.it_value.tv_sec;
}

asmlinkage long sys_alarm(unsigned int seconds)
{
	return alarm_setitimer(seconds);
}
