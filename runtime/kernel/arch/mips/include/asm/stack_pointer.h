#ifndef _ASM_MIPS_STACK_POINTER_H
#define _ASM_MIPS_STACK_POINTER_H

#include <linux/compiler.h>

static inline unsigned long current_stack_pointer(void)
{
	unsigned long sp;

	__asm__("move %0, $29" : "=r" (sp));
	return sp;
}

#endif
