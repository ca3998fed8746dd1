/*
 * Descriptor tables. file_lock guards a table; it starts with the few descriptors embedded in
 * files_struct and is replaced by a larger one when those are used up.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

struct files_struct init_files = {
	.count = ATOMIC_INIT(1),
	.fdt = &init_files.fdtab,
	.fdtab = {
		.max_fds = NR_OPEN_DEFAULT,
		.fd = init_files.fd_array,
		.close_on_exec = init_files.close_on_exec_init,
		.open_fds = init_files.open_fds_init,
	},
	.file_lock = SPIN_LOCK_UNLOCKED,
};

static void free_fdtable(struct fdtable *fdt)
{
	kfree(fdt->fd);
	kfree(fdt->open_fds);
	kfree(fdt);
}

/* An empty table for at least nr descriptors. */
static struct fdtable *alloc_fdtable(unsigned int nr)
{
	struct fdtable *fdt = kmalloc(sizeof(*fdt), GFP_KERNEL);
	unsigned int max_fds = NR_OPEN_DEFAULT;

	while (max_fds < nr)
		max_fds *= 2;
	if (!fdt)
		return NULL;
	fdt->max_fds = max_fds;
	fdt->next = NULL;
	fdt->fd = kcalloc(max_fds, sizeof(struct file *), GFP_KERNEL);
	fdt->open_fds = kcalloc(2 * FD_WORDS(max_fds), sizeof(u32), GFP_KERNEL);
	fdt->close_on_exec = fdt->open_fds + FD_WORDS(max_fds);
	if (fdt->fd && fdt->open_fds)
		return fdt;
	free_fdtable(fdt);
	return NULL;
}

static void copy_fdtable(struct fdtable *nfdt, struct fdtable *ofdt)
{
	unsigned int words = FD_WORDS(ofdt->max_fds);

	memcpy(nfdt->fd, ofdt->fd, ofdt->max_fds * sizeof(struct file *));
	memcpy(nfdt->open_fds, ofdt->open_fds, words * sizeof(u32));
	memcpy(nfdt->close_on_exec, ofdt->close_on_exec, words * sizeof(u32));
}

/* Make room for descriptor nr. Called with file_lock, which is dropped and taken: 1 if so, 0, or error. */
int expand_files(struct files_struct *files, int nr)
{
	struct fdtable *fdt = files_fdtable(files), *new;

	if (nr >= current->signal->rlim[RLIMIT_NOFILE].rlim_cur || nr >= NR_OPEN_MAX)
		return -EMFILE;
	if (nr < fdt->max_fds)
		return 0;
	spin_unlock(&files->file_lock);
	new = alloc_fdtable(nr + 1);
	spin_lock(&files->file_lock);
	if (!new)
		return -ENOMEM;
	fdt = files_fdtable(files);
	if (nr < fdt->max_fds) {
		free_fdtable(new);
		return 1;
	}
	copy_fdtable(new, fdt);
	files->fdt = new;
	if (fdt != &files->fdtab)
		free_fdtable(fdt);
	return 1;
}

static unsigned int find_next_free_fd(struct fdtable *fdt, unsigned int fd)
{
	while (fd < fdt->max_fds && FD_TEST(fd, fdt->open_fds))
		fd++;
	return fd;
}

/* The lowest free descriptor from start on, marked as used. Negative: -EMFILE, -ENOMEM. */
int alloc_fd(unsigned start, unsigned flags)
{
	struct files_struct *files = current->files;
	struct fdtable *fdt;
	unsigned int fd;
	int error;

	spin_lock(&files->file_lock);
	do {
		fdt = files_fdtable(files);
		fd = find_next_free_fd(fdt, max(start, (unsigned)files->next_fd));
		error = expand_files(files, fd);
	} while (error > 0);
	if (error == 0) {
		if (start <= files->next_fd)
			files->next_fd = fd + 1;
		FD_MARK(fd, fdt->open_fds);
		if (flags & O_CLOEXEC)
			FD_MARK(fd, fdt->close_on_exec);
		else
			FD_UNMARK(fd, fdt->close_on_exec);
		error = fd;
	}
	spin_unlock(&files->file_lock);
	return error;
}

int get_unused_fd(void)
{
	return alloc_fd(0, 0);
}
EXPORT_SYMBOL(get_unused_fd);

int get_unused_fd_flags(int flags)
{
	return alloc_fd(0, flags);
}

static void __put_unused_fd(struct files_struct *files, unsigned int fd)
{
	FD_UNMARK(fd, files_fdtable(files)->open_fds);
	if (fd < files->next_fd)
		files->next_fd = fd;
}

void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	__put_unused_fd(files, fd);
	spin_unlock(&files->file_lock);
}
EXPORT_SYMBOL(put_unused_fd);

/* The descriptor now is the file; the table takes over the reference. */
void fd_install(unsigned int fd, struct file *file)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	files_fdtable(files)->fd[fd] = file;
	spin_unlock(&files->file_lock);
}
EXPORT_SYMBOL(fd_install);

void set_close_on_exec(unsigned int fd, int flag)
{
	struct files_struct *files = current->files;
	struct fdtable *fdt;

	spin_lock(&files->file_lock);
	fdt = files_fdtable(files);
	if (flag)
		FD_MARK(fd, fdt->close_on_exec);
	else
		FD_UNMARK(fd, fdt->close_on_exec);
	spin_unlock(&files->file_lock);
}

static void init_files_struct(struct files_struct *files)
{
	memset(files, 0, sizeof(*files));
	atomic_set(&files->count, 1);
	spin_lock_init(&files->file_lock);
	files->fdtab.max_fds = NR_OPEN_DEFAULT;
	files->fdtab.fd = files->fd_array;
	files->fdtab.open_fds = files->open_fds_init;
	files->fdtab.close_on_exec = files->close_on_exec_init;
	files->fdt = &files->fdtab;
}

/* Take a reference to every file; a descriptor still being opened is left out. */
static void share_open_files(struct files_struct *newf)
{
	struct fdtable *fdt = newf->fdt;

	for (unsigned int fd = 0; fd < fdt->max_fds; fd++) {
		if (fdt->fd[fd])
			get_file(fdt->fd[fd]);
		else
			FD_UNMARK(fd, fdt->open_fds);
	}
}

/* fork without CLONE_FILES: a table of its own with the same open files. NULL sets *errorp. */
struct files_struct *dup_fd(struct files_struct *oldf, int *errorp)
{
	struct files_struct *newf = kmem_cache_alloc(files_cachep, GFP_KERNEL);

	*errorp = -ENOMEM;
	if (!newf)
		return NULL;
	init_files_struct(newf);
	spin_lock(&oldf->file_lock);
	while (newf->fdt->max_fds < files_fdtable(oldf)->max_fds) {
		unsigned int nr = files_fdtable(oldf)->max_fds;

		spin_unlock(&oldf->file_lock);
		if (newf->fdt != &newf->fdtab)
			free_fdtable(newf->fdt);
		newf->fdt = alloc_fdtable(nr);
		if (!newf->fdt) {
			kmem_cache_free(files_cachep, newf);
			return NULL;
		}
		spin_lock(&oldf->file_lock);
	}
	copy_fdtable(newf->fdt, files_fdtable(oldf));
	share_open_files(newf);
	newf->next_fd = oldf->next_fd;
	spin_unlock(&oldf->file_lock);
	*errorp = 0;
	return newf;
}

static void close_files(struct files_struct *files)
{
	struct fdtable *fdt = files_fdtable(files);

	for (unsigned int fd = 0; fd < fdt->max_fds; fd++) {
		struct file *file = fdt->fd[fd];

		fdt->fd[fd] = NULL;
		if (file)
			filp_close(file, files);
	}
}

struct files_struct *get_files_struct(struct task_struct *task)
{
	struct files_struct *files;

	task_lock(task);
	files = task->files;
	if (files)
		atomic_inc(&files->count);
	task_unlock(task);
	return files;
}

/* The last user closes all descriptors. */
void put_files_struct(struct files_struct *files)
{
	if (!atomic_dec_and_test(&files->count))
		return;
	close_files(files);
	if (files->fdt != &files->fdtab)
		free_fdtable(files->fdt);
	kmem_cache_free(files_cachep, files);
}

void reset_files_struct(struct files_struct *files)
{
	struct task_struct *tsk = current;
	struct files_struct *old = tsk->files;

	task_lock(tsk);
	tsk->files = files;
	task_unlock(tsk);
	put_files_struct(old);
}

void exit_files(struct task_struct *tsk)
{
	struct files_struct *files = tsk->files;

	if (!files)
		return;
	task_lock(tsk);
	tsk->files = NULL;
	task_unlock(tsk);
	put_files_struct(files);
}
