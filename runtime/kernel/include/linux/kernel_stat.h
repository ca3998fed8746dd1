/* Where each CPU's time goes, in jiffies. */
#ifndef _LINUX_KERNEL_STAT_H
#define _LINUX_KERNEL_STAT_H

#include <linux/percpu.h>
#include <linux/types.h>

struct cpu_usage_stat {
	u64 user;
	u64 nice;
	u64 system;
	u64 softirq;
	u64 irq;
	u64 idle;
	u64 iowait;
};

struct kernel_stat {
	struct cpu_usage_stat cpustat;
	unsigned int irqs_sum;
	unsigned int softirqs[10];
};

DECLARE_PER_CPU(struct kernel_stat, kstat);
#define kstat_cpu(cpu) per_cpu(kstat, cpu)

struct task_struct;
extern void account_idle_ticks(unsigned long ticks);
extern void account_user_time(struct task_struct *p, unsigned long cputime);
extern void account_system_time(struct task_struct *p, int hardirq_offset, unsigned long cputime);
extern void account_idle_time(unsigned long cputime);

#endif
