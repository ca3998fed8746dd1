/* The network's side of a socket: what all protocols have in common, and what the two families add. */
#ifndef _LINUX_SOCK_H
#define _LINUX_SOCK_H

#include <linux/list.h>
#include <linux/net.h>
#include <linux/path.h>
#include <linux/skbuff.h>
#include <asm/atomic.h>

enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
};

#define RCV_SHUTDOWN	1
#define SEND_SHUTDOWN	2
#define SHUTDOWN_MASK	3

#define SK_BUF_DEFAULT	65536
#define SK_BUF_MIN	2048

/* What each socket has of an address. In network byte order. */
struct inet_sock {
	u32 daddr, rcv_saddr;
	u16 dport, num;			/* num: our port, in the CPU's order */
	u16 sport;
};

struct unix_sock {
	struct sockaddr_un *addr;	/* NULL: no name */
	int addr_len;
	struct path path;		/* where the name is in the file system */
};

/* The receive queue's lock protects all that interrupts and other tasks change. */
struct sock {
	unsigned short sk_family;
	volatile unsigned char sk_state;
	unsigned char sk_shutdown:2, sk_reuse:1, sk_broadcast:1, sk_keepalive:1, sk_nodelay:1;
	unsigned char sk_protocol;
	unsigned short sk_type;
	atomic_t sk_refcnt;
	int sk_rcvbuf, sk_sndbuf;
	atomic_t sk_wmem_alloc;		/* bytes sent that nobody has read */
	atomic_t sk_rmem_alloc;		/* bytes that wait to be read */
	struct sk_buff_head sk_receive_queue;
	int sk_err;
	unsigned short sk_ack_backlog, sk_max_ack_backlog;
	long sk_rcvtimeo, sk_sndtimeo;	/* jiffies */
	struct socket *sk_socket;
	wait_queue_head_t *sk_sleep;	/* the socket's; NULL while it has none */
	struct ucred sk_peercred;
	struct sock *sk_peer;		/* the other end, with a reference */
	struct list_head sk_node;	/* in its family's list */
	struct list_head sk_accept;	/* connections to be accepted, or: our place among them */
	union {
		struct inet_sock inet;
		struct unix_sock un;
	};
};

#define inet_sk(sk)	(&(sk)->inet)
#define unix_sk(sk)	(&(sk)->un)

extern struct sock *sk_alloc(int family, int protocol);
extern void sock_init_data(struct socket *sock, struct sock *sk);
extern void sk_free(struct sock *sk);
extern void sock_orphan(struct sock *sk);
extern void sock_graft(struct sock *sk, struct socket *parent);
extern struct sk_buff *sock_alloc_send_skb(struct sock *sk, unsigned long size, int noblock, int *errcode);
extern void sock_queue_rcv_skb(struct sock *sk, struct sk_buff *skb);
extern void skb_set_owner_r(struct sk_buff *skb, struct sock *sk);
extern int sock_wait_data(struct sock *sk, long *timeo);
extern void sock_def_readable(struct sock *sk, int len);
extern void sock_def_wakeup(struct sock *sk);
extern int sock_setsockopt(struct socket *sock, int level, int op, char __user *optval, int optlen);
extern int sock_getsockopt(struct socket *sock, int level, int op, char __user *optval, int __user *optlen);
extern unsigned int datagram_poll(struct file *file, struct socket *sock, struct poll_table_struct *wait);
extern struct sk_buff *skb_recv_datagram(struct sock *sk, unsigned flags, int noblock, int *err);
extern int stream_copy_to_user(struct sock *sk, struct msghdr *msg, size_t size, int flags);
extern int sk_stream_error(struct sock *sk, int flags, int err);
extern int sock_error(struct sock *sk);

static inline void sock_hold(struct sock *sk)
{
	atomic_inc(&sk->sk_refcnt);
}

static inline void sock_put(struct sock *sk)
{
	if (atomic_dec_and_test(&sk->sk_refcnt))
		sk_free(sk);
}

static inline long sock_rcvtimeo(const struct sock *sk, int noblock)
{
	return noblock ? 0 : sk->sk_rcvtimeo;
}

static inline int sock_writeable(const struct sock *sk)
{
	return atomic_read(&sk->sk_wmem_alloc) < sk->sk_sndbuf / 2;
}

#endif
