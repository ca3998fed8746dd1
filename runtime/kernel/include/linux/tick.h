/* The periodic tick, which stops while a CPU is idle. */
#ifndef _LINUX_TICK_H
#define _LINUX_TICK_H

#include <linux/hrtimer.h>

struct tick_sched {
	struct hrtimer sched_timer;
	int inidle;
	int tick_stopped;
	unsigned long idle_jiffies;
	unsigned long idle_calls;
	unsigned long idle_sleeps;
	ktime_t idle_entrytime;
	ktime_t idle_sleeptime;
};

extern void tick_init(void);
extern void tick_setup_sched_timer(void);
extern int tick_program_event(ktime_t expires, int force);
extern void tick_do_update_jiffies64(ktime_t now);
extern void tick_nohz_stop_sched_tick(int inidle);
extern void tick_nohz_restart_sched_tick(void);
extern void tick_check_idle(int cpu);

#endif
