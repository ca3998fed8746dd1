/* Names for what the compiler is told about code and data. */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#define __user
#define __kernel
#define __iomem
#define __force
#define __must_check		__attribute__((warn_unused_result))
#define __packed		__attribute__((packed))
#define __aligned(n)		__attribute__((aligned(n)))
#define __section(s)		__attribute__((section(s)))
#define __used			__attribute__((used))
#define __maybe_unused		__attribute__((unused))
#define __noreturn		__attribute__((noreturn))
#define __weak			__attribute__((weak))
#define __printf(f, a)		__attribute__((format(printf, f, a)))
#define noinline		__attribute__((noinline))
#define __always_inline		inline __attribute__((always_inline))
/* A function that says inline is inlined, whatever the optimiser is told about the rest. */
#define inline			inline __attribute__((always_inline))

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define barrier()		__asm__ __volatile__("" : : : "memory")
#define ACCESS_ONCE(x)		(*(volatile __typeof__(x) *)&(x))

#define notrace
/* Code that a kprobe may not sit on. */
#define __kprobes		__section(".kprobes.text") noinline
/* Code that a back trace for wchan skips. */
#define __sched			__section(".sched.text")
#define __lockfunc		__section(".spinlock.text") noinline

#endif
