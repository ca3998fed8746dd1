/*
 * All tracepoints: TRACE_EVENT(system, name, (arguments)). Names and arguments are those of Linux 2.6.32, and where
 * later kernels have others of both. Included several times, with several meanings of TRACE_EVENT, hence no guard.
 */

/* System calls: every one, whether there is a function for its number or not. */
TRACE_EVENT(syscalls, sys_enter, (struct pt_regs *regs, long id))
TRACE_EVENT(syscalls, sys_exit, (struct pt_regs *regs, long ret))

/* Tasks and their scheduling. The run queue is locked in the ones that have rq. */
TRACE_EVENT(sched, sched_switch, (bool preempt, struct rq *rq, struct task_struct *prev, struct task_struct *next))
TRACE_EVENT(sched, sched_waking, (struct task_struct *p))
TRACE_EVENT(sched, sched_wakeup, (struct rq *rq, struct task_struct *p, int success))
TRACE_EVENT(sched, sched_wakeup_new, (struct rq *rq, struct task_struct *p, int success))
TRACE_EVENT(sched, sched_migrate_task, (struct task_struct *p, int dest_cpu))
TRACE_EVENT(sched, sched_stat_wait, (struct task_struct *tsk, unsigned long long delay))
TRACE_EVENT(sched, sched_stat_runtime, (struct task_struct *tsk, unsigned long long runtime, unsigned long long vruntime))
TRACE_EVENT(sched, sched_process_fork, (struct task_struct *parent, struct task_struct *child))
TRACE_EVENT(sched, sched_process_exec, (struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm))
TRACE_EVENT(sched, sched_process_exit, (struct task_struct *p))
TRACE_EVENT(sched, sched_process_free, (struct task_struct *p))
TRACE_EVENT(sched, sched_process_wait, (struct pid *pid))
TRACE_EVENT(sched, sched_kthread_stop, (struct task_struct *t))
TRACE_EVENT(sched, sched_kthread_stop_ret, (int ret))
TRACE_EVENT(task, task_newtask, (struct task_struct *task, unsigned long clone_flags))
TRACE_EVENT(task, task_rename, (struct task_struct *task, const char *comm))

/* Signals: sched_signal_send is 2.6.32's name for what signal_generate tells in full. */
TRACE_EVENT(sched, sched_signal_send, (int sig, struct task_struct *p))
TRACE_EVENT(signal, signal_generate, (int sig, struct siginfo *info, struct task_struct *task, int group, int result))
TRACE_EVENT(signal, signal_deliver, (int sig, struct siginfo *info, struct k_sigaction *ka))

/* Interrupts and what they leave for later. */
TRACE_EVENT(irq, irq_handler_entry, (int irq, struct irqaction *action))
TRACE_EVENT(irq, irq_handler_exit, (int irq, struct irqaction *action, int ret))
TRACE_EVENT(irq, softirq_raise, (unsigned int vec_nr))
TRACE_EVENT(irq, softirq_entry, (unsigned int vec_nr, struct softirq_action *h, struct softirq_action *vec))
TRACE_EVENT(irq, softirq_exit, (unsigned int vec_nr, struct softirq_action *h, struct softirq_action *vec))
TRACE_EVENT(irq, tasklet_entry, (struct tasklet_struct *t, void *func))
TRACE_EVENT(irq, tasklet_exit, (struct tasklet_struct *t, void *func))
TRACE_EVENT(workqueue, workqueue_creation, (struct task_struct *wq_thread, int cpu))
TRACE_EVENT(workqueue, workqueue_destruction, (struct task_struct *wq_thread))
TRACE_EVENT(workqueue, workqueue_insertion, (struct task_struct *wq_thread, struct work_struct *work))
TRACE_EVENT(workqueue, workqueue_execution, (struct task_struct *wq_thread, struct work_struct *work))
TRACE_EVENT(workqueue, workqueue_execute_start, (struct work_struct *work))
TRACE_EVENT(workqueue, workqueue_execute_end, (struct work_struct *work, void *function))

/* Time. */
TRACE_EVENT(timer, timer_init, (struct timer_list *timer))
TRACE_EVENT(timer, timer_start, (struct timer_list *timer, unsigned long expires))
TRACE_EVENT(timer, timer_cancel, (struct timer_list *timer))
TRACE_EVENT(timer, timer_expire_entry, (struct timer_list *timer))
TRACE_EVENT(timer, timer_expire_exit, (struct timer_list *timer))
TRACE_EVENT(timer, hrtimer_init, (struct hrtimer *hrtimer, clockid_t clockid, int mode))
TRACE_EVENT(timer, hrtimer_start, (struct hrtimer *hrtimer, int mode))
TRACE_EVENT(timer, hrtimer_cancel, (struct hrtimer *hrtimer))
TRACE_EVENT(timer, hrtimer_expire_entry, (struct hrtimer *hrtimer, ktime_t *now))
TRACE_EVENT(timer, hrtimer_expire_exit, (struct hrtimer *hrtimer))
TRACE_EVENT(timer, itimer_state, (int which, const struct itimerval *value, unsigned long long expires))
TRACE_EVENT(timer, itimer_expire, (int which, struct pid *pid, unsigned long long now))
TRACE_EVENT(power, cpu_idle, (unsigned int state, unsigned int cpu_id))

/* Memory. mm_page_free_direct is 2.6.32's name of mm_page_free. */
TRACE_EVENT(kmem, kmalloc, (unsigned long call_site, const void *ptr, size_t bytes_req, size_t bytes_alloc, gfp_t gfp_flags))
TRACE_EVENT(kmem, kmem_cache_alloc, (unsigned long call_site, const void *ptr, size_t bytes_req, size_t bytes_alloc, gfp_t gfp_flags))
TRACE_EVENT(kmem, kfree, (unsigned long call_site, const void *ptr))
TRACE_EVENT(kmem, kmem_cache_free, (unsigned long call_site, const void *ptr))
TRACE_EVENT(kmem, mm_page_alloc, (struct page *page, unsigned int order, gfp_t gfp_flags, int migratetype))
TRACE_EVENT(kmem, mm_page_free, (struct page *page, unsigned int order))
TRACE_EVENT(kmem, mm_page_free_direct, (struct page *page, unsigned int order))
TRACE_EVENT(filemap, mm_filemap_add_to_page_cache, (struct page *page))
TRACE_EVENT(filemap, mm_filemap_delete_from_page_cache, (struct page *page))
TRACE_EVENT(exceptions, page_fault_user, (unsigned long address, struct pt_regs *regs, unsigned long error_code))
TRACE_EVENT(exceptions, page_fault_kernel, (unsigned long address, struct pt_regs *regs, unsigned long error_code))

TRACE_EVENT(printk, console, (const char *text, size_t len))
