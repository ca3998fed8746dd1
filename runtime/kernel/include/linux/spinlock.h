/* Locks that are waited for by spinning; the functions are in kernel/spinlock.c. */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/irqflags.h>
#include <linux/spinlock_types.h>
#include <asm/atomic.h>
#include <asm/system.h>

extern void _spin_lock(spinlock_t *lock);
extern int _spin_trylock(spinlock_t *lock);
extern void _spin_lock_bh(spinlock_t *lock);
extern void _spin_lock_irq(spinlock_t *lock);
extern unsigned long _spin_lock_irqsave(spinlock_t *lock);
extern void _spin_unlock(spinlock_t *lock);
extern void _spin_unlock_bh(spinlock_t *lock);
extern void _spin_unlock_irq(spinlock_t *lock);
extern void _spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags);
extern void _read_lock(rwlock_t *lock);
extern void _read_unlock(rwlock_t *lock);
extern void _write_lock(rwlock_t *lock);
extern void _write_lock_irq(rwlock_t *lock);
extern void _write_unlock(rwlock_t *lock);
extern void _write_unlock_irq(rwlock_t *lock);
extern unsigned long _write_lock_irqsave(rwlock_t *lock);
extern void _write_unlock_irqrestore(rwlock_t *lock, unsigned long flags);

#define spin_lock_init(lock) ((lock)->raw_lock.slock = 0)
#define rwlock_init(l) ((l)->raw_lock.lock = 0)
#define spin_is_locked(lock) ((lock)->raw_lock.slock != 0)
#define assert_spin_locked(lock) BUG_ON(!spin_is_locked(lock))
#define spin_lock(lock) _spin_lock(lock)
#define spin_lock_nested(lock, subclass) _spin_lock(lock)
#define spin_trylock(lock) _spin_trylock(lock)
#define spin_lock_bh(lock) _spin_lock_bh(lock)
#define spin_lock_irq(lock) _spin_lock_irq(lock)
#define spin_lock_irqsave(lock, flags) ((flags) = _spin_lock_irqsave(lock))
#define spin_unlock(lock) _spin_unlock(lock)
#define spin_unlock_bh(lock) _spin_unlock_bh(lock)
#define spin_unlock_irq(lock) _spin_unlock_irq(lock)
#define spin_unlock_irqrestore(lock, flags) _spin_unlock_irqrestore(lock, flags)
#define read_lock(lock) _read_lock(lock)
#define read_unlock(lock) _read_unlock(lock)
#define write_lock(lock) _write_lock(lock)
#define write_lock_irq(lock) _write_lock_irq(lock)
#define write_unlock(lock) _write_unlock(lock)
#define write_unlock_irq(lock) _write_unlock_irq(lock)
#define write_lock_irqsave(lock, flags) ((flags) = _write_lock_irqsave(lock))
#define write_unlock_irqrestore(lock, flags) _write_unlock_irqrestore(lock, flags)

extern int _atomic_dec_and_lock(atomic_t *atomic, spinlock_t *lock);
#define atomic_dec_and_lock(atomic, lock) _atomic_dec_and_lock(atomic, lock)

#endif
