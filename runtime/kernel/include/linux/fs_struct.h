/* A task's root, working directory and umask; shared by CLONE_FS. */
#ifndef _LINUX_FS_STRUCT_H
#define _LINUX_FS_STRUCT_H

#include <linux/path.h>
#include <linux/spinlock.h>

struct task_struct;

struct fs_struct {
	int users;			/* under lock, as the rest */
	rwlock_t lock;
	int umask;
	int in_exec;
	struct path root, pwd;
};

extern struct kmem_cache *fs_cachep;
extern struct fs_struct init_fs;

void exit_fs(struct task_struct *tsk);
void set_fs_root(struct fs_struct *fs, struct path *path);
void set_fs_pwd(struct fs_struct *fs, struct path *path);
struct fs_struct *copy_fs_struct(struct fs_struct *old);
void free_fs_struct(struct fs_struct *fs);
void daemonize_fs_struct(void);
int unshare_fs_struct(void);

#endif
