/*
 * The serial port, the machine's console.
 *
 * Output is a call to the machine. Input arrives in a ring that the machine writes before it raises the port's
 * interrupt; the handler passes it to the terminal.
 */
#include <linux/console.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/tty.h>
#include <asm/machine.h>

#define SERIAL_IRQ	4
#define CHARACTER_COST	40

/* head is the machine's, tail the kernel's; both only grow. */
struct serial_port serial_port;

/* Sends count characters. Any context. */
void serial8250_tx_chars(const char *text, unsigned count)
{
	machine_call(MC_CONSOLE, (unsigned long)text, count);
}

static void serial8250_console_write(struct console *co, const char *s, unsigned count)
{
	serial8250_tx_chars(s, count);
}

static struct console serial8250_console = {
	.name = "ttyS",
	.write = serial8250_console_write,
	.index = 0,
};

static irqreturn_t serial8250_interrupt(int irq, void *dev_id)
{
	struct serial_port *port = dev_id;

	if (port->tail == port->head)
		return IRQ_NONE;
	while (port->tail != port->head) {
		spend(CHARACTER_COST);
		tty_insert_flip_char(port->data[port->tail % SERIAL_RING]);
		port->tail++;
	}
	tty_flip_buffer_push();
	return IRQ_HANDLED;
}

void __init console_init(void)
{
	register_console(&serial8250_console);
	printk(KERN_INFO "console [ttyS0] enabled\n");
}

static int __init serial8250_init(void)
{
	printk(KERN_INFO "serial8250: ttyS0 at IRQ %d\n", SERIAL_IRQ);
	return request_irq(SERIAL_IRQ, serial8250_interrupt, 0, "serial", &serial_port);
}
device_initcall(serial8250_init);
