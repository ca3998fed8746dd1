/* dump_stack: the chain of calls that leads here, on the console. */
#include <linux/module.h>
#include <linux/sched.h>

void dump_stack(void)
{
	printk("Pid: %d, comm: %.20s Not tainted 2.6.32-stapy\n", current->pid, current->comm);
	show_stack(NULL, NULL);
}
EXPORT_SYMBOL(dump_stack);
