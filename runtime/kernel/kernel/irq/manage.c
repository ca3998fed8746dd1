/* Who handles an interrupt line. */
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

int setup_irq(unsigned int irq, struct irqaction *new)
{
	struct irq_desc *desc = irq_to_desc(irq);
	struct irqaction **p;
	unsigned long flags;

	if (!desc)
		return -EINVAL;
	spin_lock_irqsave(&desc->lock, flags);
	if (desc->action && !(desc->action->flags & new->flags & IRQF_SHARED)) {
		spin_unlock_irqrestore(&desc->lock, flags);
		return -EBUSY;
	}
	for (p = &desc->action; *p; p = &(*p)->next)
		;
	*p = new;
	new->irq = irq;
	desc->depth = 0;
	desc->status &= ~IRQ_DISABLED;
	spin_unlock_irqrestore(&desc->lock, flags);
	return 0;
}

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long irqflags, const char *devname,
		void *dev_id)
{
	struct irqaction *action;
	int retval;

	if (!handler)
		return -EINVAL;
	action = kzalloc(sizeof(*action), GFP_KERNEL);
	if (!action)
		return -ENOMEM;
	action->handler = handler;
	action->flags = irqflags;
	action->name = devname;
	action->dev_id = dev_id;
	retval = setup_irq(irq, action);
	if (retval)
		kfree(action);
	return retval;
}
EXPORT_SYMBOL(request_irq);

void free_irq(unsigned int irq, void *dev_id)
{
	struct irq_desc *desc = irq_to_desc(irq);
	struct irqaction **p, *found;
	unsigned long flags;

	spin_lock_irqsave(&desc->lock, flags);
	for (p = &desc->action; *p && (*p)->dev_id != dev_id; p = &(*p)->next)
		;
	found = *p;
	if (found)
		*p = found->next;
	if (!desc->action)
		desc->status |= IRQ_DISABLED;
	spin_unlock_irqrestore(&desc->lock, flags);
	kfree(found);
}
EXPORT_SYMBOL(free_irq);

void disable_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;

	spin_lock_irqsave(&desc->lock, flags);
	if (!desc->depth++)
		desc->status |= IRQ_DISABLED;
	spin_unlock_irqrestore(&desc->lock, flags);
}
EXPORT_SYMBOL(disable_irq);

void enable_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;

	spin_lock_irqsave(&desc->lock, flags);
	if (desc->depth && !--desc->depth)
		desc->status &= ~IRQ_DISABLED;
	spin_unlock_irqrestore(&desc->lock, flags);
}
EXPORT_SYMBOL(enable_irq);
