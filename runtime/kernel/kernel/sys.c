/* System calls about the system and about who a process is. */
#include <linux/clock.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/prctl.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/sysinfo.h>
#include <linux/times.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>

#define GRND_NONBLOCK	1
#define GRND_RANDOM	2

enum system_states system_state;

asmlinkage long sys_getpid(void)
{
	return task_tgid_vnr(current);
}

asmlinkage long sys_gettid(void)
{
	return task_pid_vnr(current);
}

asmlinkage long sys_getppid(void)
{
	return task_tgid_vnr(current->real_parent);
}

asmlinkage long sys_getuid(void)
{
	return current_uid();
}

asmlinkage long sys_geteuid(void)
{
	return current_euid();
}

asmlinkage long sys_getgid(void)
{
	return current_gid();
}

asmlinkage long sys_getegid(void)
{
	return current_egid();
}

asmlinkage long sys_setreuid(uid_t ruid, uid_t euid)
{
	const struct cred *old = current_cred();
	struct cred *new;

	if (ruid != (uid_t)-1 && old->uid != ruid && old->euid != ruid && !capable(CAP_SETUID))
		return -EPERM;
	if (euid != (uid_t)-1 && old->uid != euid && old->euid != euid && old->suid != euid &&
	    !capable(CAP_SETUID))
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (ruid != (uid_t)-1)
		new->uid = ruid;
	if (euid != (uid_t)-1)
		new->euid = euid;
	if (ruid != (uid_t)-1 || (euid != (uid_t)-1 && euid != old->uid))
		new->suid = new->euid;
	new->fsuid = new->euid;
	return commit_creds(new);
}

asmlinkage long sys_setregid(gid_t rgid, gid_t egid)
{
	const struct cred *old = current_cred();
	struct cred *new;

	if (rgid != (gid_t)-1 && old->gid != rgid && old->egid != rgid && !capable(CAP_SETGID))
		return -EPERM;
	if (egid != (gid_t)-1 && old->gid != egid && old->egid != egid && old->sgid != egid &&
	    !capable(CAP_SETGID))
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (rgid != (gid_t)-1)
		new->gid = rgid;
	if (egid != (gid_t)-1)
		new->egid = egid;
	if (rgid != (gid_t)-1 || (egid != (gid_t)-1 && egid != old->gid))
		new->sgid = new->egid;
	new->fsgid = new->egid;
	return commit_creds(new);
}

/* The superuser changes all of a process's user ids, others only the effective one. */
asmlinkage long sys_setuid(uid_t uid)
{
	const struct cred *old = current_cred();
	struct cred *new;

	if (!capable(CAP_SETUID) && uid != old->uid && uid != old->suid)
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (capable(CAP_SETUID))
		new->uid = new->suid = uid;
	new->fsuid = new->euid = uid;
	return commit_creds(new);
}

asmlinkage long sys_setgid(gid_t gid)
{
	const struct cred *old = current_cred();
	struct cred *new;

	if (!capable(CAP_SETGID) && gid != old->gid && gid != old->sgid)
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (capable(CAP_SETGID))
		new->gid = new->sgid = gid;
	new->fsgid = new->egid = gid;
	return commit_creds(new);
}

static int own_uid(const struct cred *cred, uid_t uid)
{
	return uid == (uid_t)-1 || uid == cred->uid || uid == cred->euid || uid == cred->suid;
}

static int own_gid(const struct cred *cred, gid_t gid)
{
	return gid == (gid_t)-1 || gid == cred->gid || gid == cred->egid || gid == cred->sgid;
}

asmlinkage long sys_setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
	const struct cred *old = current_cred();
	struct cred *new;

	if (!(own_uid(old, ruid) && own_uid(old, euid) && own_uid(old, suid)) && !capable(CAP_SETUID))
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (ruid != (uid_t)-1)
		new->uid = ruid;
	if (euid != (uid_t)-1)
		new->euid = euid;
	if (suid != (uid_t)-1)
		new->suid = suid;
	new->fsuid = new->euid;
	return commit_creds(new);
}

asmlinkage long sys_getresuid(uid_t __user *ruid, uid_t __user *euid, uid_t __user *suid)
{
	const struct cred *cred = current_cred();

	if (put_user(cred->uid, ruid) || put_user(cred->euid, euid) || put_user(cred->suid, suid))
		return -EFAULT;
	return 0;
}

asmlinkage long sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
	const struct cred *old = current_cred();
	struct cred *new;

	if (!(own_gid(old, rgid) && own_gid(old, egid) && own_gid(old, sgid)) && !capable(CAP_SETGID))
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (rgid != (gid_t)-1)
		new->gid = rgid;
	if (egid != (gid_t)-1)
		new->egid = egid;
	if (sgid != (gid_t)-1)
		new->sgid = sgid;
	new->fsgid = new->egid;
	return commit_creds(new);
}

asmlinkage long sys_getresgid(gid_t __user *rgid, gid_t __user *egid, gid_t __user *sgid)
{
	const struct cred *cred = current_cred();

	if (put_user(cred->gid, rgid) || put_user(cred->egid, egid) || put_user(cred->sgid, sgid))
		return -EFAULT;
	return 0;
}

/* Both return the old id, whether it was changed or not. */
asmlinkage long sys_setfsuid(uid_t uid)
{
	const struct cred *old = current_cred();
	uid_t old_fsuid = old->fsuid;
	struct cred *new;

	if (!own_uid(old, uid) && uid != old->fsuid && !capable(CAP_SETUID))
		return old_fsuid;
	new = prepare_creds();
	if (new && uid != (uid_t)-1) {
		new->fsuid = uid;
		commit_creds(new);
	}
	return old_fsuid;
}

asmlinkage long sys_setfsgid(gid_t gid)
{
	const struct cred *old = current_cred();
	gid_t old_fsgid = old->fsgid;
	struct cred *new;

	if (!own_gid(old, gid) && gid != old->fsgid && !capable(CAP_SETGID))
		return old_fsgid;
	new = prepare_creds();
	if (new && gid != (gid_t)-1) {
		new->fsgid = gid;
		commit_creds(new);
	}
	return old_fsgid;
}

asmlinkage long sys_getgroups(int gidsetsize, gid_t __user *grouplist)
{
	struct group_info *groups = current_cred()->group_info;

	if (gidsetsize < 0)
		return -EINVAL;
	if (gidsetsize) {
		if (groups->ngroups > gidsetsize)
			return -EINVAL;
		if (copy_to_user(grouplist, groups->small_block, groups->ngroups * sizeof(gid_t)))
			return -EFAULT;
	}
	return groups->ngroups;
}

asmlinkage long sys_setgroups(int gidsetsize, gid_t __user *grouplist)
{
	struct group_info *groups;
	struct cred *new;

	if (!capable(CAP_SETGID))
		return -EPERM;
	if (gidsetsize < 0 || gidsetsize > NGROUPS_SMALL)
		return -EINVAL;
	groups = kzalloc(sizeof(*groups), GFP_KERNEL);
	if (!groups)
		return -ENOMEM;
	atomic_set(&groups->usage, 1);
	groups->ngroups = gidsetsize;
	new = copy_from_user(groups->small_block, grouplist, gidsetsize * sizeof(gid_t)) ? NULL : prepare_creds();
	if (!new) {
		kfree(groups);
		return -EFAULT;
	}
	atomic_dec(&new->group_info->usage);
	new->group_info = groups;
	return commit_creds(new);
}

asmlinkage long sys_getpgid(pid_t pid)
{
	struct task_struct *p;
	long retval = -ESRCH;

	if (!pid)
		return task_pgrp_vnr(current);
	read_lock(&tasklist_lock);
	p = find_task_by_vpid(pid);
	if (p)
		retval = task_pgrp_vnr(p);
	read_unlock(&tasklist_lock);
	return retval;
}

asmlinkage long sys_getpgrp(void)
{
	return sys_getpgid(0);
}

/* May the caller put p, itself or a child, into the group pgid? tasklist_lock is held. */
static long check_setpgid(struct task_struct *p, pid_t pgid)
{
	struct task_struct *leader = current->group_leader, *member;

	if (!p)
		return -ESRCH;
	if (!thread_group_leader(p))
		return -EINVAL;
	if (same_thread_group(p->real_parent, leader)) {
		if (task_session(p) != task_session(leader))
			return -EPERM;
		if (p->did_exec)
			return -EACCES;
	} else if (p != leader) {
		return -ESRCH;
	}
	if (p->signal->leader)
		return -EPERM;
	if (pgid != p->pid) {
		member = pid_task(find_vpid(pgid), PIDTYPE_PGID);
		if (!member || task_session(member) != task_session(leader))
			return -EPERM;
	}
	return 0;
}

asmlinkage long sys_setpgid(pid_t pid, pid_t pgid)
{
	struct task_struct *p;
	long err;

	if (!pid)
		pid = task_pid_vnr(current->group_leader);
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	write_lock_irq(&tasklist_lock);
	p = find_task_by_vpid(pid);
	err = check_setpgid(p, pgid);
	if (!err && task_pgrp(p) != find_vpid(pgid))
		change_pid(p, PIDTYPE_PGID, find_vpid(pgid));
	write_unlock_irq(&tasklist_lock);
	return err;
}

asmlinkage long sys_getsid(pid_t pid)
{
	struct task_struct *p;
	long retval = -ESRCH;

	if (!pid)
		return task_session_vnr(current);
	read_lock(&tasklist_lock);
	p = find_task_by_vpid(pid);
	if (p)
		retval = task_session_vnr(p);
	read_unlock(&tasklist_lock);
	return retval;
}

/* tasklist_lock is held for writing. */
void __set_special_pids(struct pid *pid)
{
	struct task_struct *curr = current->group_leader;

	if (task_session(curr) != pid)
		change_pid(curr, PIDTYPE_SID, pid);
	if (task_pgrp(curr) != pid)
		change_pid(curr, PIDTYPE_PGID, pid);
}

asmlinkage long sys_setsid(void)
{
	struct task_struct *group_leader = current->group_leader;
	struct pid *sid = task_pid(group_leader);
	long err = -EPERM;

	write_lock_irq(&tasklist_lock);
	if (!group_leader->signal->leader && !pid_task(sid, PIDTYPE_PGID)) {
		group_leader->signal->leader = 1;
		__set_special_pids(sid);
		group_leader->signal->tty = NULL;
		err = pid_vnr(sid);
	}
	write_unlock_irq(&tasklist_lock);
	return err;
}

asmlinkage long sys_personality(unsigned long personality)
{
	unsigned int old = current->personality;

	if (personality != 0xffffffff)
		current->personality = personality;
	return old;
}

asmlinkage long sys_prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
			  unsigned long arg5)
{
	char comm[TASK_COMM_LEN];

	switch (option) {
	case PR_SET_PDEATHSIG:
		if (!valid_signal(arg2))
			return -EINVAL;
		current->pdeath_signal = arg2;
		return 0;
	case PR_GET_PDEATHSIG:
		return put_user(current->pdeath_signal, (int __user *)arg2);
	case PR_SET_NAME:
		memset(comm, 0, sizeof(comm));
		if (strncpy_from_user(comm, (char __user *)arg2, sizeof(comm) - 1) < 0)
			return -EFAULT;
		set_task_comm(current, comm);
		return 0;
	case PR_GET_NAME:
		get_task_comm(comm, current);
		return copy_to_user((char __user *)arg2, comm, sizeof(comm)) ? -EFAULT : 0;
	case PR_SET_TIMERSLACK:
		current->timer_slack_ns = arg2 ?: 50000;
		return 0;
	case PR_GET_TIMERSLACK:
		return current->timer_slack_ns;
	}
	return -EINVAL;
}

asmlinkage long sys_getrlimit(unsigned int resource, struct rlimit __user *rlim)
{
	struct rlimit value;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	value = current->signal->rlim[resource];
	return copy_to_user(rlim, &value, sizeof(*rlim)) ? -EFAULT : 0;
}

/* Reads, and sets, a limit of a process; either may be NULL. The hard limit goes up for the superuser only. */
int do_prlimit(struct task_struct *tsk, unsigned int resource, struct rlimit *new_rlim, struct rlimit *old_rlim)
{
	struct rlimit *rlim;
	int retval = 0;

	if (resource >= RLIM_NLIMITS || (new_rlim && new_rlim->rlim_cur > new_rlim->rlim_max))
		return -EINVAL;
	rlim = tsk->signal->rlim + resource;
	task_lock(tsk->group_leader);
	if (old_rlim)
		*old_rlim = *rlim;
	if (new_rlim && new_rlim->rlim_max > rlim->rlim_max && !capable(CAP_SYS_RESOURCE))
		retval = -EPERM;
	else if (new_rlim)
		*rlim = *new_rlim;
	task_unlock(tsk->group_leader);
	return retval;
}

asmlinkage long sys_setrlimit(unsigned int resource, struct rlimit __user *rlim)
{
	struct rlimit new_rlim;

	if (copy_from_user(&new_rlim, rlim, sizeof(*rlim)))
		return -EFAULT;
	return do_prlimit(current, resource, &new_rlim, NULL);
}

static int check_prlimit_permission(struct task_struct *task)
{
	const struct cred *cred = current_cred(), *tcred = __task_cred(task);

	if (current == task || capable(CAP_SYS_RESOURCE))
		return 0;
	if (cred->uid == tcred->euid && cred->uid == tcred->suid && cred->uid == tcred->uid &&
	    cred->gid == tcred->egid && cred->gid == tcred->sgid && cred->gid == tcred->gid)
		return 0;
	return -EPERM;
}

static inline unsigned long rlim64_to_rlim(u64 limit)
{
	return limit >= RLIM_INFINITY ? RLIM_INFINITY : limit;
}

static inline u64 rlim_to_rlim64(unsigned long limit)
{
	return limit == RLIM_INFINITY ? ~0ULL : limit;
}

asmlinkage long sys_prlimit64(pid_t pid, unsigned int resource, const struct rlimit64 __user *new_rlim,
			      struct rlimit64 __user *old_rlim)
{
	struct rlimit old, new;
	struct rlimit64 r64;
	struct task_struct *tsk;
	int ret = -ESRCH;

	if (new_rlim) {
		if (copy_from_user(&r64, new_rlim, sizeof(r64)))
			return -EFAULT;
		new = (struct rlimit){ rlim64_to_rlim(r64.rlim_cur), rlim64_to_rlim(r64.rlim_max) };
	}
	read_lock(&tasklist_lock);
	tsk = pid ? find_task_by_vpid(pid) : current;
	if (tsk && tsk->signal) {
		ret = check_prlimit_permission(tsk);
		if (!ret)
			ret = do_prlimit(tsk, resource, new_rlim ? &new : NULL, old_rlim ? &old : NULL);
	}
	read_unlock(&tasklist_lock);
	if (!ret && old_rlim) {
		r64 = (struct rlimit64){ rlim_to_rlim64(old.rlim_cur), rlim_to_rlim64(old.rlim_max) };
		if (copy_to_user(old_rlim, &r64, sizeof(r64)))
			ret = -EFAULT;
	}
	return ret;
}

struct rusage_sum {
	cputime_t utime, stime;
	unsigned long nvcsw, nivcsw, min_flt, maj_flt;
};

static void add_thread(struct rusage_sum *sum, struct task_struct *t)
{
	sum->utime += t->utime;
	sum->stime += t->stime;
	sum->nvcsw += t->nvcsw;
	sum->nivcsw += t->nivcsw;
	sum->min_flt += t->min_flt;
	sum->maj_flt += t->maj_flt;
}

static void add_group(struct rusage_sum *sum, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *t = p;

	sum->utime += sig->utime;
	sum->stime += sig->stime;
	sum->nvcsw += sig->nvcsw;
	sum->nivcsw += sig->nivcsw;
	sum->min_flt += sig->min_flt;
	sum->maj_flt += sig->maj_flt;
	do {
		add_thread(sum, t);
	} while_each_thread(p, t);
}

static void add_children(struct rusage_sum *sum, struct signal_struct *sig)
{
	sum->utime += sig->cutime;
	sum->stime += sig->cstime;
	sum->nvcsw += sig->cnvcsw;
	sum->nivcsw += sig->cnivcsw;
	sum->min_flt += sig->cmin_flt;
	sum->maj_flt += sig->cmaj_flt;
}

static void k_getrusage(struct task_struct *p, int who, struct rusage *r)
{
	struct rusage_sum sum;
	unsigned long flags;

	memset(&sum, 0, sizeof(sum));
	memset(r, 0, sizeof(*r));
	if (who == RUSAGE_THREAD) {
		add_thread(&sum, p);
	} else if (lock_task_sighand(p, &flags)) {
		if (who != RUSAGE_SELF)
			add_children(&sum, p->signal);
		if (who != RUSAGE_CHILDREN)
			add_group(&sum, p);
		unlock_task_sighand(p, &flags);
	}
	cputime_to_timeval(sum.utime, &r->ru_utime);
	cputime_to_timeval(sum.stime, &r->ru_stime);
	r->ru_nvcsw = sum.nvcsw;
	r->ru_nivcsw = sum.nivcsw;
	r->ru_minflt = sum.min_flt;
	r->ru_majflt = sum.maj_flt;
}

int getrusage(struct task_struct *p, int who, struct rusage __user *ru)
{
	struct rusage r;

	k_getrusage(p, who, &r);
	return copy_to_user(ru, &r, sizeof(r)) ? -EFAULT : 0;
}

asmlinkage long sys_getrusage(int who, struct rusage __user *ru)
{
	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
		return -EINVAL;
	return getrusage(current, who, ru);
}

asmlinkage long sys_times(struct tms __user *tbuf)
{
	struct rusage_sum self;
	struct tms tmp;

	if (tbuf) {
		memset(&self, 0, sizeof(self));
		spin_lock_irq(&current->sighand->siglock);
		add_group(&self, current);
		tmp.tms_cutime = cputime_to_clock_t(current->signal->cutime);
		tmp.tms_cstime = cputime_to_clock_t(current->signal->cstime);
		spin_unlock_irq(&current->sighand->siglock);
		tmp.tms_utime = cputime_to_clock_t(self.utime);
		tmp.tms_stime = cputime_to_clock_t(self.stime);
		if (copy_to_user(tbuf, &tmp, sizeof(tmp)))
			return -EFAULT;
	}
	return (long)jiffies_64_to_clock_t(get_jiffies_64());
}

asmlinkage long sys_newuname(struct new_utsname __user *name)
{
	return copy_to_user(name, utsname(), sizeof(*name)) ? -EFAULT : 0;
}

/* Sets a name of the system from user memory. */
static long set_uts_name(char *field, const char __user *name, int len)
{
	char tmp[__NEW_UTS_LEN + 1];

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (len < 0 || len > __NEW_UTS_LEN)
		return -EINVAL;
	if (copy_from_user(tmp, name, len))
		return -EFAULT;
	memset(field, 0, __NEW_UTS_LEN + 1);
	memcpy(field, tmp, len);
	return 0;
}

asmlinkage long sys_sethostname(char __user *name, int len)
{
	return set_uts_name(utsname()->nodename, name, len);
}

asmlinkage long sys_setdomainname(char __user *name, int len)
{
	return set_uts_name(utsname()->domainname, name, len);
}

/* Bytes like random ones, the same in each run: a generator that starts with the machine. */
asmlinkage long sys_getrandom(char __user *buf, size_t count, unsigned int flags)
{
	static u32 state = 0x2545f491;
	size_t done;

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM))
		return -EINVAL;
	count = min_t(size_t, count, 256);
	for (done = 0; done < count; done++) {
		state = state * 1664525 + 1013904223;
		spend(4);
		if (put_user((char)(state >> 24), buf + done))
			return -EFAULT;
	}
	return count;
}

/* The terminal is hung up: nothing has one open that would notice. */
asmlinkage long sys_vhangup(void)
{
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

asmlinkage long sys_sysinfo(struct sysinfo __user *info)
{
	struct sysinfo val;
	struct timespec tp;
	int i;

	memset(&val, 0, sizeof(val));
	ktime_get_ts(&tp);
	val.uptime = tp.tv_sec + (tp.tv_nsec != 0);
	for (i = 0; i < 3; i++)
		val.loads[i] = avenrun[i] << (16 - 11);
	val.procs = nr_threads;
	val.totalram = totalram_pages;
	val.freeram = nr_free_pages();
	val.mem_unit = PAGE_SIZE;
	return copy_to_user(info, &val, sizeof(val)) ? -EFAULT : 0;
}

asmlinkage long sys_getcpu(unsigned __user *cpup, unsigned __user *nodep, struct getcpu_cache __user *unused)
{
	int err = 0;

	if (cpup)
		err |= put_user(smp_processor_id(), cpup);
	if (nodep)
		err |= put_user(0, nodep);
	return err ? -EFAULT : 0;
}

void kernel_restart(char *cmd)
{
	system_state = SYSTEM_RESTART;
	printk(KERN_EMERG "Restarting system.\n");
	machine_restart(cmd);
}
EXPORT_SYMBOL(kernel_restart);

void kernel_halt(void)
{
	system_state = SYSTEM_HALT;
	printk(KERN_EMERG "System halted.\n");
	machine_halt();
}
EXPORT_SYMBOL(kernel_halt);

void kernel_power_off(void)
{
	system_state = SYSTEM_POWER_OFF;
	printk(KERN_EMERG "Power down.\n");
	machine_power_off();
}
EXPORT_SYMBOL(kernel_power_off);

asmlinkage long sys_reboot(int magic1, int magic2, unsigned int cmd, void __user *arg)
{
	if (!capable(CAP_SYS_BOOT))
		return -EPERM;
	if (magic1 != (int)LINUX_REBOOT_MAGIC1 ||
	    (magic2 != LINUX_REBOOT_MAGIC2 && magic2 != LINUX_REBOOT_MAGIC2A &&
	     magic2 != LINUX_REBOOT_MAGIC2B && magic2 != LINUX_REBOOT_MAGIC2C))
		return -EINVAL;
	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
		kernel_restart(NULL);
		return 0;
	case LINUX_REBOOT_CMD_HALT:
		kernel_halt();
		return 0;
	case LINUX_REBOOT_CMD_POWER_OFF:
		kernel_power_off();
		return 0;
	case LINUX_REBOOT_CMD_CAD_ON:
	case LINUX_REBOOT_CMD_CAD_OFF:
		return 0;
	}
	return -EINVAL;
}
