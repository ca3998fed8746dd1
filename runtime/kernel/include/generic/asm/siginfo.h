/* What a signal says of its cause. */
#ifndef _ASM_GENERIC_SIGINFO_H
#define _ASM_GENERIC_SIGINFO_H

#include <linux/types.h>

typedef union sigval {
	int sival_int;
	void __user *sival_ptr;
} sigval_t;

#define SI_MAX_SIZE	128
#if BITS_PER_LONG == 64
#define __SI_PREAMBLE_SIZE (4 * sizeof(int))
#else
#define __SI_PREAMBLE_SIZE (3 * sizeof(int))
#endif
#define SI_PAD_SIZE	((SI_MAX_SIZE - __SI_PREAMBLE_SIZE) / sizeof(int))

typedef struct siginfo {
	int si_signo;
	int si_errno;
	int si_code;
	union {
		int _pad[SI_PAD_SIZE];
		struct {
			pid_t _pid;
			uid_t _uid;
		} _kill;
		struct {
			timer_t _tid;
			int _overrun;
			sigval_t _sigval;
		} _timer;
		struct {
			pid_t _pid;
			uid_t _uid;
			sigval_t _sigval;
		} _rt;
		struct {
			pid_t _pid;
			uid_t _uid;
			int _status;
			clock_t _utime;
			clock_t _stime;
		} _sigchld;
		struct {
			void __user *_addr;
		} _sigfault;
	} _sifields;
} siginfo_t;

#define si_pid		_sifields._kill._pid
#define si_uid		_sifields._kill._uid
#define si_status	_sifields._sigchld._status
#define si_utime	_sifields._sigchld._utime
#define si_stime	_sifields._sigchld._stime
#define si_value	_sifields._rt._sigval
#define si_addr		_sifields._sigfault._addr

#define SI_USER		0
#define SI_KERNEL	0x80
#define SI_QUEUE	-1
#define SI_TIMER	-2
#define SI_TKILL	-6
#define SI_FROMUSER(p)	((p)->si_code <= 0)
#define SI_FROMKERNEL(p) ((p)->si_code > 0)

#define ILL_ILLOPN	2
#define FPE_INTDIV	1
#define SEGV_MAPERR	1
#define SEGV_ACCERR	2
#define BUS_ADRALN	1
#define BUS_ADRERR	2
#define TRAP_BRKPT	1
#define CLD_EXITED	1
#define CLD_KILLED	2
#define CLD_DUMPED	3
#define CLD_TRAPPED	4
#define CLD_STOPPED	5
#define CLD_CONTINUED	6

#endif
