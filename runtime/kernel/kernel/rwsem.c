/* Sleeping reader/writer locks, first come first served. wait_lock protects everything in them. */
#include <linux/module.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task;	/* NULL once the lock has been handed over */
	int write;
};

/* Hands the lock to the first waiter, or to all readers at the front. wait_lock is held. */
static void __rwsem_do_wake(struct rw_semaphore *sem)
{
	while (!list_empty(&sem->wait_list)) {
		struct rwsem_waiter *waiter = list_first_entry(&sem->wait_list, struct rwsem_waiter, list);
		struct task_struct *tsk = waiter->task;
		int write = waiter->write;

		if (write ? sem->activity != 0 : sem->activity < 0)
			return;
		sem->activity = write ? -1 : sem->activity + 1;
		list_del(&waiter->list);
		waiter->task = NULL;
		wake_up_process(tsk);
		if (write)
			return;
	}
}

/* wait_lock is held, and released here. */
static void __sched rwsem_wait(struct rw_semaphore *sem, int write)
{
	struct rwsem_waiter waiter = { .task = current, .write = write };

	list_add_tail(&waiter.list, &sem->wait_list);
	set_current_state(TASK_UNINTERRUPTIBLE);
	spin_unlock_irq(&sem->wait_lock);
	while (ACCESS_ONCE(waiter.task)) {
		schedule();
		set_current_state(TASK_UNINTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
}

int down_read_trylock(struct rw_semaphore *sem)
{
	unsigned long flags;
	int got;

	spin_lock_irqsave(&sem->wait_lock, flags);
	got = sem->activity >= 0 && list_empty(&sem->wait_list);
	if (got)
		sem->activity++;
	spin_unlock_irqrestore(&sem->wait_lock, flags);
	return got;
}
EXPORT_SYMBOL(down_read_trylock);

void __sched down_read(struct rw_semaphore *sem)
{
	spin_lock_irq(&sem->wait_lock);
	if (sem->activity >= 0 && list_empty(&sem->wait_list)) {
		sem->activity++;
		spin_unlock_irq(&sem->wait_lock);
		return;
	}
	rwsem_wait(sem, 0);
}
EXPORT_SYMBOL(down_read);

int down_write_trylock(struct rw_semaphore *sem)
{
	unsigned long flags;
	int got;

	spin_lock_irqsave(&sem->wait_lock, flags);
	got = sem->activity == 0 && list_empty(&sem->wait_list);
	if (got)
		sem->activity = -1;
	spin_unlock_irqrestore(&sem->wait_lock, flags);
	return got;
}
EXPORT_SYMBOL(down_write_trylock);

void __sched down_write(struct rw_semaphore *sem)
{
	spin_lock_irq(&sem->wait_lock);
	if (sem->activity == 0 && list_empty(&sem->wait_list)) {
		sem->activity = -1;
		spin_unlock_irq(&sem->wait_lock);
		return;
	}
	rwsem_wait(sem, 1);
}
EXPORT_SYMBOL(down_write);

void up_read(struct rw_semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->wait_lock, flags);
	if (--sem->activity == 0)
		__rwsem_do_wake(sem);
	spin_unlock_irqrestore(&sem->wait_lock, flags);
}
EXPORT_SYMBOL(up_read);

void up_write(struct rw_semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->wait_lock, flags);
	sem->activity = 0;
	__rwsem_do_wake(sem);
	spin_unlock_irqrestore(&sem->wait_lock, flags);
}
EXPORT_SYMBOL(up_write);

/* The writer becomes a reader. */
void downgrade_write(struct rw_semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->wait_lock, flags);
	sem->activity = 1;
	__rwsem_do_wake(sem);
	spin_unlock_irqrestore(&sem->wait_lock, flags);
}
EXPORT_SYMBOL(downgrade_write);
