/* Timers with the grain of a jiffy. */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

#include <linux/list.h>
#include <linux/jiffies.h>

struct tvec_base;

struct timer_list {
	struct list_head entry;
	unsigned long expires;
	void (*function)(unsigned long data);
	unsigned long data;
	struct tvec_base *base;
};

#define TIMER_INITIALIZER(_function, _expires, _data) \
	{ .entry = { NULL, NULL }, .expires = (_expires), .function = (_function), .data = (_data) }
#define DEFINE_TIMER(_name, _function, _expires, _data) \
	struct timer_list _name = TIMER_INITIALIZER(_function, _expires, _data)

extern void init_timer(struct timer_list *timer);
extern void add_timer(struct timer_list *timer);
extern int mod_timer(struct timer_list *timer, unsigned long expires);
extern int __mod_timer(struct timer_list *timer, unsigned long expires, int pending_only);
extern int del_timer(struct timer_list *timer);
extern int del_timer_sync(struct timer_list *timer);
extern unsigned long get_next_timer_interrupt(unsigned long now);
extern void init_timers(void);
extern void run_local_timers(void);
extern void do_timer(unsigned long ticks);
extern void update_process_times(int user_tick);

static inline void setup_timer(struct timer_list *timer, void (*function)(unsigned long),
			       unsigned long data)
{
	timer->function = function;
	timer->data = data;
	init_timer(timer);
}

static inline int timer_pending(const struct timer_list *timer)
{
	return timer->entry.next != NULL;
}

#define del_singleshot_timer_sync(t) del_timer_sync(t)
#define init_timer_on_stack(t) init_timer(t)
#define setup_timer_on_stack(t, f, d) setup_timer(t, f, d)

#endif
