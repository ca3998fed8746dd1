/* From descriptors to open files. */
#ifndef _LINUX_FILE_H
#define _LINUX_FILE_H

#include <linux/types.h>

struct file;
struct path;
struct file_operations;
struct dentry;
struct vfsmount;

void __fput(struct file *file);
void fput(struct file *file);
struct file *fget(unsigned int fd);
struct file *fget_light(unsigned int fd, int *fput_needed);
struct file *get_empty_filp(void);
struct file *alloc_file(struct vfsmount *mnt, struct dentry *dentry, fmode_t mode,
			const struct file_operations *fop);
void put_filp(struct file *file);
void set_close_on_exec(unsigned int fd, int flag);
int alloc_fd(unsigned start, unsigned flags);
int get_unused_fd(void);
int get_unused_fd_flags(int flags);
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *file);

static inline void fput_light(struct file *file, int fput_needed)
{
	if (fput_needed)
		fput(file);
}

#endif
