/* Sleeping locks with one owner. */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/list.h>
#include <linux/spinlock.h>

struct task_struct;
struct thread_info;

struct mutex {
	atomic_t count;		/* 1: unlocked, 0: locked, negative: locked, and somebody may wait */
	spinlock_t wait_lock;
	struct list_head wait_list;
	struct thread_info *owner;
};

struct mutex_waiter {
	struct list_head list;
	struct task_struct *task;
};

#define __MUTEX_INITIALIZER(name) \
	{ .count = ATOMIC_INIT(1), .wait_lock = SPIN_LOCK_UNLOCKED, .wait_list = LIST_HEAD_INIT((name).wait_list) }
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)
#define mutex_init(m) __mutex_init(m)

static inline void __mutex_init(struct mutex *lock)
{
	atomic_set(&lock->count, 1);
	spin_lock_init(&lock->wait_lock);
	INIT_LIST_HEAD(&lock->wait_list);
	lock->owner = NULL;
}

static inline int mutex_is_locked(struct mutex *lock)
{
	return atomic_read(&lock->count) != 1;
}

extern void mutex_lock(struct mutex *lock);
extern int mutex_lock_interruptible(struct mutex *lock);
extern int mutex_trylock(struct mutex *lock);
extern void mutex_unlock(struct mutex *lock);
#define mutex_lock_nested(lock, subclass) mutex_lock(lock)

#endif
