/* Credentials: who a task is. They are shared, and replaced rather than changed. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

static struct kmem_cache *cred_jar;
static struct group_info init_groups = { .usage = ATOMIC_INIT(2) };

struct cred init_cred = {
	.usage = ATOMIC_INIT(4),
	.cap_permitted = { { ~0U, ~0U } },
	.cap_effective = { { ~0U, ~0U } },
	.cap_bset = { { ~0U, ~0U } },
	.user = &root_user,
	.group_info = &init_groups,
};

void __put_cred(struct cred *cred)
{
	if (atomic_dec_and_test(&cred->group_info->usage))
		kfree(cred->group_info);
	free_uid(cred->user);
	kmem_cache_free(cred_jar, cred);
}
EXPORT_SYMBOL(__put_cred);

/* A copy of the caller's, to be changed and then committed or aborted. */
struct cred *prepare_creds(void)
{
	struct cred *new = kmem_cache_alloc(cred_jar, GFP_KERNEL);

	if (!new)
		return NULL;
	*new = *current->cred;
	atomic_set(&new->usage, 1);
	atomic_inc(&new->group_info->usage);
	atomic_inc(&new->user->__count);
	return new;
}
EXPORT_SYMBOL(prepare_creds);

int commit_creds(struct cred *new)
{
	struct task_struct *task = current;
	const struct cred *old = task->real_cred;

	if (!task->in_execve)
		cap_fix_setuid(new, old);
	if (new->user->uid != new->uid) {
		struct user_struct *user = alloc_uid(new->uid);

		if (user) {
			free_uid(new->user);
			new->user = user;
		}
	}
	get_cred(new);
	atomic_inc(&new->user->processes);
	task->real_cred = new;
	task->cred = new;
	atomic_dec(&old->user->processes);
	put_cred(old);
	put_cred(old);
	return 0;
}
EXPORT_SYMBOL(commit_creds);

void abort_creds(struct cred *new)
{
	put_cred(new);
}
EXPORT_SYMBOL(abort_creds);

/* A new task shares its parent's. */
int copy_creds(struct task_struct *p, unsigned long clone_flags)
{
	p->real_cred = get_cred(p->cred);
	get_cred(p->cred);
	atomic_inc(&p->cred->user->processes);
	return 0;
}

void exit_creds(struct task_struct *tsk)
{
	const struct cred *cred = tsk->real_cred;

	tsk->real_cred = NULL;
	put_cred(cred);
	cred = tsk->cred;
	tsk->cred = NULL;
	put_cred(cred);
}

static int groups_search(const struct group_info *group_info, gid_t grp)
{
	int i;

	for (i = 0; i < group_info->ngroups; i++)
		if (group_info->small_block[i] == grp)
			return 1;
	return 0;
}

int in_group_p(gid_t grp)
{
	return grp == current_fsgid() || groups_search(current_cred()->group_info, grp);
}
EXPORT_SYMBOL(in_group_p);

int in_egroup_p(gid_t grp)
{
	return grp == current_egid() || groups_search(current_cred()->group_info, grp);
}
EXPORT_SYMBOL(in_egroup_p);

void __init cred_init(void)
{
	cred_jar = kmem_cache_create("cred_jar", sizeof(struct cred), 0, SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL);
}
