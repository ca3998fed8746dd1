/* Code and data used only while the kernel starts, and how a subsystem asks to be started. */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>

#define __init		__section(".init.text") noinline
#define __initdata	__section(".init.data")
#define __exit
#define __devinit

typedef int (*initcall_t)(void);

#define __define_initcall(level, fn) \
	static initcall_t __initcall_##fn __used __section(".initcall" level ".init") = fn
#define early_initcall(fn)	__define_initcall("early", fn)
#define core_initcall(fn)	__define_initcall("1", fn)
#define postcore_initcall(fn)	__define_initcall("2", fn)
#define arch_initcall(fn)	__define_initcall("3", fn)
#define subsys_initcall(fn)	__define_initcall("4", fn)
#define fs_initcall(fn)		__define_initcall("5", fn)
#define rootfs_initcall(fn)	__define_initcall("5x", fn)
#define device_initcall(fn)	__define_initcall("6", fn)
#define late_initcall(fn)	__define_initcall("7", fn)
#define __initcall(fn)		device_initcall(fn)
#define module_init(fn)		device_initcall(fn)
#define module_exit(fn)

extern char boot_command_line[];
extern char *saved_command_line;
extern int initcall_debug;

#endif
