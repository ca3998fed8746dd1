/* One variable for each CPU. */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/threads.h>
#include <linux/smp.h>

#define DEFINE_PER_CPU(type, name) __typeof__(type) per_cpu__##name[NR_CPUS]
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) per_cpu__##name[NR_CPUS]
#define per_cpu(var, cpu) (per_cpu__##var[cpu])
#define __get_cpu_var(var) per_cpu(var, smp_processor_id())
#define __raw_get_cpu_var(var) per_cpu(var, raw_smp_processor_id())
#define get_cpu_var(var) __get_cpu_var(var)
#define put_cpu_var(var) barrier()

#endif
