/* UDP: each message is a packet. One for a port that nobody has makes its sender's next call fail. */
#include <linux/errno.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#define UDP_COST	180	/* ns */
#define UDP_MAX		(65535 - 28)

/* Where a message goes: its own address, or the one the socket is connected to. */
static int udp_destination(struct sock *sk, struct msghdr *msg, struct sk_addresses *h)
{
	struct sockaddr_in *usin = msg->msg_name;
	struct inet_sock *inet = inet_sk(sk);

	h->protocol = IPPROTO_UDP;
	h->saddr = inet->rcv_saddr ?: htonl(INADDR_LOOPBACK);
	h->source = inet->sport;
	if (!msg->msg_namelen) {
		h->daddr = inet->daddr;
		h->dest = inet->dport;
		return inet->dport ? 0 : -EDESTADDRREQ;
	}
	if (msg->msg_namelen < sizeof(*usin))
		return -EINVAL;
	if (usin->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	if (!usin->sin_port)
		return -EINVAL;
	h->daddr = usin->sin_addr.s_addr ?: htonl(INADDR_LOOPBACK);
	h->dest = usin->sin_port;
	return ntohl(h->daddr) >> 24 == 127 ? 0 : -ENETUNREACH;
}

int udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct sk_addresses h = { 0 };
	struct sk_buff *skb;
	int err;

	if (len > UDP_MAX)
		return -EMSGSIZE;
	err = udp_destination(sk, msg, &h);
	if (err)
		return err;
	skb = sock_alloc_send_skb(sk, len, msg->msg_flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	if (memcpy_fromiovec(skb->data, msg->msg_iov, len)) {
		kfree_skb(skb);
		return -EFAULT;
	}
	spend(UDP_COST);
	skb->h = h;
	ip_queue_xmit(skb);
	return len;
}
EXPORT_SYMBOL(udp_sendmsg);

/* What ICMP would tell the sender, who is told only if he is connected. */
static void udp_port_unreachable(struct sk_buff *skb)
{
	if (skb->sk && inet_sk(skb->sk)->dport == skb->h.dest) {
		skb->sk->sk_err = ECONNREFUSED;
		sock_def_wakeup(skb->sk);
	}
}

int udp_rcv(struct sk_buff *skb)
{
	struct sock *sk = inet_lookup(&skb->h);
	int queued = 0;

	spend(UDP_COST);
	if (!sk) {
		udp_port_unreachable(skb);
	} else if (!(sk->sk_shutdown & RCV_SHUTDOWN)) {
		sock_queue_rcv_skb(sk, skb);
		queued = 1;
	}
	if (!queued)
		kfree_skb(skb);
	return 0;
}

int udp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags)
{
	struct sockaddr_in *sin = msg->msg_name;
	struct sk_buff *skb;
	int err, copied;

	skb = skb_recv_datagram(sk, flags, flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	if (sin) {
		memset(sin, 0, sizeof(*sin));
		sin->sin_family = AF_INET;
		sin->sin_port = skb->h.source;
		sin->sin_addr.s_addr = skb->h.saddr;
		msg->msg_namelen = sizeof(*sin);
	}
	copied = min_t(size_t, len, skb->len);
	if (copied < skb->len)
		msg->msg_flags |= MSG_TRUNC;
	err = memcpy_toiovec(msg->msg_iov, skb->data, copied);
	if (!err)
		err = flags & MSG_TRUNC ? skb->len : copied;
	if (!(flags & MSG_PEEK))
		kfree_skb(skb);
	return err;
}
EXPORT_SYMBOL(udp_recvmsg);
