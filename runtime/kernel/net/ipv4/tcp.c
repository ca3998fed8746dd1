/*
 * TCP, over an interface that neither loses nor reorders: segments are packets that need no number. A connection is
 * made with SYN and SYN+ACK, and ends with a FIN each way; what nobody expects is answered with RST.
 */
#include <linux/errno.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#define TCP_COST	250	/* ns a segment, each way */
#define TCP_MSS		4096

void tcp_set_state(struct sock *sk, int state)
{
	sk->sk_state = state;
}

static void tcp_address(struct sock *sk, struct sk_buff *skb)
{
	struct inet_sock *inet = inet_sk(sk);

	skb->h.protocol = IPPROTO_TCP;
	skb->h.saddr = inet->rcv_saddr ?: htonl(INADDR_LOOPBACK);
	skb->h.daddr = inet->daddr;
	skb->h.source = inet->sport;
	skb->h.dest = inet->dport;
}

static int tcp_transmit_skb(struct sock *sk, struct sk_buff *skb)
{
	spend(TCP_COST);
	tcp_address(sk, skb);
	return ip_queue_xmit(skb);
}

/* A segment without data. */
static int tcp_send_flags(struct sock *sk, int syn, int ack, int fin)
{
	struct sk_buff *skb = alloc_skb(0);

	if (!skb)
		return -ENOBUFS;
	skb->h.syn = syn;
	skb->h.ack = ack;
	skb->h.fin = fin;
	return tcp_transmit_skb(sk, skb);
}

static void tcp_send_fin(struct sock *sk)
{
	tcp_send_flags(sk, 0, 0, 1);
}

/* The answer to a segment that nobody is there for. */
static void tcp_v4_send_reset(struct sk_buff *skb)
{
	struct sk_buff *reply;

	if (skb->h.rst)
		return;
	reply = alloc_skb(0);
	if (!reply)
		return;
	reply->h = (struct sk_addresses){ .saddr = skb->h.daddr, .daddr = skb->h.saddr, .source = skb->h.dest,
					  .dest = skb->h.source, .protocol = IPPROTO_TCP, .rst = 1 };
	ip_queue_xmit(reply);
}

/* Sends the SYN. The answer has come when this returns; the caller looks at the state. */
int tcp_v4_connect(struct sock *sk, struct sockaddr *uaddr, int addr_len)
{
	struct sockaddr_in *usin = (struct sockaddr_in *)uaddr;
	struct inet_sock *inet = inet_sk(sk);
	int err;

	if (ntohl(usin->sin_addr.s_addr) >> 24 != 127 && usin->sin_addr.s_addr)
		return -ENETUNREACH;
	inet->daddr = usin->sin_addr.s_addr ?: htonl(INADDR_LOOPBACK);
	if (!inet->rcv_saddr)
		inet->rcv_saddr = htonl(INADDR_LOOPBACK);
	err = inet_autobind(sk);
	if (err)
		return err;
	inet->dport = usin->sin_port;
	sk->sk_shutdown = 0;
	tcp_set_state(sk, TCP_SYN_SENT);
	return tcp_send_flags(sk, 1, 0, 0);
}

/* A SYN has come to a listener: there is a new connection, for accept() to take. False: there is no room for it. */
static int tcp_v4_conn_request(struct sock *sk, struct sk_buff *skb)
{
	struct inet_sock *inet;
	struct sock *newsk;

	if (sk->sk_ack_backlog > sk->sk_max_ack_backlog)
		return 0;
	newsk = sk_alloc(AF_INET, IPPROTO_TCP);
	if (!newsk)
		return 0;
	sock_init_data(NULL, newsk);
	newsk->sk_type = SOCK_STREAM;
	newsk->sk_reuse = sk->sk_reuse;
	inet = inet_sk(newsk);
	inet->rcv_saddr = skb->h.daddr;
	inet->daddr = skb->h.saddr;
	inet->dport = skb->h.source;
	inet->sport = skb->h.dest;
	inet->num = ntohs(skb->h.dest);
	tcp_set_state(newsk, TCP_ESTABLISHED);
	inet_hash(newsk);
	list_add_tail(&newsk->sk_accept, &sk->sk_accept);
	sk->sk_ack_backlog++;
	tcp_send_flags(newsk, 1, 1, 0);
	sock_def_readable(sk, 0);
	return 1;
}

/* The other side has closed: what is left can be read, and then the end. */
static void tcp_fin(struct sock *sk)
{
	sk->sk_shutdown |= RCV_SHUTDOWN;
	tcp_set_state(sk, sk->sk_state == TCP_ESTABLISHED ? TCP_CLOSE_WAIT : TCP_CLOSE);
	if (sk->sk_state == TCP_CLOSE && !sk->sk_socket) {
		inet_unhash(sk);
		sock_put(sk);
		return;
	}
	sock_def_wakeup(sk);
}

static void tcp_reset(struct sock *sk)
{
	sk->sk_err = sk->sk_state == TCP_SYN_SENT ? ECONNREFUSED : sk->sk_state == TCP_CLOSE_WAIT ? EPIPE : ECONNRESET;
	sk->sk_shutdown = SHUTDOWN_MASK;
	tcp_set_state(sk, TCP_CLOSE);
	if (!sk->sk_socket && list_empty(&sk->sk_accept)) {
		inet_unhash(sk);
		sock_put(sk);
		return;
	}
	sock_def_wakeup(sk);
}

/* A segment for a socket that is not listening. True if it was kept. */
static int tcp_rcv_established(struct sock *sk, struct sk_buff *skb)
{
	if (skb->h.rst) {
		tcp_reset(sk);
	} else if (skb->h.syn && skb->h.ack) {
		tcp_set_state(sk, TCP_ESTABLISHED);
		sock_def_wakeup(sk);
	} else if (skb->len) {
		if ((sk->sk_shutdown & RCV_SHUTDOWN) || !(sk->sk_socket || !list_empty(&sk->sk_accept))) {
			tcp_v4_send_reset(skb);
			return 0;
		}
		sock_queue_rcv_skb(sk, skb);
		return 1;
	} else if (skb->h.fin) {
		tcp_fin(sk);
	}
	return 0;
}

int tcp_v4_rcv(struct sk_buff *skb)
{
	struct sock *sk = inet_lookup(&skb->h);
	int kept = 0;

	spend(TCP_COST);
	if (!sk)
		tcp_v4_send_reset(skb);
	else if (sk->sk_state != TCP_LISTEN)
		kept = tcp_rcv_established(sk, skb);
	else if (!skb->h.syn || !tcp_v4_conn_request(sk, skb))
		tcp_v4_send_reset(skb);
	if (!kept)
		kfree_skb(skb);
	return 0;
}

/* The first connection nobody has taken yet. */
struct sock *inet_csk_accept(struct sock *sk, int flags, int *err)
{
	long timeo = sock_rcvtimeo(sk, flags & O_NONBLOCK);
	struct sock *newsk;

	*err = -EINVAL;
	if (sk->sk_state != TCP_LISTEN)
		return NULL;
	while (list_empty(&sk->sk_accept)) {
		*err = sk->sk_shutdown & RCV_SHUTDOWN ? -EINVAL : sock_wait_data(sk, &timeo);
		if (*err)
			return NULL;
	}
	newsk = list_first_entry(&sk->sk_accept, struct sock, sk_accept);
	list_del_init(&newsk->sk_accept);
	sk->sk_ack_backlog--;
	return newsk;
}

static int tcp_may_send(struct sock *sk)
{
	return sk->sk_state == TCP_ESTABLISHED || sk->sk_state == TCP_CLOSE_WAIT;
}

int tcp_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	struct sock *sk = sock->sk;
	struct iovec *iov = msg->msg_iov;
	int sent = 0, err;

	if (!tcp_may_send(sk))
		return sk_stream_error(sk, msg->msg_flags, inet_sk(sk)->dport ? -EPIPE : -ENOTCONN);
	while (sent < size) {
		int chunk = min_t(size_t, size - sent, TCP_MSS);
		struct sk_buff *skb = sock_alloc_send_skb(sk, chunk, msg->msg_flags & MSG_DONTWAIT, &err);

		if (!skb)
			return sent ? sent : sk_stream_error(sk, msg->msg_flags, err);
		if (memcpy_fromiovec(skb->data, iov, chunk)) {
			kfree_skb(skb);
			return sent ? sent : -EFAULT;
		}
		while (iov < msg->msg_iov + msg->msg_iovlen && !iov->iov_len)
			iov++;
		tcp_transmit_skb(sk, skb);
		sent += chunk;
	}
	return sent;
}
EXPORT_SYMBOL(tcp_sendmsg);

int tcp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags)
{
	long timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	int copied = 0, err, n;

	if (sk->sk_state == TCP_LISTEN || (sk->sk_state == TCP_CLOSE && !inet_sk(sk)->dport))
		return -ENOTCONN;
	msg->msg_namelen = 0;
	while (copied < len) {
		n = stream_copy_to_user(sk, msg, len - copied, flags);
		if (n < 0)
			return copied ? copied : n;
		copied += n;
		if (copied >= len || (n && (!(flags & MSG_WAITALL) || (flags & MSG_PEEK))))
			break;
		err = sock_error(sk);
		if (!err && (sk->sk_shutdown & RCV_SHUTDOWN))
			break;
		err = err ?: sock_wait_data(sk, &timeo);
		if (err)
			return copied ? copied : err;
	}
	return copied;
}
EXPORT_SYMBOL(tcp_recvmsg);

/* No more is sent. */
void tcp_shutdown(struct sock *sk, int how)
{
	if (!(how & SEND_SHUTDOWN) || !tcp_may_send(sk))
		return;
	tcp_set_state(sk, sk->sk_state == TCP_ESTABLISHED ? TCP_FIN_WAIT2 : TCP_LAST_ACK);
	tcp_send_fin(sk);
}
EXPORT_SYMBOL(tcp_shutdown);

/* A connection that was never accepted ends before it began. */
static void tcp_abort(struct sock *sk)
{
	struct sk_buff *skb = alloc_skb(0);

	list_del_init(&sk->sk_accept);
	if (skb) {
		skb->h.rst = 1;
		tcp_transmit_skb(sk, skb);
	}
	inet_unhash(sk);
	tcp_set_state(sk, TCP_CLOSE);
	sock_put(sk);
}

/* The socket goes. The connection stays known until the other side has closed too; unread data resets it. */
void tcp_close(struct sock *sk)
{
	int state = sk->sk_state, unread = !skb_queue_empty(&sk->sk_receive_queue);

	sk->sk_shutdown = SHUTDOWN_MASK;
	while (!list_empty(&sk->sk_accept))
		tcp_abort(list_first_entry(&sk->sk_accept, struct sock, sk_accept));
	sock_orphan(sk);
	skb_queue_purge(&sk->sk_receive_queue);
	if (state == TCP_ESTABLISHED && !unread) {
		tcp_set_state(sk, TCP_FIN_WAIT2);
		tcp_send_fin(sk);
		return;		/* tcp_fin() gives the last reference back */
	}
	if (state == TCP_FIN_WAIT2 && !unread)
		return;
	if (state == TCP_CLOSE_WAIT && !unread)
		tcp_send_fin(sk);
	if (unread && (state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT || state == TCP_FIN_WAIT2)) {
		struct sk_buff *skb = alloc_skb(0);

		if (skb) {
			skb->h.rst = 1;
			tcp_transmit_skb(sk, skb);
		}
	}
	inet_unhash(sk);
	tcp_set_state(sk, TCP_CLOSE);
	sock_put(sk);
}
EXPORT_SYMBOL(tcp_close);
