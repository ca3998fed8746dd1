/* A task's open files; shared by CLONE_FILES. */
#ifndef _LINUX_FDTABLE_H
#define _LINUX_FDTABLE_H

#include <linux/types.h>
#include <linux/spinlock.h>
#include <asm/atomic.h>

struct file;
struct task_struct;

#define NR_OPEN_DEFAULT BITS_PER_FD_SET
#define BITS_PER_FD_SET 32		/* the same on every word size */
#define NR_OPEN_MAX 1024
#define FD_WORDS(n) (((n) + 31) / 32)

/* The descriptor array and its bit maps; replaced as a whole when it grows. */
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
	u32 *close_on_exec;
	u32 *open_fds;
	struct fdtable *next;
};

/* All under file_lock, except count. */
struct files_struct {
	atomic_t count;
	struct fdtable *fdt;
	struct fdtable fdtab;
	spinlock_t file_lock;
	int next_fd;			/* no free descriptor below it */
	u32 close_on_exec_init[FD_WORDS(NR_OPEN_DEFAULT)];
	u32 open_fds_init[FD_WORDS(NR_OPEN_DEFAULT)];
	struct file *fd_array[NR_OPEN_DEFAULT];
};

#define files_fdtable(files) ((files)->fdt)

#define FD_TEST(fd, map)	(((map)[(fd) / 32] >> ((fd) % 32)) & 1)
#define FD_MARK(fd, map)	((void)((map)[(fd) / 32] |= 1U << ((fd) % 32)))
#define FD_UNMARK(fd, map)	((void)((map)[(fd) / 32] &= ~(1U << ((fd) % 32))))

extern struct kmem_cache *files_cachep;
extern struct files_struct init_files;

static inline struct file *fcheck_files(struct files_struct *files, unsigned int fd)
{
	struct fdtable *fdt = files_fdtable(files);

	return fd < fdt->max_fds ? fdt->fd[fd] : NULL;
}
#define fcheck(fd) fcheck_files(current->files, fd)

int expand_files(struct files_struct *files, int nr);
struct files_struct *get_files_struct(struct task_struct *task);
void put_files_struct(struct files_struct *fs);
void reset_files_struct(struct files_struct *files);
int unshare_files(struct files_struct **displaced);
struct files_struct *dup_fd(struct files_struct *oldf, int *errorp);
void exit_files(struct task_struct *tsk);

#endif
