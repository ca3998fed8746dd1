/* Sets of CPUs. */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#include <linux/threads.h>
#include <linux/bitops.h>
#include <linux/kernel.h>

typedef struct cpumask { DECLARE_BITMAP(bits, NR_CPUS); } cpumask_t;

extern cpumask_t cpu_possible_map, cpu_online_map;

#define cpumask_test_cpu(cpu, mask) test_bit(cpu, (mask)->bits)
#define cpumask_set_cpu(cpu, mask) set_bit(cpu, (mask)->bits)
#define cpumask_clear_cpu(cpu, mask) clear_bit(cpu, (mask)->bits)
#define cpumask_first(mask) find_first_bit((mask)->bits, NR_CPUS)
#define cpumask_next(n, mask) find_next_bit((mask)->bits, NR_CPUS, (n) + 1)
#define cpu_isset(cpu, map) test_bit(cpu, (map).bits)
#define cpu_set(cpu, map) set_bit(cpu, (map).bits)
#define cpu_online(cpu) cpu_isset(cpu, cpu_online_map)
#define cpu_possible(cpu) cpu_isset(cpu, cpu_possible_map)
#define for_each_cpu(cpu, mask) \
	for ((cpu) = cpumask_first(mask); (cpu) < NR_CPUS; (cpu) = cpumask_next((cpu), (mask)))
#define for_each_online_cpu(cpu) for_each_cpu(cpu, &cpu_online_map)
#define for_each_possible_cpu(cpu) for_each_cpu(cpu, &cpu_possible_map)
#define CPU_MASK_ALL { { [0 ... BITS_TO_LONGS(NR_CPUS) - 1] = (1UL << NR_CPUS) - 1 } }

#endif
