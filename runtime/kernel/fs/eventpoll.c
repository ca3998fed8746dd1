/*
 * epoll: a set of files to wait for. Each file in the set has an entry on the wait queues of its file, which puts the
 * file on the ready list when something happens there; epoll_wait asks only the files on that list.
 *
 * epmutex guards the links between files and sets, ep->mtx a set's contents, and ep->lock, with interrupts off, the
 * ready list, which callbacks change.
 */
#include <linux/anon_inodes.h>
#include <linux/errno.h>
#include <linux/eventpoll.h>
#include <linux/file.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define EP_PRIVATE_BITS	(EPOLLONESHOT | EPOLLET)
#define EP_MAX_EVENTS	(0x7fffffff / sizeof(struct epoll_event))
#define EPOLL_ITEM_COST	70	/* ns */

struct eventpoll {
	spinlock_t lock;
	struct mutex mtx;
	wait_queue_head_t wq;		/* in epoll_wait */
	wait_queue_head_t poll_wait;	/* who polls the epoll file itself */
	struct list_head rdllist;
	struct list_head items;		/* in the order they were added */
};

struct epitem {
	struct list_head llink;		/* in ep->items */
	struct list_head rdllink;	/* in ep->rdllist while ready */
	struct list_head fllink;	/* in the file's f_ep_links */
	struct list_head pwqlist;	/* its entries on wait queues */
	struct eventpoll *ep;
	struct file *file;		/* no reference: the entry goes when the file does */
	int fd;
	int error;
	struct epoll_event event;
};

struct eppoll_entry {
	struct list_head llink;
	struct epitem *base;
	wait_queue_t wait;
	wait_queue_head_t *whead;
};

struct ep_pqueue {
	poll_table pt;
	struct epitem *epi;
};

static struct mutex epmutex = __MUTEX_INITIALIZER(epmutex);

/* Something has happened at the file. Called with its wait queue locked, perhaps in an interrupt. */
static int ep_poll_callback(wait_queue_t *wait, unsigned mode, int sync, void *key)
{
	struct eppoll_entry *pwq = container_of(wait, struct eppoll_entry, wait);
	struct epitem *epi = pwq->base;
	struct eventpoll *ep = epi->ep;
	unsigned long flags;

	spin_lock_irqsave(&ep->lock, flags);
	if (epi->event.events & ~EP_PRIVATE_BITS) {
		if (list_empty(&epi->rdllink))
			list_add_tail(&epi->rdllink, &ep->rdllist);
		if (waitqueue_active(&ep->wq))
			wake_up(&ep->wq);
		if (waitqueue_active(&ep->poll_wait))
			wake_up(&ep->poll_wait);
	}
	spin_unlock_irqrestore(&ep->lock, flags);
	return 1;
}

static void ep_ptable_queue_proc(struct file *file, wait_queue_head_t *whead, poll_table *pt)
{
	struct epitem *epi = container_of(pt, struct ep_pqueue, pt)->epi;
	struct eppoll_entry *pwq = kmalloc(sizeof(*pwq), GFP_KERNEL);

	if (!pwq) {
		epi->error = -ENOMEM;
		return;
	}
	init_waitqueue_func_entry(&pwq->wait, ep_poll_callback);
	pwq->whead = whead;
	pwq->base = epi;
	add_wait_queue(whead, &pwq->wait);
	list_add_tail(&pwq->llink, &epi->pwqlist);
}

static void ep_unregister_pollwait(struct epitem *epi)
{
	struct eppoll_entry *pwq, *next;

	list_for_each_entry_safe(pwq, next, &epi->pwqlist, llink) {
		remove_wait_queue(pwq->whead, &pwq->wait);
		kfree(pwq);
	}
}

static struct epitem *ep_find(struct eventpoll *ep, struct file *file, int fd)
{
	struct epitem *epi;

	list_for_each_entry(epi, &ep->items, llink) {
		spend(EPOLL_ITEM_COST / 10);
		if (epi->file == file && epi->fd == fd)
			return epi;
	}
	return NULL;
}

static void ep_set_ready(struct eventpoll *ep, struct epitem *epi)
{
	unsigned long flags;

	spin_lock_irqsave(&ep->lock, flags);
	if (list_empty(&epi->rdllink)) {
		list_add_tail(&epi->rdllink, &ep->rdllist);
		wake_up(&ep->wq);
	}
	spin_unlock_irqrestore(&ep->lock, flags);
}

/* The set's mtx is held, and epmutex. */
static int ep_remove(struct eventpoll *ep, struct epitem *epi)
{
	unsigned long flags;

	ep_unregister_pollwait(epi);
	list_del(&epi->fllink);
	list_del(&epi->llink);
	spin_lock_irqsave(&ep->lock, flags);
	if (!list_empty(&epi->rdllink))
		list_del(&epi->rdllink);
	spin_unlock_irqrestore(&ep->lock, flags);
	kfree(epi);
	return 0;
}

static int ep_insert(struct eventpoll *ep, struct epoll_event *event, struct file *tfile, int fd)
{
	struct epitem *epi = kzalloc(sizeof(*epi), GFP_KERNEL);
	struct ep_pqueue epq;
	unsigned int revents;

	if (!epi)
		return -ENOMEM;
	spend(EPOLL_ITEM_COST);
	INIT_LIST_HEAD(&epi->rdllink);
	INIT_LIST_HEAD(&epi->pwqlist);
	epi->ep = ep;
	epi->file = tfile;
	epi->fd = fd;
	epi->event = *event;
	list_add_tail(&epi->fllink, &tfile->f_ep_links);
	list_add_tail(&epi->llink, &ep->items);
	epq.epi = epi;
	init_poll_funcptr(&epq.pt, ep_ptable_queue_proc);
	revents = tfile->f_op->poll(tfile, &epq.pt);
	if (epi->error) {
		ep_remove(ep, epi);
		return -ENOMEM;
	}
	if (revents & event->events)
		ep_set_ready(ep, epi);
	return 0;
}

static int ep_modify(struct eventpoll *ep, struct epitem *epi, struct epoll_event *event)
{
	epi->event = *event;
	if (epi->file->f_op->poll(epi->file, NULL) & event->events)
		ep_set_ready(ep, epi);
	return 0;
}

static void ep_free(struct eventpoll *ep)
{
	struct epitem *epi, *next;

	mutex_lock(&epmutex);
	list_for_each_entry_safe(epi, next, &ep->items, llink)
		ep_remove(ep, epi);
	mutex_unlock(&epmutex);
	kfree(ep);
}

static int ep_eventpoll_release(struct inode *inode, struct file *file)
{
	ep_free(file->private_data);
	return 0;
}

/* An epoll file is ready when a file of its set is. */
static unsigned int ep_eventpoll_poll(struct file *file, poll_table *wait)
{
	struct eventpoll *ep = file->private_data;
	unsigned int mask = 0;
	struct epitem *epi;

	poll_wait(file, &ep->poll_wait, wait);
	mutex_lock(&ep->mtx);
	list_for_each_entry(epi, &ep->rdllist, rdllink)
		if (epi->file->f_op->poll(epi->file, NULL) & epi->event.events) {
			mask = POLLIN | POLLRDNORM;
			break;
		}
	mutex_unlock(&ep->mtx);
	return mask;
}

static const struct file_operations eventpoll_fops = {
	.llseek = no_llseek,
	.release = ep_eventpoll_release,
	.poll = ep_eventpoll_poll,
};

/* The last reference to a file goes: no set has it any more. */
void eventpoll_release_file(struct file *file)
{
	struct epitem *epi, *next;

	mutex_lock(&epmutex);
	list_for_each_entry_safe(epi, next, &file->f_ep_links, fllink) {
		struct eventpoll *ep = epi->ep;

		mutex_lock(&ep->mtx);
		ep_remove(ep, epi);
		mutex_unlock(&ep->mtx);
	}
	mutex_unlock(&epmutex);
}

asmlinkage long sys_epoll_create1(int flags)
{
	struct eventpoll *ep;
	int error;

	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	if (!ep)
		return -ENOMEM;
	spin_lock_init(&ep->lock);
	mutex_init(&ep->mtx);
	init_waitqueue_head(&ep->wq);
	init_waitqueue_head(&ep->poll_wait);
	INIT_LIST_HEAD(&ep->rdllist);
	INIT_LIST_HEAD(&ep->items);
	error = anon_inode_getfd("[eventpoll]", &eventpoll_fops, ep, O_RDWR | (flags & O_CLOEXEC));
	if (error < 0)
		kfree(ep);
	return error;
}

asmlinkage long sys_epoll_create(int size)
{
	return size <= 0 ? -EINVAL : sys_epoll_create1(0);
}

static int ep_change(struct eventpoll *ep, int op, int fd, struct file *tfile, struct epoll_event *event)
{
	struct epitem *epi = ep_find(ep, tfile, fd);

	event->events |= POLLERR | POLLHUP;
	switch (op) {
	case EPOLL_CTL_ADD:
		return epi ? -EEXIST : ep_insert(ep, event, tfile, fd);
	case EPOLL_CTL_DEL:
		return epi ? ep_remove(ep, epi) : -ENOENT;
	case EPOLL_CTL_MOD:
		return epi ? ep_modify(ep, epi, event) : -ENOENT;
	}
	return -EINVAL;
}

asmlinkage long sys_epoll_ctl(int epfd, int op, int fd, struct epoll_event __user *event)
{
	struct file *file = fget(epfd), *tfile = fget(fd);
	struct epoll_event epds = { 0 };
	long error = -EBADF;

	if (!file || !tfile)
		goto out;
	error = -EFAULT;
	if (op != EPOLL_CTL_DEL && copy_from_user(&epds, event, sizeof(epds)))
		goto out;
	error = -EPERM;
	if (!tfile->f_op || !tfile->f_op->poll)
		goto out;
	error = -EINVAL;
	if (file == tfile || file->f_op != &eventpoll_fops)
		goto out;
	mutex_lock(&epmutex);
	mutex_lock(&((struct eventpoll *)file->private_data)->mtx);
	error = ep_change(file->private_data, op, fd, tfile, &epds);
	mutex_unlock(&((struct eventpoll *)file->private_data)->mtx);
	mutex_unlock(&epmutex);
out:
	if (tfile)
		fput(tfile);
	if (file)
		fput(file);
	return error;
}

/* The next file of the list, off the ready list; NULL at its end. */
static struct epitem *ep_next_ready(struct eventpoll *ep, struct list_head *list)
{
	struct epitem *epi = NULL;
	unsigned long flags;

	spin_lock_irqsave(&ep->lock, flags);
	if (!list_empty(list)) {
		epi = list_first_entry(list, struct epitem, rdllink);
		list_del_init(&epi->rdllink);
	}
	spin_unlock_irqrestore(&ep->lock, flags);
	return epi;
}

/* Takes the ready list away, to be gone through once. */
static void ep_take_ready(struct eventpoll *ep, struct list_head *txlist)
{
	unsigned long flags;

	INIT_LIST_HEAD(txlist);
	spin_lock_irqsave(&ep->lock, flags);
	while (!list_empty(&ep->rdllist))
		list_move_tail(ep->rdllist.next, txlist);
	spin_unlock_irqrestore(&ep->lock, flags);
}

/* What was not looked at stays ready, in front of what has become so since. */
static void ep_put_back(struct eventpoll *ep, struct list_head *txlist)
{
	unsigned long flags;

	spin_lock_irqsave(&ep->lock, flags);
	while (!list_empty(txlist)) {
		struct list_head *last = txlist->prev;

		list_del(last);
		list_add(last, &ep->rdllist);
	}
	spin_unlock_irqrestore(&ep->lock, flags);
}

/* Asks the files on the ready list and tells the user of those that are. Answers how many, or -EFAULT. */
static int ep_send_events(struct eventpoll *ep, struct epoll_event __user *events, int maxevents)
{
	struct list_head txlist;
	struct epitem *epi;
	int eventcnt = 0;

	mutex_lock(&ep->mtx);
	ep_take_ready(ep, &txlist);
	while (eventcnt < maxevents && (epi = ep_next_ready(ep, &txlist)) != NULL) {
		struct epoll_event found = epi->event;

		spend(EPOLL_ITEM_COST);
		found.events &= epi->file->f_op->poll(epi->file, NULL);
		if (!found.events)
			continue;
		if (copy_to_user(&events[eventcnt], &found, sizeof(found))) {
			ep_set_ready(ep, epi);
			eventcnt = eventcnt ?: -EFAULT;
			break;
		}
		eventcnt++;
		if (epi->event.events & EPOLLONESHOT)
			epi->event.events &= EP_PRIVATE_BITS;
		else if (!(epi->event.events & EPOLLET))
			ep_set_ready(ep, epi);
	}
	ep_put_back(ep, &txlist);
	mutex_unlock(&ep->mtx);
	return eventcnt;
}

/* Sleeps until the ready list has something; 0 then, 1 when the time is over, or -EINTR. */
static int ep_wait_ready(struct eventpoll *ep, ktime_t *expires)
{
	DECLARE_WAITQUEUE(wait, current);
	int res = 0;

	add_wait_queue_exclusive(&ep->wq, &wait);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!list_empty(&ep->rdllist) || res)
			break;
		if (signal_pending(current)) {
			res = -EINTR;
			break;
		}
		if (!schedule_hrtimeout(expires, HRTIMER_MODE_ABS))
			res = 1;
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&ep->wq, &wait);
	return list_empty(&ep->rdllist) ? res : 0;
}

/* timeout in ms, < 0: for ever. */
static int ep_poll(struct eventpoll *ep, struct epoll_event __user *events, int maxevents, long timeout)
{
	ktime_t end = ktime_add(ktime_get(), ns_to_ktime((u64)timeout * NSEC_PER_MSEC));
	int res;

	for (;;) {
		res = ep_send_events(ep, events, maxevents);
		if (res || !timeout)
			return res;
		res = ep_wait_ready(ep, timeout < 0 ? NULL : &end);
		if (res)
			return res < 0 ? res : ep_send_events(ep, events, maxevents);
	}
}

asmlinkage long sys_epoll_wait(int epfd, struct epoll_event __user *events, int maxevents, int timeout)
{
	struct file *file;
	long error = -EINVAL;

	if (maxevents <= 0 || maxevents > EP_MAX_EVENTS)
		return -EINVAL;
	if (!access_ok(VERIFY_WRITE, events, maxevents * sizeof(struct epoll_event)))
		return -EFAULT;
	file = fget(epfd);
	if (!file)
		return -EBADF;
	if (file->f_op == &eventpoll_fops)
		error = ep_poll(file->private_data, events, maxevents, timeout);
	fput(file);
	return error;
}

/* The same with another signal mask meanwhile. */
asmlinkage long sys_epoll_pwait(int epfd, struct epoll_event __user *events, int maxevents, int timeout,
				const sigset_t __user *sigmask, size_t sigsetsize)
{
	int error = set_wait_mask(sigmask, sigsetsize);

	if (error)
		return error;
	return restore_wait_mask(sigmask != NULL, sys_epoll_wait(epfd, events, maxevents, timeout));
}
