/* Kernel threads: made by kthreadd on request, stopped by their makers. */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

extern struct task_struct *kthread_create(int (*threadfn)(void *data), void *data, const char namefmt[], ...)
	__printf(3, 4);
extern void kthread_bind(struct task_struct *k, unsigned int cpu);
extern int kthread_stop(struct task_struct *k);
extern int kthread_should_stop(void);
extern int kthreadd(void *unused);
extern struct task_struct *kthreadd_task;

#define kthread_run(threadfn, data, namefmt, ...) ({					\
	struct task_struct *__k = kthread_create(threadfn, data, namefmt, ##__VA_ARGS__); \
	if (!IS_ERR(__k))								\
		wake_up_process(__k);							\
	__k; })

#endif
