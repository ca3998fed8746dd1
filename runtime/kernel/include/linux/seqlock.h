/* Readers that try again when a writer was there. */
#ifndef _LINUX_SEQLOCK_H
#define _LINUX_SEQLOCK_H

#include <linux/spinlock.h>

typedef struct {
	unsigned sequence;
	spinlock_t lock;
} seqlock_t;

#define DEFINE_SEQLOCK(x) seqlock_t x = { 0, SPIN_LOCK_UNLOCKED }
#define seqlock_init(x) do { (x)->sequence = 0; spin_lock_init(&(x)->lock); } while (0)

static inline void write_seqlock(seqlock_t *sl)
{
	spin_lock(&sl->lock);
	++sl->sequence;
	smp_wmb();
}

static inline void write_sequnlock(seqlock_t *sl)
{
	smp_wmb();
	sl->sequence++;
	spin_unlock(&sl->lock);
}

static inline unsigned read_seqbegin(const seqlock_t *sl)
{
	unsigned ret;

	while ((ret = ACCESS_ONCE(sl->sequence)) & 1)
		cpu_relax();
	smp_rmb();
	return ret;
}

static inline int read_seqretry(const seqlock_t *sl, unsigned start)
{
	smp_rmb();
	return unlikely(sl->sequence != start);
}

#define write_seqlock_irqsave(lock, flags) do { local_irq_save(flags); write_seqlock(lock); } while (0)
#define write_sequnlock_irqrestore(lock, flags) do { write_sequnlock(lock); local_irq_restore(flags); } while (0)

#endif
