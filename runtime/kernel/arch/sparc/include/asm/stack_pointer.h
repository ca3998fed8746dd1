#ifndef _ASM_SPARC_STACK_POINTER_H
#define _ASM_SPARC_STACK_POINTER_H

#include <linux/compiler.h>
#include <asm/ptrace.h>

/* Where the stack is: the register's value without its bias. */
static inline unsigned long current_stack_pointer(void)
{
	unsigned long sp;

	__asm__("add %%sp, 2047, %0" : "=r" (sp));
	return sp;
}

#endif
