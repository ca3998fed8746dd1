/*
 * Futexes: waiting for a word of user memory to change. Waiters queue by the word's key, an address in one mm, or a
 * page and an offset where memory is shared. A bucket's lock protects its queue, and nobody who holds it sleeps: the
 * word's page is brought in before, and nothing takes it away without the CPU.
 */
#include <linux/futex.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define FUTEX_HASHBITS	4
#define FUTEX_COST	150	/* ns */

/* What two words have to have in common to be the same futex. */
union futex_key {
	struct {
		struct page *page;
		int offset;
	} shared;
	struct {
		unsigned long address;
		struct mm_struct *mm;
		int offset;
	} private;
	struct {
		unsigned long word;
		void *ptr;
		int offset;
	} both;
};

#define FUT_OFF_SHARED	1	/* in offset, whose low bits an aligned word does not need */

/* A waiter, on its own kernel stack. */
struct futex_q {
	struct list_head list;
	struct task_struct *task;
	spinlock_t *lock_ptr;		/* the bucket's; NULL once woken */
	union futex_key key;
	u32 bitset;
};

struct futex_hash_bucket {
	spinlock_t lock;
	struct list_head chain;
};

static struct futex_hash_bucket futex_queues[1 << FUTEX_HASHBITS];

static struct futex_hash_bucket *hash_futex(union futex_key *key)
{
	unsigned long word = key->both.word >> 2;

	return &futex_queues[(word ^ word >> FUTEX_HASHBITS ^ word >> PAGE_SHIFT) & ((1 << FUTEX_HASHBITS) - 1)];
}

static inline int match_futex(union futex_key *key1, union futex_key *key2)
{
	return key1->both.word == key2->both.word && key1->both.ptr == key2->both.ptr &&
	       key1->both.offset == key2->both.offset;
}

static void drop_futex_key_refs(union futex_key *key)
{
	if (key->both.offset & FUT_OFF_SHARED)
		put_page((struct page *)key->both.ptr);
}

/* A page of shared memory is held while somebody knows the key. */
static int get_shared_key(unsigned long address, union futex_key *key)
{
	struct page *page;
	int n;

	down_read(&current->mm->mmap_sem);
	n = get_user_pages(current, current->mm, address, 1, 1, 0, &page, NULL);
	up_read(&current->mm->mmap_sem);
	if (n < 1)
		return n < 0 ? n : -EFAULT;
	key->both.word = 0;
	key->both.ptr = page;
	key->both.offset = (address & ~PAGE_MASK) | FUT_OFF_SHARED;
	return 0;
}

/* The key of the word at uaddr; with a reference that drop_futex_key_refs() gives back. */
static int get_futex_key(u32 __user *uaddr, int fshared, union futex_key *key)
{
	unsigned long address = (unsigned long)uaddr;
	struct vm_area_struct *vma;
	int shared;

	if (address % sizeof(u32))
		return -EINVAL;
	if (!access_ok(VERIFY_WRITE, uaddr, sizeof(u32)))
		return -EFAULT;
	if (fshared) {
		down_read(&current->mm->mmap_sem);
		vma = find_vma(current->mm, address);
		shared = vma && vma->vm_start <= address && (vma->vm_flags & VM_SHARED);
		up_read(&current->mm->mmap_sem);
		if (shared)
			return get_shared_key(address, key);
	}
	key->private.address = address;
	key->private.mm = current->mm;
	key->private.offset = 0;
	return 0;
}

static int get_futex_value(u32 *dest, u32 __user *from)
{
	return copy_from_user(dest, from, sizeof(u32)) ? -EFAULT : 0;
}

/* The waiter leaves its queue and runs. The bucket is locked. */
static void wake_futex(struct futex_q *q)
{
	struct task_struct *p = q->task;

	get_task_struct(p);
	list_del_init(&q->list);
	q->lock_ptr = NULL;
	wake_up_state(p, TASK_NORMAL);
	put_task_struct(p);
}

/* Wakes up to nr_wake of the key's waiters, in the order they came. The bucket is locked. Returns how many. */
static int wake_waiters(struct futex_hash_bucket *hb, union futex_key *key, int nr_wake, u32 bitset)
{
	struct futex_q *this, *next;
	int ret = 0;

	list_for_each_entry_safe(this, next, &hb->chain, list) {
		if (ret >= nr_wake)
			break;
		if (!match_futex(&this->key, key) || !(this->bitset & bitset))
			continue;
		wake_futex(this);
		ret++;
	}
	return ret;
}

static int futex_wake(u32 __user *uaddr, int fshared, int nr_wake, u32 bitset)
{
	struct futex_hash_bucket *hb;
	union futex_key key;
	int ret;

	if (!bitset)
		return -EINVAL;
	ret = get_futex_key(uaddr, fshared, &key);
	if (ret)
		return ret;
	hb = hash_futex(&key);
	spin_lock(&hb->lock);
	ret = wake_waiters(hb, &key, nr_wake, bitset);
	spin_unlock(&hb->lock);
	drop_futex_key_refs(&key);
	return ret;
}

/* What FUTEX_WAKE_OP does to the second word, and whether the old value then asks to wake. */
static int futex_atomic_op(unsigned int encoded_op, u32 __user *uaddr, u32 oldval)
{
	int op = encoded_op >> 28 & 7, oparg = (int)(encoded_op << 8) >> 20;
	u32 newval;

	if (encoded_op & (FUTEX_OP_OPARG_SHIFT << 28))
		oparg = 1 << (oparg & 31);
	switch (op) {
	case FUTEX_OP_SET:
		newval = oparg;
		break;
	case FUTEX_OP_ADD:
		newval = oldval + oparg;
		break;
	case FUTEX_OP_OR:
		newval = oldval | oparg;
		break;
	case FUTEX_OP_ANDN:
		newval = oldval & ~oparg;
		break;
	case FUTEX_OP_XOR:
		newval = oldval ^ oparg;
		break;
	default:
		return -ENOSYS;
	}
	return put_user(newval, uaddr);
}

static int futex_compare_op(unsigned int encoded_op, int oldval)
{
	int cmparg = (int)(encoded_op << 20) >> 20;

	switch (encoded_op >> 24 & 15) {
	case FUTEX_OP_CMP_EQ:
		return oldval == cmparg;
	case FUTEX_OP_CMP_NE:
		return oldval != cmparg;
	case FUTEX_OP_CMP_LT:
		return oldval < cmparg;
	case FUTEX_OP_CMP_GE:
		return oldval >= cmparg;
	case FUTEX_OP_CMP_LE:
		return oldval <= cmparg;
	case FUTEX_OP_CMP_GT:
		return oldval > cmparg;
	}
	return -ENOSYS;
}

/* Changes the second word, wakes waiters of the first, and of the second if its old value was such. */
static int futex_wake_op(u32 __user *uaddr1, int fshared, u32 __user *uaddr2, int nr_wake, int nr_wake2, int op)
{
	struct futex_hash_bucket *hb;
	union futex_key key1, key2;
	u32 oldval;
	int ret, wake2;

	ret = get_futex_key(uaddr1, fshared, &key1);
	if (ret)
		return ret;
	ret = get_futex_key(uaddr2, fshared, &key2);
	if (ret)
		goto out_key1;
	ret = get_futex_value(&oldval, uaddr2);
	if (!ret)
		ret = futex_atomic_op(op, uaddr2, oldval);
	if (ret)
		goto out;
	wake2 = futex_compare_op(op, oldval);
	hb = hash_futex(&key1);
	spin_lock(&hb->lock);
	ret = wake_waiters(hb, &key1, nr_wake, FUTEX_BITSET_MATCH_ANY);
	spin_unlock(&hb->lock);
	if (wake2 > 0) {
		hb = hash_futex(&key2);
		spin_lock(&hb->lock);
		ret += wake_waiters(hb, &key2, nr_wake2, FUTEX_BITSET_MATCH_ANY);
		spin_unlock(&hb->lock);
	} else if (wake2 < 0) {
		ret = wake2;
	}
out:
	drop_futex_key_refs(&key2);
out_key1:
	drop_futex_key_refs(&key1);
	return ret;
}

/* The waiter waits for another word from now on. The bucket of its old one is locked, and the new one's, if others. */
static void requeue_futex(struct futex_q *q, struct futex_hash_bucket *hb2, union futex_key *key2)
{
	list_move_tail(&q->list, &hb2->chain);
	q->lock_ptr = &hb2->lock;
	if (key2->both.offset & FUT_OFF_SHARED)
		get_page((struct page *)key2->both.ptr);
	drop_futex_key_refs(&q->key);
	q->key = *key2;
}

static void double_lock_hb(struct futex_hash_bucket *hb1, struct futex_hash_bucket *hb2)
{
	if (hb1 > hb2)
		spin_lock(&hb2->lock);
	spin_lock(&hb1->lock);
	if (hb1 < hb2)
		spin_lock(&hb2->lock);
}

static void double_unlock_hb(struct futex_hash_bucket *hb1, struct futex_hash_bucket *hb2)
{
	spin_unlock(&hb1->lock);
	if (hb1 != hb2)
		spin_unlock(&hb2->lock);
}

/* Wakes nr_wake waiters of the first word and makes nr_requeue more wait for the second. Returns how many in all. */
static int requeue_waiters(struct futex_hash_bucket *hb1, struct futex_hash_bucket *hb2, union futex_key *key1,
			   union futex_key *key2, int nr_wake, int nr_requeue)
{
	struct futex_q *this, *next;
	int count = 0;

	list_for_each_entry_safe(this, next, &hb1->chain, list) {
		if (count - nr_wake >= nr_requeue)
			break;
		if (!match_futex(&this->key, key1))
			continue;
		if (++count <= nr_wake)
			wake_futex(this);
		else
			requeue_futex(this, hb2, key2);
	}
	return count;
}

static int futex_requeue(u32 __user *uaddr1, int fshared, u32 __user *uaddr2, int nr_wake, int nr_requeue,
			 u32 *cmpval)
{
	struct futex_hash_bucket *hb1, *hb2;
	union futex_key key1, key2;
	u32 curval;
	int ret;

	ret = get_futex_key(uaddr1, fshared, &key1);
	if (ret)
		return ret;
	ret = get_futex_key(uaddr2, fshared, &key2);
	if (ret)
		goto out_key1;
	if (cmpval) {
		ret = get_futex_value(&curval, uaddr1);
		if (!ret && curval != *cmpval)
			ret = -EAGAIN;
		if (ret)
			goto out;
	}
	hb1 = hash_futex(&key1);
	hb2 = hash_futex(&key2);
	double_lock_hb(hb1, hb2);
	ret = match_futex(&key1, &key2) ? wake_waiters(hb1, &key1, nr_wake, FUTEX_BITSET_MATCH_ANY)
					: requeue_waiters(hb1, hb2, &key1, &key2, nr_wake, nr_requeue);
	double_unlock_hb(hb1, hb2);
out:
	drop_futex_key_refs(&key2);
out_key1:
	drop_futex_key_refs(&key1);
	return ret;
}

static inline void queue_me(struct futex_q *q, struct futex_hash_bucket *hb)
{
	q->task = current;
	q->lock_ptr = &hb->lock;
	list_add_tail(&q->list, &hb->chain);
}

/* Leaves the queue. 0 when somebody has taken us off it already: we were woken. */
static int unqueue_me(struct futex_q *q)
{
	spinlock_t *lock_ptr;

	while ((lock_ptr = ACCESS_ONCE(q->lock_ptr)) != NULL) {
		spin_lock(lock_ptr);
		if (lock_ptr == q->lock_ptr) {
			list_del_init(&q->list);
			spin_unlock(lock_ptr);
			return 1;
		}
		spin_unlock(lock_ptr);	/* requeued in between */
	}
	return 0;
}

/* Queues us if the word still has the value. 0 with the bucket locked, or an error. */
static int futex_wait_setup(u32 __user *uaddr, u32 val, struct futex_q *q, struct futex_hash_bucket **hb)
{
	u32 uval;
	int ret = get_futex_value(&uval, uaddr);

	if (ret)
		return ret;
	*hb = hash_futex(&q->key);
	spin_lock(&(*hb)->lock);
	ret = get_futex_value(&uval, uaddr);
	if (!ret && uval != val)
		ret = -EWOULDBLOCK;
	if (ret)
		spin_unlock(&(*hb)->lock);
	return ret;
}

/* Sleeps until woken, a signal comes or the time is there. */
static void futex_wait_queue_me(struct futex_hash_bucket *hb, struct futex_q *q, struct hrtimer_sleeper *timeout)
{
	queue_me(q, hb);
	set_current_state(TASK_INTERRUPTIBLE);
	spin_unlock(&hb->lock);
	if (timeout)
		hrtimer_start(&timeout->timer, timeout->timer._expires, HRTIMER_MODE_ABS);
	if (q->lock_ptr && (!timeout || timeout->task))
		schedule();
	__set_current_state(TASK_RUNNING);
}

static long futex_wait_restart(struct restart_block *restart);

static int set_futex_restart(u32 __user *uaddr, int fshared, u32 val, ktime_t *abs_time, u32 bitset, int clockrt)
{
	struct restart_block *restart = &current_thread_info()->restart_block;

	restart->fn = futex_wait_restart;
	restart->futex.uaddr = uaddr;
	restart->futex.val = val;
	restart->futex.time = abs_time->tv64;
	restart->futex.bitset = bitset;
	restart->futex.flags = (fshared ? FLAGS_SHARED : 0) | (clockrt ? FLAGS_CLOCKRT : 0);
	return -ERESTART_RESTARTBLOCK;
}

/* abs_time NULL: for ever. 0: woken; -EWOULDBLOCK: the word has another value; -ETIMEDOUT; or a restart. */
static int futex_wait(u32 __user *uaddr, int fshared, u32 val, ktime_t *abs_time, u32 bitset, int clockrt)
{
	struct hrtimer_sleeper timeout, *to = NULL;
	struct futex_q q = { .bitset = bitset };
	struct futex_hash_bucket *hb;
	int ret;

	if (!bitset)
		return -EINVAL;
	ret = get_futex_key(uaddr, fshared, &q.key);
	if (ret)
		return ret;
	if (abs_time) {
		to = &timeout;
		hrtimer_init(&to->timer, clockrt ? CLOCK_REALTIME : CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
		hrtimer_init_sleeper(to, current);
		hrtimer_set_expires(&to->timer, *abs_time);
	}
	ret = futex_wait_setup(uaddr, val, &q, &hb);
	if (!ret) {
		futex_wait_queue_me(hb, &q, to);
		if (!unqueue_me(&q))
			ret = 0;
		else if (to && !to->task)
			ret = -ETIMEDOUT;
		else if (abs_time)
			ret = set_futex_restart(uaddr, fshared, val, abs_time, bitset, clockrt);
		else
			ret = -ERESTARTSYS;
		if (to)
			hrtimer_cancel(&to->timer);
	}
	drop_futex_key_refs(&q.key);
	return ret;
}

static long futex_wait_restart(struct restart_block *restart)
{
	ktime_t t = ns_to_ktime(restart->futex.time);
	u32 flags = restart->futex.flags;

	restart->fn = do_no_restart_syscall;
	return futex_wait(restart->futex.uaddr, flags & FLAGS_SHARED, restart->futex.val, &t, restart->futex.bitset,
			  flags & FLAGS_CLOCKRT);
}

long do_futex(u32 __user *uaddr, int op, u32 val, ktime_t *timeout, u32 __user *uaddr2, u32 val2, u32 val3)
{
	int cmd = op & FUTEX_CMD_MASK, fshared = !(op & FUTEX_PRIVATE_FLAG), clockrt = op & FUTEX_CLOCK_REALTIME;

	if (clockrt && cmd != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	spend(FUTEX_COST);
	switch (cmd) {
	case FUTEX_WAIT:
		return futex_wait(uaddr, fshared, val, timeout, FUTEX_BITSET_MATCH_ANY, 0);
	case FUTEX_WAIT_BITSET:
		return futex_wait(uaddr, fshared, val, timeout, val3, clockrt);
	case FUTEX_WAKE:
		return futex_wake(uaddr, fshared, val, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, fshared, val, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, fshared, uaddr2, val, val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, fshared, uaddr2, val, val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, fshared, uaddr2, val, val2, val3);
	}
	return -ENOSYS;
}

/* utime is a time for the waiting commands, a number for the others. */
asmlinkage long sys_futex(u32 __user *uaddr, int op, u32 val, struct timespec __user *utime, u32 __user *uaddr2,
			  u32 val3)
{
	int cmd = op & FUTEX_CMD_MASK;
	ktime_t t, *tp = NULL;
	struct timespec ts;
	u32 val2 = 0;

	if (utime && (cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET)) {
		if (copy_from_user(&ts, utime, sizeof(ts)))
			return -EFAULT;
		if (!timespec_valid(&ts))
			return -EINVAL;
		t = timespec_to_ktime(ts);
		if (cmd == FUTEX_WAIT)
			t = ktime_add(ktime_get(), t);
		tp = &t;
	}
	if (cmd == FUTEX_REQUEUE || cmd == FUTEX_CMP_REQUEUE || cmd == FUTEX_WAKE_OP)
		val2 = (unsigned long)utime;
	return do_futex(uaddr, op, val, tp, uaddr2, val2, val3);
}

asmlinkage long sys_set_robust_list(struct robust_list_head __user *head, size_t len)
{
	if (len != sizeof(*head))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

asmlinkage long sys_get_robust_list(int pid, struct robust_list_head __user *__user *head_ptr, size_t __user *len_ptr)
{
	struct robust_list_head __user *head = NULL;
	struct task_struct *p = current;
	long ret = 0;

	read_lock(&tasklist_lock);
	if (pid)
		p = find_task_by_vpid(pid);
	if (!p)
		ret = -ESRCH;
	else if (p != current && task_uid(p) != current_euid() && !capable(CAP_SYS_PTRACE))
		ret = -EPERM;
	else
		head = p->robust_list;
	read_unlock(&tasklist_lock);
	if (!ret && (put_user(sizeof(*head), len_ptr) || put_user(head, head_ptr)))
		ret = -EFAULT;
	return ret;
}

/* A futex of an exiting task is marked for its next owner, who is woken if he waits. */
static int handle_futex_death(u32 __user *uaddr, struct task_struct *curr)
{
	u32 uval;

	if (get_user(uval, uaddr))
		return -1;
	if ((uval & FUTEX_TID_MASK) != task_pid_vnr(curr))
		return 0;
	if (put_user((uval & FUTEX_WAITERS) | FUTEX_OWNER_DIED, uaddr))
		return -1;
	if (uval & FUTEX_WAITERS)
		futex_wake(uaddr, 1, 1, FUTEX_BITSET_MATCH_ANY);
	return 0;
}

/* Goes through the list that user space keeps of the futexes the task holds. It may be wrong in every way. */
void exit_robust_list(struct task_struct *curr)
{
	struct robust_list_head __user *head = curr->robust_list;
	struct robust_list __user *entry, *next, *pending;
	long futex_offset;
	int limit = ROBUST_LIST_LIMIT;

	if (get_user(entry, &head->list.next) || get_user(futex_offset, &head->futex_offset) ||
	    get_user(pending, &head->list_op_pending))
		return;
	while (entry != &head->list && limit--) {
		if (get_user(next, &entry->next))
			next = NULL;
		if (entry != pending && handle_futex_death((void __user *)entry + futex_offset, curr))
			return;
		if (!next)
			return;
		entry = next;
	}
	if (pending)
		handle_futex_death((void __user *)pending + futex_offset, curr);
}

static int __init futex_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(futex_queues); i++) {
		spin_lock_init(&futex_queues[i].lock);
		INIT_LIST_HEAD(&futex_queues[i].chain);
	}
	return 0;
}
early_initcall(futex_init);
