/*
 * Process ids: numbers in use are bits in pidmap, and each has a struct pid in a hash by number.
 * pidmap_lock protects both; the lists of tasks that bear a pid are under tasklist_lock.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#define PIDHASH_SIZE	256
#define ALLOC_PID_COST	350
#define pid_hashfn(nr) ((nr) & (PIDHASH_SIZE - 1))

struct pid_namespace init_pid_ns = { .child_reaper = &init_task };

/* Pid 0, the idle task's, is in no hash. */
struct pid init_struct_pid = {
	.count = ATOMIC_INIT(1),
	.numbers = { { .nr = 0, .ns = &init_pid_ns } },
};

static DEFINE_SPINLOCK(pidmap_lock);
static DECLARE_BITMAP(pidmap, PID_MAX_DEFAULT);
static struct hlist_head pid_hash[PIDHASH_SIZE];
static struct kmem_cache *pid_cachep;

/* The next free number after the last one given; low numbers are not used again. -1 when all are in use. */
static int alloc_pidmap(struct pid_namespace *ns)
{
	unsigned long nr;

	nr = find_next_zero_bit(pidmap, PID_MAX_DEFAULT, ns->last_pid + 1);
	if (nr >= PID_MAX_DEFAULT)
		nr = find_next_zero_bit(pidmap, PID_MAX_DEFAULT, RESERVED_PIDS);
	if (nr >= PID_MAX_DEFAULT)
		return -1;
	__set_bit(nr, pidmap);
	ns->last_pid = nr;
	return nr;
}

struct pid *alloc_pid(struct pid_namespace *ns)
{
	struct pid *pid = kmem_cache_alloc(pid_cachep, GFP_KERNEL);
	int nr, type;

	spend(ALLOC_PID_COST);
	if (!pid)
		return NULL;
	spin_lock_irq(&pidmap_lock);
	nr = alloc_pidmap(ns);
	if (nr >= 0) {
		pid->level = ns->level;
		pid->numbers[0].nr = nr;
		pid->numbers[0].ns = ns;
		atomic_set(&pid->count, 1);
		for (type = 0; type < PIDTYPE_MAX; type++)
			INIT_HLIST_HEAD(&pid->tasks[type]);
		hlist_add_head(&pid->numbers[0].pid_chain, &pid_hash[pid_hashfn(nr)]);
	}
	spin_unlock_irq(&pidmap_lock);
	if (nr < 0) {
		kmem_cache_free(pid_cachep, pid);
		return NULL;
	}
	return pid;
}

void put_pid(struct pid *pid)
{
	if (pid && atomic_dec_and_test(&pid->count))
		kmem_cache_free(pid_cachep, pid);
}
EXPORT_SYMBOL(put_pid);

/* The number is free again. */
void free_pid(struct pid *pid)
{
	unsigned long flags;

	spin_lock_irqsave(&pidmap_lock, flags);
	hlist_del(&pid->numbers[0].pid_chain);
	__clear_bit(pid->numbers[0].nr, pidmap);
	spin_unlock_irqrestore(&pidmap_lock, flags);
	put_pid(pid);
}

struct pid *find_pid_ns(int nr, struct pid_namespace *ns)
{
	struct hlist_node *elem;
	struct upid *upid;

	hlist_for_each_entry(upid, elem, &pid_hash[pid_hashfn(nr)], pid_chain)
		if (upid->nr == nr && upid->ns == ns)
			return container_of(upid, struct pid, numbers[0]);
	return NULL;
}
EXPORT_SYMBOL(find_pid_ns);

struct pid *find_vpid(int nr)
{
	return find_pid_ns(nr, &init_pid_ns);
}
EXPORT_SYMBOL(find_vpid);

struct pid *find_get_pid(int nr)
{
	return get_pid(find_vpid(nr));
}
EXPORT_SYMBOL(find_get_pid);

/* tasklist_lock is held for writing. */
void attach_pid(struct task_struct *task, enum pid_type type, struct pid *pid)
{
	struct pid_link *link = &task->pids[type];

	link->pid = pid;
	hlist_add_head(&link->node, &pid->tasks[type]);
}

static void __change_pid(struct task_struct *task, enum pid_type type, struct pid *new)
{
	struct pid_link *link = &task->pids[type];
	struct pid *pid = link->pid;
	int t;

	hlist_del(&link->node);
	link->pid = new;
	for (t = 0; t < PIDTYPE_MAX; t++)
		if (!hlist_empty(&pid->tasks[t]))
			return;
	free_pid(pid);
}

void detach_pid(struct task_struct *task, enum pid_type type)
{
	__change_pid(task, type, NULL);
}

void change_pid(struct task_struct *task, enum pid_type type, struct pid *pid)
{
	__change_pid(task, type, pid);
	attach_pid(task, type, pid);
}

/* new takes old's place; old keeps no link. */
void transfer_pid(struct task_struct *old, struct task_struct *new, enum pid_type type)
{
	new->pids[type].pid = old->pids[type].pid;
	hlist_del(&old->pids[type].node);
	hlist_add_head(&new->pids[type].node, &new->pids[type].pid->tasks[type]);
	old->pids[type].pid = NULL;
}

struct task_struct *pid_task(struct pid *pid, enum pid_type type)
{
	struct hlist_node *first = pid ? pid->tasks[type].first : NULL;

	return first ? hlist_entry(first, struct task_struct, pids[type].node) : NULL;
}
EXPORT_SYMBOL(pid_task);

struct task_struct *find_task_by_pid_ns(pid_t nr, struct pid_namespace *ns)
{
	return pid_task(find_pid_ns(nr, ns), PIDTYPE_PID);
}

struct task_struct *find_task_by_vpid(pid_t vnr)
{
	return find_task_by_pid_ns(vnr, &init_pid_ns);
}

struct pid *get_task_pid(struct task_struct *task, enum pid_type type)
{
	if (type != PIDTYPE_PID)
		task = task->group_leader;
	return get_pid(task->pids[type].pid);
}

struct task_struct *get_pid_task(struct pid *pid, enum pid_type type)
{
	struct task_struct *task = pid_task(pid, type);

	if (task)
		get_task_struct(task);
	return task;
}

void __init pidhash_init(void)
{
	int i;

	printk(KERN_INFO "PID hash table entries: %d\n", PIDHASH_SIZE);
	for (i = 0; i < PIDHASH_SIZE; i++)
		INIT_HLIST_HEAD(&pid_hash[i]);
}

void __init pidmap_init(void)
{
	int type;

	__set_bit(0, pidmap);
	pid_cachep = KMEM_CACHE(pid, SLAB_HWCACHE_ALIGN | SLAB_PANIC);
	for (type = 0; type < PIDTYPE_MAX; type++)
		init_task.pids[type].pid = &init_struct_pid;
}
