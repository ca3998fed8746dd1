/* Kernel threads on request: kthreadd makes them, so that they inherit nothing from who asked. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/tracepoint.h>

static DEFINE_SPINLOCK(kthread_create_lock);
static LIST_HEAD(kthread_create_list);
struct task_struct *kthreadd_task;

struct kthread_create_info {
	int (*threadfn)(void *data);
	void *data;
	struct task_struct *result;
	struct completion done;
	struct list_head list;
};

/* Lies on the thread's own stack; vfork_done points to exited. */
struct kthread {
	int should_stop;
	struct completion exited;
};

#define to_kthread(tsk) container_of((tsk)->vfork_done, struct kthread, exited)

int kthread_should_stop(void)
{
	return to_kthread(current)->should_stop;
}
EXPORT_SYMBOL(kthread_should_stop);

static int kthread(void *_create)
{
	struct kthread_create_info *create = _create;
	int (*threadfn)(void *data) = create->threadfn;
	void *data = create->data;
	struct kthread self;

	self.should_stop = 0;
	init_completion(&self.exited);
	current->vfork_done = &self.exited;
	__set_current_state(TASK_UNINTERRUPTIBLE);
	create->result = current;
	complete(&create->done);
	schedule();
	do_exit(self.should_stop ? -EINTR : threadfn(data));
}

static void create_kthread(struct kthread_create_info *create)
{
	int pid = kernel_thread(kthread, create, CLONE_FS | CLONE_FILES | SIGCHLD);

	if (pid < 0) {
		create->result = ERR_PTR(pid);
		complete(&create->done);
	}
}

/* The new thread sleeps until it is woken. */
struct task_struct *kthread_create(int (*threadfn)(void *data), void *data, const char namefmt[], ...)
{
	struct kthread_create_info create = { .threadfn = threadfn, .data = data };
	char comm[TASK_COMM_LEN];
	va_list args;

	init_completion(&create.done);
	spin_lock(&kthread_create_lock);
	list_add_tail(&create.list, &kthread_create_list);
	spin_unlock(&kthread_create_lock);
	wake_up_process(kthreadd_task);
	wait_for_completion(&create.done);
	if (!IS_ERR(create.result)) {
		va_start(args, namefmt);
		vsnprintf(comm, sizeof(comm), namefmt, args);
		va_end(args);
		set_task_comm(create.result, comm);
	}
	return create.result;
}
EXPORT_SYMBOL(kthread_create);

void kthread_bind(struct task_struct *k, unsigned int cpu)
{
	memset(&k->cpus_allowed, 0, sizeof(k->cpus_allowed));
	cpumask_set_cpu(cpu, &k->cpus_allowed);
}
EXPORT_SYMBOL(kthread_bind);

/* Waits until the thread has ended; returns what its function returned. */
int kthread_stop(struct task_struct *k)
{
	struct kthread *kthread;
	int ret;

	trace_sched_kthread_stop(k);
	get_task_struct(k);
	kthread = to_kthread(k);
	if (k->vfork_done) {
		kthread->should_stop = 1;
		wake_up_process(k);
		wait_for_completion(&kthread->exited);
	}
	ret = k->exit_code;
	put_task_struct(k);
	trace_sched_kthread_stop_ret(ret);
	return ret;
}
EXPORT_SYMBOL(kthread_stop);

/* The thread that makes the others. */
int kthreadd(void *unused)
{
	set_task_comm(current, "kthreadd");
	current->flags |= PF_NOFREEZE;
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (list_empty(&kthread_create_list))
			schedule();
		__set_current_state(TASK_RUNNING);
		spin_lock(&kthread_create_lock);
		while (!list_empty(&kthread_create_list)) {
			struct kthread_create_info *create =
				list_first_entry(&kthread_create_list, struct kthread_create_info, list);

			list_del_init(&create->list);
			spin_unlock(&kthread_create_lock);
			create_kthread(create);
			spin_lock(&kthread_create_lock);
		}
		spin_unlock(&kthread_create_lock);
	}
	return 0;
}
