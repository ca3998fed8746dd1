#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/thread_info.h>

#define raw_smp_processor_id() (current_thread_info()->cpu)
#define smp_processor_id() raw_smp_processor_id()
#define get_cpu() smp_processor_id()
#define put_cpu() barrier()

extern int nr_cpu_ids;

#endif
