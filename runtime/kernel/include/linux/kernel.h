/* What every file may use: limits, arithmetic, printk, panic. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <stdarg.h>
#include <linux/linkage.h>
#include <linux/types.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <asm/byteorder.h>

#define INT_MAX		((int)(~0U >> 1))
#define INT_MIN		(-INT_MAX - 1)
#define UINT_MAX	(~0U)
#define LONG_MAX	((long)(~0UL >> 1))
#define LONG_MIN	(-LONG_MAX - 1)
#define ULONG_MAX	(~0UL)
#define LLONG_MAX	((long long)(~0ULL >> 1))
#define ULLONG_MAX	(~0ULL)
#define USHORT_MAX	((u16)(~0U))

#define ALIGN(x, a)		(((x) + (__typeof__(x))(a) - 1) & ~((__typeof__(x))(a) - 1))
#define PTR_ALIGN(p, a)		((__typeof__(p))ALIGN((unsigned long)(p), (a)))
#define IS_ALIGNED(x, a)	(((x) & ((__typeof__(x))(a) - 1)) == 0)
#define ARRAY_SIZE(arr)		(sizeof(arr) / sizeof((arr)[0]))
#define FIELD_SIZEOF(t, f)	(sizeof(((t *)0)->f))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define roundup(x, y)		((((x) + ((y) - 1)) / (y)) * (y))

#define min(x, y) ({ __typeof__(x) _min1 = (x); __typeof__(y) _min2 = (y); _min1 < _min2 ? _min1 : _min2; })
#define max(x, y) ({ __typeof__(x) _max1 = (x); __typeof__(y) _max2 = (y); _max1 > _max2 ? _max1 : _max2; })
#define min_t(type, x, y) ({ type _m1 = (x); type _m2 = (y); _m1 < _m2 ? _m1 : _m2; })
#define max_t(type, x, y) ({ type _m1 = (x); type _m2 = (y); _m1 > _m2 ? _m1 : _m2; })
#define swap(a, b) do { __typeof__(a) _tmp = (a); (a) = (b); (b) = _tmp; } while (0)
#define abs(x) ({ long _x = (x); _x < 0 ? -_x : _x; })

#ifndef container_of
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#endif

#define KERN_EMERG	"<0>"
#define KERN_ALERT	"<1>"
#define KERN_CRIT	"<2>"
#define KERN_ERR	"<3>"
#define KERN_WARNING	"<4>"
#define KERN_NOTICE	"<5>"
#define KERN_INFO	"<6>"
#define KERN_DEBUG	"<7>"
#define KERN_CONT	""

#define pr_err(fmt, ...)	printk(KERN_ERR fmt, ##__VA_ARGS__)
#define pr_warning(fmt, ...)	printk(KERN_WARNING fmt, ##__VA_ARGS__)
#define pr_info(fmt, ...)	printk(KERN_INFO fmt, ##__VA_ARGS__)

#define might_sleep() do { } while (0)
#define might_sleep_if(cond) do { } while (0)

extern asmlinkage int printk(const char *fmt, ...) __printf(1, 2);
extern asmlinkage int vprintk(const char *fmt, va_list args);
extern int printk_ratelimit(void);
extern void panic(const char *fmt, ...) __printf(1, 2) __noreturn;
extern void do_exit(long error_code) __noreturn;
extern void dump_stack(void);

extern int vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
extern int vscnprintf(char *buf, size_t size, const char *fmt, va_list args);
extern int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
extern int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
extern int sprintf(char *buf, const char *fmt, ...) __printf(2, 3);
extern unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base);
extern long simple_strtol(const char *cp, char **endp, unsigned int base);

extern int console_loglevel;
extern int oops_in_progress;
extern int panic_timeout;

enum system_states {
	SYSTEM_BOOTING,
	SYSTEM_RUNNING,
	SYSTEM_HALT,
	SYSTEM_POWER_OFF,
	SYSTEM_RESTART,
};
extern enum system_states system_state;

/* The cost in virtual ns of the work just done; may take an interrupt that is due. No lock assumed. */
extern void spend(unsigned long ns);

#endif
