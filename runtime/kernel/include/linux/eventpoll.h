/* epoll: waiting for many files, of which the kernel keeps the list. */
#ifndef _LINUX_EVENTPOLL_H
#define _LINUX_EVENTPOLL_H

#include <linux/compiler.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/types.h>

#define EPOLL_CLOEXEC	O_CLOEXEC
#define EPOLL_CTL_ADD	1
#define EPOLL_CTL_DEL	2
#define EPOLL_CTL_MOD	3
#define EPOLLONESHOT	(1 << 30)
#define EPOLLET		(1U << 31)

/* Packed on x86_64, so that it is the same there as on i386. */
#ifdef __x86_64__
#define EPOLL_PACKED __packed
#else
#define EPOLL_PACKED
#endif

struct epoll_event {
	u32 events;
	u64 data;
} EPOLL_PACKED;

extern void eventpoll_release_file(struct file *file);

/* A file that goes away leaves the sets it is in. */
static inline void eventpoll_release(struct file *file)
{
	if (!list_empty(&file->f_ep_links))
		eventpoll_release_file(file);
}

#endif
