/* Integer types, and the types that system calls speak. */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#include <linux/compiler.h>
#include <linux/stddef.h>
#include <asm/bitsperlong.h>

typedef signed char s8;
typedef unsigned char u8;
typedef signed short s16;
typedef unsigned short u16;
typedef signed int s32;
typedef unsigned int u32;
typedef signed long long s64;
typedef unsigned long long u64;
typedef s8 __s8;
typedef u8 __u8;
typedef s16 __s16;
typedef u16 __u16;
typedef s32 __s32;
typedef u32 __u32;
typedef s64 __s64;
typedef u64 __u64;
typedef u16 __le16, __be16;
typedef u32 __le32, __be32;
typedef u64 __le64, __be64;
typedef u8 uint8_t;
typedef u16 uint16_t;
typedef u32 uint32_t;
typedef u64 uint64_t;
typedef s8 int8_t;
typedef s16 int16_t;
typedef s32 int32_t;
typedef s64 int64_t;
typedef unsigned char u_char;
typedef unsigned short umode_t;

typedef _Bool bool;
typedef __SIZE_TYPE__ size_t;
typedef long ssize_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
#if BITS_PER_LONG == 32
typedef int __kernel_ssize_t;
#else
typedef long __kernel_ssize_t;
#endif
typedef unsigned long uintptr_t;
typedef unsigned long phys_addr_t;
typedef unsigned gfp_t;
typedef unsigned fmode_t;

typedef int pid_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned short old_uid_t;
typedef unsigned short old_gid_t;
typedef unsigned int qid_t;
typedef u32 dev_t;
typedef u32 __kernel_dev_t;
typedef unsigned int mode_t;
typedef unsigned int nlink_t;
typedef unsigned long ino_t;
typedef long off_t;
typedef long long loff_t;
typedef long time_t;
typedef long suseconds_t;
typedef long clock_t;
typedef int clockid_t;
typedef int timer_t;
typedef int key_t;
typedef u64 sector_t;
typedef unsigned long blkcnt_t;
typedef unsigned long pgoff_t;

typedef struct { int val[2]; } __kernel_fsid_t;
typedef struct { unsigned long fds_bits[1024 / BITS_PER_LONG]; } fd_set;

#define DECLARE_BITMAP(name, bits) unsigned long name[((bits) + BITS_PER_LONG - 1) / BITS_PER_LONG]

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

typedef struct { volatile int counter; } atomic_t;
typedef struct { volatile long counter; } atomic_long_t;

#endif
