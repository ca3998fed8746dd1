#ifndef _ASM_GENERIC_CURRENT_H
#define _ASM_GENERIC_CURRENT_H

#include <linux/thread_info.h>

#define get_current() (current_thread_info()->task)
#define current get_current()

#endif
