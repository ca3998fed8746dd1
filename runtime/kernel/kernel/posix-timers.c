/*
 * POSIX timers: timer_create and its kin. A process's timers are in a list of its signal_struct, under the signal
 * lock, and numbered from 0; each is an hrtimer that sends a signal, or none. Expiries whose signal is still pending
 * only count.
 */
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/posix-timers.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

static struct kmem_cache *posix_timers_cache;

/* The process's timer of that number; the signal lock is held. */
static struct k_itimer *find_timer(timer_t timer_id)
{
	struct k_itimer *timr;

	list_for_each_entry(timr, &current->signal->posix_timers, list)
		if (timr->it_id == timer_id)
			return timr;
	return NULL;
}

/* The smallest number not in use. The list is ordered. */
static struct list_head *find_free_id(struct signal_struct *sig, timer_t *id)
{
	struct list_head *pos;

	*id = 0;
	list_for_each(pos, &sig->posix_timers) {
		if (list_entry(pos, struct k_itimer, list)->it_id != *id)
			break;
		++*id;
	}
	return pos;
}

/* Sends the timer's signal, or counts an overrun while the last one is still pending. */
int posix_timer_event(struct k_itimer *timr)
{
	struct task_struct *task = timr->it_task;
	int group = !(timr->it_sigev_notify & SIGEV_THREAD_ID), ret;
	struct sigpending *pending = group ? &task->signal->shared_pending : &task->pending;
	struct siginfo info;

	if (sigismember(&pending->signal, timr->it_sigev_signo)) {
		timr->it_overrun++;
		return 0;
	}
	memset(&info, 0, sizeof(info));
	info.si_signo = timr->it_sigev_signo;
	info.si_code = SI_TIMER;
	info._sifields._timer._tid = timr->it_id;
	info._sifields._timer._overrun = timr->it_overrun;
	info._sifields._timer._sigval = timr->it_sigev_value;
	timr->it_overrun_last = timr->it_overrun;
	timr->it_overrun = 0;
	if (!group)
		return send_sig_info(timr->it_sigev_signo, &info, task);
	spin_lock(&task->sighand->siglock);
	ret = __group_send_sig_info(timr->it_sigev_signo, &info, task);
	spin_unlock(&task->sighand->siglock);
	return ret;
}

/* Called in the timer interrupt. */
static enum hrtimer_restart posix_timer_fn(struct hrtimer *timer)
{
	struct k_itimer *timr = container_of(timer, struct k_itimer, it_timer);

	if ((timr->it_sigev_notify & ~SIGEV_THREAD_ID) != SIGEV_NONE && timr->it_task->sighand)
		posix_timer_event(timr);
	if (!timr->it_interval.tv64)
		return HRTIMER_NORESTART;
	hrtimer_set_expires(timer, ktime_add(hrtimer_get_expires(timer), timr->it_interval));
	return HRTIMER_RESTART;
}

/* Who is to get the signal; NULL if that is nobody of this process or the signal is none. */
static struct task_struct *good_sigevent(sigevent_t *event)
{
	struct task_struct *rtn = current->group_leader;

	if (event->sigev_notify & SIGEV_THREAD_ID) {
		read_lock(&tasklist_lock);
		rtn = find_task_by_vpid(event->sigev_notify_thread_id);
		read_unlock(&tasklist_lock);
		if (!rtn || !same_thread_group(rtn, current) ||
		    (event->sigev_notify & ~SIGEV_THREAD_ID) != SIGEV_SIGNAL)
			return NULL;
	}
	if ((event->sigev_notify & ~SIGEV_THREAD_ID) != SIGEV_NONE &&
	    (event->sigev_signo <= 0 || !valid_signal(event->sigev_signo)))
		return NULL;
	return rtn;
}

/* event NULL: SIGALRM to the process. */
asmlinkage long sys_timer_create(const clockid_t which_clock, sigevent_t __user *timer_event_spec,
				 timer_t __user *created_timer_id)
{
	sigevent_t event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	struct k_itimer *timr;
	struct list_head *place;

	if (which_clock != CLOCK_REALTIME && which_clock != CLOCK_MONOTONIC)
		return -EINVAL;
	if (timer_event_spec && copy_from_user(&event, timer_event_spec, sizeof(event)))
		return -EFAULT;
	timr = kmem_cache_alloc(posix_timers_cache, GFP_KERNEL | __GFP_ZERO);
	if (!timr)
		return -EAGAIN;
	timr->it_task = good_sigevent(&event);
	if (!timr->it_task) {
		kmem_cache_free(posix_timers_cache, timr);
		return -EINVAL;
	}
	timr->it_clock = which_clock;
	timr->it_sigev_notify = event.sigev_notify;
	timr->it_sigev_signo = event.sigev_signo;
	timr->it_sigev_value = event.sigev_value;
	hrtimer_init(&timr->it_timer, which_clock, HRTIMER_MODE_ABS);
	timr->it_timer.function = posix_timer_fn;
	spin_lock_irq(&current->sighand->siglock);
	place = find_free_id(current->signal, &timr->it_id);
	if (!timer_event_spec)
		timr->it_sigev_value.sival_int = timr->it_id;
	list_add_tail(&timr->list, place);
	spin_unlock_irq(&current->sighand->siglock);
	return put_user(timr->it_id, created_timer_id) ? -EFAULT : 0;
}

static struct itimerspec timer_remaining(struct k_itimer *timr)
{
	struct itimerspec spec = { .it_interval = ktime_to_timespec(timr->it_interval) };
	ktime_t left = hrtimer_get_remaining(&timr->it_timer);

	if (hrtimer_active(&timr->it_timer))
		spec.it_value = left.tv64 > 0 ? ktime_to_timespec(left) : (struct timespec){ 0, 1 };
	return spec;
}

asmlinkage long sys_timer_gettime(timer_t timer_id, struct itimerspec __user *setting)
{
	struct itimerspec cur_setting;
	struct k_itimer *timr;

	spin_lock_irq(&current->sighand->siglock);
	timr = find_timer(timer_id);
	if (timr)
		cur_setting = timer_remaining(timr);
	spin_unlock_irq(&current->sighand->siglock);
	if (!timr)
		return -EINVAL;
	return copy_to_user(setting, &cur_setting, sizeof(cur_setting)) ? -EFAULT : 0;
}

asmlinkage long sys_timer_settime(timer_t timer_id, int flags, const struct itimerspec __user *new_setting,
				  struct itimerspec __user *old_setting)
{
	enum hrtimer_mode mode = flags & TIMER_ABSTIME ? HRTIMER_MODE_ABS : HRTIMER_MODE_REL;
	struct itimerspec new_spec, old_spec;
	struct k_itimer *timr;

	if (!new_setting)
		return -EINVAL;
	if (copy_from_user(&new_spec, new_setting, sizeof(new_spec)))
		return -EFAULT;
	if (!timespec_valid(&new_spec.it_interval) || !timespec_valid(&new_spec.it_value))
		return -EINVAL;
	spin_lock_irq(&current->sighand->siglock);
	timr = find_timer(timer_id);
	if (timr) {
		old_spec = timer_remaining(timr);
		hrtimer_try_to_cancel(&timr->it_timer);
		timr->it_overrun = timr->it_overrun_last = 0;
		timr->it_interval = timespec_to_ktime(new_spec.it_interval);
		if (new_spec.it_value.tv_sec || new_spec.it_value.tv_nsec)
			hrtimer_start(&timr->it_timer, timespec_to_ktime(new_spec.it_value), mode);
	}
	spin_unlock_irq(&current->sighand->siglock);
	if (!timr)
		return -EINVAL;
	return old_setting && copy_to_user(old_setting, &old_spec, sizeof(old_spec)) ? -EFAULT : 0;
}

asmlinkage long sys_timer_getoverrun(timer_t timer_id)
{
	struct k_itimer *timr;
	long overrun = -EINVAL;

	spin_lock_irq(&current->sighand->siglock);
	timr = find_timer(timer_id);
	if (timr)
		overrun = timr->it_overrun_last;
	spin_unlock_irq(&current->sighand->siglock);
	return overrun;
}

static void itimer_delete(struct k_itimer *timr)
{
	hrtimer_cancel(&timr->it_timer);
	kmem_cache_free(posix_timers_cache, timr);
}

asmlinkage long sys_timer_delete(timer_t timer_id)
{
	struct k_itimer *timr;

	spin_lock_irq(&current->sighand->siglock);
	timr = find_timer(timer_id);
	if (timr)
		list_del(&timr->list);
	spin_unlock_irq(&current->sighand->siglock);
	if (!timr)
		return -EINVAL;
	itimer_delete(timr);
	return 0;
}

/* The process ends or becomes another program: its timers go. */
void exit_itimers(struct signal_struct *sig)
{
	while (!list_empty(&sig->posix_timers)) {
		struct k_itimer *timr = list_first_entry(&sig->posix_timers, struct k_itimer, list);

		list_del(&timr->list);
		itimer_delete(timr);
	}
}

static int __init init_posix_timers(void)
{
	posix_timers_cache = kmem_cache_create("posix_timers_cache", sizeof(struct k_itimer), 0, SLAB_PANIC, NULL);
	return 0;
}
core_initcall(init_posix_timers);
