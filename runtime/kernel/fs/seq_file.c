/* Files made of text that one function writes. The lock of the seq_file guards its buffer. */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

int seq_write(struct seq_file *m, const void *data, size_t len)
{
	if (m->count + len >= m->size) {
		m->count = m->size;
		return -1;
	}
	memcpy(m->buf + m->count, data, len);
	m->count += len;
	return 0;
}
EXPORT_SYMBOL(seq_write);

int seq_putc(struct seq_file *m, char c)
{
	return seq_write(m, &c, 1);
}
EXPORT_SYMBOL(seq_putc);

int seq_puts(struct seq_file *m, const char *s)
{
	return seq_write(m, s, strlen(s));
}
EXPORT_SYMBOL(seq_puts);

int seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list args;
	int len;

	if (m->count >= m->size)
		return -1;
	va_start(args, fmt);
	len = vsnprintf(m->buf + m->count, m->size - m->count, fmt, args);
	va_end(args);
	if (m->count + len >= m->size) {
		m->count = m->size;
		return -1;
	}
	m->count += len;
	return 0;
}
EXPORT_SYMBOL(seq_printf);

int single_open(struct file *file, int (*show)(struct seq_file *, void *), void *data)
{
	struct seq_file *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	mutex_init(&m->lock);
	m->show = show;
	m->private = data;
	file->private_data = m;
	return 0;
}
EXPORT_SYMBOL(single_open);

int single_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	kfree(m->buf);
	kfree(m);
	return 0;
}
EXPORT_SYMBOL(single_release);

/* Make the text, in a buffer that doubles until the text fits. */
static int seq_fill(struct seq_file *m)
{
	size_t size = m->size ? m->size : PAGE_SIZE;
	int error;

	for (;; size *= 2) {
		if (m->size != size) {
			kfree(m->buf);
			m->buf = kmalloc(size, GFP_KERNEL);
			m->size = m->buf ? size : 0;
			if (!m->buf)
				return -ENOMEM;
		}
		m->count = 0;
		error = m->show(m, NULL);
		if (error < 0)
			return error;
		if (m->count < m->size)
			break;
	}
	m->valid = 1;
	return 0;
}

/* A read from the start makes the text anew. */
ssize_t seq_read(struct file *file, char __user *buf, size_t size, loff_t *ppos)
{
	struct seq_file *m = file->private_data;
	ssize_t ret = 0;

	mutex_lock(&m->lock);
	if (*ppos == 0 || !m->valid)
		ret = seq_fill(m);
	if (ret == 0)
		ret = simple_read_from_buffer(buf, size, ppos, m->buf, m->count);
	mutex_unlock(&m->lock);
	return ret;
}
EXPORT_SYMBOL(seq_read);

loff_t seq_lseek(struct file *file, loff_t offset, int origin)
{
	if (origin == SEEK_CUR)
		offset += file->f_pos;
	else if (origin != SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}
EXPORT_SYMBOL(seq_lseek);
