/*
 * The tick: a timer every jiffy while a CPU is busy, none while it is idle.
 *
 * One CPU keeps jiffies for all. An idle CPU stops its tick until the first timer is due, and whoever
 * wakes it sets jiffies right before anything looks at them.
 */
#include <linux/clock.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel_stat.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/tick.h>

static DEFINE_PER_CPU(struct tick_sched, tick_cpu_sched);
static u64 last_jiffies_update;		/* the time of the last jiffy, ns; xtime_lock */
extern seqlock_t xtime_lock;

/* Programs the machine's clock for an interrupt at a monotonic time. Interrupts are off. */
int tick_program_event(ktime_t expires, int force)
{
	clock_set_event(expires.tv64 == KTIME_MAX ? ~0ULL : expires.tv64 < 0 ? 0 : expires.tv64);
	return 0;
}

/* Brings jiffies up to the time now. */
void tick_do_update_jiffies64(ktime_t now)
{
	u64 delta = now.tv64 - last_jiffies_update;
	unsigned long ticks;

	if ((s64)delta < (s64)TICK_NSEC)
		return;
	write_seqlock(&xtime_lock);
	ticks = 1;
	if (delta >= 2 * TICK_NSEC)
		ticks = delta / TICK_NSEC;
	last_jiffies_update += (u64)ticks * TICK_NSEC;
	do_timer(ticks);
	write_sequnlock(&xtime_lock);
}

/* The tick itself, in the timer interrupt. */
static enum hrtimer_restart tick_sched_timer(struct hrtimer *timer)
{
	struct tick_sched *ts = container_of(timer, struct tick_sched, sched_timer);
	struct pt_regs *regs = get_irq_regs();
	ktime_t now = ktime_get();

	tick_do_update_jiffies64(now);
	if (ts->tick_stopped)
		ts->idle_jiffies++;	/* this tick is accounted as such */
	if (regs)
		update_process_times(user_mode(regs));
	if (ts->tick_stopped)
		return HRTIMER_NORESTART;
	hrtimer_forward(timer, now, ns_to_ktime(TICK_NSEC));
	return HRTIMER_RESTART;
}

void __init tick_setup_sched_timer(void)
{
	struct tick_sched *ts = &__get_cpu_var(tick_cpu_sched);

	hrtimer_init(&ts->sched_timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	ts->sched_timer.function = tick_sched_timer;
	hrtimer_start(&ts->sched_timer, ns_to_ktime(last_jiffies_update + TICK_NSEC), HRTIMER_MODE_ABS);
}

/* The CPU goes idle: its next tick is when its first timer expires. */
void tick_nohz_stop_sched_tick(int inidle)
{
	struct tick_sched *ts = &__get_cpu_var(tick_cpu_sched);
	unsigned long flags, next;

	local_irq_save(flags);
	ts->idle_calls++;
	if (!ts->tick_stopped && !need_resched()) {
		tick_do_update_jiffies64(ktime_get());
		ts->idle_jiffies = jiffies;
		ts->idle_entrytime = ktime_get();
		ts->tick_stopped = 1;
		ts->idle_sleeps++;
	}
	if (ts->tick_stopped) {
		next = get_next_timer_interrupt(jiffies);
		if (next - jiffies >= MAX_JIFFY_OFFSET)
			hrtimer_cancel(&ts->sched_timer);
		else
			hrtimer_start(&ts->sched_timer, ns_to_ktime(last_jiffies_update +
				      (u64)max(0L, (long)(next - jiffies)) * TICK_NSEC), HRTIMER_MODE_ABS);
	}
	local_irq_restore(flags);
}

/* The CPU has something to run again: the tick goes on, and the idle time is accounted. */
void tick_nohz_restart_sched_tick(void)
{
	struct tick_sched *ts = &__get_cpu_var(tick_cpu_sched);
	unsigned long ticks;
	ktime_t now;

	local_irq_disable();
	if (ts->tick_stopped) {
		now = ktime_get();
		tick_do_update_jiffies64(now);
		ts->tick_stopped = 0;
		ts->idle_sleeptime = ktime_add(ts->idle_sleeptime, ktime_sub(now, ts->idle_entrytime));
		ticks = jiffies - ts->idle_jiffies;
		if (ticks && ticks < LONG_MAX)
			account_idle_ticks(ticks);
		hrtimer_start(&ts->sched_timer, ns_to_ktime(last_jiffies_update + TICK_NSEC),
			      HRTIMER_MODE_ABS);
	}
	local_irq_enable();
}

/* An interrupt has come to an idle CPU. */
void tick_check_idle(int cpu)
{
	if (per_cpu(tick_cpu_sched, cpu).tick_stopped)
		tick_do_update_jiffies64(ktime_get());
}
