/* What kind of code is running: the counts in preempt_count. */
#ifndef _LINUX_HARDIRQ_H
#define _LINUX_HARDIRQ_H

#include <linux/preempt.h>

#define SOFTIRQ_SHIFT	8
#define HARDIRQ_SHIFT	16
#define SOFTIRQ_OFFSET	(1UL << SOFTIRQ_SHIFT)
#define HARDIRQ_OFFSET	(1UL << HARDIRQ_SHIFT)
#define SOFTIRQ_MASK	(0xffUL << SOFTIRQ_SHIFT)
#define HARDIRQ_MASK	(0x3ffUL << HARDIRQ_SHIFT)

#define hardirq_count()	(preempt_count() & HARDIRQ_MASK)
#define softirq_count()	(preempt_count() & SOFTIRQ_MASK)
#define irq_count()	(preempt_count() & (HARDIRQ_MASK | SOFTIRQ_MASK))
#define in_irq()	(hardirq_count() != 0)
#define in_softirq()	(softirq_count() != 0)
#define in_interrupt()	(irq_count() != 0)
#define in_atomic()	in_interrupt()

extern void irq_enter(void);
extern void irq_exit(void);
extern void local_bh_disable(void);
extern void local_bh_enable(void);
extern void _local_bh_enable(void);

#endif
