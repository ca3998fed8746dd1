/* Capabilities: the pieces the superuser's rights are made of. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

static const kernel_cap_t empty_set;

static inline int cap_raised(kernel_cap_t set, int cap)
{
	return set.cap[cap >> 5] >> (cap & 31) & 1;
}

/* Is every capability of a one of b? */
static inline int cap_issubset(kernel_cap_t a, kernel_cap_t b)
{
	return !(a.cap[0] & ~b.cap[0]) && !(a.cap[1] & ~b.cap[1]);
}

/* May the current task do this? That it made use of it is remembered. */
int capable(int cap)
{
	if (!cap_raised(current_cred()->cap_effective, cap))
		return 0;
	current->flags |= PF_SUPERPRIV;
	return 1;
}
EXPORT_SYMBOL(capable);

/* User ids change: who stops being the superuser loses his rights, who becomes it again gets them back. */
void cap_fix_setuid(struct cred *new, const struct cred *old)
{
	if ((!old->uid || !old->euid || !old->suid) && new->uid && new->euid && new->suid)
		new->cap_permitted = new->cap_effective = empty_set;
	if (!old->euid && new->euid)
		new->cap_effective = empty_set;
	if (old->euid && !new->euid)
		new->cap_effective = new->cap_permitted;
}

/* A program that runs as the superuser has all rights its bounding set allows. */
void cap_bprm_set_creds(struct cred *new)
{
	if (!new->euid || !new->uid)
		new->cap_permitted = new->cap_bset;
	new->cap_effective = new->euid ? empty_set : new->cap_permitted;
}

/* How many words of each set the version has; it answers with the newest when it does not know the one asked for. */
static int cap_validate_magic(cap_user_header_t header, unsigned int *tocopy)
{
	u32 version;

	if (get_user(version, &header->version))
		return -EFAULT;
	switch (version) {
	case _LINUX_CAPABILITY_VERSION_1:
		*tocopy = 1;
		return 0;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		*tocopy = 2;
		return 0;
	}
	return put_user(_LINUX_CAPABILITY_VERSION_3, &header->version) ? -EFAULT : -EINVAL;
}

asmlinkage long sys_capget(cap_user_header_t header, cap_user_data_t dataptr)
{
	struct __user_cap_data_struct kdata[2];
	struct task_struct *target;
	unsigned int tocopy, i;
	const struct cred *cred;
	pid_t pid;
	int ret = cap_validate_magic(header, &tocopy);

	if (ret)
		return ret == -EINVAL && !dataptr ? 0 : ret;
	if (get_user(pid, &header->pid))
		return -EFAULT;
	if (pid < 0)
		return -EINVAL;
	read_lock(&tasklist_lock);
	target = pid ? find_task_by_vpid(pid) : current;
	if (target) {
		cred = __task_cred(target);
		for (i = 0; i < tocopy; i++) {
			kdata[i].effective = cred->cap_effective.cap[i];
			kdata[i].permitted = cred->cap_permitted.cap[i];
			kdata[i].inheritable = cred->cap_inheritable.cap[i];
		}
	}
	read_unlock(&tasklist_lock);
	if (!target)
		return -ESRCH;
	return copy_to_user(dataptr, kdata, tocopy * sizeof(kdata[0])) ? -EFAULT : 0;
}

/* A process changes its own sets, and permits itself nothing new. */
asmlinkage long sys_capset(cap_user_header_t header, const cap_user_data_t data)
{
	struct __user_cap_data_struct kdata[2];
	unsigned int tocopy, i;
	struct cred *new;
	pid_t pid;
	int ret = cap_validate_magic(header, &tocopy);

	if (ret)
		return ret;
	if (get_user(pid, &header->pid))
		return -EFAULT;
	if (pid && pid != task_pid_vnr(current))
		return -EPERM;
	if (copy_from_user(kdata, data, tocopy * sizeof(kdata[0])))
		return -EFAULT;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	for (i = 0; i < 2; i++) {
		new->cap_effective.cap[i] = i < tocopy ? kdata[i].effective : 0;
		new->cap_permitted.cap[i] = i < tocopy ? kdata[i].permitted : 0;
		new->cap_inheritable.cap[i] = i < tocopy ? kdata[i].inheritable : 0;
	}
	if (!cap_issubset(new->cap_permitted, current_cred()->cap_permitted) ||
	    !cap_issubset(new->cap_effective, new->cap_permitted)) {
		abort_creds(new);
		return -EPERM;
	}
	return commit_creds(new);
}
