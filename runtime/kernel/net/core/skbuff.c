/* Packets and queues of them. A queue's lock protects it, interrupts off. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>

#define ALLOC_SKB_COST 150	/* ns */

static struct kmem_cache *skbuff_head_cache;

/* A packet with room for size bytes, or NULL. */
struct sk_buff *alloc_skb(unsigned int size)
{
	struct sk_buff *skb = kmem_cache_alloc(skbuff_head_cache, GFP_KERNEL | __GFP_ZERO);

	if (!skb)
		return NULL;
	spend(ALLOC_SKB_COST);
	skb->head = size ? kmalloc(size, GFP_KERNEL) : NULL;
	if (size && !skb->head) {
		kmem_cache_free(skbuff_head_cache, skb);
		return NULL;
	}
	skb->data = skb->head;
	skb->len = size;
	skb->truesize = size + 256;
	return skb;
}
EXPORT_SYMBOL(alloc_skb);

void kfree_skb(struct sk_buff *skb)
{
	if (!skb)
		return;
	if (skb->destructor)
		skb->destructor(skb);
	kfree(skb->unix_name);
	kfree(skb->head);
	kmem_cache_free(skbuff_head_cache, skb);
}
EXPORT_SYMBOL(kfree_skb);

void skb_queue_head_init(struct sk_buff_head *list)
{
	list->next = list->prev = (struct sk_buff *)list;
	list->qlen = 0;
	spin_lock_init(&list->lock);
}

void skb_queue_tail(struct sk_buff_head *list, struct sk_buff *newsk)
{
	unsigned long flags;

	spin_lock_irqsave(&list->lock, flags);
	newsk->next = (struct sk_buff *)list;
	newsk->prev = list->prev;
	list->prev->next = newsk;
	list->prev = newsk;
	list->qlen++;
	spin_unlock_irqrestore(&list->lock, flags);
}
EXPORT_SYMBOL(skb_queue_tail);

struct sk_buff *skb_peek(struct sk_buff_head *list)
{
	return skb_queue_empty(list) ? NULL : list->next;
}

void skb_unlink(struct sk_buff *skb, struct sk_buff_head *list)
{
	unsigned long flags;

	spin_lock_irqsave(&list->lock, flags);
	skb->next->prev = skb->prev;
	skb->prev->next = skb->next;
	skb->next = skb->prev = NULL;
	list->qlen--;
	spin_unlock_irqrestore(&list->lock, flags);
}
EXPORT_SYMBOL(skb_unlink);

struct sk_buff *skb_dequeue(struct sk_buff_head *list)
{
	struct sk_buff *skb = skb_peek(list);

	if (skb)
		skb_unlink(skb, list);
	return skb;
}
EXPORT_SYMBOL(skb_dequeue);

void skb_queue_purge(struct sk_buff_head *list)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(list)) != NULL)
		kfree_skb(skb);
}
EXPORT_SYMBOL(skb_queue_purge);

static int __init skb_init(void)
{
	skbuff_head_cache = kmem_cache_create("skbuff_head_cache", sizeof(struct sk_buff), 0, SLAB_PANIC, NULL);
	return 0;
}
core_initcall(skb_init);
