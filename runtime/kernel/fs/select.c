/*
 * poll and select: ask every file, and if none is ready sleep on all their wait queues at once. The
 * entries of a call are freed when it returns.
 */
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define POLL_FILE_COST 60	/* ns */

struct poll_table_entry {
	struct list_head list;
	struct file *filp;
	wait_queue_t wait;
	wait_queue_head_t *wait_address;
};

struct poll_wqueues {
	poll_table pt;
	struct list_head entries;
	int error;
};

static void __pollwait(struct file *filp, wait_queue_head_t *wait_address, poll_table *p)
{
	struct poll_wqueues *pwq = container_of(p, struct poll_wqueues, pt);
	struct poll_table_entry *entry = kmalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry) {
		pwq->error = -ENOMEM;
		return;
	}
	get_file(filp);
	entry->filp = filp;
	entry->wait_address = wait_address;
	init_waitqueue_entry(&entry->wait, current);
	add_wait_queue(wait_address, &entry->wait);
	list_add_tail(&entry->list, &pwq->entries);
}

static void poll_initwait(struct poll_wqueues *pwq)
{
	init_poll_funcptr(&pwq->pt, __pollwait);
	INIT_LIST_HEAD(&pwq->entries);
	pwq->error = 0;
}

static void poll_freewait(struct poll_wqueues *pwq)
{
	struct poll_table_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &pwq->entries, list) {
		remove_wait_queue(entry->wait_address, &entry->wait);
		fput(entry->filp);
		kfree(entry);
	}
}

/* What the file is ready for; 0 events for a bad descriptor give POLLNVAL. */
static unsigned int poll_fd(int fd, poll_table *pt)
{
	int fput_needed;
	struct file *file = fget_light(fd, &fput_needed);
	unsigned int mask = DEFAULT_POLLMASK;

	if (!file)
		return POLLNVAL;
	spend(POLL_FILE_COST);
	if (file->f_op && file->f_op->poll)
		mask = file->f_op->poll(file, pt);
	fput_light(file, fput_needed);
	return mask;
}

static int do_pollfds(struct pollfd *fds, unsigned int nfds, poll_table *pt)
{
	int count = 0;

	for (unsigned int i = 0; i < nfds; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		fds[i].revents = poll_fd(fds[i].fd, count ? NULL : pt) &
				 (fds[i].events | POLLERR | POLLHUP | POLLNVAL);
		count += fds[i].revents != 0;
	}
	return count;
}

/* When a wait of that long, from now on, ends. 0, or -EINVAL. */
static int poll_select_set_timeout(struct timespec *to, long sec, long nsec)
{
	struct timespec ts = { .tv_sec = sec, .tv_nsec = nsec };

	if (!timespec_valid(&ts))
		return -EINVAL;
	if (!sec && !nsec) {
		to->tv_sec = to->tv_nsec = 0;
		return 0;
	}
	ktime_get_ts(to);
	to->tv_nsec += nsec;
	to->tv_sec = sec > LONG_MAX - to->tv_sec - 1 ? LONG_MAX : to->tv_sec + sec;
	if (to->tv_nsec >= NSEC_PER_SEC && to->tv_sec != LONG_MAX) {
		to->tv_nsec -= NSEC_PER_SEC;
		to->tv_sec++;
	}
	return 0;
}

/* Sleep until a file wakes us or the time is there. 1 when the time is over. NULL: no end. */
static int poll_schedule_timeout(const struct timespec *end_time)
{
	ktime_t expires;

	if (!end_time || end_time->tv_sec == LONG_MAX) {
		schedule();
		return 0;
	}
	expires = timespec_to_ktime(*end_time);
	return schedule_hrtimeout(&expires, HRTIMER_MODE_ABS) == 0;
}

static inline int no_wait(const struct timespec *end_time)
{
	return end_time && !end_time->tv_sec && !end_time->tv_nsec;
}

/* Ask, and sleep until somebody wakes us, in turns. The first turn queues us everywhere. */
static int do_poll(struct pollfd *fds, unsigned int nfds, struct poll_wqueues *wait,
		   struct timespec *end_time)
{
	int timed_out = no_wait(end_time);
	poll_table *pt = timed_out ? NULL : &wait->pt;

	for (;;) {
		int count;

		set_current_state(TASK_INTERRUPTIBLE);
		count = do_pollfds(fds, nfds, pt);
		pt = NULL;
		if (!count) {
			count = wait->error;
			if (signal_pending(current))
				count = -EINTR;
		}
		if (count || timed_out) {
			__set_current_state(TASK_RUNNING);
			return count;
		}
		timed_out = poll_schedule_timeout(end_time);
	}
}

/* end_time NULL: for ever. Answers the number of descriptors that are ready. */
static int do_sys_poll(struct pollfd __user *ufds, unsigned int nfds, struct timespec *end_time)
{
	struct poll_wqueues table;
	struct pollfd *fds;
	int fdcount;

	if (nfds > current->signal->rlim[RLIMIT_NOFILE].rlim_cur)
		return -EINVAL;
	fds = kcalloc(nfds, sizeof(*fds), GFP_KERNEL);
	if (!fds)
		return -ENOMEM;
	if (copy_from_user(fds, ufds, nfds * sizeof(*fds))) {
		kfree(fds);
		return -EFAULT;
	}
	poll_initwait(&table);
	fdcount = do_poll(fds, nfds, &table, end_time);
	poll_freewait(&table);
	for (unsigned int i = 0; i < nfds && fdcount >= 0; i++)
		if (put_user(fds[i].revents, &ufds[i].revents))
			fdcount = -EFAULT;
	kfree(fds);
	return fdcount;
}

/* timeout_msecs < 0: for ever. */
asmlinkage long sys_poll(struct pollfd __user *ufds, unsigned int nfds, long timeout_msecs)
{
	struct timespec end_time, *to = NULL;
	int msecs = timeout_msecs;

	if (msecs >= 0) {
		to = &end_time;
		poll_select_set_timeout(to, msecs / MSEC_PER_SEC,
					NSEC_PER_MSEC * (msecs % MSEC_PER_SEC));
	}
	return do_sys_poll(ufds, nfds, to);
}

/* select's sets: in, out, ex as the user gave them, and what is ready of each. */
typedef struct {
	unsigned long *in, *out, *ex;
	unsigned long *res_in, *res_out, *res_ex;
} fd_set_bits;

#define FDS_WORDS(nr) (((nr) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define POLLIN_SET	(POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR)
#define POLLOUT_SET	(POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR)
#define POLLEX_SET	(POLLPRI)

static inline int in_set(unsigned long *set, int i)
{
	return set[i / BITS_PER_LONG] >> (i % BITS_PER_LONG) & 1;
}

static inline int mark_ready(unsigned long *set, unsigned long *res, int i, unsigned int ready)
{
	if (!ready || !in_set(set, i))
		return 0;
	res[i / BITS_PER_LONG] |= 1UL << (i % BITS_PER_LONG);
	return 1;
}

/* One round over all descriptors. Answers the number of bits set, or -EBADF. */
static int select_round(int n, fd_set_bits *fds, poll_table *pt)
{
	int count = 0;

	for (int i = 0; i < n; i++) {
		unsigned int mask;

		if (!in_set(fds->in, i) && !in_set(fds->out, i) && !in_set(fds->ex, i))
			continue;
		mask = poll_fd(i, count ? NULL : pt);
		if (mask & POLLNVAL)
			return -EBADF;
		count += mark_ready(fds->in, fds->res_in, i, mask & POLLIN_SET);
		count += mark_ready(fds->out, fds->res_out, i, mask & POLLOUT_SET);
		count += mark_ready(fds->ex, fds->res_ex, i, mask & POLLEX_SET);
	}
	return count;
}

static int do_select(int n, fd_set_bits *fds, struct timespec *end_time)
{
	int retval, timed_out = no_wait(end_time);
	struct poll_wqueues table;
	poll_table *pt = timed_out ? NULL : &table.pt;

	poll_initwait(&table);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		retval = select_round(n, fds, pt);
		pt = NULL;
		if (retval || timed_out)
			break;
		retval = table.error;
		if (signal_pending(current))
			retval = -ERESTARTNOHAND;
		if (retval)
			break;
		timed_out = poll_schedule_timeout(end_time);
	}
	__set_current_state(TASK_RUNNING);
	poll_freewait(&table);
	return retval;
}


static int get_fd_set(size_t size, fd_set __user *ufdset, unsigned long *fdset)
{
	return ufdset && copy_from_user(fdset, ufdset, size) ? -EFAULT : 0;
}

static int set_fd_set(size_t size, fd_set __user *ufdset, unsigned long *fdset)
{
	return ufdset && copy_to_user(ufdset, fdset, size) ? -EFAULT : 0;
}

static int core_sys_select(int n, fd_set __user *inp, fd_set __user *outp, fd_set __user *exp,
			   struct timespec *end_time)
{
	unsigned int max_fds = files_fdtable(current->files)->max_fds;
	size_t words, size;
	unsigned long *bits;
	fd_set_bits fds;
	int ret;

	if (n < 0)
		return -EINVAL;
	n = min(n, (int)max_fds);
	words = FDS_WORDS(n);
	size = words * sizeof(long);
	bits = kcalloc(6, size, GFP_KERNEL);
	if (!bits)
		return -ENOMEM;
	fds = (fd_set_bits){ bits, bits + words, bits + 2 * words,
			     bits + 3 * words, bits + 4 * words, bits + 5 * words };
	ret = get_fd_set(size, inp, fds.in) || get_fd_set(size, outp, fds.out) ||
	      get_fd_set(size, exp, fds.ex) ? -EFAULT : do_select(n, &fds, end_time);
	if (ret >= 0 && (set_fd_set(size, inp, fds.res_in) || set_fd_set(size, outp, fds.res_out) ||
			 set_fd_set(size, exp, fds.res_ex)))
		ret = -EFAULT;
	kfree(bits);
	return ret;
}

/* What is left of the time goes back to the user. */
static void poll_copy_remaining(struct timespec *end_time, struct timeval __user *p)
{
	struct timespec now;
	struct timeval rtv = { 0, 0 };
	s64 left;

	ktime_get_ts(&now);
	left = timespec_to_ns(end_time) - timespec_to_ns(&now);
	if (!no_wait(end_time) && left > 0)
		rtv = ns_to_timeval(left);
	if (copy_to_user(p, &rtv, sizeof(rtv)))
		return;
}

asmlinkage long sys_select(int n, fd_set __user *inp, fd_set __user *outp, fd_set __user *exp,
			   struct timeval __user *tvp)
{
	struct timespec end_time, *to = NULL;
	struct timeval tv;
	int ret;

	if (tvp) {
		if (copy_from_user(&tv, tvp, sizeof(tv)))
			return -EFAULT;
		to = &end_time;
		if (poll_select_set_timeout(to, tv.tv_sec + tv.tv_usec / USEC_PER_SEC,
					    tv.tv_usec % USEC_PER_SEC * NSEC_PER_USEC))
			return -EINVAL;
	}
	ret = core_sys_select(n, inp, outp, exp, to);
	if (tvp && ret != -ERESTARTNOHAND)
		poll_copy_remaining(to, tvp);
	return ret;
}

/* The end of a wait of that time, which the user gave as a timespec; NULL for none. */
static int get_end_time(struct timespec __user *tsp, struct timespec *end_time, struct timespec **to)
{
	struct timespec ts;

	*to = NULL;
	if (!tsp)
		return 0;
	if (copy_from_user(&ts, tsp, sizeof(ts)))
		return -EFAULT;
	*to = end_time;
	return poll_select_set_timeout(end_time, ts.tv_sec, ts.tv_nsec);
}

static void poll_copy_remaining_ns(struct timespec *end_time, struct timespec __user *p)
{
	struct timespec now, rts = { 0, 0 };
	s64 left;

	ktime_get_ts(&now);
	left = timespec_to_ns(end_time) - timespec_to_ns(&now);
	if (!no_wait(end_time) && left > 0)
		rts = ns_to_timespec(left);
	if (copy_to_user(p, &rts, sizeof(rts)))
		return;
}

/* As poll, with a finer timeout and another signal mask meanwhile. */
asmlinkage long sys_ppoll(struct pollfd __user *ufds, unsigned int nfds, struct timespec __user *tsp,
			  const sigset_t __user *sigmask, size_t sigsetsize)
{
	struct timespec end_time, *to;
	long ret = get_end_time(tsp, &end_time, &to);

	if (!ret)
		ret = set_wait_mask(sigmask, sigsetsize);
	if (ret)
		return ret;
	ret = do_sys_poll(ufds, nfds, to);
	ret = restore_wait_mask(sigmask != NULL, ret == -EINTR ? -ERESTARTNOHAND : ret);
	if (to && ret != -ERESTARTNOHAND)
		poll_copy_remaining_ns(to, tsp);
	return ret;
}

/* select's sixth argument: the mask and its size. */
struct sigset_argument {
	const sigset_t __user *ss;
	size_t ss_len;
};

asmlinkage long sys_pselect6(int n, fd_set __user *inp, fd_set __user *outp, fd_set __user *exp,
			     struct timespec __user *tsp, void __user *sig)
{
	struct sigset_argument mask = { NULL, 0 };
	struct timespec end_time, *to;
	long ret = get_end_time(tsp, &end_time, &to);

	if (!ret && sig && copy_from_user(&mask, sig, sizeof(mask)))
		ret = -EFAULT;
	if (!ret)
		ret = set_wait_mask(mask.ss, mask.ss_len);
	if (ret)
		return ret;
	ret = restore_wait_mask(mask.ss != NULL, core_sys_select(n, inp, outp, exp, to));
	if (to && ret != -ERESTARTNOHAND)
		poll_copy_remaining_ns(to, tsp);
	return ret;
}
