/* Mutexes. The count alone decides when nobody waits; otherwise wait_lock protects the list. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

/* Sleeps until the count could be taken from 1; -EINTR when a signal comes first. */
static int __sched __mutex_lock_slowpath(struct mutex *lock, long state)
{
	struct mutex_waiter waiter = { .task = current };
	int error = 0;

	spin_lock(&lock->wait_lock);
	list_add_tail(&waiter.list, &lock->wait_list);
	while (atomic_xchg(&lock->count, -1) != 1) {
		if (signal_pending_state(state, current)) {
			error = -EINTR;
			break;
		}
		__set_current_state(state);
		spin_unlock(&lock->wait_lock);
		schedule();
		spin_lock(&lock->wait_lock);
	}
	__set_current_state(TASK_RUNNING);
	list_del(&waiter.list);
	if (!error && list_empty(&lock->wait_list))
		atomic_set(&lock->count, 0);
	spin_unlock(&lock->wait_lock);
	return error;
}

void __sched mutex_lock(struct mutex *lock)
{
	if (atomic_dec_return(&lock->count) < 0)
		__mutex_lock_slowpath(lock, TASK_UNINTERRUPTIBLE);
	lock->owner = current_thread_info();
}
EXPORT_SYMBOL(mutex_lock);

int __sched mutex_lock_interruptible(struct mutex *lock)
{
	int error = 0;

	if (atomic_dec_return(&lock->count) < 0)
		error = __mutex_lock_slowpath(lock, TASK_INTERRUPTIBLE);
	if (!error)
		lock->owner = current_thread_info();
	return error;
}
EXPORT_SYMBOL(mutex_lock_interruptible);

int __sched mutex_trylock(struct mutex *lock)
{
	if (atomic_cmpxchg(&lock->count, 1, 0) != 1)
		return 0;
	lock->owner = current_thread_info();
	return 1;
}
EXPORT_SYMBOL(mutex_trylock);

static void __mutex_unlock_slowpath(struct mutex *lock)
{
	spin_lock(&lock->wait_lock);
	atomic_set(&lock->count, 1);
	if (!list_empty(&lock->wait_list))
		wake_up_process(list_first_entry(&lock->wait_list, struct mutex_waiter, list)->task);
	spin_unlock(&lock->wait_lock);
}

void __sched mutex_unlock(struct mutex *lock)
{
	lock->owner = NULL;
	if (atomic_cmpxchg(&lock->count, 0, 1) != 0)
		__mutex_unlock_slowpath(lock);
}
EXPORT_SYMBOL(mutex_unlock);
