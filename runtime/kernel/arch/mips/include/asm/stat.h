/* What the stat calls write to user memory. */
#ifndef _ASM_MIPS_STAT_H
#define _ASM_MIPS_STAT_H

#include <linux/types.h>

struct stat {
	unsigned int st_dev;
	unsigned int st_pad0[3];
	unsigned long st_ino;
	unsigned int st_mode;
	unsigned int st_nlink;
	unsigned int st_uid;
	unsigned int st_gid;
	unsigned int st_rdev;
	unsigned int st_pad1[3];
	long st_size;
	unsigned int st_atime;
	unsigned int st_atime_nsec;
	unsigned int st_mtime;
	unsigned int st_mtime_nsec;
	unsigned int st_ctime;
	unsigned int st_ctime_nsec;
	unsigned int st_blksize;
	unsigned int st_pad2;
	unsigned long st_blocks;
};

#endif
