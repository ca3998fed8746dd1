/* Timers with the grain of a ns. They drive everything timed, the tick too. */
#ifndef _LINUX_HRTIMER_H
#define _LINUX_HRTIMER_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/spinlock.h>

enum hrtimer_mode {
	HRTIMER_MODE_ABS = 0x0,
	HRTIMER_MODE_REL = 0x1,
};

enum hrtimer_restart {
	HRTIMER_NORESTART,
	HRTIMER_RESTART,
};

#define HRTIMER_STATE_INACTIVE	0x00
#define HRTIMER_STATE_ENQUEUED	0x01
#define HRTIMER_STATE_CALLBACK	0x02

struct hrtimer_clock_base;
struct hrtimer_cpu_base;

struct hrtimer {
	struct list_head node;
	ktime_t _expires;
	enum hrtimer_restart (*function)(struct hrtimer *timer);
	struct hrtimer_clock_base *base;
	unsigned long state;
};

struct task_struct;

struct hrtimer_sleeper {
	struct hrtimer timer;
	struct task_struct *task;
};

/* The timers of one clock on one CPU, the next to expire first. */
struct hrtimer_clock_base {
	struct hrtimer_cpu_base *cpu_base;
	clockid_t index;
	struct list_head active;
};

#define HRTIMER_MAX_CLOCK_BASES 2

struct hrtimer_cpu_base {
	spinlock_t lock;
	struct hrtimer_clock_base clock_base[HRTIMER_MAX_CLOCK_BASES];
	ktime_t expires_next;
	unsigned long nr_events;
};

#define hrtimer_get_expires(t) ((t)->_expires)
#define hrtimer_set_expires(t, e) ((t)->_expires = (e))

static inline int hrtimer_is_queued(struct hrtimer *timer)
{
	return timer->state & HRTIMER_STATE_ENQUEUED;
}

static inline int hrtimer_active(const struct hrtimer *timer)
{
	return timer->state != HRTIMER_STATE_INACTIVE;
}

extern void hrtimer_init(struct hrtimer *timer, clockid_t which_clock, enum hrtimer_mode mode);
extern int hrtimer_start(struct hrtimer *timer, ktime_t tim, const enum hrtimer_mode mode);
extern int hrtimer_cancel(struct hrtimer *timer);
extern int hrtimer_try_to_cancel(struct hrtimer *timer);
extern ktime_t hrtimer_get_remaining(const struct hrtimer *timer);
extern u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval);
extern ktime_t hrtimer_get_next_event(void);
extern void hrtimer_interrupt(void);
extern void hrtimers_init(void);
extern void hrtimer_init_sleeper(struct hrtimer_sleeper *sl, struct task_struct *task);
extern long hrtimer_nanosleep(struct timespec *rqtp, struct timespec __user *rmtp,
			      const enum hrtimer_mode mode, const clockid_t clockid);
extern int schedule_hrtimeout(ktime_t *expires, const enum hrtimer_mode mode);
extern enum hrtimer_restart it_real_fn(struct hrtimer *timer);

#endif
