/* Sockets as the kernel's files see them: a type of protocol, its operations, its state. */
#ifndef _LINUX_NET_H
#define _LINUX_NET_H

#include <linux/fs.h>
#include <linux/socket.h>
#include <linux/wait.h>

/* The first argument of socketcall(). */
#define SYS_SOCKET	1
#define SYS_BIND	2
#define SYS_CONNECT	3
#define SYS_LISTEN	4
#define SYS_ACCEPT	5
#define SYS_GETSOCKNAME	6
#define SYS_GETPEERNAME	7
#define SYS_SOCKETPAIR	8
#define SYS_SEND	9
#define SYS_RECV	10
#define SYS_SENDTO	11
#define SYS_RECVFROM	12
#define SYS_SHUTDOWN	13
#define SYS_SETSOCKOPT	14
#define SYS_GETSOCKOPT	15
#define SYS_SENDMSG	16
#define SYS_RECVMSG	17
#define SYS_ACCEPT4	18

typedef enum {
	SS_FREE = 0,
	SS_UNCONNECTED,
	SS_CONNECTING,
	SS_CONNECTED,
	SS_DISCONNECTING
} socket_state;

struct proto_ops;
struct sock;
struct poll_table_struct;

struct socket {
	socket_state state;
	short type;
	unsigned long flags;
	const struct proto_ops *ops;
	struct file *file;
	struct sock *sk;
	wait_queue_head_t wait;
};

struct proto_ops {
	int family;
	int (*release)(struct socket *sock);
	int (*bind)(struct socket *sock, struct sockaddr *myaddr, int sockaddr_len);
	int (*connect)(struct socket *sock, struct sockaddr *vaddr, int sockaddr_len, int flags);
	int (*socketpair)(struct socket *sock1, struct socket *sock2);
	int (*accept)(struct socket *sock, struct socket *newsock, int flags);
	int (*getname)(struct socket *sock, struct sockaddr *addr, int *sockaddr_len, int peer);
	unsigned int (*poll)(struct file *file, struct socket *sock, struct poll_table_struct *wait);
	int (*listen)(struct socket *sock, int len);
	int (*shutdown)(struct socket *sock, int flags);
	int (*sendmsg)(struct socket *sock, struct msghdr *m, size_t total_len);
	int (*recvmsg)(struct socket *sock, struct msghdr *m, size_t total_len, int flags);
};

struct net_proto_family {
	int family;
	int (*create)(struct socket *sock, int protocol);
};

extern int sock_register(const struct net_proto_family *fam);
extern int sock_create(int family, int type, int protocol, struct socket **res);
extern void sock_release(struct socket *sock);
extern int sock_sendmsg(struct socket *sock, struct msghdr *msg, size_t size);
extern int sock_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags);
extern int sock_no_accept(struct socket *sock, struct socket *newsock, int flags);
extern int sock_no_listen(struct socket *sock, int len);
extern int sock_no_socketpair(struct socket *sock1, struct socket *sock2);

/* Between user vectors, which move along, and kernel memory. 0 or -EFAULT. */
extern int memcpy_fromiovec(unsigned char *kdata, struct iovec *iov, int len);
extern int memcpy_toiovec(struct iovec *iov, unsigned char *kdata, int len);

#endif
