/* The loopback interface: what is sent comes in again, by way of a queue that a softirq empties. */
#include <linux/inet.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/skbuff.h>

#define XMIT_COST	200	/* ns */
#define NETIF_RX_COST	120

static struct sk_buff_head input_pkt_queue;

/* Queues a packet that has come in. */
int netif_rx(struct sk_buff *skb)
{
	skb_queue_tail(&input_pkt_queue, skb);
	raise_softirq(NET_RX_SOFTIRQ);
	return 0;
}
EXPORT_SYMBOL(netif_rx);

/* The packet is on its way; it has come in when this returns, unless an interrupt's caller has to end first. */
int loopback_xmit(struct sk_buff *skb)
{
	spend(XMIT_COST);
	local_bh_disable();
	netif_rx(skb);
	local_bh_enable();
	return 0;
}
EXPORT_SYMBOL(loopback_xmit);

int netif_receive_skb(struct sk_buff *skb)
{
	spend(NETIF_RX_COST);
	return ip_rcv(skb);
}
EXPORT_SYMBOL(netif_receive_skb);

static void net_rx_action(struct softirq_action *h)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&input_pkt_queue)) != NULL)
		netif_receive_skb(skb);
}

static int __init net_dev_init(void)
{
	skb_queue_head_init(&input_pkt_queue);
	open_softirq(NET_RX_SOFTIRQ, net_rx_action);
	return 0;
}
subsys_initcall(net_dev_init);
