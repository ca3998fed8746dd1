/* Files whose text a function writes when they are opened or read: most of /proc. */
#ifndef _LINUX_SEQ_FILE_H
#define _LINUX_SEQ_FILE_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/mutex.h>

struct file;
struct inode;

/* The whole text is made by one call of show, in a buffer that is enlarged until it fits. */
struct seq_file {
	char *buf;
	size_t size;
	size_t count;		/* bytes written; size when it did not fit */
	int valid;		/* the text is made */
	struct mutex lock;
	int (*show)(struct seq_file *m, void *v);
	void *private;
};

int seq_printf(struct seq_file *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int seq_putc(struct seq_file *m, char c);
int seq_puts(struct seq_file *m, const char *s);
int seq_write(struct seq_file *m, const void *data, size_t len);
ssize_t seq_read(struct file *file, char __user *buf, size_t size, loff_t *ppos);
loff_t seq_lseek(struct file *file, loff_t offset, int origin);
int single_open(struct file *file, int (*show)(struct seq_file *, void *), void *data);
int single_release(struct inode *inode, struct file *file);

#endif
