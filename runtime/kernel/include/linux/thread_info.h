/* What sits at the bottom of every kernel stack. */
#ifndef _LINUX_THREAD_INFO_H
#define _LINUX_THREAD_INFO_H

#include <linux/types.h>

struct timespec;

/* How an interrupted system call goes on when it is restarted. */
struct restart_block {
	long (*fn)(struct restart_block *);
	union {
		struct {
			unsigned long arg0, arg1, arg2, arg3;
		};
		struct {
			clockid_t index;
			struct timespec __user *rmtp;
			u64 expires;
		} nanosleep;
		struct {
			u32 __user *uaddr;
			u32 val, flags, bitset;
			u64 time;
		} futex;
	};
};

extern long do_no_restart_syscall(struct restart_block *parm);

#include <asm/thread_info.h>
#include <linux/bitops.h>

static inline void set_ti_thread_flag(struct thread_info *ti, int flag) { set_bit(flag, &ti->flags); }
static inline void clear_ti_thread_flag(struct thread_info *ti, int flag) { clear_bit(flag, &ti->flags); }
static inline int test_ti_thread_flag(struct thread_info *ti, int flag) { return test_bit(flag, &ti->flags); }
static inline int test_and_clear_ti_thread_flag(struct thread_info *ti, int flag)
{
	return test_and_clear_bit(flag, &ti->flags);
}

#define set_thread_flag(flag) set_ti_thread_flag(current_thread_info(), flag)
#define clear_thread_flag(flag) clear_ti_thread_flag(current_thread_info(), flag)
#define test_thread_flag(flag) test_ti_thread_flag(current_thread_info(), flag)
#define test_and_clear_thread_flag(flag) test_and_clear_ti_thread_flag(current_thread_info(), flag)

#endif
