/*
 * Internet sockets: names, and what TCP and UDP have in common. All sockets that have a port are in inet_hashinfo,
 * under its lock.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/inet.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#define FIRST_PORT	32768	/* of those the kernel gives */
#define LAST_PORT	61000
#define PROT_SOCK	1024	/* below are the superuser's */

static DEFINE_SPINLOCK(inet_lock);
static LIST_HEAD(inet_hashinfo);

static const struct proto_ops inet_stream_ops, inet_dgram_ops;

void inet_hash(struct sock *sk)
{
	unsigned long flags;

	spin_lock_irqsave(&inet_lock, flags);
	if (list_empty(&sk->sk_node))
		list_add_tail(&sk->sk_node, &inet_hashinfo);
	spin_unlock_irqrestore(&inet_lock, flags);
}

void inet_unhash(struct sock *sk)
{
	unsigned long flags;

	spin_lock_irqsave(&inet_lock, flags);
	list_del_init(&sk->sk_node);
	spin_unlock_irqrestore(&inet_lock, flags);
}

/* How well a socket fits a packet: 0 not at all, more for a connection than for who takes everything. */
static int compute_score(struct sock *sk, struct sk_addresses *h)
{
	struct inet_sock *inet = inet_sk(sk);
	int score = 1;

	if (sk->sk_protocol != h->protocol || inet->sport != h->dest)
		return 0;
	if (inet->rcv_saddr) {
		if (inet->rcv_saddr != h->daddr)
			return 0;
		score++;
	}
	if (inet->dport) {
		if (inet->dport != h->source || inet->daddr != h->saddr)
			return 0;
		score += 2;
	} else if (h->protocol == IPPROTO_TCP && sk->sk_state != TCP_LISTEN) {
		return 0;
	}
	return score;
}

/* The socket a packet is for, or NULL. */
struct sock *inet_lookup(struct sk_addresses *h)
{
	struct sock *sk, *best = NULL;
	unsigned long flags;
	int best_score = 0;

	spin_lock_irqsave(&inet_lock, flags);
	list_for_each_entry(sk, &inet_hashinfo, sk_node) {
		int score = compute_score(sk, h);

		if (score > best_score) {
			best = sk;
			best_score = score;
		}
	}
	spin_unlock_irqrestore(&inet_lock, flags);
	return best;
}

/* Is the port taken, for the address? Both may share it if both say so and none listens. */
static int port_in_use(struct sock *sk, u32 addr, u16 port)
{
	struct sock *sk2;

	list_for_each_entry(sk2, &inet_hashinfo, sk_node) {
		struct inet_sock *inet2 = inet_sk(sk2);

		if (sk2 == sk || sk2->sk_protocol != sk->sk_protocol || inet2->num != port)
			continue;
		if (inet2->rcv_saddr && addr && inet2->rcv_saddr != addr)
			continue;
		if (!(sk->sk_reuse && sk2->sk_reuse && sk2->sk_state != TCP_LISTEN))
			return 1;
	}
	return 0;
}

/* Gives the socket the port, or a free one for 0. */
static int inet_get_port(struct sock *sk, u32 addr, u16 port)
{
	static u16 next = FIRST_PORT;
	int tries = LAST_PORT - FIRST_PORT;

	if (port && port_in_use(sk, addr, port))
		return -EADDRINUSE;
	while (!port && tries--) {
		if (!port_in_use(sk, addr, next))
			port = next;
		next = next + 1 < LAST_PORT ? next + 1 : FIRST_PORT;
	}
	if (!port)
		return -EADDRINUSE;
	inet_sk(sk)->num = port;
	inet_sk(sk)->sport = htons(port);
	inet_sk(sk)->rcv_saddr = addr;
	inet_hash(sk);
	return 0;
}

int inet_autobind(struct sock *sk)
{
	return inet_sk(sk)->num ? 0 : inet_get_port(sk, inet_sk(sk)->rcv_saddr, 0);
}

static int inet_create(struct socket *sock, int protocol)
{
	struct sock *sk;

	if (sock->type == SOCK_STREAM && (!protocol || protocol == IPPROTO_TCP)) {
		sock->ops = &inet_stream_ops;
		protocol = IPPROTO_TCP;
	} else if (sock->type == SOCK_DGRAM && (!protocol || protocol == IPPROTO_UDP)) {
		sock->ops = &inet_dgram_ops;
		protocol = IPPROTO_UDP;
	} else {
		return sock->type == SOCK_STREAM || sock->type == SOCK_DGRAM ? -EPROTONOSUPPORT : -ESOCKTNOSUPPORT;
	}
	sk = sk_alloc(AF_INET, protocol);
	if (!sk)
		return -ENOBUFS;
	sock_init_data(sock, sk);
	return 0;
}

/* Every address of the loopback network is ours. */
static int is_local(u32 addr)
{
	return addr == htonl(INADDR_ANY) || ntohl(addr) >> 24 == 127;
}

static int inet_bind(struct socket *sock, struct sockaddr *uaddr, int addr_len)
{
	struct sockaddr_in *addr = (struct sockaddr_in *)uaddr;
	unsigned short snum;

	if (addr_len < sizeof(struct sockaddr_in))
		return -EINVAL;
	if (addr->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	if (!is_local(addr->sin_addr.s_addr))
		return -EADDRNOTAVAIL;
	snum = ntohs(addr->sin_port);
	if (snum && snum < PROT_SOCK && !capable(CAP_NET_BIND_SERVICE))
		return -EACCES;
	if (sock->sk->sk_state != TCP_CLOSE || inet_sk(sock->sk)->num)
		return -EINVAL;
	return inet_get_port(sock->sk, addr->sin_addr.s_addr, snum);
}

static int inet_listen(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;
	int err;

	if (sock->state != SS_UNCONNECTED || (sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN))
		return -EINVAL;
	err = inet_autobind(sk);
	if (err)
		return err;
	sk->sk_max_ack_backlog = backlog;
	if (sk->sk_state != TCP_LISTEN)
		tcp_set_state(sk, TCP_LISTEN);
	return 0;
}

static int inet_stream_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags)
{
	struct sock *sk = sock->sk;
	long timeo = flags & O_NONBLOCK ? 0 : sk->sk_sndtimeo;
	int err;

	if (addr_len < sizeof(struct sockaddr_in))
		return -EINVAL;
	if (uaddr->sa_family != AF_INET)
		return -EAFNOSUPPORT;
	if (sock->state == SS_CONNECTED)
		return -EISCONN;
	if (sock->state == SS_CONNECTING && sk->sk_state == TCP_SYN_SENT && !timeo)
		return -EALREADY;
	if (sock->state == SS_UNCONNECTED) {
		if (sk->sk_state != TCP_CLOSE)
			return -EISCONN;
		err = tcp_v4_connect(sk, uaddr, addr_len);
		if (err)
			return err;
		sock->state = SS_CONNECTING;
	}
	while (sk->sk_state == TCP_SYN_SENT && !sk->sk_err) {
		err = sock_wait_data(sk, &timeo);
		if (err)
			return err == -EAGAIN ? -EINPROGRESS : err;
	}
	if (sk->sk_state == TCP_CLOSE) {
		sock->state = SS_UNCONNECTED;
		inet_sk(sk)->dport = inet_sk(sk)->daddr = 0;
		return sock_error(sk) ?: -ECONNABORTED;
	}
	sock->state = SS_CONNECTED;
	return 0;
}

static int inet_dgram_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags)
{
	struct sockaddr_in *usin = (struct sockaddr_in *)uaddr;
	struct inet_sock *inet = inet_sk(sock->sk);
	int err;

	if (uaddr->sa_family == AF_UNSPEC) {
		inet->daddr = inet->dport = 0;
		sock->sk->sk_state = TCP_CLOSE;
		return 0;
	}
	if (addr_len < sizeof(*usin))
		return -EINVAL;
	if (usin->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	if (!is_local(usin->sin_addr.s_addr))
		return -ENETUNREACH;
	err = inet_autobind(sock->sk);
	if (err)
		return err;
	inet->daddr = usin->sin_addr.s_addr ?: htonl(INADDR_LOOPBACK);
	inet->dport = usin->sin_port;
	sock->sk->sk_state = TCP_ESTABLISHED;
	return 0;
}

static int inet_accept(struct socket *sock, struct socket *newsock, int flags)
{
	int err = -EINVAL;
	struct sock *sk = inet_csk_accept(sock->sk, flags, &err);

	if (!sk)
		return err;
	sock_graft(sk, newsock);
	newsock->state = SS_CONNECTED;
	return 0;
}

static int inet_getname(struct socket *sock, struct sockaddr *uaddr, int *uaddr_len, int peer)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)uaddr;
	struct inet_sock *inet = inet_sk(sock->sk);

	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	if (peer) {
		if (!inet->dport || sock->sk->sk_state == TCP_CLOSE || sock->sk->sk_state == TCP_SYN_SENT)
			return -ENOTCONN;
		sin->sin_port = inet->dport;
		sin->sin_addr.s_addr = inet->daddr;
	} else {
		sin->sin_port = inet->sport;
		sin->sin_addr.s_addr = inet->rcv_saddr;
	}
	*uaddr_len = sizeof(*sin);
	return 0;
}

static int inet_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	int err = inet_autobind(sock->sk);

	return err ?: udp_sendmsg(sock->sk, msg, size);
}

static int inet_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	return sock->sk->sk_protocol == IPPROTO_TCP ? tcp_recvmsg(sock->sk, msg, size, flags)
						    : udp_recvmsg(sock->sk, msg, size, flags);
}

static int inet_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;

	if (sk->sk_state != TCP_ESTABLISHED && sk->sk_state != TCP_CLOSE_WAIT && sk->sk_state != TCP_FIN_WAIT2 &&
	    sk->sk_state != TCP_LISTEN)
		return -ENOTCONN;
	sk->sk_shutdown |= how + 1;
	if (sk->sk_protocol == IPPROTO_TCP)
		tcp_shutdown(sk, how + 1);
	sock_def_wakeup(sk);
	return 0;
}

static int inet_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return 0;
	if (sk->sk_protocol == IPPROTO_TCP) {
		tcp_close(sk);
	} else {
		inet_unhash(sk);
		sk->sk_shutdown = SHUTDOWN_MASK;
		sock_orphan(sk);
		skb_queue_purge(&sk->sk_receive_queue);	/* what it sent to itself holds it, too */
		sock_put(sk);
	}
	return 0;
}

static const struct proto_ops inet_stream_ops = {
	.family = AF_INET,
	.release = inet_release,
	.bind = inet_bind,
	.connect = inet_stream_connect,
	.socketpair = sock_no_socketpair,
	.accept = inet_accept,
	.getname = inet_getname,
	.poll = datagram_poll,
	.listen = inet_listen,
	.shutdown = inet_shutdown,
	.sendmsg = tcp_sendmsg,
	.recvmsg = inet_recvmsg,
};

static const struct proto_ops inet_dgram_ops = {
	.family = AF_INET,
	.release = inet_release,
	.bind = inet_bind,
	.connect = inet_dgram_connect,
	.socketpair = sock_no_socketpair,
	.accept = sock_no_accept,
	.getname = inet_getname,
	.poll = datagram_poll,
	.listen = sock_no_listen,
	.shutdown = inet_shutdown,
	.sendmsg = inet_sendmsg,
	.recvmsg = inet_recvmsg,
};

static const struct net_proto_family inet_family_ops = { .family = AF_INET, .create = inet_create };

static int __init inet_init(void)
{
	return sock_register(&inet_family_ops);
}
fs_initcall(inet_init);
