/* Counting semaphores. The lock protects count and list. */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/semaphore.h>

struct semaphore_waiter {
	struct list_head list;
	struct task_struct *task;
	int up;
};

/* The lock is held, and dropped to sleep. */
static int __sched __down_common(struct semaphore *sem, long state)
{
	struct semaphore_waiter waiter = { .task = current };

	list_add_tail(&waiter.list, &sem->wait_list);
	while (!waiter.up) {
		if (signal_pending_state(state, current)) {
			list_del(&waiter.list);
			return -EINTR;
		}
		__set_current_state(state);
		spin_unlock_irq(&sem->lock);
		schedule();
		spin_lock_irq(&sem->lock);
	}
	return 0;
}

static int __sched __down(struct semaphore *sem, long state)
{
	unsigned long flags;
	int result = 0;

	spin_lock_irqsave(&sem->lock, flags);
	if (sem->count > 0)
		sem->count--;
	else
		result = __down_common(sem, state);
	spin_unlock_irqrestore(&sem->lock, flags);
	return result;
}

void __sched down(struct semaphore *sem)
{
	__down(sem, TASK_UNINTERRUPTIBLE);
}
EXPORT_SYMBOL(down);

int __sched down_interruptible(struct semaphore *sem)
{
	return __down(sem, TASK_INTERRUPTIBLE);
}
EXPORT_SYMBOL(down_interruptible);

/* 0 when it was taken. */
int down_trylock(struct semaphore *sem)
{
	unsigned long flags;
	int got;

	spin_lock_irqsave(&sem->lock, flags);
	got = sem->count > 0;
	if (got)
		sem->count--;
	spin_unlock_irqrestore(&sem->lock, flags);
	return !got;
}
EXPORT_SYMBOL(down_trylock);

void up(struct semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->lock, flags);
	if (list_empty(&sem->wait_list)) {
		sem->count++;
	} else {
		struct semaphore_waiter *waiter =
			list_first_entry(&sem->wait_list, struct semaphore_waiter, list);

		list_del(&waiter->list);
		waiter->up = 1;
		wake_up_process(waiter->task);
	}
	spin_unlock_irqrestore(&sem->lock, flags);
}
EXPORT_SYMBOL(up);
