/*
 * The terminal behind /dev/console, /dev/tty and /dev/ttyS0. Lines are passed on as they are: no echo, no
 * editing. tty_lock protects the input buffer, which the serial interrupt fills.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/tty.h>
#include <linux/uaccess.h>
#include <asm/machine.h>

#define BUFFER_SIZE	1024
#define CHARACTER_COST	40

static DEFINE_SPINLOCK(tty_lock);
static DECLARE_WAIT_QUEUE_HEAD(read_wait);
static char buffer[BUFFER_SIZE];
static unsigned read_head, read_tail;

/* What does not fit is lost. Called by the serial interrupt. */
void tty_insert_flip_char(char c)
{
	spin_lock(&tty_lock);
	if (read_head - read_tail < BUFFER_SIZE)
		buffer[read_head++ % BUFFER_SIZE] = c;
	spin_unlock(&tty_lock);
}

void tty_flip_buffer_push(void)
{
	wake_up_interruptible(&read_wait);
}

/* Takes up to n characters out of the input buffer. */
static size_t take_input(char *to, size_t n)
{
	size_t taken = 0;

	spin_lock_irq(&tty_lock);
	while (taken < n && read_tail != read_head)
		to[taken++] = buffer[read_tail++ % BUFFER_SIZE];
	spin_unlock_irq(&tty_lock);
	return taken;
}

static ssize_t tty_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	char piece[64];
	size_t n;

	if (read_head == read_tail && (file->f_flags & O_NONBLOCK))
		return -EAGAIN;
	if (wait_event_interruptible(read_wait, read_head != read_tail))
		return -ERESTARTSYS;
	n = take_input(piece, min(count, sizeof(piece)));
	return copy_to_user(buf, piece, n) ? -EFAULT : (ssize_t)n;
}

static ssize_t tty_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	char piece[128];
	size_t done = 0, n;

	while (done < count) {
		n = min(count - done, sizeof(piece));
		if (copy_from_user(piece, buf + done, n))
			return done ? (ssize_t)done : -EFAULT;
		machine_call(MC_TTY, (unsigned long)piece, n);
		spend(n * CHARACTER_COST);
		done += n;
	}
	return done;
}

static int tty_open(struct inode *inode, struct file *filp)
{
	return 0;
}

static const struct file_operations tty_fops = {
	.read = tty_read,
	.write = tty_write,
	.open = tty_open,
};

static int __init tty_init(void)
{
	register_chrdev(TTYAUX_MAJOR, "tty", &tty_fops);
	return register_chrdev(TTY_MAJOR, "ttyS", &tty_fops);
}
fs_initcall(tty_init);
