/* System V's semaphores, shared memory and messages: what the three have in common. */
#ifndef _LINUX_IPC_H
#define _LINUX_IPC_H

#include <linux/spinlock.h>
#include <linux/types.h>

#define IPC_PRIVATE	0
#define IPC_CREAT	00001000
#define IPC_EXCL	00002000
#define IPC_NOWAIT	00004000
#define IPC_RMID	0
#define IPC_SET		1
#define IPC_STAT	2
#define IPC_64		0x0100	/* part of the command on some machines */

#define IPCMNI		128	/* objects of a kind */

typedef int key_t;

struct kern_ipc_perm {
	int deleted;
	int id;
	key_t key;
	uid_t uid, cuid;
	gid_t gid, cgid;
	mode_t mode;
	unsigned long seq;
};

/* What user programs see of it. */
struct ipc64_perm {
	key_t key;
	uid_t uid;
	gid_t gid;
	uid_t cuid;
	gid_t cgid;
	mode_t mode;
	unsigned short seq;
};

struct ipc_ids {
	int in_use;
	unsigned short seq;
	struct kern_ipc_perm *entries[IPCMNI];
};

struct ipc_ops {
	struct kern_ipc_perm *(*getnew)(key_t key, int flg, size_t size);
	int (*more_checks)(struct kern_ipc_perm *perm, size_t size);
};

extern int ipcget(struct ipc_ids *ids, const struct ipc_ops *ops, key_t key, int flg, size_t size);
extern struct kern_ipc_perm *ipc_check(struct ipc_ids *ids, int id);
extern int ipcperms(struct kern_ipc_perm *ipcp, short flg);
extern int ipc_may_change(struct kern_ipc_perm *ipcp);
extern void ipc_init_perm(struct kern_ipc_perm *perm, key_t key, int flg);
extern void ipc_rmid(struct ipc_ids *ids, struct kern_ipc_perm *ipcp);
extern void kernel_to_ipc64_perm(struct kern_ipc_perm *in, struct ipc64_perm *out);

struct task_struct;
extern void exit_sem(struct task_struct *tsk);

#endif
