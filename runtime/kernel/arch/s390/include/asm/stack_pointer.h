#ifndef _ASM_S390_STACK_POINTER_H
#define _ASM_S390_STACK_POINTER_H

#include <linux/compiler.h>

static inline unsigned long current_stack_pointer(void)
{
	unsigned long sp;

	__asm__("lgr %0,%%r15" : "=r" (sp));
	return sp;
}

#endif
