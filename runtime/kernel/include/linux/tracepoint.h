/*
 * Tracepoints: places where the kernel tells what it is about to do, or has done. At each it calls trace_NAME(), an
 * empty function, with what there is to know; a probe at that function's entry finds it in the arguments.
 */
#ifndef _LINUX_TRACEPOINT_H
#define _LINUX_TRACEPOINT_H

#include <linux/hrtimer.h>
#include <linux/types.h>

struct irqaction;
struct itimerval;
struct k_sigaction;
struct linux_binprm;
struct page;
struct pid;
struct pt_regs;
struct rq;
struct siginfo;
struct softirq_action;
struct task_struct;
struct tasklet_struct;
struct timer_list;
struct work_struct;

struct tracepoint {
	const char *name, *system;
	void (*site)(void);		/* trace_NAME, whatever its arguments */
};

/* In the order of trace_events.h; an entry without a name ends it. */
extern const struct tracepoint __tracepoints[];

#define TRACE_EVENT(system, name, arguments) extern void trace_##name arguments;
#include <linux/trace_events.h>
#undef TRACE_EVENT

/* Where the function it stands in was called from. */
#define _RET_IP_ ((unsigned long)__builtin_return_address(0))

#endif
