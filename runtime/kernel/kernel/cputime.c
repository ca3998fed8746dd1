/* Who is charged for a tick: the task that it interrupted, and the CPU's statistics. */
#include <linux/hardirq.h>
#include <linux/kernel_stat.h>
#include <linux/sched.h>

DEFINE_PER_CPU(struct kernel_stat, kstat);

void account_user_time(struct task_struct *p, cputime_t cputime)
{
	struct cpu_usage_stat *cpustat = &kstat_cpu(smp_processor_id()).cpustat;

	p->utime = cputime_add(p->utime, cputime);
	p->utimescaled = p->utime;
	if (TASK_NICE(p) > 0)
		cpustat->nice += cputime;
	else
		cpustat->user += cputime;
}

void account_system_time(struct task_struct *p, int hardirq_offset, cputime_t cputime)
{
	struct cpu_usage_stat *cpustat = &kstat_cpu(smp_processor_id()).cpustat;

	p->stime = cputime_add(p->stime, cputime);
	p->stimescaled = p->stime;
	if (hardirq_count() - hardirq_offset)
		cpustat->irq += cputime;
	else if (softirq_count())
		cpustat->softirq += cputime;
	else
		cpustat->system += cputime;
}

void account_idle_time(cputime_t cputime)
{
	kstat_cpu(smp_processor_id()).cpustat.idle += cputime;
}

void account_idle_ticks(unsigned long ticks)
{
	account_idle_time(ticks);
}

/* Called by the tick, in its interrupt. */
void account_process_tick(struct task_struct *p, int user_tick)
{
	if (user_tick)
		account_user_time(p, 1);
	else if (p != idle_task(smp_processor_id()) || irq_count() != HARDIRQ_OFFSET)
		account_system_time(p, HARDIRQ_OFFSET, 1);
	else
		account_idle_time(1);
}
