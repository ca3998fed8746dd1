/* The terminal: what is typed on the serial port, and what is written to it. */
#ifndef _LINUX_TTY_H
#define _LINUX_TTY_H

#include <linux/types.h>

#define TTY_MAJOR	4
#define TTYAUX_MAJOR	5
#define MEM_MAJOR	1
#define SERIAL_RING	256

struct serial_port {
	u32 head;
	u32 tail;
	char data[SERIAL_RING];
};

extern struct serial_port serial_port;
extern void serial8250_tx_chars(const char *text, unsigned count);
extern void tty_insert_flip_char(char c);
extern void tty_flip_buffer_push(void);
extern void console_init(void);

#endif
