/* What is counted for each user, in a list by the order of appearance. uidhash_lock protects it. */
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

struct uid_entry {
	struct user_struct user;
	struct list_head list;
};

static DEFINE_SPINLOCK(uidhash_lock);
static LIST_HEAD(users);

struct user_struct root_user = {
	.__count = ATOMIC_INIT(2),
	.processes = ATOMIC_INIT(1),
};

/* The user's structure, with a reference; NULL without memory. */
struct user_struct *alloc_uid(uid_t uid)
{
	struct uid_entry *entry;

	if (uid == 0) {
		atomic_inc(&root_user.__count);
		return &root_user;
	}
	spin_lock_irq(&uidhash_lock);
	list_for_each_entry(entry, &users, list) {
		if (entry->user.uid == uid) {
			atomic_inc(&entry->user.__count);
			spin_unlock_irq(&uidhash_lock);
			return &entry->user;
		}
	}
	spin_unlock_irq(&uidhash_lock);
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return NULL;
	entry->user.uid = uid;
	atomic_set(&entry->user.__count, 1);
	spin_lock_irq(&uidhash_lock);
	list_add_tail(&entry->list, &users);
	spin_unlock_irq(&uidhash_lock);
	return &entry->user;
}

void free_uid(struct user_struct *up)
{
	struct uid_entry *entry = container_of(up, struct uid_entry, user);
	unsigned long flags;

	if (!up || !atomic_dec_and_test(&up->__count) || up == &root_user)
		return;
	spin_lock_irqsave(&uidhash_lock, flags);
	list_del(&entry->list);
	spin_unlock_irqrestore(&uidhash_lock, flags);
	kfree(entry);
}
EXPORT_SYMBOL(free_uid);
