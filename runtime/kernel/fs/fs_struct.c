/* Root, working directory and umask of a task. fs->lock guards them and the number of users. */
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/slab.h>

struct fs_struct init_fs = {
	.users = 1,
	.umask = 0022,
};

static void replace_path(struct fs_struct *fs, struct path *place, struct path *path)
{
	struct path old;

	write_lock(&fs->lock);
	old = *place;
	*place = *path;
	path_get(path);
	write_unlock(&fs->lock);
	if (old.dentry)
		path_put(&old);
}

void set_fs_root(struct fs_struct *fs, struct path *path)
{
	replace_path(fs, &fs->root, path);
}

void set_fs_pwd(struct fs_struct *fs, struct path *path)
{
	replace_path(fs, &fs->pwd, path);
}

void free_fs_struct(struct fs_struct *fs)
{
	path_put(&fs->root);
	path_put(&fs->pwd);
	kmem_cache_free(fs_cachep, fs);
}

void exit_fs(struct task_struct *tsk)
{
	struct fs_struct *fs = tsk->fs;
	int kill;

	if (!fs)
		return;
	task_lock(tsk);
	write_lock(&fs->lock);
	tsk->fs = NULL;
	kill = !--fs->users;
	write_unlock(&fs->lock);
	task_unlock(tsk);
	if (kill)
		free_fs_struct(fs);
}

struct fs_struct *copy_fs_struct(struct fs_struct *old)
{
	struct fs_struct *fs = kmem_cache_alloc(fs_cachep, GFP_KERNEL);

	if (!fs)
		return NULL;
	fs->users = 1;
	fs->in_exec = 0;
	rwlock_init(&fs->lock);
	fs->umask = old->umask;
	read_lock(&old->lock);
	fs->root = old->root;
	path_get(&fs->root);
	fs->pwd = old->pwd;
	path_get(&fs->pwd);
	read_unlock(&old->lock);
	return fs;
}

/* Stop sharing: a copy of its own. 0, or -ENOMEM. */
int unshare_fs_struct(void)
{
	struct fs_struct *fs = current->fs, *new_fs = copy_fs_struct(fs);
	int kill;

	if (!new_fs)
		return -ENOMEM;
	task_lock(current);
	write_lock(&fs->lock);
	kill = !--fs->users;
	current->fs = new_fs;
	write_unlock(&fs->lock);
	task_unlock(current);
	if (kill)
		free_fs_struct(fs);
	return 0;
}

/* A kernel thread uses the first task's. */
void daemonize_fs_struct(void)
{
	struct fs_struct *fs = current->fs;
	int kill;

	if (!fs)
		return;
	task_lock(current);
	write_lock(&init_fs.lock);
	init_fs.users++;
	write_unlock(&init_fs.lock);
	write_lock(&fs->lock);
	current->fs = &init_fs;
	kill = !--fs->users;
	write_unlock(&fs->lock);
	task_unlock(current);
	if (kill)
		free_fs_struct(fs);
}
