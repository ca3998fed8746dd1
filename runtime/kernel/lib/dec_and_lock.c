/* Dropping a count, taking a lock when it becomes 0. */
#include <linux/module.h>
#include <linux/spinlock.h>

/* True, with the lock held, when the count became 0. */
int _atomic_dec_and_lock(atomic_t *atomic, spinlock_t *lock)
{
	if (atomic_add_unless(atomic, -1, 1))
		return 0;
	spin_lock(lock);
	if (atomic_dec_and_test(atomic))
		return 1;
	spin_unlock(lock);
	return 0;
}
EXPORT_SYMBOL(_atomic_dec_and_lock);
