/*
 * Timers counted in ns. Each CPU has a base for each clock, with its timers in a list ordered by
 * expiry; cpu_base->lock protects them, interrupts off. The machine's clock is set for the first one
 * to expire, and its interrupt runs the functions of all that are due. The tick is one of them.
 */
#include <linux/clock.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/tick.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#define HRTIMER_COST		110
#define HRTIMER_FUNCTION_COST	140

static DEFINE_PER_CPU(struct hrtimer_cpu_base, hrtimer_bases);

/* What a clock shows when the monotonic one shows 0, ns. */
static s64 clock_offset(clockid_t index)
{
	return index == CLOCK_REALTIME ? -timespec_to_ns(&wall_to_monotonic) : 0;
}

ktime_t ktime_get(void)
{
	return ns_to_ktime(clock_now());
}
EXPORT_SYMBOL(ktime_get);

ktime_t ktime_get_real(void)
{
	return ns_to_ktime(clock_now() + clock_offset(CLOCK_REALTIME));
}
EXPORT_SYMBOL(ktime_get_real);

static ktime_t base_now(struct hrtimer_clock_base *base)
{
	return ns_to_ktime(clock_now() + clock_offset(base->index));
}

/* Monotonic time at which the CPU's first timer expires, KTIME_MAX if there is none. */
static ktime_t first_expiry(struct hrtimer_cpu_base *cpu_base)
{
	s64 first = KTIME_MAX;
	int i;

	for (i = 0; i < HRTIMER_MAX_CLOCK_BASES; i++) {
		struct hrtimer_clock_base *base = &cpu_base->clock_base[i];

		if (!list_empty(&base->active)) {
			struct hrtimer *timer = list_first_entry(&base->active, struct hrtimer, node);

			first = min_t(s64, first, timer->_expires.tv64 - clock_offset(base->index));
		}
	}
	return ns_to_ktime(first);
}

static void hrtimer_reprogram(struct hrtimer_cpu_base *cpu_base)
{
	cpu_base->expires_next = first_expiry(cpu_base);
	tick_program_event(cpu_base->expires_next, 1);
}

static void enqueue_hrtimer(struct hrtimer *timer, struct hrtimer_clock_base *base)
{
	struct list_head *pos;

	list_for_each_prev(pos, &base->active) {
		if (timer->_expires.tv64 >= list_entry(pos, struct hrtimer, node)->_expires.tv64)
			break;
	}
	list_add(&timer->node, pos);
	timer->state |= HRTIMER_STATE_ENQUEUED;
}

static void __remove_hrtimer(struct hrtimer *timer, unsigned long newstate)
{
	if (timer->state & HRTIMER_STATE_ENQUEUED)
		list_del(&timer->node);
	timer->state = newstate;
}

void hrtimer_init(struct hrtimer *timer, clockid_t clock_id, enum hrtimer_mode mode)
{
	trace_hrtimer_init(timer, clock_id, mode);
	memset(timer, 0, sizeof(*timer));
	if (clock_id == CLOCK_REALTIME && mode != HRTIMER_MODE_ABS)
		clock_id = CLOCK_MONOTONIC;
	timer->base = &__get_cpu_var(hrtimer_bases).clock_base[clock_id == CLOCK_REALTIME ? 0 : 1];
}
EXPORT_SYMBOL(hrtimer_init);

int hrtimer_start(struct hrtimer *timer, ktime_t tim, const enum hrtimer_mode mode)
{
	struct hrtimer_cpu_base *cpu_base = timer->base->cpu_base;
	unsigned long flags;
	int was_queued;

	spin_lock_irqsave(&cpu_base->lock, flags);
	spend(HRTIMER_COST);
	was_queued = hrtimer_is_queued(timer);
	__remove_hrtimer(timer, timer->state & HRTIMER_STATE_CALLBACK);
	if (mode == HRTIMER_MODE_REL)
		tim = ktime_add(tim, base_now(timer->base));
	hrtimer_set_expires(timer, tim);
	trace_hrtimer_start(timer, mode);
	enqueue_hrtimer(timer, timer->base);
	hrtimer_reprogram(cpu_base);
	spin_unlock_irqrestore(&cpu_base->lock, flags);
	return was_queued;
}
EXPORT_SYMBOL(hrtimer_start);

/* 1: was pending, 0: was not, -1: its function is running now. */
int hrtimer_try_to_cancel(struct hrtimer *timer)
{
	struct hrtimer_cpu_base *cpu_base = timer->base->cpu_base;
	unsigned long flags;
	int ret = -1;

	spin_lock_irqsave(&cpu_base->lock, flags);
	if (!(timer->state & HRTIMER_STATE_CALLBACK)) {
		ret = hrtimer_is_queued(timer);
		if (ret)
			trace_hrtimer_cancel(timer);
		__remove_hrtimer(timer, HRTIMER_STATE_INACTIVE);
		if (ret)
			hrtimer_reprogram(cpu_base);
	}
	spin_unlock_irqrestore(&cpu_base->lock, flags);
	return ret;
}
EXPORT_SYMBOL(hrtimer_try_to_cancel);

int hrtimer_cancel(struct hrtimer *timer)
{
	int ret;

	while ((ret = hrtimer_try_to_cancel(timer)) < 0)
		cpu_relax();
	return ret;
}
EXPORT_SYMBOL(hrtimer_cancel);

ktime_t hrtimer_get_remaining(const struct hrtimer *timer)
{
	return ktime_sub(timer->_expires, base_now(timer->base));
}
EXPORT_SYMBOL(hrtimer_get_remaining);

/* Moves the expiry on by whole intervals until it is in the future; returns how many. */
u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval)
{
	s64 delta = now.tv64 - timer->_expires.tv64;
	u64 overruns;

	if (delta < 0)
		return 0;
	overruns = delta / interval.tv64 + 1;
	timer->_expires.tv64 += overruns * interval.tv64;
	return overruns;
}
EXPORT_SYMBOL(hrtimer_forward);

/* Time until the CPU's first timer, the tick left out. Interrupts are off. */
ktime_t hrtimer_get_next_event(void)
{
	return ktime_sub(first_expiry(&__get_cpu_var(hrtimer_bases)), ktime_get());
}

/* Runs one expired timer. The base is locked, and unlocked while the function runs. */
static void __run_hrtimer(struct hrtimer_cpu_base *cpu_base, struct hrtimer *timer)
{
	enum hrtimer_restart restart;
	ktime_t now = base_now(timer->base);

	__remove_hrtimer(timer, HRTIMER_STATE_CALLBACK);
	spin_unlock(&cpu_base->lock);
	spend(HRTIMER_FUNCTION_COST);
	trace_hrtimer_expire_entry(timer, &now);
	restart = timer->function(timer);
	trace_hrtimer_expire_exit(timer);
	spin_lock(&cpu_base->lock);
	if (restart == HRTIMER_RESTART && !(timer->state & HRTIMER_STATE_ENQUEUED))
		enqueue_hrtimer(timer, timer->base);
	timer->state &= ~HRTIMER_STATE_CALLBACK;
}

/* The clock's interrupt, interrupts off: all timers that are due. */
void hrtimer_interrupt(void)
{
	struct hrtimer_cpu_base *cpu_base = &__get_cpu_var(hrtimer_bases);
	int i;

	cpu_base->nr_events++;
	spin_lock(&cpu_base->lock);
	for (i = 0; i < HRTIMER_MAX_CLOCK_BASES; i++) {
		struct hrtimer_clock_base *base = &cpu_base->clock_base[i];

		while (!list_empty(&base->active)) {
			struct hrtimer *timer = list_first_entry(&base->active, struct hrtimer, node);

			if (timer->_expires.tv64 > base_now(base).tv64)
				break;
			__run_hrtimer(cpu_base, timer);
		}
	}
	hrtimer_reprogram(cpu_base);
	spin_unlock(&cpu_base->lock);
}

static enum hrtimer_restart hrtimer_wakeup(struct hrtimer *timer)
{
	struct hrtimer_sleeper *t = container_of(timer, struct hrtimer_sleeper, timer);
	struct task_struct *task = t->task;

	t->task = NULL;
	if (task)
		wake_up_process(task);
	return HRTIMER_NORESTART;
}

void hrtimer_init_sleeper(struct hrtimer_sleeper *sl, struct task_struct *task)
{
	sl->timer.function = hrtimer_wakeup;
	sl->task = task;
}
EXPORT_SYMBOL(hrtimer_init_sleeper);

/* True when the time has come, false when a signal came first. */
static int __sched do_nanosleep(struct hrtimer_sleeper *t, enum hrtimer_mode mode)
{
	hrtimer_init_sleeper(t, current);
	do {
		set_current_state(TASK_INTERRUPTIBLE);
		hrtimer_start(&t->timer, t->timer._expires, mode);
		if (likely(t->task))
			schedule();
		hrtimer_cancel(&t->timer);
		mode = HRTIMER_MODE_ABS;
	} while (t->task && !signal_pending(current));
	__set_current_state(TASK_RUNNING);
	return t->task == NULL;
}

/* Writes the time left to user memory: 0 when there is none, 1, or -EFAULT. */
static int update_rmtp(struct hrtimer *timer, struct timespec __user *rmtp)
{
	ktime_t rem = hrtimer_get_remaining(timer);
	struct timespec rmt;

	if (rem.tv64 <= 0)
		return 0;
	rmt = ktime_to_timespec(rem);
	if (rmtp && copy_to_user(rmtp, &rmt, sizeof(rmt)))
		return -EFAULT;
	return 1;
}

/* A sleep that a stop or an ignored signal interrupted goes on to the same end. */
static long __sched hrtimer_nanosleep_restart(struct restart_block *restart)
{
	struct hrtimer_sleeper t;
	int ret;

	hrtimer_init(&t.timer, restart->nanosleep.index, HRTIMER_MODE_ABS);
	hrtimer_set_expires(&t.timer, ns_to_ktime(restart->nanosleep.expires));
	if (do_nanosleep(&t, HRTIMER_MODE_ABS))
		return 0;
	ret = update_rmtp(&t.timer, restart->nanosleep.rmtp);
	return ret <= 0 ? ret : -ERESTART_RESTARTBLOCK;
}

long hrtimer_nanosleep(struct timespec *rqtp, struct timespec __user *rmtp, const enum hrtimer_mode mode,
		       const clockid_t clockid)
{
	struct restart_block *restart = &current_thread_info()->restart_block;
	struct hrtimer_sleeper t;
	int ret;

	hrtimer_init(&t.timer, clockid, mode);
	hrtimer_set_expires(&t.timer, timespec_to_ktime(*rqtp));
	if (do_nanosleep(&t, mode))
		return 0;
	if (mode == HRTIMER_MODE_ABS)
		return -ERESTARTNOHAND;
	ret = update_rmtp(&t.timer, rmtp);
	if (ret <= 0)
		return ret;
	restart->fn = hrtimer_nanosleep_restart;
	restart->nanosleep.index = t.timer.base->index;
	restart->nanosleep.rmtp = rmtp;
	restart->nanosleep.expires = t.timer._expires.tv64;
	return -ERESTART_RESTARTBLOCK;
}

asmlinkage long sys_nanosleep(struct timespec __user *rqtp, struct timespec __user *rmtp)
{
	struct timespec tu;

	if (copy_from_user(&tu, rqtp, sizeof(tu)))
		return -EFAULT;
	if (!timespec_valid(&tu))
		return -EINVAL;
	return hrtimer_nanosleep(&tu, rmtp, HRTIMER_MODE_REL, CLOCK_MONOTONIC);
}

/* Sleeps in the state the caller has set; 0 when the time came, else -EINTR. */
int __sched schedule_hrtimeout(ktime_t *expires, const enum hrtimer_mode mode)
{
	struct hrtimer_sleeper t;

	if (!expires) {
		schedule();
		__set_current_state(TASK_RUNNING);
		return -EINTR;
	}
	hrtimer_init(&t.timer, CLOCK_MONOTONIC, mode);
	hrtimer_init_sleeper(&t, current);
	hrtimer_start(&t.timer, *expires, mode);
	if (likely(t.task))
		schedule();
	hrtimer_cancel(&t.timer);
	__set_current_state(TASK_RUNNING);
	return t.task ? -EINTR : 0;
}
EXPORT_SYMBOL(schedule_hrtimeout);

void __init hrtimers_init(void)
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		struct hrtimer_cpu_base *cpu_base = &per_cpu(hrtimer_bases, cpu);

		spin_lock_init(&cpu_base->lock);
		cpu_base->expires_next.tv64 = KTIME_MAX;
		for (i = 0; i < HRTIMER_MAX_CLOCK_BASES; i++) {
			cpu_base->clock_base[i].cpu_base = cpu_base;
			cpu_base->clock_base[i].index = i;
			INIT_LIST_HEAD(&cpu_base->clock_base[i].active);
		}
	}
}
