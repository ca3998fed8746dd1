#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H

#include <linux/time.h>
#include <linux/jiffies.h>

/* ns since power-on (monotonic) or since 1970 (real). */
union ktime {
	s64 tv64;
};
typedef union ktime ktime_t;

#define KTIME_MAX ((s64)~((u64)1 << 63))

static inline ktime_t ns_to_ktime(u64 ns) { return (ktime_t){ .tv64 = ns }; }
static inline s64 ktime_to_ns(ktime_t t) { return t.tv64; }
static inline ktime_t ktime_set(const long secs, const unsigned long nsecs)
{
	return ns_to_ktime((s64)secs * NSEC_PER_SEC + (s64)nsecs);
}
static inline ktime_t timespec_to_ktime(struct timespec ts) { return ns_to_ktime(timespec_to_ns(&ts)); }
static inline ktime_t timeval_to_ktime(struct timeval tv) { return ns_to_ktime(timeval_to_ns(&tv)); }
static inline ktime_t ktime_add(ktime_t a, ktime_t b) { return ns_to_ktime(a.tv64 + b.tv64); }
static inline ktime_t ktime_sub(ktime_t a, ktime_t b) { return ns_to_ktime(a.tv64 - b.tv64); }
#define ktime_to_timespec(kt) ns_to_timespec((kt).tv64)
#define ktime_to_timeval(kt) ns_to_timeval((kt).tv64)

extern ktime_t ktime_get(void);
extern ktime_t ktime_get_real(void);

#endif
