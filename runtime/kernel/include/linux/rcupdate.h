/* Read-copy-update: this kernel is not preempted inside itself, so a read section needs no work, and
 * a callback runs at once when nobody can be inside one. */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/compiler.h>

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

#define rcu_read_lock()		barrier()
#define rcu_read_unlock()	barrier()
#define rcu_dereference(p)	(p)
#define rcu_assign_pointer(p, v) ((p) = (v))

extern void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
extern void synchronize_rcu(void);
extern void rcu_check_callbacks(int cpu, int user);
extern void rcu_init(void);

#endif
