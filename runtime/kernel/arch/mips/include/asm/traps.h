/* Exceptions, and what the kernel says when it meets one of its own. */
#ifndef _ASM_MIPS_TRAPS_H
#define _ASM_MIPS_TRAPS_H

/* Kinds of exceptions: what the cause register calls ExcCode. */
#define EXCCODE_INT	0	/* an interrupt */
#define EXCCODE_MOD	1	/* a store to a page that may only be read */
#define EXCCODE_TLBL	2	/* nothing translates the address of a load or a fetch, */
#define EXCCODE_TLBS	3	/* or of a store */
#define EXCCODE_ADEL	4	/* the address of a load or a fetch is not aligned, */
#define EXCCODE_ADES	5	/* or of a store */
#define EXCCODE_SYS	8
#define EXCCODE_BP	9
#define EXCCODE_RI	10	/* a reserved instruction */
#define EXCCODE_CPU	11	/* a coprocessor that is not there */
#define EXCCODE_OV	12
#define EXCCODE_TR	13

#ifndef __ASSEMBLY__
struct pt_regs;

/* Where each kind of exception is handled: the machine stands for the code at the general vector, which looks here. */
extern unsigned long exception_handlers[32];

/* Prints an oops and ends the current task; panics in an interrupt. err is the exception's kind. */
extern void die(const char *str, struct pt_regs *regs, long err);
extern void trap_init(void);
#endif

#endif
