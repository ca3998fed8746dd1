/* Out of memory: choose a process and kill it. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/signal.h>

struct mem_cgroup;

/* The more memory it has, the worse. Answers 0 for what must not be killed. */
unsigned long badness(struct task_struct *p, unsigned long uptime)
{
	unsigned long points = 0;

	task_lock(p);
	if (p->mm && !is_global_init(p))
		points = p->mm->total_vm;
	task_unlock(p);
	return points;
}

/* tasklist_lock is held for reading. Answers ERR_PTR when a victim is dying already. */
static struct task_struct *select_bad_process(unsigned long *ppoints)
{
	struct task_struct *p, *chosen = NULL;

	*ppoints = 0;
	for_each_process(p) {
		unsigned long points;

		if (test_tsk_thread_flag(p, TIF_MEMDIE))
			return ERR_PTR(-1UL);
		if (p->flags & PF_EXITING)
			continue;
		points = badness(p, 0);
		if (points > *ppoints || !chosen) {
			if (!points)
				continue;
			chosen = p;
			*ppoints = points;
		}
	}
	return chosen;
}

/* The victim may use the last pages, so that it can die. */
static void __oom_kill_task(struct task_struct *p, int verbose)
{
	if (verbose)
		printk(KERN_ERR "Killed process %d (%s)\n", p->pid, p->comm);
	set_tsk_thread_flag(p, TIF_MEMDIE);
	force_sig(SIGKILL, p);
}

static int oom_kill_task(struct task_struct *p)
{
	if (!p->mm || is_global_init(p))
		return 1;
	__oom_kill_task(p, 1);
	return 0;
}

static int oom_kill_process(struct task_struct *p, gfp_t gfp_mask, int order,
			    unsigned long points, struct mem_cgroup *mem, const char *message)
{
	printk(KERN_WARNING "%s invoked oom-killer: gfp_mask=0x%x, order=%d\n", current->comm,
	       gfp_mask, order);
	printk(KERN_ERR "%s: kill process %d (%s) score %lu\n", message, p->pid, p->comm, points);
	return oom_kill_task(p);
}

static void __out_of_memory(gfp_t gfp_mask, int order)
{
	unsigned long points;
	struct task_struct *p;

	read_lock(&tasklist_lock);
	p = select_bad_process(&points);
	if (!p) {
		read_unlock(&tasklist_lock);
		panic("Out of memory and no killable processes...\n");
	}
	if (!IS_ERR(p))
		oom_kill_process(p, gfp_mask, order, points, NULL, "Out of memory");
	read_unlock(&tasklist_lock);
}

void out_of_memory(struct zonelist *zonelist, gfp_t gfp_mask, int order)
{
	__out_of_memory(gfp_mask, order);
}

/* A page fault could not get its page: the task tries again once it, or another, has died. */
void pagefault_out_of_memory(void)
{
	__out_of_memory(0, 0);
	if (!test_thread_flag(TIF_MEMDIE))
		schedule_timeout_uninterruptible(1);
}
