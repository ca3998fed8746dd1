#ifndef _LINUX_SPINLOCK_TYPES_H
#define _LINUX_SPINLOCK_TYPES_H

typedef struct { volatile unsigned int slock; } raw_spinlock_t;
typedef struct { raw_spinlock_t raw_lock; } spinlock_t;
typedef struct { volatile int lock; } raw_rwlock_t;	/* readers, or -1 for a writer */
typedef struct { raw_rwlock_t raw_lock; } rwlock_t;

#define __SPIN_LOCK_UNLOCKED(name) { { 0 } }
#define SPIN_LOCK_UNLOCKED { { 0 } }
#define __RW_LOCK_UNLOCKED(name) { { 0 } }
#define DEFINE_SPINLOCK(x) spinlock_t x = __SPIN_LOCK_UNLOCKED(x)
#define DEFINE_RWLOCK(x) rwlock_t x = __RW_LOCK_UNLOCKED(x)

#endif
