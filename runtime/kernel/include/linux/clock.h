/* The virtual clock that the machine and the kernel share; times in ns since power-on. */
#ifndef _LINUX_CLOCK_H
#define _LINUX_CLOCK_H

#include <linux/types.h>
#include <linux/threads.h>
#include <linux/smp.h>
#include <asm/machine.h>

struct cpu_clock {
	u64 now;	/* advanced by spend() and by the machine while the CPU is idle or in user mode */
	u64 event;	/* when this CPU wants its next timer interrupt; ~0 for never */
	u64 deadline;	/* the machine wants to hear of any time from here on */
};

extern struct cpu_clock cpu_clock[NR_CPUS];

/* Called with interrupts enabled: lets the machine deliver what is due. */
static inline void check_events(void)
{
	struct cpu_clock *clock = &cpu_clock[raw_smp_processor_id()];

	if (unlikely(clock->now >= clock->deadline))
		machine_call(MC_EVENTS, 0, 0);
}

extern u64 clock_now(void);
extern void clock_set_event(u64 expires);

#endif
