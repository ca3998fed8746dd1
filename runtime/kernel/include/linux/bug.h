/* Checks that end in an oops. */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>

extern void __bug(const char *file, int line) __noreturn;
extern void warn_slowpath_null(const char *file, int line);

#define BUG() __bug(__FILE__, __LINE__)
#define BUG_ON(c) do { if (unlikely(c)) BUG(); } while (0)
#define WARN_ON(c) ({ int _w = !!(c); if (unlikely(_w)) warn_slowpath_null(__FILE__, __LINE__); _w; })
#define WARN_ON_ONCE(c) ({						\
	static char _warned;						\
	int _once = !!(c);						\
	if (unlikely(_once) && !_warned) {				\
		_warned = 1;						\
		warn_slowpath_null(__FILE__, __LINE__);			\
	}								\
	_once; })
#define BUILD_BUG_ON(c) _Static_assert(!(c), #c)

#endif
