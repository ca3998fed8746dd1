/* POSIX timers. */
#ifndef _LINUX_POSIX_TIMERS_H
#define _LINUX_POSIX_TIMERS_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/signal.h>

#define SIGEV_SIGNAL	0
#define SIGEV_NONE	1
#define SIGEV_THREAD	2
#define SIGEV_THREAD_ID	4

#define SIGEV_MAX_SIZE	64
#define SIGEV_PAD_SIZE	((SIGEV_MAX_SIZE - 2 * sizeof(int) - sizeof(sigval_t)) / sizeof(int))

/* What is to happen when a timer expires. */
typedef struct sigevent {
	sigval_t sigev_value;
	int sigev_signo;
	int sigev_notify;
	union {
		int _pad[SIGEV_PAD_SIZE];
		int _tid;
	} _sigev_un;
} sigevent_t;
#define sigev_notify_thread_id _sigev_un._tid

struct task_struct;
struct signal_struct;

struct k_itimer {
	struct list_head list;		/* in the process's timers, by number */
	clockid_t it_clock;
	timer_t it_id;
	int it_overrun;			/* since the last signal was sent */
	int it_overrun_last;		/* before it */
	int it_sigev_notify;
	int it_sigev_signo;
	sigval_t it_sigev_value;
	struct task_struct *it_task;
	struct hrtimer it_timer;
	ktime_t it_interval;
};

extern int posix_timer_event(struct k_itimer *timr);
extern void exit_itimers(struct signal_struct *sig);

#endif
