#ifndef _ASM_MIPS_SETUP_H
#define _ASM_MIPS_SETUP_H

#include <linux/types.h>

#define COMMAND_LINE_SIZE 256

/* What the machine tells the kernel before starting it. */
struct boot_params {
	unsigned long mem_size;		/* bytes of RAM */
	unsigned long initrd_start;	/* virtual address, or 0 */
	unsigned long initrd_size;
	u64 epoch;			/* seconds since 1970 at power-on */
	int nr_cpus;
	char cmdline[COMMAND_LINE_SIZE];
};

extern struct boot_params boot_params;
extern char _text[], _stext[], _etext[], _sinittext[], _einittext[], _sdata[], _edata[];
extern char __bss_start[], __bss_stop[], _end[];
extern char __kprobes_text_start[], __kprobes_text_end[], __sched_text_start[], __sched_text_end[];
extern char __lock_text_start[], __lock_text_end[];

extern void setup_arch(char **cmdline_p);
extern void time_init(void);

#endif
