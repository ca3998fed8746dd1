#ifndef _ASM_POWERPC_STACK_POINTER_H
#define _ASM_POWERPC_STACK_POINTER_H

#include <linux/compiler.h>

static inline unsigned long current_stack_pointer(void)
{
	unsigned long sp;

	__asm__("mr %0, 1" : "=r" (sp));
	return sp;
}

#endif
