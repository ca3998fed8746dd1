/* EXPORT_SYMBOL: the list of functions that modules might use; `.exported` probes read it. */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/list.h>

struct module;

struct kernel_symbol {
	unsigned long value;
	const char *name;
};

#define __EXPORT_SYMBOL(sym, sec)						\
	extern __typeof__(sym) sym;						\
	static const char __kstrtab_##sym[] __section("__ksymtab_strings")	\
		__used = #sym;							\
	static const struct kernel_symbol __ksymtab_##sym			\
		__section("__ksymtab" sec) __used				\
		= { (unsigned long)&sym, __kstrtab_##sym }
#define EXPORT_SYMBOL(sym)	__EXPORT_SYMBOL(sym, "")
#define EXPORT_SYMBOL_GPL(sym)	__EXPORT_SYMBOL(sym, "_gpl")
#define EXPORT_PER_CPU_SYMBOL(var)	EXPORT_SYMBOL(per_cpu__##var)

#define THIS_MODULE ((struct module *)0)
#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)

static inline int try_module_get(struct module *module) { return 1; }
static inline void module_put(struct module *module) { }
static inline void __module_get(struct module *module) { }

#endif
