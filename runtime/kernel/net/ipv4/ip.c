/* IP: by their protocol number packets go to who understands them. All addresses are our own. */
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>

#define IP_COST 100	/* ns */

int ip_queue_xmit(struct sk_buff *skb)
{
	spend(IP_COST);
	return loopback_xmit(skb);
}
EXPORT_SYMBOL(ip_queue_xmit);

static int ip_local_deliver(struct sk_buff *skb)
{
	switch (skb->h.protocol) {
	case IPPROTO_TCP:
		return tcp_v4_rcv(skb);
	case IPPROTO_UDP:
		return udp_rcv(skb);
	}
	kfree_skb(skb);
	return 0;
}

int ip_rcv(struct sk_buff *skb)
{
	spend(IP_COST);
	return ip_local_deliver(skb);
}
