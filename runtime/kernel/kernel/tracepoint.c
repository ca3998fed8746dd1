/* The functions that tracepoints call, and the table that names them. */
#include <linux/binfmts.h>
#include <linux/interrupt.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#define TRACE_EVENT(system, name, arguments)	\
	noinline void trace_##name arguments	\
	{					\
	}
#include <linux/trace_events.h>
#undef TRACE_EVENT

#define TRACE_EVENT(system, name, arguments) { #name, #system, (void (*)(void))trace_##name },
const struct tracepoint __tracepoints[] = {
#include <linux/trace_events.h>
	{ NULL, NULL, NULL }
};
