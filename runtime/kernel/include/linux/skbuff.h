/* Packets. */
#ifndef _LINUX_SKBUFF_H
#define _LINUX_SKBUFF_H

#include <linux/socket.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct sock;

/* The header that TCP and UDP would put in front, kept beside the data. Ports and addresses in network order. */
struct sk_addresses {
	u32 saddr, daddr;
	u16 source, dest;
	u8 protocol;
	u8 syn:1, ack:1, fin:1, rst:1;
};

/* next and prev first: a queue's head is a packet that is none. */
struct sk_buff {
	struct sk_buff *next, *prev;
	struct sock *sk;		/* the sender, charged for truesize */
	unsigned int len;		/* bytes from data on */
	unsigned int truesize;
	void (*destructor)(struct sk_buff *skb);
	unsigned char *head, *data;
	struct sk_addresses h;
	struct sockaddr_un *unix_name;	/* where a datagram came from; NULL for nowhere that has a name */
	int unix_namelen;
};

struct sk_buff_head {
	struct sk_buff *next, *prev;
	u32 qlen;
	spinlock_t lock;
};

extern struct sk_buff *alloc_skb(unsigned int size);
extern void kfree_skb(struct sk_buff *skb);
extern void skb_queue_head_init(struct sk_buff_head *list);
extern void skb_queue_tail(struct sk_buff_head *list, struct sk_buff *newsk);
extern struct sk_buff *skb_dequeue(struct sk_buff_head *list);
extern struct sk_buff *skb_peek(struct sk_buff_head *list);
extern void skb_unlink(struct sk_buff *skb, struct sk_buff_head *list);
extern void skb_queue_purge(struct sk_buff_head *list);

static inline int skb_queue_empty(const struct sk_buff_head *list)
{
	return list->next == (const struct sk_buff *)list;
}

#endif
