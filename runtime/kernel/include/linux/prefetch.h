#ifndef _LINUX_PREFETCH_H
#define _LINUX_PREFETCH_H

#define prefetch(x) ((void)(x))
#define prefetchw(x) ((void)(x))

#endif
