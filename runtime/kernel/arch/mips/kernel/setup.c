/* Start of the architecture: what the machine handed over, and the tables it reads. */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/setup.h>
#include <asm/traps.h>

/* Filled by the machine before the kernel runs; not in .bss, which is cleared. */
struct boot_params boot_params __section(".data") = { .nr_cpus = 1 };
struct tss_struct init_tss[NR_CPUS];
unsigned long cpu_badvaddr[NR_CPUS];

char boot_command_line[COMMAND_LINE_SIZE];

static void __init cpu_init(int cpu)
{
	init_tss[cpu].sp0 = init_task.thread.sp0;
}

void __init setup_arch(char **cmdline_p)
{
	strlcpy(boot_command_line, boot_params.cmdline, COMMAND_LINE_SIZE);
	*cmdline_p = boot_command_line;
	cpu_init(0);
	trap_init();
	setup_bootmem_allocator();
	paging_init();
}
