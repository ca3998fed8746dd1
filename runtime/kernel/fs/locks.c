/*
 * Locks on files: flock(), on whole files and owned by the open file, and fcntl()'s, on ranges of bytes and owned by
 * the process. Each inode has a list of those that are held, flock's in front, the others by owner and start.
 * file_lock_lock protects all lists. Who has to wait sleeps on the queue of the lock in his way.
 */
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define LOCK_COST	120	/* ns */

static DEFINE_SPINLOCK(file_lock_lock);
static struct kmem_cache *filelock_cache;
static LIST_HEAD(blocked_list);

#define IS_POSIX(fl)	((fl)->fl_flags & FL_POSIX)
#define IS_FLOCK(fl)	((fl)->fl_flags & FL_FLOCK)

static struct file_lock *locks_alloc_lock(void)
{
	struct file_lock *fl = kmem_cache_zalloc(filelock_cache, GFP_KERNEL);

	if (fl) {
		init_waitqueue_head(&fl->fl_wait);
		INIT_LIST_HEAD(&fl->fl_link);
	}
	return fl;
}

static void locks_free_lock(struct file_lock *fl)
{
	if (fl)
		kmem_cache_free(filelock_cache, fl);
}

static void locks_copy_lock(struct file_lock *new, struct file_lock *fl)
{
	new->fl_owner = fl->fl_owner;
	new->fl_pid = fl->fl_pid;
	new->fl_file = fl->fl_file;
	new->fl_flags = fl->fl_flags;
	new->fl_type = fl->fl_type;
	new->fl_start = fl->fl_start;
	new->fl_end = fl->fl_end;
}

static inline int locks_overlap(struct file_lock *fl1, struct file_lock *fl2)
{
	return fl1->fl_end >= fl2->fl_start && fl2->fl_end >= fl1->fl_start;
}

static int posix_same_owner(struct file_lock *fl1, struct file_lock *fl2)
{
	return fl1->fl_owner == fl2->fl_owner;
}

static int locks_conflict(struct file_lock *caller_fl, struct file_lock *sys_fl)
{
	return sys_fl->fl_type == F_WRLCK || caller_fl->fl_type == F_WRLCK;
}

static int posix_locks_conflict(struct file_lock *caller_fl, struct file_lock *sys_fl)
{
	return IS_POSIX(sys_fl) && !posix_same_owner(caller_fl, sys_fl) && locks_overlap(caller_fl, sys_fl) &&
	       locks_conflict(caller_fl, sys_fl);
}

static int flock_locks_conflict(struct file_lock *caller_fl, struct file_lock *sys_fl)
{
	return IS_FLOCK(sys_fl) && caller_fl->fl_file != sys_fl->fl_file && locks_conflict(caller_fl, sys_fl);
}

static void locks_insert_lock(struct file_lock **pos, struct file_lock *fl)
{
	fl->fl_next = *pos;
	*pos = fl;
}

/* Takes a lock off its list. Nobody waits for it any more. */
static void locks_delete_lock(struct file_lock **thisfl_p)
{
	struct file_lock *fl = *thisfl_p;

	*thisfl_p = fl->fl_next;
	fl->fl_next = NULL;
	locks_free_lock(fl);
}

/* The first lock in the way, or NULL. file_lock_lock is held. */
static struct file_lock *find_conflict(struct inode *inode, struct file_lock *caller)
{
	struct file_lock *fl;

	for (fl = inode->i_flock; fl; fl = fl->fl_next) {
		spend(LOCK_COST / 4);
		if (IS_POSIX(caller) ? posix_locks_conflict(caller, fl) : flock_locks_conflict(caller, fl))
			return fl;
	}
	return NULL;
}

/* Would waiting for block_fl's owner close a circle? Owners wait for one lock each. file_lock_lock is held. */
static int posix_locks_deadlock(struct file_lock *caller_fl, struct file_lock *block_fl)
{
	fl_owner_t owner = block_fl->fl_owner;
	struct file_lock *waiting;
	int steps = 0;

again:
	if (owner == caller_fl->fl_owner)
		return 1;
	list_for_each_entry(waiting, &blocked_list, fl_link) {
		if (waiting->fl_owner == owner && waiting->fl_next && steps++ < 32) {
			owner = waiting->fl_next->fl_owner;
			goto again;
		}
	}
	return 0;
}

/*
 * Sleeps until the lock in the way has gone, or something has changed there. A waiter's fl_next is the lock it waits
 * for. file_lock_lock is held, and released.
 */
static int wait_for_lock(struct file_lock *caller, struct file_lock *blocker)
{
	DECLARE_WAITQUEUE(wait, current);

	caller->fl_next = blocker;
	list_add_tail(&caller->fl_link, &blocked_list);
	add_wait_queue(&blocker->fl_wait, &wait);
	set_current_state(TASK_INTERRUPTIBLE);
	spin_unlock(&file_lock_lock);
	schedule();
	spin_lock(&file_lock_lock);
	list_del_init(&caller->fl_link);
	if (caller->fl_next) {		/* it is still there: a signal woke us */
		remove_wait_queue(&blocker->fl_wait, &wait);
		caller->fl_next = NULL;
	}
	spin_unlock(&file_lock_lock);
	return signal_pending(current) ? -ERESTARTSYS : 0;
}

/* Before a lock goes: its waiters do not refer to it any more, and run. file_lock_lock is held. */
static void locks_wake_up_blocks(struct file_lock *blocker)
{
	struct file_lock *waiter;

	list_for_each_entry(waiter, &blocked_list, fl_link)
		if (waiter->fl_next == blocker)
			waiter->fl_next = NULL;
	while (waitqueue_active(&blocker->fl_wait)) {
		wait_queue_t *wait = list_first_entry(&blocker->fl_wait.task_list, wait_queue_t, task_list);
		struct task_struct *p = wait->private;

		list_del_init(&wait->task_list);
		wake_up_process(p);
	}
}

static void locks_remove(struct file_lock **before)
{
	locks_wake_up_blocks(*before);
	locks_delete_lock(before);
}

/* Tells whether a lock could be set: answers F_UNLCK in fl_type, or the lock in the way. */
void posix_test_lock(struct file *filp, struct file_lock *fl)
{
	struct file_lock *cfl;

	spin_lock(&file_lock_lock);
	cfl = find_conflict(filp->f_path.dentry->d_inode, fl);
	if (cfl)
		locks_copy_lock(fl, cfl);
	else
		fl->fl_type = F_UNLCK;
	spin_unlock(&file_lock_lock);
}
EXPORT_SYMBOL(posix_test_lock);

/* What the owner holds of the range goes; a lock that sticks out at both ends leaves its end in *spare. */
static void cut_range(struct inode *inode, struct file_lock *request, struct file_lock **spare)
{
	struct file_lock **before = &inode->i_flock;

	while (*before) {
		struct file_lock *fl = *before, *right;

		if (!IS_POSIX(fl) || !posix_same_owner(fl, request) || !locks_overlap(fl, request)) {
			before = &fl->fl_next;
			continue;
		}
		if (fl->fl_start < request->fl_start && fl->fl_end > request->fl_end) {
			right = *spare;
			*spare = NULL;
			locks_copy_lock(right, fl);
			right->fl_start = request->fl_end + 1;
			locks_insert_lock(&fl->fl_next, right);
		}
		if (fl->fl_start < request->fl_start) {
			fl->fl_end = request->fl_start - 1;
			locks_wake_up_blocks(fl);
		} else if (fl->fl_end > request->fl_end) {
			fl->fl_start = request->fl_end + 1;
			locks_wake_up_blocks(fl);
		} else {
			locks_remove(before);
			continue;
		}
		before = &fl->fl_next;
	}
}

/* Puts a new lock in its place, and joins it with neighbours of the same owner and kind. */
static void add_range(struct inode *inode, struct file_lock *new)
{
	struct file_lock **before = &inode->i_flock;

	while (*before) {
		struct file_lock *fl = *before;

		if (IS_POSIX(fl) && posix_same_owner(fl, new) && fl->fl_type == new->fl_type &&
		    (fl->fl_end + 1 == new->fl_start || new->fl_end + 1 == fl->fl_start)) {
			new->fl_start = min(new->fl_start, fl->fl_start);
			new->fl_end = max(new->fl_end, fl->fl_end);
			locks_remove(before);
			continue;
		}
		before = &fl->fl_next;
	}
	for (before = &inode->i_flock; *before; before = &(*before)->fl_next)
		if (IS_POSIX(*before) && posix_same_owner(*before, new) && (*before)->fl_start > new->fl_start)
			break;
	locks_insert_lock(before, new);
}

/* One try to set or to release a range. 0, -EAGAIN with *blocker set and file_lock_lock held, or another error. */
static int __posix_lock_file(struct inode *inode, struct file_lock *request, struct file_lock **blocker)
{
	struct file_lock *new = locks_alloc_lock(), *spare = locks_alloc_lock();

	*blocker = NULL;
	if (!new || !spare) {
		locks_free_lock(new);
		locks_free_lock(spare);
		return -ENOLCK;
	}
	spin_lock(&file_lock_lock);
	if (request->fl_type != F_UNLCK)
		*blocker = find_conflict(inode, request);
	if (*blocker) {
		locks_free_lock(new);
		locks_free_lock(spare);
		return -EAGAIN;
	}
	cut_range(inode, request, &spare);
	if (request->fl_type != F_UNLCK) {
		locks_copy_lock(new, request);
		add_range(inode, new);
		new = NULL;
	}
	spin_unlock(&file_lock_lock);
	locks_free_lock(new);
	locks_free_lock(spare);
	return 0;
}

/* Sets a lock on a range or, with F_UNLCK, releases it. FL_SLEEP: waits for it. */
int posix_lock_file(struct file *filp, struct file_lock *fl)
{
	struct inode *inode = filp->f_path.dentry->d_inode;
	struct file_lock *blocker;
	int error;

	spend(LOCK_COST);
	for (;;) {
		error = __posix_lock_file(inode, fl, &blocker);
		if (!blocker)
			return error;
		if (!(fl->fl_flags & FL_SLEEP))
			break;
		if (posix_locks_deadlock(fl, blocker)) {
			error = -EDEADLK;
			break;
		}
		error = wait_for_lock(fl, blocker);
		if (error)
			return error;
	}
	spin_unlock(&file_lock_lock);
	return error;
}
EXPORT_SYMBOL(posix_lock_file);

/* The open file's own lock goes. Answers whether there was one. */
static int flock_unlock(struct inode *inode, struct file *filp)
{
	struct file_lock **before;

	for (before = &inode->i_flock; *before; before = &(*before)->fl_next) {
		if (IS_FLOCK(*before) && (*before)->fl_file == filp) {
			locks_remove(before);
			return 1;
		}
	}
	return 0;
}

/* Sets the open file's lock instead of the one it has. FL_SLEEP: waits for it. */
static int flock_lock_file_wait(struct file *filp, struct file_lock *request)
{
	struct inode *inode = filp->f_path.dentry->d_inode;
	struct file_lock *new = NULL, *blocker;
	int error = 0;

	spend(LOCK_COST);
	if (request->fl_type != F_UNLCK) {
		new = locks_alloc_lock();
		if (!new)
			return -ENOLCK;
	}
	for (;;) {
		spin_lock(&file_lock_lock);
		flock_unlock(inode, filp);
		blocker = new ? find_conflict(inode, request) : NULL;
		if (!blocker)
			break;
		error = -EAGAIN;
		if (!(request->fl_flags & FL_SLEEP))
			break;
		error = wait_for_lock(request, blocker);
		if (error) {
			locks_free_lock(new);
			return error;
		}
	}
	if (new && !error) {
		locks_copy_lock(new, request);
		locks_insert_lock(&inode->i_flock, new);
		new = NULL;
	}
	spin_unlock(&file_lock_lock);
	locks_free_lock(new);
	return error;
}

static int flock_translate_cmd(int cmd)
{
	switch (cmd) {
	case LOCK_SH:
		return F_RDLCK;
	case LOCK_EX:
		return F_WRLCK;
	case LOCK_UN:
		return F_UNLCK;
	}
	return -EINVAL;
}

asmlinkage long sys_flock(unsigned int fd, unsigned int cmd)
{
	struct file *filp = fget(fd);
	struct file_lock fl = { .fl_end = OFFSET_MAX };
	int type = flock_translate_cmd(cmd & ~LOCK_NB), error = type;

	if (!filp)
		return -EBADF;
	if (type >= 0 && type != F_UNLCK && !(filp->f_mode & (FMODE_READ | FMODE_WRITE)))
		error = type = -EBADF;
	if (type >= 0) {
		init_waitqueue_head(&fl.fl_wait);
		INIT_LIST_HEAD(&fl.fl_link);
		fl.fl_file = filp;
		fl.fl_owner = (fl_owner_t)filp;
		fl.fl_pid = current->tgid;
		fl.fl_flags = FL_FLOCK | (cmd & LOCK_NB ? 0 : FL_SLEEP);
		fl.fl_type = type;
		error = flock_lock_file_wait(filp, &fl);
	}
	fput(filp);
	return error;
}

/* The kernel's form of a range of fcntl's. 0, -EINVAL, -EOVERFLOW. */
static int flock_to_posix_lock(struct file *filp, struct file_lock *fl, struct flock64 *l)
{
	loff_t start = l->l_start;

	if (l->l_whence == SEEK_CUR)
		start += filp->f_pos;
	else if (l->l_whence == SEEK_END)
		start += i_size_read(filp->f_path.dentry->d_inode);
	else if (l->l_whence != SEEK_SET)
		return -EINVAL;
	if (start < 0 || (l->l_len < 0 && start + l->l_len < 0))
		return -EINVAL;
	if (l->l_len > 0 && start > OFFSET_MAX - l->l_len)
		return -EOVERFLOW;
	if (l->l_type != F_RDLCK && l->l_type != F_WRLCK && l->l_type != F_UNLCK)
		return -EINVAL;
	memset(fl, 0, sizeof(*fl));
	init_waitqueue_head(&fl->fl_wait);
	INIT_LIST_HEAD(&fl->fl_link);
	fl->fl_start = l->l_len < 0 ? start + l->l_len : start;
	fl->fl_end = l->l_len > 0 ? start + l->l_len - 1 : l->l_len < 0 ? start - 1 : OFFSET_MAX;
	fl->fl_owner = current->files;
	fl->fl_pid = current->tgid;
	fl->fl_file = filp;
	fl->fl_flags = FL_POSIX;
	fl->fl_type = l->l_type;
	return 0;
}

static int getlk(struct file *filp, struct flock64 *l)
{
	struct file_lock fl;
	int error;

	if (l->l_type != F_RDLCK && l->l_type != F_WRLCK)
		return -EINVAL;
	error = flock_to_posix_lock(filp, &fl, l);
	if (error)
		return error;
	posix_test_lock(filp, &fl);
	l->l_type = fl.fl_type;
	if (fl.fl_type != F_UNLCK) {
		l->l_pid = fl.fl_pid;
		l->l_whence = SEEK_SET;
		l->l_start = fl.fl_start;
		l->l_len = fl.fl_end == OFFSET_MAX ? 0 : fl.fl_end - fl.fl_start + 1;
	}
	return 0;
}

static int setlk(struct file *filp, struct flock64 *l, int wait)
{
	struct file_lock fl;
	int error = flock_to_posix_lock(filp, &fl, l);

	if (error)
		return error;
	if ((l->l_type == F_RDLCK && !(filp->f_mode & FMODE_READ)) ||
	    (l->l_type == F_WRLCK && !(filp->f_mode & FMODE_WRITE)))
		return -EBADF;
	if (wait)
		fl.fl_flags |= FL_SLEEP;
	return posix_lock_file(filp, &fl);
}

/* fcntl's F_GETLK. */
int fcntl_getlk(struct file *filp, struct flock __user *l)
{
	struct flock flock;
	struct flock64 l64;
	int error;

	if (copy_from_user(&flock, l, sizeof(flock)))
		return -EFAULT;
	l64 = (struct flock64){ flock.l_type, flock.l_whence, flock.l_start, flock.l_len, flock.l_pid };
	error = getlk(filp, &l64);
	if (error)
		return error;
	flock.l_type = l64.l_type;
	flock.l_whence = l64.l_whence;
	flock.l_start = l64.l_start;
	flock.l_len = l64.l_len;
	flock.l_pid = l64.l_pid;
	return copy_to_user(l, &flock, sizeof(flock)) ? -EFAULT : 0;
}

/* fcntl's F_SETLK and F_SETLKW. */
int fcntl_setlk(unsigned int fd, struct file *filp, unsigned int cmd, struct flock __user *l)
{
	struct flock flock;
	struct flock64 l64;

	if (copy_from_user(&flock, l, sizeof(flock)))
		return -EFAULT;
	l64 = (struct flock64){ flock.l_type, flock.l_whence, flock.l_start, flock.l_len, flock.l_pid };
	return setlk(filp, &l64, cmd == F_SETLKW);
}

#if BITS_PER_LONG == 32
int fcntl_getlk64(struct file *filp, struct flock64 __user *l)
{
	struct flock64 l64;
	int error;

	if (copy_from_user(&l64, l, sizeof(l64)))
		return -EFAULT;
	error = getlk(filp, &l64);
	if (error)
		return error;
	return copy_to_user(l, &l64, sizeof(l64)) ? -EFAULT : 0;
}

int fcntl_setlk64(unsigned int fd, struct file *filp, unsigned int cmd, struct flock64 __user *l)
{
	struct flock64 l64;

	if (copy_from_user(&l64, l, sizeof(l64)))
		return -EFAULT;
	return setlk(filp, &l64, cmd == F_SETLKW64);
}
#endif

/* A process closes the file: all its ranges go, whatever descriptor they were set by. */
void locks_remove_posix(struct file *filp, fl_owner_t owner)
{
	struct inode *inode = filp->f_path.dentry->d_inode;
	struct file_lock **before = &inode->i_flock;

	if (!*before)
		return;
	spin_lock(&file_lock_lock);
	while (*before) {
		if (IS_POSIX(*before) && (*before)->fl_owner == owner)
			locks_remove(before);
		else
			before = &(*before)->fl_next;
	}
	spin_unlock(&file_lock_lock);
}
EXPORT_SYMBOL(locks_remove_posix);

/* The open file's last reference goes. */
void locks_remove_flock(struct file *filp)
{
	struct inode *inode = filp->f_path.dentry->d_inode;

	if (!inode->i_flock)
		return;
	spin_lock(&file_lock_lock);
	while (flock_unlock(inode, filp))
		;
	spin_unlock(&file_lock_lock);
}

static int __init filelock_init(void)
{
	filelock_cache = kmem_cache_create("file_lock_cache", sizeof(struct file_lock), 0, SLAB_PANIC, NULL);
	return 0;
}
core_initcall(filelock_init);
