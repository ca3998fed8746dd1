/* What a CPU does when there is nothing to do. */
#include <linux/sched.h>
#include <linux/tick.h>
#include <linux/tracepoint.h>
#include <asm/machine.h>

static void default_idle(void)
{
	trace_cpu_idle(1, smp_processor_id());
	machine_call(MC_HALT, 0, 0);
	trace_cpu_idle(-1, smp_processor_id());
}

/* The idle task of this CPU. */
void cpu_idle(void)
{
	for (;;) {
		tick_nohz_stop_sched_tick(1);
		while (!need_resched()) {
			default_idle();
			if (!need_resched())
				tick_nohz_stop_sched_tick(0);
		}
		tick_nohz_restart_sched_tick();
		schedule();
	}
}
