/* The Internet's protocols on the loopback interface, the only one there is. */
#ifndef _LINUX_INET_H
#define _LINUX_INET_H

#include <linux/skbuff.h>
#include <linux/sock.h>
#include <asm/byteorder.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define htons(x) __builtin_bswap16(x)
#else
#define htons(x) ((u16)(x))
#endif
#define ntohs(x) htons(x)
#define htonl(x) cpu_to_be32(x)
#define ntohl(x) be32_to_cpu(x)

/* net/core/dev.c */
extern int netif_rx(struct sk_buff *skb);
extern int loopback_xmit(struct sk_buff *skb);

/* net/ipv4/ip.c */
extern int ip_rcv(struct sk_buff *skb);
extern int ip_queue_xmit(struct sk_buff *skb);

/* net/ipv4/tcp.c, udp.c */
extern int tcp_v4_rcv(struct sk_buff *skb);
extern int tcp_v4_connect(struct sock *sk, struct sockaddr *uaddr, int addr_len);
extern int tcp_sendmsg(struct socket *sock, struct msghdr *msg, size_t size);
extern int tcp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags);
extern void tcp_shutdown(struct sock *sk, int how);
extern void tcp_close(struct sock *sk);
extern struct sock *inet_csk_accept(struct sock *sk, int flags, int *err);
extern void tcp_set_state(struct sock *sk, int state);
extern int udp_rcv(struct sk_buff *skb);
extern int udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len);
extern int udp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags);

/* net/ipv4/af_inet.c */
extern int inet_autobind(struct sock *sk);
extern struct sock *inet_lookup(struct sk_addresses *h);
extern void inet_hash(struct sock *sk);
extern void inet_unhash(struct sock *sk);

#endif
