/* Names of kernel addresses. */
#ifndef _LINUX_KALLSYMS_H
#define _LINUX_KALLSYMS_H

#define KSYM_NAME_LEN 128
#define KSYM_SYMBOL_LEN (KSYM_NAME_LEN + 40)

extern unsigned long kallsyms_lookup_name(const char *name);
extern const char *kallsyms_lookup(unsigned long addr, unsigned long *symbolsize, unsigned long *offset,
				   char **modname, char *namebuf);
extern int sprint_symbol(char *buffer, unsigned long address);
extern void __print_symbol(const char *fmt, unsigned long address);
extern int kernel_text_address(unsigned long addr);
extern int core_kernel_text(unsigned long addr);

#endif
