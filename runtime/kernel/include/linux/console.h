#ifndef _LINUX_CONSOLE_H
#define _LINUX_CONSOLE_H

/* Where printk's text goes. */
struct console {
	char name[16];
	void (*write)(struct console *console, const char *text, unsigned count);
	short index;
	struct console *next;
};

extern struct console *console_drivers;
extern void register_console(struct console *console);
extern void release_console_sem(void);

#endif
