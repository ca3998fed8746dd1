/*
 * Interval timers: alarm() and setitimer(). ITIMER_REAL is an hrtimer; the others count ticks of the process's own
 * time down. The signal lock protects the timers' settings.
 */
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

static struct timeval ticks_to_timeval(cputime_t ticks)
{
	struct timeval value;

	jiffies_to_timeval(ticks, &value);
	return value;
}

/* The two counters of a timer of the process's own time, or of nothing else. */
static int cpu_itimer(struct signal_struct *sig, int which, cputime_t **expires, cputime_t **incr)
{
	if (which != ITIMER_VIRTUAL && which != ITIMER_PROF)
		return -EINVAL;
	*expires = which == ITIMER_VIRTUAL ? &sig->it_virt_expires : &sig->it_prof_expires;
	*incr = which == ITIMER_VIRTUAL ? &sig->it_virt_incr : &sig->it_prof_incr;
	return 0;
}

static int get_cpu_itimer(struct task_struct *tsk, int which, struct itimerval *value)
{
	cputime_t *expires, *incr;
	int error = cpu_itimer(tsk->signal, which, &expires, &incr);

	if (error)
		return error;
	spin_lock_irq(&tsk->sighand->siglock);
	value->it_value = ticks_to_timeval(*expires);
	value->it_interval = ticks_to_timeval(*incr);
	spin_unlock_irq(&tsk->sighand->siglock);
	return 0;
}

static int set_cpu_itimer(struct task_struct *tsk, int which, struct itimerval *value, struct itimerval *ovalue)
{
	cputime_t *expires, *incr;
	int error = cpu_itimer(tsk->signal, which, &expires, &incr);

	if (error)
		return error;
	spin_lock_irq(&tsk->sighand->siglock);
	if (ovalue) {
		ovalue->it_value = ticks_to_timeval(*expires);
		ovalue->it_interval = ticks_to_timeval(*incr);
	}
	*expires = timeval_to_jiffies(&value->it_value);
	*incr = timeval_to_jiffies(&value->it_interval);
	trace_itimer_state(which, value, *expires);
	spin_unlock_irq(&tsk->sighand->siglock);
	return 0;
}

/* A tick of the process's time has gone by. The signal lock is held. */
static void count_down(struct task_struct *tsk, int which, int signo)
{
	cputime_t *expires, *incr;

	cpu_itimer(tsk->signal, which, &expires, &incr);
	if (!*expires || --*expires)
		return;
	trace_itimer_expire(which, tsk->signal->leader_pid, tsk->utime + tsk->stime);
	*expires = *incr;
	__group_send_sig_info(signo, SEND_SIG_PRIV, tsk);
}

/* Called by the tick, in its interrupt: the interrupted task's timers, and its limit of processor time. */
void run_posix_cpu_timers(struct task_struct *tsk, int user_tick)
{
	struct signal_struct *sig = tsk->signal;
	unsigned long limit, used;

	if (!sig || (tsk->flags & PF_EXITING))
		return;
	limit = sig->rlim[RLIMIT_CPU].rlim_cur;
	if (!sig->it_virt_expires && !sig->it_prof_expires && limit == RLIM_INFINITY)
		return;
	spin_lock(&tsk->sighand->siglock);
	if (user_tick)
		count_down(tsk, ITIMER_VIRTUAL, SIGVTALRM);
	count_down(tsk, ITIMER_PROF, SIGPROF);
	used = sig->utime + sig->stime + tsk->utime + tsk->stime;
	if (limit != RLIM_INFINITY && used >= limit * HZ && used % HZ == 0)
		__group_send_sig_info(limit >= sig->rlim[RLIMIT_CPU].rlim_max ? SIGKILL : SIGXCPU, SEND_SIG_PRIV, tsk);
	spin_unlock(&tsk->sighand->siglock);
}

int do_getitimer(int which, struct itimerval *value)
{
	struct task_struct *tsk = current;

	if (which != ITIMER_REAL)
		return get_cpu_itimer(tsk, which, value);
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

	if ((unsigned long)value->it_value.tv_usec >= USEC_PER_SEC ||
	    (unsigned long)value->it_interval.tv_usec >= USEC_PER_SEC || value->it_value.tv_sec < 0)
		return -EINVAL;
	if (which != ITIMER_REAL)
		return set_cpu_itimer(tsk, which, value, ovalue);
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
