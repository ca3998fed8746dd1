/*
 * Sockets within the machine. A name is a file, or, when its first byte is 0, in a list only. unix_table_lock protects
 * the list of all sockets; what a connection's ends do to each other is protected by nobody else running.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define UNIX_MAX_CHUNK	4096

static DEFINE_SPINLOCK(unix_table_lock);
static LIST_HEAD(unix_socket_table);

static const struct proto_ops unix_stream_ops, unix_dgram_ops;

/* The address has a family and a length that can be. Answers the length, or -EINVAL. */
static int unix_mkname(struct sockaddr_un *sunaddr, int len)
{
	if (len <= sizeof(sa_family_t) || len > sizeof(*sunaddr) || sunaddr->sun_family != AF_UNIX)
		return -EINVAL;
	if (!sunaddr->sun_path[0])
		return len;
	((char *)sunaddr)[min_t(int, len, sizeof(*sunaddr) - 1)] = 0;
	return strlen(sunaddr->sun_path) + 1 + sizeof(sa_family_t);
}

static struct sock *unix_create1(struct socket *sock)
{
	struct sock *sk = sk_alloc(AF_UNIX, 0);

	if (sk) {
		sock_init_data(sock, sk);
		spin_lock(&unix_table_lock);
		list_add_tail(&sk->sk_node, &unix_socket_table);
		spin_unlock(&unix_table_lock);
	}
	return sk;
}

static int unix_create(struct socket *sock, int protocol)
{
	if (protocol && protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	sock->ops = sock->type == SOCK_DGRAM ? &unix_dgram_ops : &unix_stream_ops;
	return unix_create1(sock) ? 0 : -ENOMEM;
}

static struct sock *unix_find_socket_byname(struct sockaddr_un *sunaddr, int len)
{
	struct sock *sk;

	list_for_each_entry(sk, &unix_socket_table, sk_node) {
		struct unix_sock *u = unix_sk(sk);

		if (u->addr && u->addr_len == len && !memcmp(u->addr, sunaddr, len))
			return sk;
	}
	return NULL;
}

static struct sock *unix_find_socket_byinode(struct inode *inode)
{
	struct sock *sk;

	list_for_each_entry(sk, &unix_socket_table, sk_node)
		if (unix_sk(sk)->path.dentry && unix_sk(sk)->path.dentry->d_inode == inode)
			return sk;
	return NULL;
}

/* The socket of that name, with a reference, or an error. */
static struct sock *unix_find_other(struct sockaddr_un *sunname, int len, int type)
{
	struct sock *u;
	struct path path;
	int err;

	if (!sunname->sun_path[0]) {
		u = unix_find_socket_byname(sunname, len);
	} else {
		err = kern_path(sunname->sun_path, LOOKUP_FOLLOW, &path);
		if (!err)
			err = inode_permission(path.dentry->d_inode, MAY_WRITE);
		if (err)
			return ERR_PTR(err);
		u = S_ISSOCK(path.dentry->d_inode->i_mode) ? unix_find_socket_byinode(path.dentry->d_inode) : NULL;
		path_put(&path);
	}
	if (!u)
		return ERR_PTR(-ECONNREFUSED);
	if (u->sk_type != type)
		return ERR_PTR(-EPROTOTYPE);
	sock_hold(u);
	return u;
}

/* Makes the file that is the name. */
static int unix_mknod(struct socket *sock, const char *name, struct path *res)
{
	int mode = S_IFSOCK | (S_IRWXUGO & ~current->fs->umask), err;
	struct nameidata nd;
	struct dentry *dentry;

	err = path_lookup(name, LOOKUP_PARENT, &nd);
	if (err)
		return err;
	dentry = lookup_create(&nd, 0);
	err = IS_ERR(dentry) ? PTR_ERR(dentry) : mnt_want_write(nd.path.mnt);
	if (!err)
		err = vfs_mknod(nd.path.dentry->d_inode, dentry, mode, 0);
	if (!err) {
		res->dentry = dget(dentry);
		res->mnt = mntget(nd.path.mnt);
	}
	if (!IS_ERR(dentry))
		dput(dentry);
	mutex_unlock(&nd.path.dentry->d_inode->i_mutex);
	path_put(&nd.path);
	return err == -EEXIST ? -EADDRINUSE : err;
}

static int unix_bind(struct socket *sock, struct sockaddr *uaddr, int addr_len)
{
	struct sockaddr_un *sunaddr = (struct sockaddr_un *)uaddr;
	struct unix_sock *u = unix_sk(sock->sk);
	struct sockaddr_un *addr;
	int err, len = unix_mkname(sunaddr, addr_len);

	if (len < 0)
		return len;
	if (u->addr)
		return -EINVAL;
	addr = kmemdup(sunaddr, len, GFP_KERNEL);
	if (!addr)
		return -ENOMEM;
	if (sunaddr->sun_path[0])
		err = unix_mknod(sock, sunaddr->sun_path, &u->path);
	else
		err = unix_find_socket_byname(sunaddr, len) ? -EADDRINUSE : 0;
	if (err) {
		kfree(addr);
		return err;
	}
	u->addr_len = len;
	u->addr = addr;
	return 0;
}

static void init_peercred(struct sock *sk)
{
	sk->sk_peercred.pid = task_tgid_vnr(current);
	current_uid_gid(&sk->sk_peercred.uid, &sk->sk_peercred.gid);
}

static int unix_listen(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;

	if (!unix_sk(sk)->addr || (sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN))
		return -EINVAL;
	sk->sk_max_ack_backlog = backlog;
	sk->sk_state = TCP_LISTEN;
	init_peercred(sk);
	return 0;
}

/* A connection's end takes the name of the socket it came through. */
static void unix_copy_name(struct sock *to, struct sock *from)
{
	struct unix_sock *u = unix_sk(from);

	if (!u->addr)
		return;
	unix_sk(to)->addr = kmemdup(u->addr, u->addr_len, GFP_KERNEL);
	unix_sk(to)->addr_len = unix_sk(to)->addr ? u->addr_len : 0;
}

static void unix_join(struct sock *ska, struct sock *skb)
{
	sock_hold(ska);
	sock_hold(skb);
	ska->sk_peer = skb;
	skb->sk_peer = ska;
	ska->sk_state = skb->sk_state = TCP_ESTABLISHED;
}

static int unix_stream_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags)
{
	struct sockaddr_un *sunaddr = (struct sockaddr_un *)uaddr;
	struct sock *sk = sock->sk, *newsk, *other;
	long timeo = flags & O_NONBLOCK ? 0 : sk->sk_sndtimeo;
	int err, len = unix_mkname(sunaddr, addr_len);

	if (len < 0)
		return len;
	if (sk->sk_state != TCP_CLOSE)
		return sk->sk_state == TCP_ESTABLISHED ? -EISCONN : -EINVAL;
	for (;;) {
		other = unix_find_other(sunaddr, len, sk->sk_type);
		if (IS_ERR(other))
			return PTR_ERR(other);
		err = -ECONNREFUSED;
		if (other->sk_state != TCP_LISTEN || (other->sk_shutdown & RCV_SHUTDOWN))
			goto out;
		if (other->sk_ack_backlog <= other->sk_max_ack_backlog)
			break;
		err = sock_wait_data(other, &timeo);
		if (err)
			goto out;
		sock_put(other);
	}
	err = -ENOMEM;
	newsk = unix_create1(NULL);
	if (!newsk)
		goto out;
	newsk->sk_type = sk->sk_type;
	unix_copy_name(newsk, other);
	init_peercred(newsk);
	sk->sk_peercred = other->sk_peercred;
	unix_join(sk, newsk);
	sock->state = SS_CONNECTED;
	list_add_tail(&newsk->sk_accept, &other->sk_accept);
	other->sk_ack_backlog++;
	sock_def_readable(other, 0);
	err = 0;
out:
	sock_put(other);
	return err;
}

static int unix_accept(struct socket *sock, struct socket *newsock, int flags)
{
	struct sock *sk = sock->sk, *tsk;
	long timeo = sock_rcvtimeo(sk, flags & O_NONBLOCK);
	int err;

	if (sk->sk_state != TCP_LISTEN)
		return -EINVAL;
	while (list_empty(&sk->sk_accept)) {
		err = sk->sk_shutdown & RCV_SHUTDOWN ? -EINVAL : sock_wait_data(sk, &timeo);
		if (err)
			return err;
	}
	tsk = list_first_entry(&sk->sk_accept, struct sock, sk_accept);
	list_del_init(&tsk->sk_accept);
	sk->sk_ack_backlog--;
	sock_graft(tsk, newsock);
	newsock->state = SS_CONNECTED;
	sock_def_wakeup(sk);
	return 0;
}

static int unix_socketpair(struct socket *socka, struct socket *sockb)
{
	init_peercred(socka->sk);
	init_peercred(sockb->sk);
	unix_join(socka->sk, sockb->sk);
	socka->state = sockb->state = SS_CONNECTED;
	return 0;
}

static int unix_getname(struct socket *sock, struct sockaddr *uaddr, int *uaddr_len, int peer)
{
	struct sock *sk = peer ? sock->sk->sk_peer : sock->sk;

	if (!sk)
		return -ENOTCONN;
	if (unix_sk(sk)->addr) {
		*uaddr_len = unix_sk(sk)->addr_len;
		memcpy(uaddr, unix_sk(sk)->addr, *uaddr_len);
	} else {
		*uaddr_len = sizeof(sa_family_t);
		uaddr->sa_family = AF_UNIX;
	}
	return 0;
}

/* One end goes: the other reads what is left, and then the end. */
static void unix_hangup(struct sock *sk)
{
	struct sock *peer = sk->sk_peer;

	if (!peer)
		return;
	if (sk->sk_type != SOCK_DGRAM && peer->sk_peer == sk) {
		peer->sk_shutdown = SHUTDOWN_MASK;
		if (!skb_queue_empty(&sk->sk_receive_queue))
			peer->sk_err = ECONNRESET;
		sock_def_wakeup(peer);
	}
	sk->sk_peer = NULL;
	sock_put(peer);
}

static void unix_release_sock(struct sock *sk)
{
	spin_lock(&unix_table_lock);
	list_del_init(&sk->sk_node);
	spin_unlock(&unix_table_lock);
	sk->sk_shutdown = SHUTDOWN_MASK;
	sk->sk_state = TCP_CLOSE;
	sock_orphan(sk);
	unix_hangup(sk);
	while (!list_empty(&sk->sk_accept)) {
		struct sock *newsk = list_first_entry(&sk->sk_accept, struct sock, sk_accept);

		list_del_init(&newsk->sk_accept);
		unix_release_sock(newsk);
	}
	if (unix_sk(sk)->path.dentry)
		path_put(&unix_sk(sk)->path);
	kfree(unix_sk(sk)->addr);
	unix_sk(sk)->addr = NULL;
	skb_queue_purge(&sk->sk_receive_queue);
	sock_put(sk);
}

static int unix_release(struct socket *sock)
{
	if (sock->sk)
		unix_release_sock(sock->sk);
	return 0;
}

static int unix_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk, *other = sk->sk_peer;
	int mode = how + 1, peer_mode = 0;

	if (sk->sk_state != TCP_ESTABLISHED && sk->sk_type != SOCK_DGRAM)
		return -ENOTCONN;
	sk->sk_shutdown |= mode;
	sock_def_wakeup(sk);
	if (other && sk->sk_type != SOCK_DGRAM) {
		if (mode & RCV_SHUTDOWN)
			peer_mode |= SEND_SHUTDOWN;
		if (mode & SEND_SHUTDOWN)
			peer_mode |= RCV_SHUTDOWN;
		other->sk_shutdown |= peer_mode;
		sock_def_wakeup(other);
	}
	return 0;
}

static int unix_stream_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct sock *sk = sock->sk, *other = sk->sk_peer;
	struct iovec *iov = msg->msg_iov;
	int sent = 0, err;

	if (msg->msg_namelen)
		return sk->sk_state == TCP_ESTABLISHED ? -EISCONN : -EOPNOTSUPP;
	if (!other)
		return sk->sk_shutdown & SEND_SHUTDOWN ? sk_stream_error(sk, msg->msg_flags, -EPIPE) : -ENOTCONN;
	while (sent < len) {
		int size = min_t(size_t, len - sent, UNIX_MAX_CHUNK);
		struct sk_buff *skb = sock_alloc_send_skb(sk, size, msg->msg_flags & MSG_DONTWAIT, &err);

		if (!skb)
			return sent ? sent : sk_stream_error(sk, msg->msg_flags, err);
		if (memcpy_fromiovec(skb->data, iov, size)) {
			kfree_skb(skb);
			return sent ? sent : -EFAULT;
		}
		while (iov < msg->msg_iov + msg->msg_iovlen && !iov->iov_len)
			iov++;
		if (other->sk_shutdown & RCV_SHUTDOWN) {
			kfree_skb(skb);
			return sent ? sent : sk_stream_error(sk, msg->msg_flags, -EPIPE);
		}
		sock_queue_rcv_skb(other, skb);
		sent += size;
	}
	return sent;
}

static int unix_stream_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	struct sock *sk = sock->sk;
	long timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	int copied = 0, err;

	if (sk->sk_state != TCP_ESTABLISHED)
		return -EINVAL;
	msg->msg_namelen = 0;
	while (copied < size) {
		int n = stream_copy_to_user(sk, msg, size - copied, flags);

		if (n < 0)
			return copied ? copied : n;
		copied += n;
		if (n && !(flags & MSG_WAITALL))
			break;
		if (copied >= size || (flags & MSG_PEEK && n))
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

static int unix_dgram_connect(struct socket *sock, struct sockaddr *addr, int alen, int flags)
{
	struct sock *sk = sock->sk, *other = NULL;
	int len;

	if (addr->sa_family != AF_UNSPEC) {
		len = unix_mkname((struct sockaddr_un *)addr, alen);
		if (len < 0)
			return len;
		other = unix_find_other((struct sockaddr_un *)addr, len, sk->sk_type);
		if (IS_ERR(other))
			return PTR_ERR(other);
	}
	if (sk->sk_peer)
		sock_put(sk->sk_peer);
	sk->sk_peer = other;
	sk->sk_state = other ? TCP_ESTABLISHED : TCP_CLOSE;
	sock->state = other ? SS_CONNECTED : SS_UNCONNECTED;
	return 0;
}

/* To whom a datagram goes, with a reference, or an error. */
static struct sock *unix_dgram_target(struct sock *sk, struct msghdr *msg)
{
	int namelen;

	if (msg->msg_namelen) {
		namelen = unix_mkname(msg->msg_name, msg->msg_namelen);
		return namelen < 0 ? ERR_PTR(namelen) : unix_find_other(msg->msg_name, namelen, sk->sk_type);
	}
	if (!sk->sk_peer)
		return ERR_PTR(-ENOTCONN);
	sock_hold(sk->sk_peer);
	return sk->sk_peer;
}

static int unix_dgram_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct sock *sk = sock->sk, *other;
	struct sk_buff *skb;
	int err;

	if (len > sk->sk_sndbuf - 32)
		return -EMSGSIZE;
	other = unix_dgram_target(sk, msg);
	if (IS_ERR(other))
		return PTR_ERR(other);
	skb = sock_alloc_send_skb(sk, len, msg->msg_flags & MSG_DONTWAIT, &err);
	if (!skb)
		goto out;
	err = memcpy_fromiovec(skb->data, msg->msg_iov, len);
	if (!err && (other->sk_shutdown & RCV_SHUTDOWN))
		err = other->sk_socket ? -EPIPE : -ECONNREFUSED;
	if (err) {
		kfree_skb(skb);
		goto out;
	}
	if (unix_sk(sk)->addr) {
		skb->unix_name = kmemdup(unix_sk(sk)->addr, unix_sk(sk)->addr_len, GFP_KERNEL);
		skb->unix_namelen = skb->unix_name ? unix_sk(sk)->addr_len : 0;
	}
	sock_queue_rcv_skb(other, skb);
	err = len;
out:
	sock_put(other);
	return err;
}

static int unix_dgram_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	struct sk_buff *skb;
	int err, copied;

	skb = skb_recv_datagram(sock->sk, flags, flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	if (msg->msg_name && skb->unix_name) {
		memcpy(msg->msg_name, skb->unix_name, skb->unix_namelen);
		msg->msg_namelen = skb->unix_namelen;
	}
	copied = min_t(size_t, size, skb->len);
	if (skb->len > size)
		msg->msg_flags |= MSG_TRUNC;
	err = memcpy_toiovec(msg->msg_iov, skb->data, copied);
	if (!err)
		err = flags & MSG_TRUNC ? skb->len : copied;
	if (!(flags & MSG_PEEK))
		kfree_skb(skb);
	return err;
}

static const struct proto_ops unix_stream_ops = {
	.family = AF_UNIX,
	.release = unix_release,
	.bind = unix_bind,
	.connect = unix_stream_connect,
	.socketpair = unix_socketpair,
	.accept = unix_accept,
	.getname = unix_getname,
	.poll = datagram_poll,
	.listen = unix_listen,
	.shutdown = unix_shutdown,
	.sendmsg = unix_stream_sendmsg,
	.recvmsg = unix_stream_recvmsg,
};

static const struct proto_ops unix_dgram_ops = {
	.family = AF_UNIX,
	.release = unix_release,
	.bind = unix_bind,
	.connect = unix_dgram_connect,
	.socketpair = unix_socketpair,
	.accept = sock_no_accept,
	.getname = unix_getname,
	.poll = datagram_poll,
	.listen = sock_no_listen,
	.shutdown = unix_shutdown,
	.sendmsg = unix_dgram_sendmsg,
	.recvmsg = unix_dgram_recvmsg,
};

static const struct net_proto_family unix_family_ops = { .family = AF_UNIX, .create = unix_create };

static int __init af_unix_init(void)
{
	return sock_register(&unix_family_ops);
}
device_initcall(af_unix_init);
