/*
 * Pipes and fifos: a ring of sixteen page buffers. i_mutex of the pipe's inode guards the ring and
 * the counts of readers and writers; who has to wait lets go of it and sleeps on pipe->wait.
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
#include <linux/pagemap.h>
#include <linux/pipe_fs_i.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define FIONREAD 0x541B

static struct vfsmount *pipe_mnt;

/* Sleep until something changes. i_mutex is released meanwhile. */
void pipe_wait(struct pipe_inode_info *pipe)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&pipe->wait, &wait, TASK_INTERRUPTIBLE);
	mutex_unlock(&pipe->inode->i_mutex);
	schedule();
	finish_wait(&pipe->wait, &wait);
	mutex_lock(&pipe->inode->i_mutex);
}

/* Copy len bytes from the vectors, which move along. 0, or -EFAULT. */
static int pipe_iov_copy_from_user(void *to, struct iovec *iov, unsigned long len)
{
	spend(DIV_ROUND_UP(len, 8));
	while (len > 0) {
		unsigned long copy;

		while (!iov->iov_len)
			iov++;
		copy = min_t(unsigned long, len, iov->iov_len);
		if (copy_from_user(to, iov->iov_base, copy))
			return -EFAULT;
		to += copy;
		len -= copy;
		iov->iov_base += copy;
		iov->iov_len -= copy;
	}
	return 0;
}

static int pipe_iov_copy_to_user(struct iovec *iov, const void *from, unsigned long len)
{
	spend(DIV_ROUND_UP(len, 8));
	while (len > 0) {
		unsigned long copy;

		while (!iov->iov_len)
			iov++;
		copy = min_t(unsigned long, len, iov->iov_len);
		if (copy_to_user(iov->iov_base, from, copy))
			return -EFAULT;
		from += copy;
		len -= copy;
		iov->iov_base += copy;
		iov->iov_len -= copy;
	}
	return 0;
}

/* An emptied page is kept for the next write, if there is none yet. */
static void anon_pipe_buf_release(struct pipe_inode_info *pipe, struct pipe_buffer *buf)
{
	struct page *page = buf->page;

	if (page_count(page) == 1 && !pipe->tmp_page)
		pipe->tmp_page = page;
	else
		put_page(page);
}

static const struct pipe_buf_operations anon_pipe_buf_ops = {
	.can_merge = 1,
	.release = anon_pipe_buf_release,
};

/* Take bytes out of the first buffer. Answers how many, or -EFAULT. */
static ssize_t read_buffer(struct pipe_inode_info *pipe, struct iovec *iov, size_t total)
{
	struct pipe_buffer *buf = pipe->bufs + pipe->curbuf;
	size_t chars = min_t(size_t, buf->len, total);

	if (pipe_iov_copy_to_user(iov, (char *)page_address(buf->page) + buf->offset, chars))
		return -EFAULT;
	buf->offset += chars;
	buf->len -= chars;
	if (!buf->len) {
		const struct pipe_buf_operations *ops = buf->ops;

		buf->ops = NULL;
		ops->release(pipe, buf);
		pipe->curbuf = (pipe->curbuf + 1) & (PIPE_BUFFERS - 1);
		pipe->nrbufs--;
	}
	return chars;
}

/*
 * An empty pipe: 1 when the reader has to wait, 0 when the read is over, or -EAGAIN, -ERESTARTSYS.
 * With something read already only a writer that is stuck in the middle of its write is worth waiting for.
 */
static ssize_t read_must_wait(struct pipe_inode_info *pipe, struct file *filp, ssize_t done)
{
	if (!pipe->writers)
		return 0;
	if (!pipe->waiting_writers) {
		if (done)
			return 0;
		if (filp->f_flags & O_NONBLOCK)
			return -EAGAIN;
	}
	return signal_pending(current) ? -ERESTARTSYS : 1;
}

/* The loop of a read: empty buffers, and sleep while there is nothing. *wakeup: writers have room now. */
static ssize_t drain_buffers(struct pipe_inode_info *pipe, struct file *filp, struct iovec *iov,
			     size_t total_len, int *wakeup)
{
	ssize_t ret = 0, n;

	for (;;) {
		while (pipe->nrbufs && total_len) {
			unsigned int bufs = pipe->nrbufs;

			n = read_buffer(pipe, iov, total_len);
			if (n < 0)
				return ret ? ret : n;
			*wakeup |= pipe->nrbufs != bufs;
			ret += n;
			total_len -= n;
		}
		if (!total_len)
			return ret;
		n = read_must_wait(pipe, filp, ret);
		if (n <= 0)
			return ret ? ret : n;
		if (*wakeup)
			wake_up_interruptible_sync(&pipe->wait);
		pipe_wait(pipe);
	}
}

/* Read what is there; wait only while there is nothing. */
static ssize_t pipe_read(struct kiocb *iocb, const struct iovec *_iov, unsigned long nr_segs,
			 loff_t pos)
{
	struct file *filp = iocb->ki_filp;
	struct inode *inode = filp->f_path.dentry->d_inode;
	struct iovec *iov = (struct iovec *)_iov;
	size_t total_len = iov_length(iov, nr_segs);
	struct pipe_inode_info *pipe;
	int do_wakeup = 0;
	ssize_t ret;

	if (total_len == 0)
		return 0;
	mutex_lock(&inode->i_mutex);
	pipe = inode->i_pipe;
	ret = drain_buffers(pipe, filp, iov, total_len, &do_wakeup);
	mutex_unlock(&inode->i_mutex);
	if (do_wakeup)
		wake_up_interruptible_sync(&pipe->wait);
	if (ret > 0)
		file_accessed(filp);
	return ret;
}

/* Append to the last buffer when the odd bytes of the write fit there. Answers bytes, 0 or -EFAULT. */
static ssize_t merge_write(struct pipe_inode_info *pipe, struct iovec *iov, size_t total)
{
	size_t chars = total & (PAGE_SIZE - 1);
	struct pipe_buffer *buf;
	unsigned int offset;

	if (!pipe->nrbufs || !chars)
		return 0;
	buf = pipe->bufs + ((pipe->curbuf + pipe->nrbufs - 1) & (PIPE_BUFFERS - 1));
	offset = buf->offset + buf->len;
	if (!buf->ops->can_merge || offset + chars > PAGE_SIZE)
		return 0;
	if (pipe_iov_copy_from_user((char *)page_address(buf->page) + offset, iov, chars))
		return -EFAULT;
	buf->len += chars;
	return chars;
}

/* Fill a new buffer. Answers the bytes, -ENOMEM, -EFAULT. */
static ssize_t write_buffer(struct pipe_inode_info *pipe, struct iovec *iov, size_t total)
{
	struct pipe_buffer *buf;
	struct page *page = pipe->tmp_page;
	size_t chars = min_t(size_t, PAGE_SIZE, total);

	if (!page) {
		page = alloc_page(GFP_HIGHUSER);
		if (!page)
			return -ENOMEM;
		pipe->tmp_page = page;
	}
	if (pipe_iov_copy_from_user((void *)page_address(page), iov, chars))
		return -EFAULT;
	buf = pipe->bufs + ((pipe->curbuf + pipe->nrbufs) & (PIPE_BUFFERS - 1));
	buf->page = page;
	buf->ops = &anon_pipe_buf_ops;
	buf->offset = 0;
	buf->len = chars;
	pipe->nrbufs++;
	pipe->tmp_page = NULL;
	return chars;
}

/* The loop of a write: fill buffers, and sleep while there is no room. *wakeup: readers have something. */
static ssize_t fill_buffers(struct pipe_inode_info *pipe, struct file *filp, struct iovec *iov,
			    size_t total_len, ssize_t ret, int *wakeup)
{
	while (total_len) {
		ssize_t n = -EPIPE;

		if (!pipe->readers)
			send_sig(SIGPIPE, current, 0);
		else if (pipe->nrbufs < PIPE_BUFFERS)
			n = write_buffer(pipe, iov, total_len);
		else if (filp->f_flags & O_NONBLOCK)
			n = -EAGAIN;
		else
			n = signal_pending(current) ? -ERESTARTSYS : 0;
		if (n < 0)
			return ret ? ret : n;
		if (n > 0) {
			*wakeup = 1;
			ret += n;
			total_len -= n;
			continue;
		}
		if (*wakeup)
			wake_up_interruptible_sync(&pipe->wait);
		*wakeup = 0;
		pipe->waiting_writers++;
		pipe_wait(pipe);
		pipe->waiting_writers--;
	}
	return ret;
}

/*
 * Write everything, waiting for room. Up to PIPE_BUF bytes go in one piece: they fit one buffer, and
 * i_mutex is held while it is filled. Without readers: SIGPIPE and -EPIPE.
 */
static ssize_t pipe_write(struct kiocb *iocb, const struct iovec *_iov, unsigned long nr_segs,
			  loff_t ppos)
{
	struct file *filp = iocb->ki_filp;
	struct inode *inode = filp->f_path.dentry->d_inode;
	struct iovec *iov = (struct iovec *)_iov;
	size_t total_len = iov_length(iov, nr_segs);
	struct pipe_inode_info *pipe;
	int do_wakeup;
	ssize_t ret;

	if (total_len == 0)
		return 0;
	mutex_lock(&inode->i_mutex);
	pipe = inode->i_pipe;
	ret = pipe->readers ? merge_write(pipe, iov, total_len) : 0;
	do_wakeup = ret > 0;
	if (ret >= 0)
		ret = fill_buffers(pipe, filp, iov, total_len - ret, ret, &do_wakeup);
	mutex_unlock(&inode->i_mutex);
	if (do_wakeup)
		wake_up_interruptible_sync(&pipe->wait);
	if (ret > 0)
		file_update_time(filp);
	return ret;
}

static ssize_t bad_pipe_r(struct file *filp, char __user *buf, size_t count, loff_t *ppos)
{
	return -EBADF;
}

static ssize_t bad_pipe_w(struct file *filp, const char __user *buf, size_t count, loff_t *ppos)
{
	return -EBADF;
}

/* How many bytes are waiting. */
static long pipe_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct inode *inode = filp->f_path.dentry->d_inode;
	struct pipe_inode_info *pipe;
	int count = 0;

	if (cmd != FIONREAD)
		return -EINVAL;
	mutex_lock(&inode->i_mutex);
	pipe = inode->i_pipe;
	for (unsigned int i = 0; i < pipe->nrbufs; i++)
		count += pipe->bufs[(pipe->curbuf + i) & (PIPE_BUFFERS - 1)].len;
	mutex_unlock(&inode->i_mutex);
	return put_user(count, (int __user *)arg);
}

static unsigned int pipe_poll(struct file *filp, poll_table *wait)
{
	struct pipe_inode_info *pipe = filp->f_path.dentry->d_inode->i_pipe;
	unsigned int mask = 0;

	poll_wait(filp, &pipe->wait, wait);
	if (filp->f_mode & FMODE_READ) {
		mask = pipe->nrbufs > 0 ? POLLIN | POLLRDNORM : 0;
		if (!pipe->writers && filp->f_version != pipe->w_counter)
			mask |= POLLHUP;
	}
	if (filp->f_mode & FMODE_WRITE) {
		mask |= pipe->nrbufs < PIPE_BUFFERS ? POLLOUT | POLLWRNORM : 0;
		if (!pipe->readers)
			mask |= POLLERR;
	}
	return mask;
}

static int pipe_release(struct inode *inode, struct file *filp)
{
	struct pipe_inode_info *pipe;

	mutex_lock(&inode->i_mutex);
	pipe = inode->i_pipe;
	pipe->readers -= (filp->f_mode & FMODE_READ) != 0;
	pipe->writers -= (filp->f_mode & FMODE_WRITE) != 0;
	if (!pipe->readers && !pipe->writers)
		free_pipe_info(inode);
	else
		wake_up_interruptible_sync(&pipe->wait);
	mutex_unlock(&inode->i_mutex);
	return 0;
}

const struct file_operations read_pipefifo_fops = {
	.llseek = no_llseek,
	.read = do_sync_read,
	.aio_read = pipe_read,
	.write = bad_pipe_w,
	.poll = pipe_poll,
	.unlocked_ioctl = pipe_ioctl,
	.release = pipe_release,
};

const struct file_operations write_pipefifo_fops = {
	.llseek = no_llseek,
	.read = bad_pipe_r,
	.write = do_sync_write,
	.aio_write = pipe_write,
	.poll = pipe_poll,
	.unlocked_ioctl = pipe_ioctl,
	.release = pipe_release,
};

const struct file_operations rdwr_pipefifo_fops = {
	.llseek = no_llseek,
	.read = do_sync_read,
	.aio_read = pipe_read,
	.write = do_sync_write,
	.aio_write = pipe_write,
	.poll = pipe_poll,
	.unlocked_ioctl = pipe_ioctl,
	.release = pipe_release,
};

struct pipe_inode_info *alloc_pipe_info(struct inode *inode)
{
	struct pipe_inode_info *pipe = kzalloc(sizeof(*pipe), GFP_KERNEL);

	if (pipe) {
		init_waitqueue_head(&pipe->wait);
		pipe->r_counter = pipe->w_counter = 1;
		pipe->inode = inode;
	}
	return pipe;
}

void __free_pipe_info(struct pipe_inode_info *pipe)
{
	for (int i = 0; i < PIPE_BUFFERS; i++)
		if (pipe->bufs[i].ops)
			pipe->bufs[i].ops->release(pipe, pipe->bufs + i);
	if (pipe->tmp_page)
		put_page(pipe->tmp_page);
	kfree(pipe);
}

void free_pipe_info(struct inode *inode)
{
	__free_pipe_info(inode->i_pipe);
	inode->i_pipe = NULL;
}

/* pipefs: the names are made up when somebody asks. */
static char *pipefs_dname(struct dentry *dentry, char *buffer, int buflen)
{
	return dynamic_dname(dentry, buffer, buflen, "pipe:[%lu]", dentry->d_inode->i_ino);
}

/* The names are not hashed, so the last dput frees them. */
static const struct dentry_operations pipefs_dentry_operations = {
	.d_dname = pipefs_dname,
};

static struct inode *get_pipe_inode(void)
{
	struct inode *inode = new_inode(pipe_mnt->mnt_sb);
	struct pipe_inode_info *pipe;

	if (!inode)
		return NULL;
	pipe = alloc_pipe_info(inode);
	if (!pipe) {
		iput(inode);
		return NULL;
	}
	inode->i_pipe = pipe;
	pipe->readers = pipe->writers = 1;
	inode->i_fop = &rdwr_pipefifo_fops;
	inode->i_state = I_DIRTY;
	inode->i_mode = S_IFIFO | S_IRUSR | S_IWUSR;
	inode->i_uid = current_fsuid();
	inode->i_gid = current_fsgid();
	inode->i_atime = inode->i_mtime = inode->i_ctime = CURRENT_TIME;
	return inode;
}

static struct file *create_write_pipe(int flags)
{
	static const struct qstr name = { .name = (const unsigned char *)"" };
	struct inode *inode = get_pipe_inode();
	struct dentry *dentry;
	struct file *f;

	if (!inode)
		return ERR_PTR(-ENFILE);
	dentry = d_alloc(pipe_mnt->mnt_sb->s_root, &name);
	if (!dentry) {
		free_pipe_info(inode);
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	dentry->d_op = &pipefs_dentry_operations;
	d_instantiate(dentry, inode);
	f = alloc_file(pipe_mnt, dentry, FMODE_WRITE, &write_pipefifo_fops);
	if (!f) {
		free_pipe_info(inode);
		dput(dentry);
		return ERR_PTR(-ENFILE);
	}
	f->f_flags = O_WRONLY | (flags & O_NONBLOCK);
	return f;
}

static struct file *create_read_pipe(struct file *wrf, int flags)
{
	struct file *f = get_empty_filp();

	if (!f)
		return ERR_PTR(-ENFILE);
	f->f_path = wrf->f_path;
	path_get(&wrf->f_path);
	f->f_mapping = wrf->f_path.dentry->d_inode->i_mapping;
	f->f_flags = O_RDONLY | (flags & O_NONBLOCK);
	f->f_op = &read_pipefifo_fops;
	f->f_mode = FMODE_READ;
	return f;
}

/* Without a reader the pipe never came to be. */
static void free_write_pipe(struct file *f)
{
	free_pipe_info(f->f_path.dentry->d_inode);
	f->f_op = NULL;
	fput(f);
}

int do_pipe_flags(int *fd, int flags)
{
	struct file *fw, *fr;
	int error, fdw, fdr;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	fw = create_write_pipe(flags);
	if (IS_ERR(fw))
		return PTR_ERR(fw);
	fr = create_read_pipe(fw, flags);
	if (IS_ERR(fr)) {
		free_write_pipe(fw);
		return PTR_ERR(fr);
	}
	fdr = error = get_unused_fd_flags(flags);
	if (error < 0)
		goto err_files;
	fdw = error = get_unused_fd_flags(flags);
	if (error < 0) {
		put_unused_fd(fdr);
		goto err_files;
	}
	fd_install(fdr, fr);
	fd_install(fdw, fw);
	fd[0] = fdr;
	fd[1] = fdw;
	return 0;
err_files:
	fput(fr);
	fput(fw);
	return error;
}

asmlinkage long sys_pipe2(int __user *fildes, int flags)
{
	int fd[2], error = do_pipe_flags(fd, flags);

	if (!error && copy_to_user(fildes, fd, sizeof(fd))) {
		sys_close(fd[0]);
		sys_close(fd[1]);
		error = -EFAULT;
	}
	return error;
}

asmlinkage long sys_pipe(int __user *fildes)
{
	return sys_pipe2(fildes, 0);
}

/* Sleep until the other side has been opened once more; i_mutex is held. */
static int wait_for_partner(struct inode *inode, unsigned int *cnt)
{
	unsigned int cur = *cnt;

	while (cur == *cnt) {
		pipe_wait(inode->i_pipe);
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
	return 0;
}

static void wake_up_partner(struct inode *inode)
{
	wake_up_interruptible(&inode->i_pipe->wait);
}

static int fifo_open_read(struct inode *inode, struct file *filp)
{
	struct pipe_inode_info *pipe = inode->i_pipe;

	filp->f_op = &read_pipefifo_fops;
	pipe->r_counter++;
	if (pipe->readers++ == 0)
		wake_up_partner(inode);
	if (pipe->writers)
		return 0;
	if (filp->f_flags & O_NONBLOCK) {
		filp->f_version = pipe->w_counter;
		return 0;
	}
	if (wait_for_partner(inode, &pipe->w_counter) == 0)
		return 0;
	if (!--pipe->readers)
		wake_up_interruptible(&pipe->wait);
	return -ERESTARTSYS;
}

static int fifo_open_write(struct inode *inode, struct file *filp)
{
	struct pipe_inode_info *pipe = inode->i_pipe;

	if ((filp->f_flags & O_NONBLOCK) && !pipe->readers)
		return -ENXIO;
	filp->f_op = &write_pipefifo_fops;
	pipe->w_counter++;
	if (!pipe->writers++)
		wake_up_partner(inode);
	if (pipe->readers || wait_for_partner(inode, &pipe->r_counter) == 0)
		return 0;
	if (!--pipe->writers)
		wake_up_interruptible(&pipe->wait);
	return -ERESTARTSYS;
}

static int fifo_open_rdwr(struct inode *inode, struct file *filp)
{
	struct pipe_inode_info *pipe = inode->i_pipe;

	filp->f_op = &rdwr_pipefifo_fops;
	pipe->readers++;
	pipe->writers++;
	pipe->r_counter++;
	pipe->w_counter++;
	if (pipe->readers == 1 || pipe->writers == 1)
		wake_up_partner(inode);
	return 0;
}

/* A named pipe: each side waits for the other. */
int fifo_open(struct inode *inode, struct file *filp)
{
	int ret = -EINVAL;

	mutex_lock(&inode->i_mutex);
	if (!inode->i_pipe)
		inode->i_pipe = alloc_pipe_info(inode);
	if (!inode->i_pipe) {
		mutex_unlock(&inode->i_mutex);
		return -ENOMEM;
	}
	filp->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
	switch (filp->f_mode & (FMODE_READ | FMODE_WRITE)) {
	case FMODE_READ:
		ret = fifo_open_read(inode, filp);
		break;
	case FMODE_WRITE:
		ret = fifo_open_write(inode, filp);
		break;
	case FMODE_READ | FMODE_WRITE:
		ret = fifo_open_rdwr(inode, filp);
		break;
	}
	if (ret && !inode->i_pipe->readers && !inode->i_pipe->writers)
		free_pipe_info(inode);
	mutex_unlock(&inode->i_mutex);
	return ret;
}

const struct file_operations def_fifo_fops = {
	.open = fifo_open,
};

static int pipefs_get_sb(struct file_system_type *fs_type, int flags, const char *dev_name,
			 void *data, struct vfsmount *mnt)
{
	static const struct super_operations pipefs_ops = { .statfs = simple_statfs };

	return get_sb_pseudo(fs_type, "pipe:", &pipefs_ops, PIPEFS_MAGIC, mnt);
}

static struct file_system_type pipe_fs_type = {
	.name = "pipefs",
	.get_sb = pipefs_get_sb,
	.kill_sb = kill_anon_super,
};

static int __init init_pipe_fs(void)
{
	int err = register_filesystem(&pipe_fs_type);

	if (!err) {
		pipe_mnt = kern_mount(&pipe_fs_type);
		if (IS_ERR(pipe_mnt))
			err = PTR_ERR(pipe_mnt);
	}
	return err;
}
fs_initcall(init_pipe_fs);
