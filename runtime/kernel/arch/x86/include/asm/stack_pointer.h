#ifndef _ASM_X86_STACK_POINTER_H
#define _ASM_X86_STACK_POINTER_H

#include <linux/compiler.h>

static inline unsigned long current_stack_pointer(void)
{
	unsigned long sp;

#ifdef __x86_64__
	__asm__("mov %%rsp, %0" : "=r" (sp));
#else
	__asm__("mov %%esp, %0" : "=r" (sp));
#endif
	return sp;
}

#endif
