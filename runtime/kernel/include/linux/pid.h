/* Process ids: one struct pid for each number in use, linked to the tasks that bear it. */
#ifndef _LINUX_PID_H
#define _LINUX_PID_H

#include <linux/list.h>
#include <asm/atomic.h>

enum pid_type {
	PIDTYPE_PID,
	PIDTYPE_PGID,
	PIDTYPE_SID,
	PIDTYPE_MAX
};

struct pid_namespace;
struct task_struct;

struct upid {
	int nr;
	struct pid_namespace *ns;
	struct hlist_node pid_chain;
};

struct pid {
	atomic_t count;
	unsigned int level;
	struct hlist_head tasks[PIDTYPE_MAX];
	struct upid numbers[1];
};

struct pid_link {
	struct hlist_node node;
	struct pid *pid;
};

struct pid_namespace {
	int last_pid;
	unsigned int level;
	struct task_struct *child_reaper;
};

extern struct pid init_struct_pid;
extern struct pid_namespace init_pid_ns;

static inline struct pid *get_pid(struct pid *pid)
{
	if (pid)
		atomic_inc(&pid->count);
	return pid;
}

static inline pid_t pid_nr(struct pid *pid)
{
	return pid ? pid->numbers[0].nr : 0;
}
#define pid_vnr(pid) pid_nr(pid)

extern void put_pid(struct pid *pid);
extern struct pid *alloc_pid(struct pid_namespace *ns);
extern void free_pid(struct pid *pid);
extern struct pid *find_vpid(int nr);
extern struct pid *find_pid_ns(int nr, struct pid_namespace *ns);
extern struct pid *find_get_pid(int nr);
extern struct pid *get_task_pid(struct task_struct *task, enum pid_type type);
extern struct task_struct *pid_task(struct pid *pid, enum pid_type type);
extern struct task_struct *get_pid_task(struct pid *pid, enum pid_type type);
extern void attach_pid(struct task_struct *task, enum pid_type type, struct pid *pid);
extern void detach_pid(struct task_struct *task, enum pid_type type);
extern void change_pid(struct task_struct *task, enum pid_type type, struct pid *pid);
extern void transfer_pid(struct task_struct *old, struct task_struct *new, enum pid_type type);
extern void pidhash_init(void);
extern void pidmap_init(void);

#define do_each_pid_task(pid, type, task) do {					\
	struct hlist_node *pos___;						\
	if ((pid) != NULL)							\
		hlist_for_each_entry((task), pos___, &(pid)->tasks[type], pids[type].node) {
#define while_each_pid_task(pid, type, task) } } while (0)

#endif
