/* Virtual time: the kernel's side of the clock that the machine and it share. */
#include <linux/clock.h>
#include <linux/kernel.h>
#include <linux/irqflags.h>
#include <linux/module.h>

struct cpu_clock cpu_clock[NR_CPUS] = {
	[0 ... NR_CPUS - 1] = { .event = ~0ULL, .deadline = ~0ULL }
};

/* Out of a probe's reach: it is called everywhere, and what it costs is what its callers cost. */
void __kprobes spend(unsigned long ns)
{
	struct cpu_clock *clock = &cpu_clock[raw_smp_processor_id()];

	clock->now += ns;
	if (unlikely(clock->now >= clock->deadline) && !irqs_disabled())
		machine_call(MC_EVENTS, 0, 0);
}
EXPORT_SYMBOL(spend);

/* ns since power-on. */
u64 __kprobes clock_now(void)
{
	return cpu_clock[raw_smp_processor_id()].now;
}

/* Asks for a timer interrupt at the time expires, or never (~0). */
void clock_set_event(u64 expires)
{
	struct cpu_clock *clock = &cpu_clock[smp_processor_id()];

	clock->event = expires;
	if (expires < clock->deadline)
		clock->deadline = expires;
}
