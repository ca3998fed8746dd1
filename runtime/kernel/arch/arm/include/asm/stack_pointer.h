#ifndef _ASM_ARM_STACK_POINTER_H
#define _ASM_ARM_STACK_POINTER_H

#include <linux/compiler.h>

static inline unsigned long current_stack_pointer(void)
{
	unsigned long sp;

	__asm__("mov %0, sp" : "=r" (sp));
	return sp;
}

#endif
