/* Locks that are waited for by spinning. A lone CPU never waits: the holder cannot be preempted. */
#include <linux/hardirq.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static inline void raw_lock(raw_spinlock_t *lock)
{
	while (xchg(&lock->slock, 1) != 0)
		cpu_relax();
}

static inline void raw_unlock(raw_spinlock_t *lock)
{
	__atomic_store_n(&lock->slock, 0, __ATOMIC_RELEASE);
}

static inline int raw_change(raw_rwlock_t *rw, int from, int to)
{
	return cmpxchg((int *)&rw->lock, from, to) == from;
}

void __lockfunc _spin_lock(spinlock_t *lock)
{
	raw_lock(&lock->raw_lock);
}
EXPORT_SYMBOL(_spin_lock);

int __lockfunc _spin_trylock(spinlock_t *lock)
{
	return xchg(&lock->raw_lock.slock, 1) == 0;
}
EXPORT_SYMBOL(_spin_trylock);

void __lockfunc _spin_lock_bh(spinlock_t *lock)
{
	local_bh_disable();
	raw_lock(&lock->raw_lock);
}
EXPORT_SYMBOL(_spin_lock_bh);

void __lockfunc _spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	raw_lock(&lock->raw_lock);
}
EXPORT_SYMBOL(_spin_lock_irq);

unsigned long __lockfunc _spin_lock_irqsave(spinlock_t *lock)
{
	unsigned long flags;

	local_irq_save(flags);
	raw_lock(&lock->raw_lock);
	return flags;
}
EXPORT_SYMBOL(_spin_lock_irqsave);

void __lockfunc _spin_unlock(spinlock_t *lock)
{
	raw_unlock(&lock->raw_lock);
}
EXPORT_SYMBOL(_spin_unlock);

void __lockfunc _spin_unlock_bh(spinlock_t *lock)
{
	raw_unlock(&lock->raw_lock);
	local_bh_enable();
}
EXPORT_SYMBOL(_spin_unlock_bh);

void __lockfunc _spin_unlock_irq(spinlock_t *lock)
{
	raw_unlock(&lock->raw_lock);
	local_irq_enable();
}
EXPORT_SYMBOL(_spin_unlock_irq);

void __lockfunc _spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	raw_unlock(&lock->raw_lock);
	local_irq_restore(flags);
}
EXPORT_SYMBOL(_spin_unlock_irqrestore);

void __lockfunc _read_lock(rwlock_t *lock)
{
	int readers;

	for (;;) {
		readers = lock->raw_lock.lock;
		if (readers >= 0 && raw_change(&lock->raw_lock, readers, readers + 1))
			return;
		cpu_relax();
	}
}
EXPORT_SYMBOL(_read_lock);

void __lockfunc _read_unlock(rwlock_t *lock)
{
	__atomic_sub_fetch(&lock->raw_lock.lock, 1, __ATOMIC_SEQ_CST);
}
EXPORT_SYMBOL(_read_unlock);

void __lockfunc _write_lock(rwlock_t *lock)
{
	while (!raw_change(&lock->raw_lock, 0, -1))
		cpu_relax();
}
EXPORT_SYMBOL(_write_lock);

void __lockfunc _write_unlock(rwlock_t *lock)
{
	__atomic_store_n(&lock->raw_lock.lock, 0, __ATOMIC_RELEASE);
}
EXPORT_SYMBOL(_write_unlock);

void __lockfunc _write_lock_irq(rwlock_t *lock)
{
	local_irq_disable();
	_write_lock(lock);
}
EXPORT_SYMBOL(_write_lock_irq);

void __lockfunc _write_unlock_irq(rwlock_t *lock)
{
	_write_unlock(lock);
	local_irq_enable();
}
EXPORT_SYMBOL(_write_unlock_irq);

unsigned long __lockfunc _write_lock_irqsave(rwlock_t *lock)
{
	unsigned long flags;

	local_irq_save(flags);
	_write_lock(lock);
	return flags;
}
EXPORT_SYMBOL(_write_lock_irqsave);

void __lockfunc _write_unlock_irqrestore(rwlock_t *lock, unsigned long flags)
{
	_write_unlock(lock);
	local_irq_restore(flags);
}
EXPORT_SYMBOL(_write_unlock_irqrestore);
