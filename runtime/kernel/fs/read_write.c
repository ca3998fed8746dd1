/* Reading, writing and seeking: from descriptors to the operations of files. */
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/inotify.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#define RW_COST 80	/* ns, besides the bytes */

static loff_t set_position(struct file *file, loff_t offset, loff_t max)
{
	if (offset < 0 || offset > max)
		return -EINVAL;
	if (offset != file->f_pos) {
		file->f_pos = offset;
		file->f_version = 0;
	}
	return offset;
}

loff_t generic_file_llseek(struct file *file, loff_t offset, int origin)
{
	struct inode *inode = file->f_mapping->host;
	loff_t retval;

	mutex_lock(&inode->i_mutex);
	if (origin == SEEK_END)
		offset += i_size_read(inode);
	else if (origin == SEEK_CUR)
		offset += file->f_pos;
	retval = set_position(file, offset, inode->i_sb->s_maxbytes);
	mutex_unlock(&inode->i_mutex);
	return retval;
}
EXPORT_SYMBOL(generic_file_llseek);

loff_t no_llseek(struct file *file, loff_t offset, int origin)
{
	return -ESPIPE;
}
EXPORT_SYMBOL(no_llseek);

loff_t default_llseek(struct file *file, loff_t offset, int origin)
{
	if (origin == SEEK_END)
		offset += i_size_read(file->f_path.dentry->d_inode);
	else if (origin == SEEK_CUR)
		offset += file->f_pos;
	return set_position(file, offset, MAX_LFS_FILESIZE);
}
EXPORT_SYMBOL(default_llseek);

loff_t vfs_llseek(struct file *file, loff_t offset, int origin)
{
	loff_t (*fn)(struct file *, loff_t, int) = no_llseek;

	if (file->f_mode & FMODE_LSEEK)
		fn = file->f_op && file->f_op->llseek ? file->f_op->llseek : default_llseek;
	return fn(file, offset, origin);
}
EXPORT_SYMBOL(vfs_llseek);

asmlinkage long sys_lseek(unsigned int fd, off_t offset, unsigned int origin)
{
	int fput_needed;
	struct file *file = fget_light(fd, &fput_needed);
	off_t retval = -EINVAL;

	if (!file)
		return -EBADF;
	if (origin <= SEEK_END) {
		loff_t res = vfs_llseek(file, offset, origin);

		retval = res;
		if (res != (loff_t)retval)
			retval = -EOVERFLOW;
	}
	fput_light(file, fput_needed);
	return retval;
}

asmlinkage long sys_llseek(unsigned int fd, unsigned long offset_high, unsigned long offset_low,
			   loff_t __user *result, unsigned int origin)
{
	int fput_needed;
	struct file *file = fget_light(fd, &fput_needed);
	long retval = -EINVAL;

	if (!file)
		return -EBADF;
	if (origin <= SEEK_END) {
		loff_t offset = vfs_llseek(file, (loff_t)((u64)offset_high << 32 | (u32)offset_low),
					   origin);

		retval = offset;
		if (offset >= 0)
			retval = copy_to_user(result, &offset, sizeof(offset)) ? -EFAULT : 0;
	}
	fput_light(file, fput_needed);
	return retval;
}

/* How many bytes may be moved at once (never more than MAX_RW_COUNT), or -EINVAL. */
int rw_verify_area(int read_write, struct file *file, loff_t *ppos, size_t count)
{
	if ((ssize_t)count < 0)
		return -EINVAL;
	if (*ppos < 0 || (loff_t)(*ppos + count) < 0)
		return -EINVAL;
	return min_t(size_t, count, MAX_RW_COUNT);
}

/* For files that have only the vector operation. */
ssize_t do_sync_read(struct file *filp, char __user *buf, size_t len, loff_t *ppos)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct kiocb kiocb;
	ssize_t ret;

	init_sync_kiocb(&kiocb, filp);
	kiocb.ki_pos = *ppos;
	kiocb.ki_left = len;
	kiocb.ki_nbytes = len;
	ret = filp->f_op->aio_read(&kiocb, &iov, 1, kiocb.ki_pos);
	*ppos = kiocb.ki_pos;
	return ret;
}
EXPORT_SYMBOL(do_sync_read);

ssize_t do_sync_write(struct file *filp, const char __user *buf, size_t len, loff_t *ppos)
{
	struct iovec iov = { .iov_base = (void __user *)buf, .iov_len = len };
	struct kiocb kiocb;
	ssize_t ret;

	init_sync_kiocb(&kiocb, filp);
	kiocb.ki_pos = *ppos;
	kiocb.ki_left = len;
	kiocb.ki_nbytes = len;
	ret = filp->f_op->aio_write(&kiocb, &iov, 1, kiocb.ki_pos);
	*ppos = kiocb.ki_pos;
	return ret;
}
EXPORT_SYMBOL(do_sync_write);

/* Read up to count bytes at *pos, which moves on. Bytes read, 0 at the end, or an error. */
ssize_t vfs_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	ssize_t ret;

	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (!file->f_op || (!file->f_op->read && !file->f_op->aio_read))
		return -EINVAL;
	if (!access_ok(VERIFY_WRITE, buf, count))
		return -EFAULT;
	ret = rw_verify_area(READ, file, pos, count);
	if (ret >= 0) {
		count = ret;
		spend(RW_COST);
		if (file->f_op->read)
			ret = file->f_op->read(file, buf, count, pos);
		else
			ret = do_sync_read(file, buf, count, pos);
		if (ret > 0) {
			fsnotify_dentry(file->f_path.dentry, IN_ACCESS);
			current->ioac.rchar += ret;
		}
		current->ioac.syscr++;
	}
	return ret;
}
EXPORT_SYMBOL(vfs_read);

ssize_t vfs_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	ssize_t ret;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!file->f_op || (!file->f_op->write && !file->f_op->aio_write))
		return -EINVAL;
	if (!access_ok(VERIFY_READ, buf, count))
		return -EFAULT;
	ret = rw_verify_area(WRITE, file, pos, count);
	if (ret >= 0) {
		count = ret;
		spend(RW_COST);
		if (file->f_op->write)
			ret = file->f_op->write(file, buf, count, pos);
		else
			ret = do_sync_write(file, buf, count, pos);
		if (ret > 0) {
			fsnotify_dentry(file->f_path.dentry, IN_MODIFY);
			current->ioac.wchar += ret;
		}
		current->ioac.syscw++;
	}
	return ret;
}
EXPORT_SYMBOL(vfs_write);

asmlinkage long sys_read(unsigned int fd, char __user *buf, size_t count)
{
	int fput_needed;
	struct file *file = fget_light(fd, &fput_needed);
	ssize_t ret = -EBADF;

	if (file) {
		loff_t pos = file->f_pos;

		ret = vfs_read(file, buf, count, &pos);
		file->f_pos = pos;
		fput_light(file, fput_needed);
	}
	return ret;
}

asmlinkage long sys_write(unsigned int fd, const char __user *buf, size_t count)
{
	int fput_needed;
	struct file *file = fget_light(fd, &fput_needed);
	ssize_t ret = -EBADF;

	if (file) {
		loff_t pos = file->f_pos;

		ret = vfs_write(file, buf, count, &pos);
		file->f_pos = pos;
		fput_light(file, fput_needed);
	}
	return ret;
}

asmlinkage long sys_pread64(unsigned int fd, char __user *buf, size_t count, loff_t pos)
{
	int fput_needed;
	struct file *file;
	ssize_t ret = -EBADF;

	if (pos < 0)
		return -EINVAL;
	file = fget_light(fd, &fput_needed);
	if (file) {
		ret = -ESPIPE;
		if (file->f_mode & FMODE_PREAD)
			ret = vfs_read(file, buf, count, &pos);
		fput_light(file, fput_needed);
	}
	return ret;
}

asmlinkage long sys_pwrite64(unsigned int fd, const char __user *buf, size_t count, loff_t pos)
{
	int fput_needed;
	struct file *file;
	ssize_t ret = -EBADF;

	if (pos < 0)
		return -EINVAL;
	file = fget_light(fd, &fput_needed);
	if (file) {
		ret = -ESPIPE;
		if (file->f_mode & FMODE_PWRITE)
			ret = vfs_write(file, buf, count, &pos);
		fput_light(file, fput_needed);
	}
	return ret;
}

/* The vectors from user memory, in fast when they fit there. Answers the bytes or an error. */
static ssize_t copy_vector(const struct iovec __user *uvector, unsigned long nr_segs,
			   struct iovec *fast, struct iovec **pvector)
{
	struct iovec *iov = fast;
	size_t total = 0;

	*pvector = fast;
	if (nr_segs > UIO_MAXIOV)
		return -EINVAL;
	if (nr_segs > UIO_FASTIOV) {
		iov = kmalloc(nr_segs * sizeof(*iov), GFP_KERNEL);
		if (!iov)
			return -ENOMEM;
		*pvector = iov;
	}
	if (copy_from_user(iov, uvector, nr_segs * sizeof(*iov)))
		return -EFAULT;
	for (unsigned long seg = 0; seg < nr_segs; seg++) {
		if ((ssize_t)iov[seg].iov_len < 0)
			return -EINVAL;
		iov[seg].iov_len = min_t(size_t, iov[seg].iov_len, MAX_RW_COUNT - total);
		total += iov[seg].iov_len;
	}
	return total;
}

/* One plain read or write a vector. */
static ssize_t do_loop_readv_writev(int type, struct file *file, struct iovec *iov,
				    unsigned long nr_segs, loff_t *pos)
{
	ssize_t ret = 0;

	for (; nr_segs; iov++, nr_segs--) {
		ssize_t nr;

		if (type == READ)
			nr = file->f_op->read(file, iov->iov_base, iov->iov_len, pos);
		else
			nr = file->f_op->write(file, iov->iov_base, iov->iov_len, pos);
		if (nr < 0)
			return ret ? ret : nr;
		ret += nr;
		if (nr != iov->iov_len)
			break;
	}
	return ret;
}

static ssize_t do_sync_readv_writev(int type, struct file *file, struct iovec *iov,
				    unsigned long nr_segs, size_t len, loff_t *pos)
{
	struct kiocb kiocb;
	ssize_t ret;

	init_sync_kiocb(&kiocb, file);
	kiocb.ki_pos = *pos;
	kiocb.ki_left = len;
	kiocb.ki_nbytes = len;
	ret = (type == READ ? file->f_op->aio_read : file->f_op->aio_write)(&kiocb, iov, nr_segs,
									    kiocb.ki_pos);
	*pos = kiocb.ki_pos;
	return ret;
}

static ssize_t do_readv_writev(int type, struct file *file, const struct iovec __user *uvector,
			       unsigned long nr_segs, loff_t *pos)
{
	struct iovec fast[UIO_FASTIOV], *iov;
	ssize_t ret = copy_vector(uvector, nr_segs, fast, &iov);
	size_t total = ret;

	if (ret > 0)
		ret = rw_verify_area(type, file, pos, total);
	if (ret > 0) {
		spend(RW_COST);
		if (type == READ ? file->f_op->aio_read != NULL : file->f_op->aio_write != NULL)
			ret = do_sync_readv_writev(type, file, iov, nr_segs, total, pos);
		else
			ret = do_loop_readv_writev(type, file, iov, nr_segs, pos);
	}
	if (iov != fast)
		kfree(iov);
	if (ret > 0)
		fsnotify_dentry(file->f_path.dentry, type == READ ? IN_ACCESS : IN_MODIFY);
	return ret;
}

ssize_t vfs_readv(struct file *file, const struct iovec __user *vec, unsigned long vlen,
		  loff_t *pos)
{
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (!file->f_op || (!file->f_op->aio_read && !file->f_op->read))
		return -EINVAL;
	return do_readv_writev(READ, file, vec, vlen, pos);
}
EXPORT_SYMBOL(vfs_readv);

ssize_t vfs_writev(struct file *file, const struct iovec __user *vec, unsigned long vlen,
		   loff_t *pos)
{
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!file->f_op || (!file->f_op->aio_write && !file->f_op->write))
		return -EINVAL;
	return do_readv_writev(WRITE, file, vec, vlen, pos);
}
EXPORT_SYMBOL(vfs_writev);

asmlinkage long sys_readv(unsigned long fd, const struct iovec __user *vec, unsigned long vlen)
{
	int fput_needed;
	struct file *file = fget_light(fd, &fput_needed);
	ssize_t ret = -EBADF;

	if (file) {
		loff_t pos = file->f_pos;

		ret = vfs_readv(file, vec, vlen, &pos);
		file->f_pos = pos;
		fput_light(file, fput_needed);
	}
	if (ret > 0)
		current->ioac.rchar += ret;
	current->ioac.syscr++;
	return ret;
}

asmlinkage long sys_writev(unsigned long fd, const struct iovec __user *vec, unsigned long vlen)
{
	int fput_needed;
	struct file *file = fget_light(fd, &fput_needed);
	ssize_t ret = -EBADF;

	if (file) {
		loff_t pos = file->f_pos;

		ret = vfs_writev(file, vec, vlen, &pos);
		file->f_pos = pos;
		fput_light(file, fput_needed);
	}
	if (ret > 0)
		current->ioac.wchar += ret;
	current->ioac.syscw++;
	return ret;
}

static inline loff_t pos_from_hilo(unsigned long high, unsigned long low)
{
	return BITS_PER_LONG == 64 ? (loff_t)low : (loff_t)((u64)high << 32 | low);
}

/* The position is in two words, of which 64-bit machines need the first only; the file's own stays where it is. */
asmlinkage long sys_preadv(unsigned long fd, const struct iovec __user *vec, unsigned long vlen, unsigned long pos_l,
			   unsigned long pos_h)
{
	loff_t pos = pos_from_hilo(pos_h, pos_l);
	struct file *file;
	ssize_t ret = -EBADF;

	if (pos < 0)
		return -EINVAL;
	file = fget(fd);
	if (file) {
		ret = file->f_mode & FMODE_PREAD ? vfs_readv(file, vec, vlen, &pos) : -ESPIPE;
		fput(file);
	}
	if (ret > 0)
		current->ioac.rchar += ret;
	current->ioac.syscr++;
	return ret;
}

asmlinkage long sys_pwritev(unsigned long fd, const struct iovec __user *vec, unsigned long vlen, unsigned long pos_l,
			    unsigned long pos_h)
{
	loff_t pos = pos_from_hilo(pos_h, pos_l);
	struct file *file;
	ssize_t ret = -EBADF;

	if (pos < 0)
		return -EINVAL;
	file = fget(fd);
	if (file) {
		ret = file->f_mode & FMODE_PWRITE ? vfs_writev(file, vec, vlen, &pos) : -ESPIPE;
		fput(file);
	}
	if (ret > 0)
		current->ioac.wchar += ret;
	current->ioac.syscw++;
	return ret;
}

/* The actor of sendfile: the page's bytes go to the other file. */
static int file_send_actor(read_descriptor_t *desc, struct page *page, unsigned long offset,
			   unsigned long size)
{
	struct file *out = desc->arg.data;
	mm_segment_t old_fs = get_fs();
	ssize_t written;

	set_fs(KERNEL_DS);
	written = vfs_write(out, (char __user *)page_address(page) + offset,
			    min_t(size_t, size, desc->count), &out->f_pos);
	set_fs(old_fs);
	if (written < 0) {
		desc->error = written;
		written = 0;
	}
	desc->count -= written;
	desc->written += written;
	return written;
}

/* Only from files that consist of pages. */
static ssize_t do_sendfile(struct file *out, struct file *in, loff_t *ppos, size_t count)
{
	read_descriptor_t desc = { .count = min_t(size_t, count, MAX_RW_COUNT), .arg.data = out };

	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!in->f_mapping->a_ops || !in->f_mapping->a_ops->readpage)
		return -EINVAL;
	do_generic_file_read(in, ppos, &desc, file_send_actor);
	return desc.written ? desc.written : desc.error;
}

asmlinkage long sys_sendfile64(int out_fd, int in_fd, loff_t __user *offset, size_t count)
{
	struct file *in = fget(in_fd), *out = fget(out_fd);
	ssize_t ret = -EBADF;
	loff_t pos = 0;

	if (in && out) {
		if (!offset)
			ret = do_sendfile(out, in, &in->f_pos, count);
		else if (copy_from_user(&pos, offset, sizeof(pos)))
			ret = -EFAULT;
		else {
			ret = do_sendfile(out, in, &pos, count);
			if (copy_to_user(offset, &pos, sizeof(pos)))
				ret = -EFAULT;
		}
	}
	if (in)
		fput(in);
	if (out)
		fput(out);
	return ret;
}

asmlinkage long sys_sendfile(int out_fd, int in_fd, off_t __user *offset, size_t count)
{
	struct file *in = fget(in_fd), *out = fget(out_fd);
	ssize_t ret = -EBADF;
	off_t off = 0;

	if (in && out) {
		if (!offset)
			ret = do_sendfile(out, in, &in->f_pos, count);
		else if (get_user(off, offset))
			ret = -EFAULT;
		else {
			loff_t pos = off;

			ret = do_sendfile(out, in, &pos, count);
			if (put_user((off_t)pos, offset))
				ret = -EFAULT;
		}
	}
	if (in)
		fput(in);
	if (out)
		fput(out);
	return ret;
}
