/* From the first C function to /sbin/init. */
#include <linux/binfmts.h>
#include <linux/clock.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/tick.h>
#include <linux/tty.h>
#include <linux/workqueue.h>
#include <asm/setup.h>

extern const char linux_banner[];

cpumask_t cpu_possible_map = CPU_MASK_ALL, cpu_online_map;
int nr_cpu_ids = 1;
char *saved_command_line;

static char *argv_init[] = { "init", NULL };
static char *envp_init[] = { "HOME=/", "TERM=linux", NULL };
static char execute_command[64];

static void __init boot_cpu_init(void)
{
	cpu_set(smp_processor_id(), cpu_online_map);
}

/* Looks for init=PATH and quiet. */
static void __init parse_command_line(char *line)
{
	char *word;

	while ((word = strsep(&line, " ")) != NULL) {
		if (!strncmp(word, "init=", 5))
			strlcpy(execute_command, word + 5, sizeof(execute_command));
		else if (!strcmp(word, "quiet"))
			console_loglevel = 4;
	}
}

extern initcall_t __initcall_start[], __early_initcall_end[], __initcall_end[];

/* What every other start-up function may rely on. */
static void __init do_pre_smp_initcalls(void)
{
	initcall_t *fn;

	for (fn = __initcall_start; fn < __early_initcall_end; fn++)
		(*fn)();
}

static void __init do_initcalls(void)
{
	initcall_t *fn;

	for (fn = __early_initcall_end; fn < __initcall_end; fn++)
		(*fn)();
}

static void __init do_basic_setup(void)
{
	init_workqueues();
	do_initcalls();
}

static void run_init_process(char *init_filename)
{
	argv_init[0] = init_filename;
	kernel_execve(init_filename, argv_init, envp_init);
}

/* The kernel is up: the first thread becomes the first process. */
static int noinline init_post(void)
{
	system_state = SYSTEM_RUNNING;
	if (sys_open("/dev/console", O_RDWR, 0) < 0) {
		printk(KERN_WARNING "Warning: unable to open an initial console.\n");
	} else {
		sys_dup(0);
		sys_dup(0);
	}
	if (execute_command[0]) {
		run_init_process(execute_command);
		printk(KERN_WARNING "Failed to execute %s.  Attempting defaults...\n", execute_command);
	}
	if (!sys_access("/init", 0))
		run_init_process("/init");
	run_init_process("/sbin/init");
	run_init_process("/etc/init");
	run_init_process("/bin/init");
	run_init_process("/bin/sh");
	panic("No init found.  Try passing init= option to kernel.");
}

static int kernel_init(void *unused)
{
	init_pid_ns.child_reaper = current;
	current->flags &= ~PF_KTHREAD;
	current->signal->flags |= SIGNAL_UNKILLABLE;
	set_task_comm(current, "init");
	do_pre_smp_initcalls();
	do_basic_setup();
	init_post();
	return 0;
}

/* The boot thread becomes the idle task. */
static void noinline rest_init(void)
{
	int pid;

	kernel_thread(kernel_init, NULL, CLONE_FS | CLONE_SIGHAND);
	pid = kernel_thread(kthreadd, NULL, CLONE_FS | CLONE_FILES);
	kthreadd_task = find_task_by_vpid(pid);
	schedule();
	cpu_idle();
}

asmlinkage void __init start_kernel(void)
{
	char *command_line;

	boot_cpu_init();
	printk(KERN_NOTICE "%s", linux_banner);
	setup_arch(&command_line);
	saved_command_line = command_line;
	printk(KERN_NOTICE "Kernel command line: %s\n", boot_command_line);
	parse_command_line(command_line);
	pidhash_init();
	mem_init();
	kmem_cache_init();
	sched_init();
	rcu_init();
	early_irq_init();
	init_IRQ();
	init_timers();
	hrtimers_init();
	softirq_init();
	timekeeping_init();
	time_init();
	tick_setup_sched_timer();
	local_irq_enable();
	console_init();
	pidmap_init();
	cred_init();
	fork_init(num_physpages);
	proc_caches_init();
	vfs_caches_init(num_physpages);
	signals_init();
	rest_init();
}
