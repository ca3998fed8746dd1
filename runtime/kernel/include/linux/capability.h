/* Privileges: all for user 0, none for others. */
#ifndef _LINUX_CAPABILITY_H
#define _LINUX_CAPABILITY_H

#include <linux/types.h>

#define CAP_CHOWN		0
#define CAP_DAC_OVERRIDE	1
#define CAP_DAC_READ_SEARCH	2
#define CAP_FOWNER		3
#define CAP_FSETID		4
#define CAP_KILL		5
#define CAP_SETGID		6
#define CAP_SETUID		7
#define CAP_IPC_LOCK		14
#define CAP_NET_BIND_SERVICE	10
#define CAP_IPC_OWNER		15
#define CAP_SYS_CHROOT		18
#define CAP_SYS_PTRACE		19
#define CAP_SYS_ADMIN		21
#define CAP_SYS_BOOT		22
#define CAP_SYS_NICE		23
#define CAP_SYS_RESOURCE	24
#define CAP_SYS_TIME		25
#define CAP_MKNOD		27

#define _LINUX_CAPABILITY_VERSION_1	0x19980330
#define _LINUX_CAPABILITY_VERSION_2	0x20071026
#define _LINUX_CAPABILITY_VERSION_3	0x20080522

typedef struct __user_cap_header_struct {
	u32 version;
	int pid;
} __user *cap_user_header_t;

typedef struct __user_cap_data_struct {
	u32 effective;
	u32 permitted;
	u32 inheritable;
} __user *cap_user_data_t;

struct cred;

extern int capable(int cap);
extern void cap_fix_setuid(struct cred *new, const struct cred *old);
extern void cap_bprm_set_creds(struct cred *new);

#endif
