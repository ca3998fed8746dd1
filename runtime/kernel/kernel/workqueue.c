/* Work queues: functions that a kernel thread calls later. A queue's lock protects its list. */
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#define WORK_COST 200

struct cpu_workqueue_struct {
	spinlock_t lock;
	struct list_head worklist;
	wait_queue_head_t more_work;
	wait_queue_head_t work_done;
	struct work_struct *current_work;
	struct workqueue_struct *wq;
	struct task_struct *thread;
};

struct workqueue_struct {
	struct cpu_workqueue_struct cpu_wq;
	const char *name;
};

static struct workqueue_struct *keventd_wq;

static void insert_work(struct cpu_workqueue_struct *cwq, struct work_struct *work)
{
	trace_workqueue_insertion(cwq->thread, work);
	list_add_tail(&work->entry, &cwq->worklist);
	wake_up(&cwq->more_work);
}

static void __queue_work(struct cpu_workqueue_struct *cwq, struct work_struct *work)
{
	unsigned long flags;

	spin_lock_irqsave(&cwq->lock, flags);
	insert_work(cwq, work);
	spin_unlock_irqrestore(&cwq->lock, flags);
}

/* 0 when the work was queued already. */
int queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	if (test_and_set_bit(WORK_STRUCT_PENDING, (unsigned long *)&work->data))
		return 0;
	__queue_work(&wq->cpu_wq, work);
	return 1;
}
EXPORT_SYMBOL(queue_work);

static void delayed_work_timer_fn(unsigned long __data)
{
	struct delayed_work *dwork = (struct delayed_work *)__data;
	struct workqueue_struct *wq = (struct workqueue_struct *)(atomic_long_read(&dwork->work.data) & ~3UL);

	__queue_work(&wq->cpu_wq, &dwork->work);
}

/* The queue is kept above the flag bits of the work's data while the timer runs. */
int queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)
{
	struct work_struct *work = &dwork->work;

	if (!delay)
		return queue_work(wq, work);
	if (test_and_set_bit(WORK_STRUCT_PENDING, (unsigned long *)&work->data))
		return 0;
	atomic_long_set(&work->data, (unsigned long)wq | BIT(WORK_STRUCT_PENDING));
	setup_timer(&dwork->timer, delayed_work_timer_fn, (unsigned long)dwork);
	__mod_timer(&dwork->timer, jiffies + delay, 0);
	return 1;
}
EXPORT_SYMBOL(queue_delayed_work);

/* Calls what is queued. The lock is held, and dropped around each call. */
static void run_workqueue(struct cpu_workqueue_struct *cwq)
{
	spin_lock_irq(&cwq->lock);
	while (!list_empty(&cwq->worklist)) {
		struct work_struct *work = list_first_entry(&cwq->worklist, struct work_struct, entry);
		work_func_t function = work->func;

		cwq->current_work = work;
		list_del_init(&work->entry);
		spin_unlock_irq(&cwq->lock);
		atomic_long_set(&work->data, 0);
		spend(WORK_COST);
		trace_workqueue_execution(cwq->thread, work);
		trace_workqueue_execute_start(work);
		function(work);
		trace_workqueue_execute_end(work, function);
		spin_lock_irq(&cwq->lock);
		cwq->current_work = NULL;
		wake_up_all(&cwq->work_done);
	}
	spin_unlock_irq(&cwq->lock);
}

static int worker_thread(void *__cwq)
{
	struct cpu_workqueue_struct *cwq = __cwq;
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(&cwq->more_work, &wait, TASK_INTERRUPTIBLE);
		if (!kthread_should_stop() && list_empty(&cwq->worklist))
			schedule();
		finish_wait(&cwq->more_work, &wait);
		if (kthread_should_stop())
			return 0;
		run_workqueue(cwq);
	}
}

struct workqueue_struct *create_workqueue(const char *name)
{
	struct workqueue_struct *wq = kzalloc(sizeof(*wq), GFP_KERNEL);
	struct cpu_workqueue_struct *cwq;

	if (!wq)
		return NULL;
	cwq = &wq->cpu_wq;
	wq->name = name;
	cwq->wq = wq;
	spin_lock_init(&cwq->lock);
	INIT_LIST_HEAD(&cwq->worklist);
	init_waitqueue_head(&cwq->more_work);
	init_waitqueue_head(&cwq->work_done);
	cwq->thread = kthread_run(worker_thread, cwq, "%s/%d", name, smp_processor_id());
	if (IS_ERR(cwq->thread)) {
		kfree(wq);
		return NULL;
	}
	trace_workqueue_creation(cwq->thread, smp_processor_id());
	return wq;
}
EXPORT_SYMBOL(create_workqueue);

static int workqueue_idle(struct cpu_workqueue_struct *cwq)
{
	return list_empty(&cwq->worklist) && !cwq->current_work;
}

/* Sleeps until all work queued so far, and what it queued, is done. */
void flush_workqueue(struct workqueue_struct *wq)
{
	wait_event(wq->cpu_wq.work_done, workqueue_idle(&wq->cpu_wq));
}
EXPORT_SYMBOL(flush_workqueue);

/* What is queued is done first. */
void destroy_workqueue(struct workqueue_struct *wq)
{
	flush_workqueue(wq);
	trace_workqueue_destruction(wq->cpu_wq.thread);
	kthread_stop(wq->cpu_wq.thread);
	kfree(wq);
}
EXPORT_SYMBOL(destroy_workqueue);

int schedule_work(struct work_struct *work)
{
	return queue_work(keventd_wq, work);
}
EXPORT_SYMBOL(schedule_work);

int schedule_delayed_work(struct delayed_work *dwork, unsigned long delay)
{
	return queue_delayed_work(keventd_wq, dwork, delay);
}
EXPORT_SYMBOL(schedule_delayed_work);

void flush_scheduled_work(void)
{
	flush_workqueue(keventd_wq);
}
EXPORT_SYMBOL(flush_scheduled_work);

void __init init_workqueues(void)
{
	keventd_wq = create_workqueue("events");
	BUG_ON(!keventd_wq);
}
