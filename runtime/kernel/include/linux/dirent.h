/* What getdents and getdents64 write to user memory. */
#ifndef _LINUX_DIRENT_H
#define _LINUX_DIRENT_H

#include <linux/types.h>

struct linux_dirent {
	unsigned long d_ino;
	unsigned long d_off;		/* of the next entry */
	unsigned short d_reclen;
	char d_name[1];			/* the type is the last byte of the record */
};

struct linux_dirent64 {
	u64 d_ino;
	s64 d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[0];
};

#endif
