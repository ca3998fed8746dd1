/* Chains of functions told of events, those of higher priority first. */
#include <linux/module.h>
#include <linux/notifier.h>

int atomic_notifier_chain_register(struct atomic_notifier_head *nh, struct notifier_block *n)
{
	struct notifier_block **nl;
	unsigned long flags;

	spin_lock_irqsave(&nh->lock, flags);
	for (nl = &nh->head; *nl && n->priority <= (*nl)->priority; nl = &(*nl)->next)
		;
	n->next = *nl;
	*nl = n;
	spin_unlock_irqrestore(&nh->lock, flags);
	return 0;
}
EXPORT_SYMBOL(atomic_notifier_chain_register);

int atomic_notifier_chain_unregister(struct atomic_notifier_head *nh, struct notifier_block *n)
{
	struct notifier_block **nl;
	unsigned long flags;

	spin_lock_irqsave(&nh->lock, flags);
	for (nl = &nh->head; *nl && *nl != n; nl = &(*nl)->next)
		;
	if (*nl)
		*nl = n->next;
	spin_unlock_irqrestore(&nh->lock, flags);
	return 0;
}
EXPORT_SYMBOL(atomic_notifier_chain_unregister);

/* Calls each function until one says NOTIFY_STOP; returns the last answer. */
int atomic_notifier_call_chain(struct atomic_notifier_head *nh, unsigned long val, void *v)
{
	struct notifier_block *nb;
	int ret = NOTIFY_DONE;

	for (nb = nh->head; nb; nb = nb->next) {
		ret = nb->notifier_call(nb, val, v);
		if (ret == NOTIFY_STOP)
			break;
	}
	return ret;
}
EXPORT_SYMBOL(atomic_notifier_call_chain);
