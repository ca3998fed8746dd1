/*
 * The kernel's log: a ring of characters, printed on the consoles as it grows.
 *
 * logbuf_lock protects the ring. Each line carries its level, <n>, and the time; only lines more
 * important than console_loglevel reach the consoles.
 */
#include <linux/clock.h>
#include <linux/console.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#define LOG_BUF_LEN (1 << 16)
#define LOG_BUF(index) log_buf[(index) & (LOG_BUF_LEN - 1)]
#define DEFAULT_MESSAGE_LOGLEVEL 4
#define PRINTK_COST 2000

int console_loglevel = 7;
int oops_in_progress;
struct console *console_drivers;

static DEFINE_SPINLOCK(logbuf_lock);
static char log_buf[LOG_BUF_LEN];
static unsigned log_start;	/* the oldest character, in characters since boot */
static unsigned con_start;	/* the first one not yet on the consoles */
static unsigned log_end;
static char printk_buf[1024];
static int new_text_line = 1;

static void emit_log_char(char c)
{
	LOG_BUF(log_end) = c;
	log_end++;
	if (log_end - log_start > LOG_BUF_LEN)
		log_start = log_end - LOG_BUF_LEN;
	if (log_end - con_start > LOG_BUF_LEN)
		con_start = log_end - LOG_BUF_LEN;
}

static void emit_log_text(const char *text)
{
	while (*text)
		emit_log_char(*text++);
}

/* Starts a line: its level, and the time since power-on. */
static void emit_line_header(int level)
{
	char head[40];
	u64 t = clock_now();

	snprintf(head, sizeof(head), "<%d>[%5lu.%06lu] ", level, (unsigned long)(t / NSEC_PER_SEC),
		 (unsigned long)(t % NSEC_PER_SEC) / 1000);
	emit_log_text(head);
}

/* logbuf_lock is held. */
static void __call_console_drivers(unsigned start, unsigned end)
{
	struct console *con;
	char text[128];
	unsigned n;

	while (start != end) {
		for (n = 0; n < sizeof(text) && start != end; n++, start++)
			text[n] = LOG_BUF(start);
		trace_console(text, n);
		for (con = console_drivers; con; con = con->next)
			con->write(con, text, n);
	}
}

/* Prints what is new, line by line, without the levels. */
static void call_console_drivers(unsigned start, unsigned end)
{
	static int msg_level = DEFAULT_MESSAGE_LOGLEVEL;
	unsigned line;

	while (start != end) {
		if (end - start > 2 && LOG_BUF(start) == '<' && LOG_BUF(start + 2) == '>' &&
		    LOG_BUF(start + 1) >= '0' && LOG_BUF(start + 1) <= '7') {
			msg_level = LOG_BUF(start + 1) - '0';
			start += 3;
		}
		for (line = start; line != end && LOG_BUF(line) != '\n'; line++)
			;
		if (line != end)
			line++;
		if (msg_level < console_loglevel)
			__call_console_drivers(start, line);
		start = line;
	}
}

/* An oops while the log was locked is to be seen all the same. */
static void zap_locks(void)
{
	if (oops_in_progress)
		spin_lock_init(&logbuf_lock);
}

/* Brings the consoles up to date. logbuf_lock is held. */
static void flush_consoles(void)
{
	if (!console_drivers)
		return;
	call_console_drivers(con_start, log_end);
	con_start = log_end;
}

void release_console_sem(void)
{
	unsigned long flags;

	spin_lock_irqsave(&logbuf_lock, flags);
	flush_consoles();
	spin_unlock_irqrestore(&logbuf_lock, flags);
}

void register_console(struct console *console)
{
	unsigned long flags;

	spin_lock_irqsave(&logbuf_lock, flags);
	console->next = console_drivers;
	console_drivers = console;
	flush_consoles();
	spin_unlock_irqrestore(&logbuf_lock, flags);
}
EXPORT_SYMBOL(register_console);

/* Logs one piece of text; a level may stand at the start of each line. */
static void log_text(const char *p)
{
	int level;

	for (; *p; p++) {
		if (new_text_line) {
			level = DEFAULT_MESSAGE_LOGLEVEL;
			if (p[0] == '<' && p[1] >= '0' && p[1] <= '7' && p[2] == '>') {
				level = p[1] - '0';
				p += 3;
			}
			emit_line_header(level);
			new_text_line = 0;
			if (!*p)
				break;
		}
		emit_log_char(*p);
		if (*p == '\n')
			new_text_line = 1;
	}
}

asmlinkage int vprintk(const char *fmt, va_list args)
{
	unsigned long flags;
	int printed_len;

	zap_locks();
	spin_lock_irqsave(&logbuf_lock, flags);
	spend(PRINTK_COST);
	printed_len = vscnprintf(printk_buf, sizeof(printk_buf), fmt, args);
	log_text(printk_buf);
	flush_consoles();
	spin_unlock_irqrestore(&logbuf_lock, flags);
	return printed_len;
}
EXPORT_SYMBOL(vprintk);

asmlinkage int printk(const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = vprintk(fmt, args);
	va_end(args);
	return r;
}
EXPORT_SYMBOL(printk);

/* At most ten messages in five seconds. */
int printk_ratelimit(void)
{
	static unsigned long begin;
	static int printed;

	if (!begin || time_after(jiffies, begin + 5 * HZ)) {
		begin = jiffies;
		printed = 0;
	}
	return printed++ < 10;
}
EXPORT_SYMBOL(printk_ratelimit);

/* The last len characters of the log; returns how many. */
static int read_log(char __user *buf, int len)
{
	unsigned from = log_end - log_start > (unsigned)len ? log_end - len : log_start;
	int n;

	for (n = 0; from != log_end; from++, n++) {
		char c = LOG_BUF(from);

		if (put_user(c, buf + n))
			return -EFAULT;
	}
	return n;
}

asmlinkage long sys_syslog(int type, char __user *buf, int len)
{
	switch (type) {
	case 3:		/* read all */
		return buf && len >= 0 ? read_log(buf, len) : -EINVAL;
	case 8:		/* set the console's level */
		if (len < 1 || len > 8)
			return -EINVAL;
		console_loglevel = len;
		return 0;
	case 9:		/* characters unread */
		return log_end - log_start;
	case 10:	/* size of the buffer */
		return LOG_BUF_LEN;
	}
	return -EINVAL;
}
