/* Who a task is. */
#ifndef _LINUX_CRED_H
#define _LINUX_CRED_H

#include <linux/types.h>
#include <asm/atomic.h>
#include <asm/current.h>

struct user_struct {
	atomic_t __count;
	atomic_t processes;
	atomic_t files;
	atomic_t sigpending;
	uid_t uid;
};

#define NGROUPS_SMALL 32

struct group_info {
	atomic_t usage;
	int ngroups;
	gid_t small_block[NGROUPS_SMALL];
};

typedef struct kernel_cap_struct { u32 cap[2]; } kernel_cap_t;

struct cred {
	atomic_t usage;
	uid_t uid;
	gid_t gid;
	uid_t suid;
	gid_t sgid;
	uid_t euid;
	gid_t egid;
	uid_t fsuid;
	gid_t fsgid;
	unsigned securebits;
	kernel_cap_t cap_inheritable;
	kernel_cap_t cap_permitted;
	kernel_cap_t cap_effective;
	kernel_cap_t cap_bset;
	struct user_struct *user;
	struct group_info *group_info;
};

extern struct user_struct root_user;
extern struct cred init_cred;

struct task_struct;
extern struct cred *prepare_creds(void);
extern int commit_creds(struct cred *new);
extern void abort_creds(struct cred *new);
extern int copy_creds(struct task_struct *p, unsigned long clone_flags);
extern void exit_creds(struct task_struct *tsk);
extern void __put_cred(struct cred *cred);
extern void cred_init(void);
extern struct user_struct *alloc_uid(uid_t uid);
extern void free_uid(struct user_struct *up);
extern int in_group_p(gid_t grp);
extern int in_egroup_p(gid_t grp);

static inline const struct cred *get_cred(const struct cred *cred)
{
	atomic_inc(&((struct cred *)cred)->usage);
	return cred;
}

static inline void put_cred(const struct cred *_cred)
{
	struct cred *cred = (struct cred *)_cred;

	if (atomic_dec_and_test(&cred->usage))
		__put_cred(cred);
}

#define current_cred() (current->cred)
#define __task_cred(task) ((task)->real_cred)
#define task_uid(task) (__task_cred(task)->uid)
#define task_euid(task) (__task_cred(task)->euid)
#define current_uid() (current_cred()->uid)
#define current_gid() (current_cred()->gid)
#define current_euid() (current_cred()->euid)
#define current_egid() (current_cred()->egid)
#define current_suid() (current_cred()->suid)
#define current_sgid() (current_cred()->sgid)
#define current_fsuid() (current_cred()->fsuid)
#define current_fsgid() (current_cred()->fsgid)
#define current_user() (current_cred()->user)
#define current_uid_gid(u, g) do { *(u) = current_uid(); *(g) = current_gid(); } while (0)
#define current_fsuid_fsgid(u, g) do { *(u) = current_fsuid(); *(g) = current_fsgid(); } while (0)

#endif
