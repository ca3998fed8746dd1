/* What all protocols share: buffers, who waits for what, options. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static struct kmem_cache *sock_cache;

struct sock *sk_alloc(int family, int protocol)
{
	struct sock *sk = kmem_cache_alloc(sock_cache, GFP_KERNEL | __GFP_ZERO);

	if (sk) {
		sk->sk_family = family;
		sk->sk_protocol = protocol;
	}
	return sk;
}

/* The last reference is gone. */
void sk_free(struct sock *sk)
{
	skb_queue_purge(&sk->sk_receive_queue);
	kmem_cache_free(sock_cache, sk);
}

void sock_graft(struct sock *sk, struct socket *parent)
{
	sk->sk_sleep = &parent->wait;
	sk->sk_socket = parent;
	parent->sk = sk;
	sk->sk_type = parent->type;
}

/* sock NULL: a connection nobody has accepted yet. */
void sock_init_data(struct socket *sock, struct sock *sk)
{
	skb_queue_head_init(&sk->sk_receive_queue);
	INIT_LIST_HEAD(&sk->sk_node);
	INIT_LIST_HEAD(&sk->sk_accept);
	sk->sk_rcvbuf = sk->sk_sndbuf = SK_BUF_DEFAULT;
	sk->sk_state = TCP_CLOSE;
	sk->sk_rcvtimeo = sk->sk_sndtimeo = MAX_SCHEDULE_TIMEOUT;
	atomic_set(&sk->sk_refcnt, 1);
	if (sock)
		sock_graft(sk, sock);
}

/* The socket goes; the rest may live on for what is on its way. */
void sock_orphan(struct sock *sk)
{
	if (sk->sk_socket)
		sk->sk_socket->sk = NULL;
	sk->sk_socket = NULL;
	sk->sk_sleep = NULL;
}

/* The pending error, once. */
int sock_error(struct sock *sk)
{
	int err = sk->sk_err;

	sk->sk_err = 0;
	return -err;
}

void sock_def_wakeup(struct sock *sk)
{
	if (sk->sk_sleep)
		wake_up_interruptible_all(sk->sk_sleep);
}

void sock_def_readable(struct sock *sk, int len)
{
	if (sk->sk_sleep)
		wake_up_interruptible(sk->sk_sleep);
}

static void sock_def_write_space(struct sock *sk)
{
	if (sk->sk_sleep && sock_writeable(sk))
		wake_up_interruptible(sk->sk_sleep);
}

/* A packet has been read: its sender may send more, its receiver has more room. */
static void sock_wfree(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	atomic_sub(skb->truesize, &sk->sk_wmem_alloc);
	sock_def_write_space(sk);
	sock_put(sk);
}

/* Sleeps until something happens at the socket, a signal comes, or the time is over. 0, or an error. */
int sock_wait_data(struct sock *sk, long *timeo)
{
	DEFINE_WAIT(wait);

	if (!*timeo)
		return -EAGAIN;
	if (signal_pending(current))
		return *timeo == MAX_SCHEDULE_TIMEOUT ? -ERESTARTSYS : -EINTR;
	prepare_to_wait(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
	*timeo = schedule_timeout(*timeo);
	finish_wait(sk->sk_sleep, &wait);
	return 0;
}

/* A packet charged to the socket; waits while too much of what it sent is unread. */
struct sk_buff *sock_alloc_send_skb(struct sock *sk, unsigned long size, int noblock, int *errcode)
{
	long timeo = noblock ? 0 : sk->sk_sndtimeo;
	struct sk_buff *skb;

	for (;;) {
		*errcode = sock_error(sk);
		if (*errcode)
			return NULL;
		*errcode = -EPIPE;
		if (sk->sk_shutdown & SEND_SHUTDOWN)
			return NULL;
		if (atomic_read(&sk->sk_wmem_alloc) < sk->sk_sndbuf)
			break;
		*errcode = sock_wait_data(sk, &timeo);
		if (*errcode)
			return NULL;
	}
	skb = alloc_skb(size);
	*errcode = skb ? 0 : -ENOBUFS;
	if (skb) {
		sock_hold(sk);
		skb->sk = sk;
		skb->destructor = sock_wfree;
		atomic_add(skb->truesize, &sk->sk_wmem_alloc);
	}
	return skb;
}

/* Gives a packet to who reads from the socket. */
void sock_queue_rcv_skb(struct sock *sk, struct sk_buff *skb)
{
	int len = skb->len;

	skb_queue_tail(&sk->sk_receive_queue, skb);
	sock_def_readable(sk, len);
}

/* SIGPIPE goes with EPIPE, unless the caller does not want it. */
int sk_stream_error(struct sock *sk, int flags, int err)
{
	if (err == -EPIPE)
		err = sock_error(sk) ?: -EPIPE;
	if (err == -EPIPE && !(flags & MSG_NOSIGNAL))
		send_sig(SIGPIPE, current, 0);
	return err;
}

/* The next datagram; it stays queued with MSG_PEEK. NULL: *err says why, 0 for the end. */
struct sk_buff *skb_recv_datagram(struct sock *sk, unsigned flags, int noblock, int *err)
{
	long timeo = sock_rcvtimeo(sk, noblock);
	struct sk_buff *skb;

	for (;;) {
		*err = sock_error(sk);
		if (*err)
			return NULL;
		skb = flags & MSG_PEEK ? skb_peek(&sk->sk_receive_queue) : skb_dequeue(&sk->sk_receive_queue);
		if (skb || (sk->sk_shutdown & RCV_SHUTDOWN))
			return skb;
		*err = sock_wait_data(sk, &timeo);
		if (*err)
			return NULL;
	}
}

/* Copies what is queued of a stream into the message, up to size bytes. Answers how many, or -EFAULT. */
int stream_copy_to_user(struct sock *sk, struct msghdr *msg, size_t size, int flags)
{
	struct sk_buff *skb = skb_peek(&sk->sk_receive_queue);
	int copied = 0;

	while (skb && skb != (struct sk_buff *)&sk->sk_receive_queue && size) {
		struct sk_buff *next = skb->next;
		unsigned int chunk = min_t(unsigned int, skb->len, size);

		if (memcpy_toiovec(msg->msg_iov, skb->data, chunk))
			return copied ? copied : -EFAULT;
		while (msg->msg_iovlen && !msg->msg_iov->iov_len) {
			msg->msg_iov++;
			msg->msg_iovlen--;
		}
		copied += chunk;
		size -= chunk;
		if (!(flags & MSG_PEEK)) {
			skb->data += chunk;
			skb->len -= chunk;
			if (!skb->len) {
				skb_unlink(skb, &sk->sk_receive_queue);
				kfree_skb(skb);
			}
		}
		skb = next;
	}
	return copied;
}

unsigned int datagram_poll(struct file *file, struct socket *sock, poll_table *wait)
{
	struct sock *sk = sock->sk;
	unsigned int mask = 0;

	poll_wait(file, sk->sk_sleep, wait);
	if (sk->sk_err)
		mask |= POLLERR;
	if (sk->sk_shutdown == SHUTDOWN_MASK)
		mask |= POLLHUP;
	if (!skb_queue_empty(&sk->sk_receive_queue) || (sk->sk_shutdown & RCV_SHUTDOWN))
		mask |= POLLIN | POLLRDNORM;
	if (sk->sk_state == TCP_LISTEN)
		return mask | (list_empty(&sk->sk_accept) ? 0 : POLLIN | POLLRDNORM);
	if (sk->sk_type == SOCK_STREAM && sk->sk_state == TCP_CLOSE)
		mask |= POLLHUP;
	if (sock_writeable(sk) && sk->sk_state != TCP_SYN_SENT)
		mask |= POLLOUT | POLLWRNORM | POLLWRBAND;
	return mask;
}

/* A timeout in jiffies from the user's timeval; 0 means none. */
static int sock_set_timeout(long *timeo_p, char __user *optval, int optlen)
{
	struct timeval tv;

	if (optlen < sizeof(tv))
		return -EINVAL;
	if (copy_from_user(&tv, optval, sizeof(tv)))
		return -EFAULT;
	if (tv.tv_usec < 0 || tv.tv_usec >= USEC_PER_SEC)
		return -EDOM;
	*timeo_p = MAX_SCHEDULE_TIMEOUT;
	if (tv.tv_sec >= 0 && (tv.tv_sec || tv.tv_usec))
		*timeo_p = timeval_to_jiffies(&tv);
	return 0;
}

int sock_setsockopt(struct socket *sock, int level, int optname, char __user *optval, int optlen)
{
	struct sock *sk = sock->sk;
	int val;

	if (optname == SO_RCVTIMEO || optname == SO_SNDTIMEO)
		return sock_set_timeout(optname == SO_RCVTIMEO ? &sk->sk_rcvtimeo : &sk->sk_sndtimeo, optval, optlen);
	if (optlen < sizeof(int))
		return -EINVAL;
	if (get_user(val, (int __user *)optval))
		return -EFAULT;
	switch (optname) {
	case SO_REUSEADDR:
		sk->sk_reuse = val != 0;
		return 0;
	case SO_BROADCAST:
		sk->sk_broadcast = val != 0;
		return 0;
	case SO_KEEPALIVE:
		sk->sk_keepalive = val != 0;
		return 0;
	case SO_SNDBUF:
		sk->sk_sndbuf = max(min(val, 1 << 20) * 2, SK_BUF_MIN);
		return 0;
	case SO_RCVBUF:
		sk->sk_rcvbuf = max(min(val, 1 << 20) * 2, SK_BUF_MIN);
		return 0;
	}
	return -ENOPROTOOPT;
}

/* The options that are numbers; -ENOPROTOOPT for others. */
static int sock_get_number(struct sock *sk, int optname, int *val)
{
	switch (optname) {
	case SO_REUSEADDR:
		*val = sk->sk_reuse;
		return 0;
	case SO_BROADCAST:
		*val = sk->sk_broadcast;
		return 0;
	case SO_KEEPALIVE:
		*val = sk->sk_keepalive;
		return 0;
	case SO_SNDBUF:
		*val = sk->sk_sndbuf;
		return 0;
	case SO_RCVBUF:
		*val = sk->sk_rcvbuf;
		return 0;
	case SO_TYPE:
		*val = sk->sk_type;
		return 0;
	case SO_DOMAIN:
		*val = sk->sk_family;
		return 0;
	case SO_PROTOCOL:
		*val = sk->sk_protocol;
		return 0;
	case SO_ACCEPTCONN:
		*val = sk->sk_state == TCP_LISTEN;
		return 0;
	case SO_ERROR:
		*val = -sock_error(sk);
		return 0;
	}
	return -ENOPROTOOPT;
}

int sock_getsockopt(struct socket *sock, int level, int optname, char __user *optval, int __user *optlen)
{
	union {
		int val;
		struct timeval tm;
		struct ucred cred;
	} v;
	struct sock *sk = sock->sk;
	int len, lv = sizeof(int), err;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (optname == SO_RCVTIMEO || optname == SO_SNDTIMEO) {
		long timeo = optname == SO_RCVTIMEO ? sk->sk_rcvtimeo : sk->sk_sndtimeo;

		lv = sizeof(v.tm);
		jiffies_to_timeval(timeo == MAX_SCHEDULE_TIMEOUT ? 0 : timeo, &v.tm);
	} else if (optname == SO_PEERCRED) {
		lv = sizeof(v.cred);
		v.cred = sk->sk_peercred;
	} else {
		err = sock_get_number(sk, optname, &v.val);
		if (err)
			return err;
	}
	len = min(len, lv);
	return copy_to_user(optval, &v, len) || put_user(len, optlen) ? -EFAULT : 0;
}

static int __init sock_cache_init(void)
{
	sock_cache = kmem_cache_create("sock", sizeof(struct sock), 0, SLAB_PANIC, NULL);
	return 0;
}
core_initcall(sock_cache_init);
