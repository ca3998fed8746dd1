/* What the stat calls write to user memory. */
#ifndef _ASM_S390_STAT_H
#define _ASM_S390_STAT_H

#include <linux/types.h>

struct stat {
	unsigned long st_dev;
	unsigned long st_ino;
	unsigned long st_nlink;
	unsigned int st_mode;
	unsigned int st_uid;
	unsigned int st_gid;
	unsigned int __pad1;
	unsigned long st_rdev;
	unsigned long st_size;
	unsigned long st_atime;
	unsigned long st_atime_nsec;
	unsigned long st_mtime;
	unsigned long st_mtime_nsec;
	unsigned long st_ctime;
	unsigned long st_ctime_nsec;
	unsigned long st_blksize;
	long st_blocks;
	unsigned long __unused[3];
};

#endif
