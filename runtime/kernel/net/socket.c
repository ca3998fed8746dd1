/*
 * Sockets as files: the file system they are in, and the system calls. What a socket does is its family's business,
 * called through sock->ops.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sock.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define SOCKFS_MAGIC	0x534f434b
#define SOCKET_COST	120	/* ns */
#define FIONREAD	0x541b

/* A socket and its inode are one object. */
struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

static struct vfsmount *sock_mnt;
static struct kmem_cache *sock_inode_cachep;
static const struct net_proto_family *net_families[AF_MAX];

static inline struct socket *SOCKET_I(struct inode *inode)
{
	return &container_of(inode, struct socket_alloc, vfs_inode)->socket;
}

static inline struct inode *SOCK_INODE(struct socket *socket)
{
	return &container_of(socket, struct socket_alloc, socket)->vfs_inode;
}

int sock_register(const struct net_proto_family *ops)
{
	if (ops->family >= AF_MAX)
		return -ENOBUFS;
	if (net_families[ops->family])
		return -EEXIST;
	net_families[ops->family] = ops;
	printk(KERN_INFO "NET: Registered protocol family %d\n", ops->family);
	return 0;
}
EXPORT_SYMBOL(sock_register);

static struct socket *sock_alloc(void)
{
	struct inode *inode = new_inode(sock_mnt->mnt_sb);

	if (!inode)
		return NULL;
	inode->i_mode = S_IFSOCK | S_IRWXUGO;
	inode->i_uid = current_fsuid();
	inode->i_gid = current_fsgid();
	inode->i_state = I_DIRTY;
	inode->i_atime = inode->i_mtime = inode->i_ctime = CURRENT_TIME;
	return SOCKET_I(inode);
}

/* The protocol lets go of the socket; without a file, the inode goes too. */
void sock_release(struct socket *sock)
{
	if (sock->ops) {
		sock->ops->release(sock);
		sock->ops = NULL;
	}
	if (!sock->file)
		iput(SOCK_INODE(sock));
	sock->file = NULL;
}
EXPORT_SYMBOL(sock_release);

int sock_create(int family, int type, int protocol, struct socket **res)
{
	struct socket *sock;
	int err;

	if (family < 0 || family >= AF_MAX || !net_families[family])
		return -EAFNOSUPPORT;
	if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
		return -EINVAL;
	spend(SOCKET_COST);
	sock = sock_alloc();
	if (!sock)
		return -ENFILE;
	sock->type = type;
	err = net_families[family]->create(sock, protocol);
	if (err) {
		sock->ops = NULL;
		sock_release(sock);
		return err;
	}
	*res = sock;
	return 0;
}
EXPORT_SYMBOL(sock_create);

int sock_no_accept(struct socket *sock, struct socket *newsock, int flags)
{
	return -EOPNOTSUPP;
}

int sock_no_listen(struct socket *sock, int len)
{
	return -EOPNOTSUPP;
}

int sock_no_socketpair(struct socket *sock1, struct socket *sock2)
{
	return -EOPNOTSUPP;
}

int sock_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	spend(SOCKET_COST);
	return sock->ops->sendmsg(sock, msg, size);
}
EXPORT_SYMBOL(sock_sendmsg);

int sock_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	spend(SOCKET_COST);
	return sock->ops->recvmsg(sock, msg, size, flags);
}
EXPORT_SYMBOL(sock_recvmsg);

/* --- A socket as a file --- */

static ssize_t sock_aio_read(struct kiocb *iocb, const struct iovec *iov, unsigned long nr_segs, loff_t pos)
{
	struct file *file = iocb->ki_filp;
	struct msghdr msg = { .msg_iov = (struct iovec *)iov, .msg_iovlen = nr_segs };

	if (pos != 0)
		return -ESPIPE;
	return sock_recvmsg(file->private_data, &msg, iov_length(iov, nr_segs),
			    file->f_flags & O_NONBLOCK ? MSG_DONTWAIT : 0);
}

static ssize_t sock_aio_write(struct kiocb *iocb, const struct iovec *iov, unsigned long nr_segs, loff_t pos)
{
	struct file *file = iocb->ki_filp;
	struct msghdr msg = { .msg_iov = (struct iovec *)iov, .msg_iovlen = nr_segs };

	if (pos != 0)
		return -ESPIPE;
	msg.msg_flags = file->f_flags & O_NONBLOCK ? MSG_DONTWAIT : 0;
	return sock_sendmsg(file->private_data, &msg, iov_length(iov, nr_segs));
}

static unsigned int sock_poll(struct file *file, poll_table *wait)
{
	struct socket *sock = file->private_data;

	return sock->ops->poll(file, sock, wait);
}

static long sock_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sock *sk = ((struct socket *)file->private_data)->sk;
	struct sk_buff *skb;
	int count = 0;

	if (cmd != FIONREAD)
		return -EINVAL;
	for (skb = sk->sk_receive_queue.next; skb != (struct sk_buff *)&sk->sk_receive_queue; skb = skb->next)
		count += skb->len;
	return put_user(count, (int __user *)arg);
}

static int sock_close(struct inode *inode, struct file *file)
{
	sock_release(SOCKET_I(inode));
	return 0;
}

static const struct file_operations socket_file_ops = {
	.llseek = no_llseek,
	.read = do_sync_read,
	.write = do_sync_write,
	.aio_read = sock_aio_read,
	.aio_write = sock_aio_write,
	.poll = sock_poll,
	.unlocked_ioctl = sock_ioctl,
	.release = sock_close,
};

static char *sockfs_dname(struct dentry *dentry, char *buffer, int buflen)
{
	return dynamic_dname(dentry, buffer, buflen, "socket:[%lu]", dentry->d_inode->i_ino);
}

static const struct dentry_operations sockfs_dentry_operations = {
	.d_dname = sockfs_dname,
};

/* An open file of the socket, not yet in the descriptor table. */
static struct file *sock_alloc_file(struct socket *sock, int flags)
{
	static const struct qstr name = { .name = (const unsigned char *)"" };
	struct dentry *dentry = d_alloc(sock_mnt->mnt_sb->s_root, &name);
	struct file *file;

	if (!dentry)
		return ERR_PTR(-ENOMEM);
	dentry->d_op = &sockfs_dentry_operations;
	d_instantiate(dentry, SOCK_INODE(sock));
	SOCK_INODE(sock)->i_fop = &socket_file_ops;
	file = alloc_file(sock_mnt, dentry, FMODE_READ | FMODE_WRITE, &socket_file_ops);
	if (!file) {
		atomic_inc(&SOCK_INODE(sock)->i_count);
		dput(dentry);
		return ERR_PTR(-ENFILE);
	}
	sock->file = file;
	file->f_flags = O_RDWR | (flags & O_NONBLOCK);
	file->private_data = sock;
	return file;
}

static int sock_map_fd(struct socket *sock, int flags)
{
	int fd = get_unused_fd_flags(flags);
	struct file *file;

	if (fd < 0)
		return fd;
	file = sock_alloc_file(sock, flags);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

/* The socket of a descriptor, with a reference to its file. NULL: *err says why. */
static struct socket *sockfd_lookup(int fd, int *err)
{
	struct file *file = fget(fd);

	*err = -EBADF;
	if (!file)
		return NULL;
	if (file->f_op == &socket_file_ops)
		return file->private_data;
	*err = -ENOTSOCK;
	fput(file);
	return NULL;
}

/* --- System calls --- */

asmlinkage long sys_socket(int family, int type, int protocol)
{
	int flags = type & ~SOCK_TYPE_MASK, retval;
	struct socket *sock;

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	retval = sock_create(family, type & SOCK_TYPE_MASK, protocol, &sock);
	if (retval)
		return retval;
	retval = sock_map_fd(sock, flags & (O_CLOEXEC | O_NONBLOCK));
	if (retval < 0)
		sock_release(sock);
	return retval;
}

asmlinkage long sys_socketpair(int family, int type, int protocol, int __user *usockvec)
{
	int flags = type & ~SOCK_TYPE_MASK, err, fd1, fd2;
	struct socket *sock1, *sock2;

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	err = sock_create(family, type & SOCK_TYPE_MASK, protocol, &sock1);
	if (err)
		return err;
	err = sock_create(family, type & SOCK_TYPE_MASK, protocol, &sock2);
	if (err) {
		sock_release(sock1);
		return err;
	}
	err = sock1->ops->socketpair(sock1, sock2);
	fd1 = err ?: sock_map_fd(sock1, flags);
	if (fd1 < 0) {
		sock_release(sock1);
		sock_release(sock2);
		return fd1;
	}
	fd2 = sock_map_fd(sock2, flags);
	if (fd2 < 0) {
		sock_release(sock2);
		sys_close(fd1);
		return fd2;
	}
	if (put_user(fd1, &usockvec[0]) || put_user(fd2, &usockvec[1])) {
		sys_close(fd1);
		sys_close(fd2);
		return -EFAULT;
	}
	return 0;
}

/* An address from user memory. 0, -EINVAL, -EFAULT. */
static int move_addr_to_kernel(void __user *uaddr, int ulen, struct sockaddr_storage *kaddr)
{
	memset(kaddr, 0, sizeof(*kaddr));
	if (ulen < 0 || ulen > sizeof(*kaddr))
		return -EINVAL;
	return copy_from_user(kaddr, uaddr, ulen) ? -EFAULT : 0;
}

/* As much of an address as the user has room for; *ulen becomes its real length. */
static int move_addr_to_user(struct sockaddr_storage *kaddr, int klen, void __user *uaddr, int __user *ulen)
{
	int len;

	if (get_user(len, ulen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	len = min(len, klen);
	if (copy_to_user(uaddr, kaddr, len))
		return -EFAULT;
	return put_user(klen, ulen);
}

asmlinkage long sys_bind(int fd, struct sockaddr __user *umyaddr, int addrlen)
{
	struct sockaddr_storage address;
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = move_addr_to_kernel(umyaddr, addrlen, &address);
	if (!err)
		err = sock->ops->bind(sock, (struct sockaddr *)&address, addrlen);
	fput(sock->file);
	return err;
}

asmlinkage long sys_listen(int fd, int backlog)
{
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	if ((unsigned int)backlog > SOMAXCONN)
		backlog = SOMAXCONN;
	err = sock->ops->listen(sock, backlog);
	fput(sock->file);
	return err;
}

/* The connection gets a socket and a descriptor of its own. sock is the listener. */
static int do_accept(struct socket *sock, struct sockaddr __user *upeer_sockaddr, int __user *upeer_addrlen, int flags)
{
	struct socket *newsock = sock_alloc();
	struct sockaddr_storage address;
	int err, newfd, len;

	if (!newsock)
		return -ENFILE;
	newsock->type = sock->type;
	newsock->ops = sock->ops;
	err = sock->ops->accept(sock, newsock, sock->file->f_flags);
	if (!err && upeer_sockaddr) {
		err = newsock->ops->getname(newsock, (struct sockaddr *)&address, &len, 1);
		if (!err)
			err = move_addr_to_user(&address, len, upeer_sockaddr, upeer_addrlen);
	}
	newfd = err ?: sock_map_fd(newsock, flags);
	if (newfd < 0) {
		if (!newsock->sk)
			newsock->ops = NULL;
		sock_release(newsock);
	}
	return newfd;
}

asmlinkage long sys_accept4(int fd, struct sockaddr __user *upeer_sockaddr, int __user *upeer_addrlen, int flags)
{
	struct socket *sock;
	int err;

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = do_accept(sock, upeer_sockaddr, upeer_addrlen, flags);
	fput(sock->file);
	return err;
}

asmlinkage long sys_accept(int fd, struct sockaddr __user *upeer_sockaddr, int __user *upeer_addrlen)
{
	return sys_accept4(fd, upeer_sockaddr, upeer_addrlen, 0);
}

asmlinkage long sys_connect(int fd, struct sockaddr __user *uservaddr, int addrlen)
{
	struct sockaddr_storage address;
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = move_addr_to_kernel(uservaddr, addrlen, &address);
	if (!err)
		err = sock->ops->connect(sock, (struct sockaddr *)&address, addrlen, sock->file->f_flags);
	fput(sock->file);
	return err;
}

static long socket_name(int fd, struct sockaddr __user *usockaddr, int __user *usockaddr_len, int peer)
{
	struct sockaddr_storage address;
	struct socket *sock;
	int err, len;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	memset(&address, 0, sizeof(address));
	err = sock->ops->getname(sock, (struct sockaddr *)&address, &len, peer);
	if (!err)
		err = move_addr_to_user(&address, len, usockaddr, usockaddr_len);
	fput(sock->file);
	return err;
}

asmlinkage long sys_getsockname(int fd, struct sockaddr __user *usockaddr, int __user *usockaddr_len)
{
	return socket_name(fd, usockaddr, usockaddr_len, 0);
}

asmlinkage long sys_getpeername(int fd, struct sockaddr __user *usockaddr, int __user *usockaddr_len)
{
	return socket_name(fd, usockaddr, usockaddr_len, 1);
}

asmlinkage long sys_sendto(int fd, void __user *buff, size_t len, unsigned flags, struct sockaddr __user *addr,
			   int addr_len)
{
	struct iovec iov = { .iov_base = buff, .iov_len = min_t(size_t, len, MAX_RW_COUNT) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct sockaddr_storage address;
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = 0;
	if (addr) {
		err = move_addr_to_kernel(addr, addr_len, &address);
		msg.msg_name = &address;
		msg.msg_namelen = addr_len;
	}
	if (sock->file->f_flags & O_NONBLOCK)
		flags |= MSG_DONTWAIT;
	msg.msg_flags = flags;
	if (!err)
		err = sock_sendmsg(sock, &msg, iov.iov_len);
	fput(sock->file);
	return err;
}

asmlinkage long sys_send(int fd, void __user *buff, size_t len, unsigned flags)
{
	return sys_sendto(fd, buff, len, flags, NULL, 0);
}

asmlinkage long sys_recvfrom(int fd, void __user *ubuf, size_t size, unsigned flags, struct sockaddr __user *addr,
			     int __user *addr_len)
{
	struct iovec iov = { .iov_base = ubuf, .iov_len = min_t(size_t, size, MAX_RW_COUNT) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct sockaddr_storage address;
	struct socket *sock;
	int err, err2;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	memset(&address, 0, sizeof(address));
	msg.msg_name = &address;
	if (sock->file->f_flags & O_NONBLOCK)
		flags |= MSG_DONTWAIT;
	err = sock_recvmsg(sock, &msg, iov.iov_len, flags);
	if (err >= 0 && addr) {
		err2 = move_addr_to_user(&address, msg.msg_namelen, addr, addr_len);
		if (err2)
			err = err2;
	}
	fput(sock->file);
	return err;
}

asmlinkage long sys_recv(int fd, void __user *ubuf, size_t size, unsigned flags)
{
	return sys_recvfrom(fd, ubuf, size, flags, NULL, NULL);
}

asmlinkage long sys_setsockopt(int fd, int level, int optname, char __user *optval, int optlen)
{
	struct socket *sock;
	int err, val;

	if (optlen < 0)
		return -EINVAL;
	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = -ENOPROTOOPT;
	if (level == SOL_SOCKET) {
		err = sock_setsockopt(sock, level, optname, optval, optlen);
	} else if (level == IPPROTO_TCP && sock->sk->sk_protocol == IPPROTO_TCP && optname == TCP_NODELAY) {
		err = optlen < sizeof(int) ? -EINVAL : get_user(val, (int __user *)optval);
		if (!err)
			sock->sk->sk_nodelay = val != 0;
	}
	fput(sock->file);
	return err;
}

asmlinkage long sys_getsockopt(int fd, int level, int optname, char __user *optval, int __user *optlen)
{
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = -ENOPROTOOPT;
	if (level == SOL_SOCKET)
		err = sock_getsockopt(sock, level, optname, optval, optlen);
	else if (level == IPPROTO_TCP && sock->sk->sk_protocol == IPPROTO_TCP && optname == TCP_NODELAY)
		err = put_user((int)sock->sk->sk_nodelay, (int __user *)optval) ?: put_user((int)sizeof(int), optlen);
	fput(sock->file);
	return err;
}

asmlinkage long sys_shutdown(int fd, int how)
{
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = how < SHUT_RD || how > SHUT_RDWR ? -EINVAL : sock->ops->shutdown(sock, how);
	fput(sock->file);
	return err;
}

/* A message header from user memory, its vectors in iov, its address in *address. The length of all, or an error. */
static ssize_t get_message(struct msghdr __user *umsg, struct msghdr *msg, struct iovec *iov)
{
	if (copy_from_user(msg, umsg, sizeof(*msg)))
		return -EFAULT;
	if (msg->msg_iovlen > UIO_FASTIOV)
		return -EMSGSIZE;
	if (copy_from_user(iov, msg->msg_iov, msg->msg_iovlen * sizeof(*iov)))
		return -EFAULT;
	msg->msg_iov = iov;
	return iov_length(iov, msg->msg_iovlen);
}

/* Control messages are not built: a message that has some is refused. */
asmlinkage long sys_sendmsg(int fd, struct msghdr __user *msg, unsigned flags)
{
	struct iovec iov[UIO_FASTIOV];
	struct sockaddr_storage address;
	struct msghdr msg_sys;
	struct socket *sock;
	ssize_t total_len = get_message(msg, &msg_sys, iov);
	int err;

	if (total_len < 0)
		return total_len;
	if (msg_sys.msg_controllen)
		return -EOPNOTSUPP;
	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	err = 0;
	if (msg_sys.msg_name) {
		err = move_addr_to_kernel(msg_sys.msg_name, msg_sys.msg_namelen, &address);
		msg_sys.msg_name = &address;
	}
	msg_sys.msg_flags = flags | (sock->file->f_flags & O_NONBLOCK ? MSG_DONTWAIT : 0);
	if (!err)
		err = sock_sendmsg(sock, &msg_sys, total_len);
	fput(sock->file);
	return err;
}

asmlinkage long sys_recvmsg(int fd, struct msghdr __user *msg, unsigned flags)
{
	struct iovec iov[UIO_FASTIOV];
	struct sockaddr_storage address;
	struct msghdr msg_sys;
	struct socket *sock;
	ssize_t total_len = get_message(msg, &msg_sys, iov);
	void __user *uaddr;
	int err;

	if (total_len < 0)
		return total_len;
	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	uaddr = msg_sys.msg_name;
	memset(&address, 0, sizeof(address));
	msg_sys.msg_name = &address;
	msg_sys.msg_namelen = 0;
	msg_sys.msg_flags = 0;
	if (sock->file->f_flags & O_NONBLOCK)
		flags |= MSG_DONTWAIT;
	err = sock_recvmsg(sock, &msg_sys, total_len, flags);
	if (err >= 0 && uaddr && move_addr_to_user(&address, msg_sys.msg_namelen, uaddr, &msg->msg_namelen))
		err = -EFAULT;
	if (err >= 0 && (put_user(msg_sys.msg_flags, &msg->msg_flags) || put_user((size_t)0, &msg->msg_controllen)))
		err = -EFAULT;
	fput(sock->file);
	return err;
}

/* The number of arguments of each call of socketcall(). */
static const unsigned char nargs[] = { 0, 3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4 };

/* All socket calls in one, as old programs make them: the arguments are in memory. */
asmlinkage long sys_socketcall(int call, unsigned long __user *args)
{
	unsigned long a[6];
	void __user *p;

	if (call < SYS_SOCKET || call > SYS_ACCEPT4)
		return -EINVAL;
	if (copy_from_user(a, args, nargs[call] * sizeof(a[0])))
		return -EFAULT;
	p = (void __user *)a[1];
	switch (call) {
	case SYS_SOCKET:
		return sys_socket(a[0], a[1], a[2]);
	case SYS_BIND:
		return sys_bind(a[0], p, a[2]);
	case SYS_CONNECT:
		return sys_connect(a[0], p, a[2]);
	case SYS_LISTEN:
		return sys_listen(a[0], a[1]);
	case SYS_ACCEPT:
		return sys_accept4(a[0], p, (int __user *)a[2], 0);
	case SYS_GETSOCKNAME:
		return sys_getsockname(a[0], p, (int __user *)a[2]);
	case SYS_GETPEERNAME:
		return sys_getpeername(a[0], p, (int __user *)a[2]);
	case SYS_SOCKETPAIR:
		return sys_socketpair(a[0], a[1], a[2], (int __user *)a[3]);
	case SYS_SEND:
		return sys_send(a[0], p, a[2], a[3]);
	case SYS_RECV:
		return sys_recv(a[0], p, a[2], a[3]);
	case SYS_SENDTO:
		return sys_sendto(a[0], p, a[2], a[3], (struct sockaddr __user *)a[4], a[5]);
	case SYS_RECVFROM:
		return sys_recvfrom(a[0], p, a[2], a[3], (struct sockaddr __user *)a[4], (int __user *)a[5]);
	case SYS_SHUTDOWN:
		return sys_shutdown(a[0], a[1]);
	case SYS_SETSOCKOPT:
		return sys_setsockopt(a[0], a[1], a[2], (char __user *)a[3], a[4]);
	case SYS_GETSOCKOPT:
		return sys_getsockopt(a[0], a[1], a[2], (char __user *)a[3], (int __user *)a[4]);
	case SYS_SENDMSG:
		return sys_sendmsg(a[0], p, a[2]);
	case SYS_RECVMSG:
		return sys_recvmsg(a[0], p, a[2]);
	}
	return sys_accept4(a[0], p, (int __user *)a[2], a[3]);
}

/* --- The file system --- */

static struct inode *sock_alloc_inode(struct super_block *sb)
{
	struct socket_alloc *ei = kmem_cache_alloc(sock_inode_cachep, GFP_KERNEL);

	if (!ei)
		return NULL;
	memset(&ei->socket, 0, sizeof(ei->socket));
	init_waitqueue_head(&ei->socket.wait);
	ei->socket.state = SS_UNCONNECTED;
	inode_init_once(&ei->vfs_inode);
	return &ei->vfs_inode;
}

static void sock_destroy_inode(struct inode *inode)
{
	kmem_cache_free(sock_inode_cachep, container_of(inode, struct socket_alloc, vfs_inode));
}

static int sockfs_get_sb(struct file_system_type *fs_type, int flags, const char *dev_name, void *data,
			 struct vfsmount *mnt)
{
	static const struct super_operations sockfs_ops = {
		.alloc_inode = sock_alloc_inode,
		.destroy_inode = sock_destroy_inode,
		.statfs = simple_statfs,
	};

	return get_sb_pseudo(fs_type, "socket:", &sockfs_ops, SOCKFS_MAGIC, mnt);
}

static struct file_system_type sock_fs_type = {
	.name = "sockfs",
	.get_sb = sockfs_get_sb,
	.kill_sb = kill_anon_super,
};

static int __init sock_init(void)
{
	int err;

	sock_inode_cachep = kmem_cache_create("sock_inode_cache", sizeof(struct socket_alloc), 0, SLAB_PANIC, NULL);
	err = register_filesystem(&sock_fs_type);
	if (err)
		return err;
	sock_mnt = kern_mount(&sock_fs_type);
	return IS_ERR(sock_mnt) ? PTR_ERR(sock_mnt) : 0;
}
fs_initcall(sock_init);
