/* Names of addresses in the kernel's text, from a table that the build makes (lib/kallsyms.py). */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

struct kallsym {
	unsigned long address;
	const char *name;
};

/* By rising address; the table ends with address 0. */
extern const struct kallsym kallsyms_table[];
extern const unsigned long kallsyms_num_syms;
extern char _stext[], _etext[], _sinittext[], _einittext[];

int core_kernel_text(unsigned long addr)
{
	return (addr >= (unsigned long)_stext && addr < (unsigned long)_etext) ||
	       (addr >= (unsigned long)_sinittext && addr < (unsigned long)_einittext);
}

int kernel_text_address(unsigned long addr)
{
	return core_kernel_text(addr);
}

unsigned long kallsyms_lookup_name(const char *name)
{
	unsigned long i;

	for (i = 0; i < kallsyms_num_syms; i++)
		if (!strcmp(kallsyms_table[i].name, name))
			return kallsyms_table[i].address;
	return 0;
}
EXPORT_SYMBOL(kallsyms_lookup_name);

/* The index of the last symbol at or below an address in the text. */
static unsigned long get_symbol_pos(unsigned long addr)
{
	unsigned long low = 0, high = kallsyms_num_syms;

	while (high - low > 1) {
		unsigned long middle = low + (high - low) / 2;

		if (kallsyms_table[middle].address <= addr)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The symbol that holds an address, its size and the address's place in it; NULL outside the text. */
const char *kallsyms_lookup(unsigned long addr, unsigned long *symbolsize, unsigned long *offset,
			    char **modname, char *namebuf)
{
	unsigned long pos, end;

	if (!core_kernel_text(addr) || !kallsyms_num_syms)
		return NULL;
	pos = get_symbol_pos(addr);
	end = kallsyms_table[pos + 1].address ?: (unsigned long)_einittext;
	if (symbolsize)
		*symbolsize = end - kallsyms_table[pos].address;
	if (offset)
		*offset = addr - kallsyms_table[pos].address;
	if (modname)
		*modname = NULL;
	strlcpy(namebuf, kallsyms_table[pos].name, KSYM_NAME_LEN);
	return namebuf;
}

/* name+0xoffset/0xsize, or the address as a number. Returns its length. */
int sprint_symbol(char *buffer, unsigned long address)
{
	unsigned long offset, size;
	char namebuf[KSYM_NAME_LEN];

	if (!kallsyms_lookup(address, &size, &offset, NULL, namebuf))
		return sprintf(buffer, "0x%lx", address);
	return sprintf(buffer, "%s+%#lx/%#lx", namebuf, offset, size);
}
EXPORT_SYMBOL(sprint_symbol);

void __print_symbol(const char *fmt, unsigned long address)
{
	char buffer[KSYM_SYMBOL_LEN];

	sprint_symbol(buffer, address);
	printk("%s", buffer);
}
EXPORT_SYMBOL(__print_symbol);
