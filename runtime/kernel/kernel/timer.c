/*
 * Timers counted in jiffies. Each CPU keeps its timers in one list ordered by expiry, the first to
 * expire in front; timers of the same jiffy run in the order they were added. base->lock protects
 * the list, interrupts off. Expired timers run in the softirq TIMER_SOFTIRQ.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel_stat.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/tick.h>
#include <linux/tracepoint.h>

#define TIMER_COST		90
#define TIMER_FUNCTION_COST	150

struct tvec_base {
	spinlock_t lock;
	struct timer_list *running_timer;
	unsigned long timer_jiffies;	/* up to which timers have been run */
	struct list_head timers;
};

u64 jiffies_64 = INITIAL_JIFFIES;
EXPORT_SYMBOL(jiffies_64);

static DEFINE_PER_CPU(struct tvec_base, tvec_bases);

void init_timer(struct timer_list *timer)
{
	trace_timer_init(timer);
	timer->entry.next = NULL;
	timer->base = &__get_cpu_var(tvec_bases);
}
EXPORT_SYMBOL(init_timer);

/* The base is locked. */
static void internal_add_timer(struct tvec_base *base, struct timer_list *timer)
{
	struct list_head *pos;

	list_for_each_prev(pos, &base->timers) {
		if (time_after_eq(timer->expires, list_entry(pos, struct timer_list, entry)->expires))
			break;
	}
	list_add(&timer->entry, pos);
}

static void detach_timer(struct timer_list *timer)
{
	trace_timer_cancel(timer);
	__list_del(timer->entry.prev, timer->entry.next);
	timer->entry.next = NULL;
}

static struct tvec_base *lock_timer_base(struct timer_list *timer, unsigned long *flags)
{
	if (!timer->base)
		timer->base = &__get_cpu_var(tvec_bases);
	spin_lock_irqsave(&timer->base->lock, *flags);
	return timer->base;
}

/* Returns 1 if the timer was pending. With pending_only, one that was not stays so. */
int __mod_timer(struct timer_list *timer, unsigned long expires, int pending_only)
{
	unsigned long flags;
	struct tvec_base *base = lock_timer_base(timer, &flags);
	int pending = timer_pending(timer);

	spend(TIMER_COST);
	if (pending)
		detach_timer(timer);
	if (pending || !pending_only) {
		timer->expires = expires;
		trace_timer_start(timer, expires);
		internal_add_timer(base, timer);
	}
	spin_unlock_irqrestore(&base->lock, flags);
	return pending;
}

int mod_timer(struct timer_list *timer, unsigned long expires)
{
	if (timer_pending(timer) && timer->expires == expires)
		return 1;
	return __mod_timer(timer, expires, 0);
}
EXPORT_SYMBOL(mod_timer);

void add_timer(struct timer_list *timer)
{
	BUG_ON(timer_pending(timer));
	mod_timer(timer, timer->expires);
}
EXPORT_SYMBOL(add_timer);

int del_timer(struct timer_list *timer)
{
	struct tvec_base *base;
	unsigned long flags;
	int pending;

	if (!timer_pending(timer))
		return 0;
	base = lock_timer_base(timer, &flags);
	pending = timer_pending(timer);
	if (pending)
		detach_timer(timer);
	spin_unlock_irqrestore(&base->lock, flags);
	return pending;
}
EXPORT_SYMBOL(del_timer);

/* Also waits until the timer's function is not running on any CPU. */
int del_timer_sync(struct timer_list *timer)
{
	int pending = del_timer(timer);

	while (timer->base && timer->base->running_timer == timer)
		cpu_relax();
	return pending;
}
EXPORT_SYMBOL(del_timer_sync);

/* Runs the timers that are due. */
static void __run_timers(struct tvec_base *base)
{
	struct timer_list *timer;

	spin_lock_irq(&base->lock);
	while (!list_empty(&base->timers)) {
		void (*fn)(unsigned long);
		unsigned long data;

		timer = list_first_entry(&base->timers, struct timer_list, entry);
		if (time_after(timer->expires, jiffies))
			break;
		fn = timer->function;
		data = timer->data;
		base->running_timer = timer;
		detach_timer(timer);
		spin_unlock_irq(&base->lock);
		spend(TIMER_FUNCTION_COST);
		trace_timer_expire_entry(timer);
		fn(data);
		trace_timer_expire_exit(timer);
		spin_lock_irq(&base->lock);
		base->running_timer = NULL;
	}
	base->timer_jiffies = jiffies;
	spin_unlock_irq(&base->lock);
}

static void run_timer_softirq(struct softirq_action *h)
{
	__run_timers(&__get_cpu_var(tvec_bases));
}

/* The jiffy in which the CPU's first timer expires; far away if there is none. Interrupts are off. */
unsigned long get_next_timer_interrupt(unsigned long now)
{
	struct tvec_base *base = &__get_cpu_var(tvec_bases);

	if (list_empty(&base->timers))
		return now + MAX_JIFFY_OFFSET;
	return list_first_entry(&base->timers, struct timer_list, entry)->expires;
}

void run_local_timers(void)
{
	struct tvec_base *base = &__get_cpu_var(tvec_bases);

	if (!list_empty(&base->timers) &&
	    time_after_eq(jiffies, list_first_entry(&base->timers, struct timer_list, entry)->expires))
		raise_softirq(TIMER_SOFTIRQ);
}

/* Time goes on by so many ticks. Called by one CPU for all, with xtime_lock held for writing. */
void do_timer(unsigned long ticks)
{
	jiffies_64 += ticks;
	update_wall_time();
	calc_global_load();
}

/* Each tick of a busy CPU: who is charged for it, and what is due. */
void update_process_times(int user_tick)
{
	struct task_struct *p = current;

	account_process_tick(p, user_tick);
	run_posix_cpu_timers(p, user_tick);
	run_local_timers();
	rcu_check_callbacks(smp_processor_id(), user_tick);
	scheduler_tick();
}

static void process_timeout(unsigned long __data)
{
	wake_up_process((struct task_struct *)__data);
}

/* Sleeps in the state the caller has set, for at most timeout jiffies; returns what is left of them. */
signed long __sched schedule_timeout(signed long timeout)
{
	struct timer_list timer;
	unsigned long expire;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	if (timeout < 0) {
		printk(KERN_ERR "schedule_timeout: wrong timeout value %lx\n", timeout);
		current->state = TASK_RUNNING;
		return 0;
	}
	expire = timeout + jiffies;
	setup_timer_on_stack(&timer, process_timeout, (unsigned long)current);
	__mod_timer(&timer, expire, 0);
	schedule();
	del_singleshot_timer_sync(&timer);
	timeout = expire - jiffies;
	return timeout < 0 ? 0 : timeout;
}
EXPORT_SYMBOL(schedule_timeout);

signed long __sched schedule_timeout_interruptible(signed long timeout)
{
	__set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(timeout);
}
EXPORT_SYMBOL(schedule_timeout_interruptible);

signed long __sched schedule_timeout_uninterruptible(signed long timeout)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}
EXPORT_SYMBOL(schedule_timeout_uninterruptible);

void __init init_timers(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct tvec_base *base = &per_cpu(tvec_bases, cpu);

		spin_lock_init(&base->lock);
		INIT_LIST_HEAD(&base->timers);
		base->timer_jiffies = jiffies;
	}
	open_softirq(TIMER_SOFTIRQ, run_timer_softirq);
}
