/* The end, when the kernel cannot go on; and warnings, when it can. */
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <asm/irqflags.h>
#include <asm/machine.h>

int panic_timeout;

void panic(const char *fmt, ...)
{
	static char buf[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	raw_local_irq_disable();
	printk(KERN_EMERG "Kernel panic - not syncing: %s\n", buf);
	dump_stack();
	for (;;)
		machine_call(MC_POWEROFF, 1, 0);
}
EXPORT_SYMBOL(panic);

void __bug(const char *file, int line)
{
	printk(KERN_CRIT "kernel BUG at %s:%d!\n", file, line);
	__builtin_trap();
}

void warn_slowpath_null(const char *file, int line)
{
	printk(KERN_WARNING "------------[ cut here ]------------\n");
	printk(KERN_WARNING "WARNING: at %s:%d %pS()\n", file, line, __builtin_return_address(0));
	dump_stack();
}
EXPORT_SYMBOL(warn_slowpath_null);
