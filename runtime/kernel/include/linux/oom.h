/* Running out of memory. */
#ifndef _LINUX_OOM_H
#define _LINUX_OOM_H

#include <linux/mm.h>

unsigned long badness(struct task_struct *p, unsigned long uptime);

#endif
