/*
 * inotify: a file from which a process reads what happens to files and directories it watches. A watch holds its inode
 * and is in two lists: the inode's and its device's. The device's wait queue lock protects its queue of events;
 * watches change only where nobody else runs.
 */
#include <linux/anon_inodes.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/inotify.h>
#include <linux/kernel.h>
#include <linux/namei.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define MAX_EVENTS	1024
#define EVENT_COST	120	/* ns */
#define FIONREAD	0x541b

struct inotify_device {
	wait_queue_head_t wq;
	struct list_head events;
	struct list_head watches;
	unsigned int queue_size;	/* bytes that reads will give */
	unsigned int event_count;
	s32 last_wd;
};

struct inotify_watch {
	struct list_head h_list;	/* of its device */
	struct list_head i_list;	/* of its inode */
	struct inotify_device *dev;
	struct inode *inode;
	s32 wd;
	u32 mask;
};

struct inotify_kernel_event {
	struct list_head list;
	struct inotify_event event;	/* last: the name follows */
};

u32 inotify_get_cookie(void)
{
	static u32 cookie;

	return ++cookie;
}

/* Queues an event, unless it is the same as the last one; too many become one that says so. */
static void queue_event(struct inotify_device *dev, s32 wd, u32 mask, u32 cookie, const char *name)
{
	unsigned int len = name ? ALIGN(strlen(name) + 1, sizeof(struct inotify_event)) : 0;
	struct inotify_kernel_event *kevent;

	if (dev->event_count > MAX_EVENTS)
		return;
	if (dev->event_count == MAX_EVENTS) {
		wd = -1;
		mask = IN_Q_OVERFLOW;
		cookie = len = 0;
	}
	if (!list_empty(&dev->events)) {
		kevent = list_entry(dev->events.prev, struct inotify_kernel_event, list);
		if (kevent->event.wd == wd && kevent->event.mask == mask && kevent->event.cookie == cookie &&
		    kevent->event.len == len && (!len || !strcmp(kevent->event.name, name)))
			return;
	}
	kevent = kzalloc(sizeof(*kevent) + len, GFP_KERNEL);
	if (!kevent)
		return;
	spend(EVENT_COST);
	kevent->event = (struct inotify_event){ .wd = wd, .mask = mask, .cookie = cookie, .len = len };
	if (len)
		memcpy(kevent->event.name, name, strlen(name));
	list_add_tail(&kevent->list, &dev->events);
	dev->event_count++;
	dev->queue_size += sizeof(struct inotify_event) + len;
	wake_up_interruptible(&dev->wq);
}

/* The watch goes; its reader is told. */
static void remove_watch(struct inotify_watch *watch)
{
	list_del(&watch->i_list);
	list_del(&watch->h_list);
	queue_event(watch->dev, watch->wd, IN_IGNORED, 0, NULL);
	iput(watch->inode);
	kfree(watch);
}

void inotify_inode_queue_event(struct inode *inode, u32 mask, u32 cookie, const char *name)
{
	struct inotify_watch *watch, *next;

	list_for_each_entry_safe(watch, next, &inode->inotify_watches, i_list) {
		if (!(watch->mask & mask & IN_ALL_EVENTS))
			continue;
		queue_event(watch->dev, watch->wd, mask, cookie, name);
		if (watch->mask & IN_ONESHOT)
			remove_watch(watch);
	}
}

void inotify_dentry_parent_queue_event(struct dentry *dentry, u32 mask, u32 cookie, const char *name)
{
	inotify_inode_queue_event(dentry->d_parent->d_inode, mask, cookie, name);
}

/* The last name of a file is gone: so are its watches. */
void inotify_inode_is_dead(struct inode *inode)
{
	struct inotify_watch *watch, *next;

	inotify_inode_queue_event(inode, IN_DELETE_SELF, 0, NULL);
	list_for_each_entry_safe(watch, next, &inode->inotify_watches, i_list)
		remove_watch(watch);
}

static void free_first_event(struct inotify_device *dev)
{
	struct inotify_kernel_event *kevent = list_first_entry(&dev->events, struct inotify_kernel_event, list);

	list_del(&kevent->list);
	dev->event_count--;
	dev->queue_size -= sizeof(struct inotify_event) + kevent->event.len;
	kfree(kevent);
}

/* As many whole events as there is room for. -EINVAL when not even one fits. */
static ssize_t copy_events(struct inotify_device *dev, char __user *buf, size_t count)
{
	ssize_t done = 0;

	while (!list_empty(&dev->events)) {
		struct inotify_kernel_event *kevent =
			list_first_entry(&dev->events, struct inotify_kernel_event, list);
		size_t size = sizeof(struct inotify_event) + kevent->event.len;

		if (size > count)
			return done ? done : -EINVAL;
		if (copy_to_user(buf + done, &kevent->event, size))
			return done ? done : -EFAULT;
		done += size;
		count -= size;
		free_first_event(dev);
	}
	return done;
}

static ssize_t inotify_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct inotify_device *dev = file->private_data;
	int error;

	if (list_empty(&dev->events)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		error = wait_event_interruptible(dev->wq, !list_empty(&dev->events));
		if (error)
			return error;
	}
	return copy_events(dev, buf, count);
}

static unsigned int inotify_poll(struct file *file, poll_table *wait)
{
	struct inotify_device *dev = file->private_data;

	poll_wait(file, &dev->wq, wait);
	return list_empty(&dev->events) ? 0 : POLLIN | POLLRDNORM;
}

static long inotify_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct inotify_device *dev = file->private_data;

	return cmd == FIONREAD ? put_user((int)dev->queue_size, (int __user *)arg) : -ENOTTY;
}

static int inotify_release(struct inode *inode, struct file *file)
{
	struct inotify_device *dev = file->private_data;

	while (!list_empty(&dev->watches))
		remove_watch(list_first_entry(&dev->watches, struct inotify_watch, h_list));
	while (!list_empty(&dev->events))
		free_first_event(dev);
	kfree(dev);
	return 0;
}

static const struct file_operations inotify_fops = {
	.llseek = no_llseek,
	.read = inotify_read,
	.poll = inotify_poll,
	.unlocked_ioctl = inotify_ioctl,
	.release = inotify_release,
};

asmlinkage long sys_inotify_init1(int flags)
{
	struct inotify_device *dev;
	int fd;

	if (flags & ~(IN_CLOEXEC | IN_NONBLOCK))
		return -EINVAL;
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	init_waitqueue_head(&dev->wq);
	INIT_LIST_HEAD(&dev->events);
	INIT_LIST_HEAD(&dev->watches);
	fd = anon_inode_getfd("inotify", &inotify_fops, dev, O_RDONLY | flags);
	if (fd < 0)
		kfree(dev);
	return fd;
}

asmlinkage long sys_inotify_init(void)
{
	return sys_inotify_init1(0);
}

/* The device of a descriptor, with a reference to its file. */
static struct file *inotify_fget(int fd, long *error)
{
	struct file *file = fget(fd);

	*error = -EBADF;
	if (file && file->f_op != &inotify_fops) {
		*error = -EINVAL;
		fput(file);
		return NULL;
	}
	return file;
}

/* The watch of the inode, changed, or a new one. Its number, or an error. */
static long update_watch(struct inotify_device *dev, struct inode *inode, u32 mask)
{
	struct inotify_watch *watch;

	list_for_each_entry(watch, &dev->watches, h_list) {
		if (watch->inode != inode)
			continue;
		watch->mask = mask & IN_MASK_ADD ? watch->mask | mask : mask;
		return watch->wd;
	}
	watch = kzalloc(sizeof(*watch), GFP_KERNEL);
	if (!watch)
		return -ENOMEM;
	watch->dev = dev;
	watch->inode = igrab(inode);
	watch->mask = mask;
	watch->wd = ++dev->last_wd;
	list_add_tail(&watch->h_list, &dev->watches);
	list_add_tail(&watch->i_list, &inode->inotify_watches);
	return watch->wd;
}

asmlinkage long sys_inotify_add_watch(int fd, const char __user *pathname, u32 mask)
{
	struct path path;
	struct file *file;
	long ret;

	if (!(mask & IN_ALL_EVENTS))
		return -EINVAL;
	file = inotify_fget(fd, &ret);
	if (!file)
		return ret;
	ret = user_path_at(AT_FDCWD, pathname, mask & IN_DONT_FOLLOW ? 0 : LOOKUP_FOLLOW, &path);
	if (!ret) {
		ret = inode_permission(path.dentry->d_inode, MAY_READ);
		if (!ret && (mask & IN_ONLYDIR) && !S_ISDIR(path.dentry->d_inode->i_mode))
			ret = -ENOTDIR;
		if (!ret)
			ret = update_watch(file->private_data, path.dentry->d_inode, mask);
		path_put(&path);
	}
	fput(file);
	return ret;
}

asmlinkage long sys_inotify_rm_watch(int fd, s32 wd)
{
	struct inotify_watch *watch;
	struct inotify_device *dev;
	struct file *file;
	long ret;

	file = inotify_fget(fd, &ret);
	if (!file)
		return ret;
	dev = file->private_data;
	ret = -EINVAL;
	list_for_each_entry(watch, &dev->watches, h_list) {
		if (watch->wd == wd) {
			remove_watch(watch);
			ret = 0;
			break;
		}
	}
	fput(file);
	return ret;
}
