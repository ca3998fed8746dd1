/* The kernel is not preempted inside itself: only the interrupt nesting count is kept. */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/thread_info.h>

#define preempt_count() (current_thread_info()->preempt_count)
#define add_preempt_count(val) (preempt_count() += (val))
#define sub_preempt_count(val) (preempt_count() -= (val))
#define preempt_disable() barrier()
#define preempt_enable() barrier()
#define preempt_enable_no_resched() barrier()

#endif
