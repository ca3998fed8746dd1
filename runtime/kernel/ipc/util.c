/*
 * What semaphores, shared memory and messages have in common: tables of identifiers, keys, permissions. Nothing here
 * sleeps between looking and changing, so the tables need no lock.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ipc.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/stat.h>

#define IPC_COST 150	/* ns */

void ipc_init_perm(struct kern_ipc_perm *perm, key_t key, int flg)
{
	perm->key = key;
	perm->mode = flg & S_IRWXUGO;
	perm->uid = perm->cuid = current_euid();
	perm->gid = perm->cgid = current_egid();
}

/* 0, or -1 when the caller may not do what the mode bits of flg ask for. */
int ipcperms(struct kern_ipc_perm *ipcp, short flg)
{
	int requested = (flg >> 6) | (flg >> 3) | flg, granted = ipcp->mode;

	if (current_euid() == ipcp->cuid || current_euid() == ipcp->uid)
		granted >>= 6;
	else if (in_egroup_p(ipcp->cgid) || in_egroup_p(ipcp->gid))
		granted >>= 3;
	return (requested & ~granted & 0007) && !capable(CAP_IPC_OWNER) ? -1 : 0;
}

int ipc_may_change(struct kern_ipc_perm *ipcp)
{
	return current_euid() == ipcp->cuid || current_euid() == ipcp->uid || capable(CAP_SYS_ADMIN);
}

/* The identifier: place in the table, and a number that changes when the place is used again. */
static int ipc_addid(struct ipc_ids *ids, struct kern_ipc_perm *new)
{
	int slot;

	for (slot = 0; slot < IPCMNI; slot++) {
		if (ids->entries[slot])
			continue;
		ids->entries[slot] = new;
		ids->in_use++;
		new->seq = ids->seq++;
		if (ids->seq > 10000)
			ids->seq = 0;
		new->id = new->seq * IPCMNI + slot;
		return new->id;
	}
	return -ENOSPC;
}

/* The object of an identifier, or an error: -EINVAL for none, -EIDRM for one that has gone. */
struct kern_ipc_perm *ipc_check(struct ipc_ids *ids, int id)
{
	struct kern_ipc_perm *perm;

	spend(IPC_COST);
	if (id < 0)
		return ERR_PTR(-EINVAL);
	perm = ids->entries[id % IPCMNI];
	if (!perm)
		return ERR_PTR(-EINVAL);
	return perm->id == id ? perm : ERR_PTR(-EIDRM);
}

static struct kern_ipc_perm *ipc_findkey(struct ipc_ids *ids, key_t key)
{
	int slot;

	for (slot = 0; slot < IPCMNI; slot++)
		if (ids->entries[slot] && ids->entries[slot]->key == key)
			return ids->entries[slot];
	return NULL;
}

/* The identifier of a key, or a new one. */
int ipcget(struct ipc_ids *ids, const struct ipc_ops *ops, key_t key, int flg, size_t size)
{
	struct kern_ipc_perm *perm = key == IPC_PRIVATE ? NULL : ipc_findkey(ids, key);
	int err;

	spend(IPC_COST);
	if (perm) {
		if ((flg & IPC_CREAT) && (flg & IPC_EXCL))
			return -EEXIST;
		err = ops->more_checks(perm, size);
		if (!err && ipcperms(perm, flg))
			err = -EACCES;
		return err ?: perm->id;
	}
	if (key != IPC_PRIVATE && !(flg & IPC_CREAT))
		return -ENOENT;
	perm = ops->getnew(key, flg, size);
	return IS_ERR(perm) ? PTR_ERR(perm) : ipc_addid(ids, perm);
}

/* The identifier is nobody's any more. */
void ipc_rmid(struct ipc_ids *ids, struct kern_ipc_perm *ipcp)
{
	ids->entries[ipcp->id % IPCMNI] = NULL;
	ids->in_use--;
	ipcp->deleted = 1;
}

void kernel_to_ipc64_perm(struct kern_ipc_perm *in, struct ipc64_perm *out)
{
	out->key = in->key;
	out->uid = in->uid;
	out->gid = in->gid;
	out->cuid = in->cuid;
	out->cgid = in->cgid;
	out->mode = in->mode;
	out->seq = in->seq;
}
