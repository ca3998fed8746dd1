/* Program checks, and what the kernel says when it meets one of its own. */
#ifndef _ASM_S390_TRAPS_H
#define _ASM_S390_TRAPS_H

/* What int_code says of a program check. */
#define PGM_OPERATION		0x01
#define PGM_PRIVILEGED		0x02
#define PGM_EXECUTE		0x03
#define PGM_PROTECTION		0x04
#define PGM_ADDRESSING		0x05
#define PGM_SPECIFICATION	0x06
#define PGM_DATA		0x07
#define PGM_FIXED_POINT_DIVIDE	0x09
#define PGM_PAGE_TRANSLATION	0x11

/* What int_parm says of an access that failed. */
#define TEC_STORE	0x400
#define TEC_INSTRUCTION	0x001

struct pt_regs;

/* Prints an oops and ends the current task; panics in an interrupt. err is the program check's number. */
extern void die(const char *str, struct pt_regs *regs, long err);
extern void trap_init(void);

#endif
