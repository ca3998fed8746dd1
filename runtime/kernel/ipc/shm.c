/* Shared memory: each segment is a file without a name, which processes map. */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ipc.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

#define SHM_RDONLY	010000
#define SHM_RND		020000
#define SHMMAX		0x2000000
#define SHM_NAME	"SYSV"

struct shmid_kernel {
	struct kern_ipc_perm shm_perm;
	struct file *shm_file;
	size_t shm_segsz;
	time_t shm_atim, shm_ctim;
	pid_t shm_cprid, shm_lprid;
};

struct shmid64_ds {
	struct ipc64_perm shm_perm;
	size_t shm_segsz;
	time_t shm_atime;
	time_t shm_dtime;
	time_t shm_ctime;
	pid_t shm_cpid;
	pid_t shm_lpid;
	unsigned long shm_nattch;
};

static struct ipc_ids shm_ids;

static struct kern_ipc_perm *newseg(key_t key, int shmflg, size_t size)
{
	struct shmid_kernel *shp;
	char name[16];

	if (size < 1 || size > SHMMAX)
		return ERR_PTR(-EINVAL);
	shp = kzalloc(sizeof(*shp), GFP_KERNEL);
	if (!shp)
		return ERR_PTR(-ENOMEM);
	snprintf(name, sizeof(name), SHM_NAME "%08x", key);
	shp->shm_file = shmem_file_setup(name, PAGE_ALIGN(size));
	if (IS_ERR(shp->shm_file)) {
		struct kern_ipc_perm *error = ERR_CAST(shp->shm_file);

		kfree(shp);
		return error;
	}
	ipc_init_perm(&shp->shm_perm, key, shmflg);
	shp->shm_segsz = size;
	shp->shm_cprid = task_tgid_vnr(current);
	shp->shm_ctim = get_seconds();
	return &shp->shm_perm;
}

static int shm_more_checks(struct kern_ipc_perm *ipcp, size_t size)
{
	return size > container_of(ipcp, struct shmid_kernel, shm_perm)->shm_segsz ? -EINVAL : 0;
}

asmlinkage long sys_shmget(key_t key, size_t size, int shmflg)
{
	static const struct ipc_ops shm_ops = { newseg, shm_more_checks };

	return ipcget(&shm_ids, &shm_ops, key, shmflg, size);
}

static struct shmid_kernel *shm_check(int shmid)
{
	struct kern_ipc_perm *ipcp = ipc_check(&shm_ids, shmid);

	return IS_ERR(ipcp) ? ERR_CAST(ipcp) : container_of(ipcp, struct shmid_kernel, shm_perm);
}

/* The address the segment is at, or an error. */
asmlinkage long sys_shmat(int shmid, char __user *shmaddr, int shmflg)
{
	unsigned long prot = PROT_READ | (shmflg & SHM_RDONLY ? 0 : PROT_WRITE), addr = (unsigned long)shmaddr;
	struct shmid_kernel *shp = shm_check(shmid);
	long ret;

	if (IS_ERR(shp))
		return PTR_ERR(shp);
	if (addr & ~PAGE_MASK) {
		if (!(shmflg & SHM_RND))
			return -EINVAL;
		addr &= PAGE_MASK;
	}
	if (ipcperms(&shp->shm_perm, shmflg & SHM_RDONLY ? 0444 : 0666))
		return -EACCES;
	if (addr && find_vma_intersection(current->mm, addr, addr + shp->shm_segsz))
		return -EINVAL;
	down_write(&current->mm->mmap_sem);
	ret = do_mmap_pgoff(shp->shm_file, addr, PAGE_ALIGN(shp->shm_segsz), prot, MAP_SHARED | (addr ? MAP_FIXED : 0), 0);
	up_write(&current->mm->mmap_sem);
	if (!(ret & ~PAGE_MASK)) {
		shp->shm_lprid = task_tgid_vnr(current);
		shp->shm_atim = get_seconds();
	}
	return ret;
}

static int is_segment(struct vm_area_struct *vma)
{
	return vma->vm_file && !vma->vm_file->f_path.dentry->d_inode->i_nlink &&
	       !strncmp(vma->vm_file->f_path.dentry->d_name.name, SHM_NAME, strlen(SHM_NAME));
}

asmlinkage long sys_shmdt(char __user *shmaddr)
{
	unsigned long addr = (unsigned long)shmaddr;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int retval = -EINVAL;

	down_write(&mm->mmap_sem);
	vma = find_vma(mm, addr);
	if (vma && vma->vm_start == addr && !vma->vm_pgoff && is_segment(vma))
		retval = do_munmap(mm, addr, vma->vm_end - vma->vm_start);
	up_write(&mm->mmap_sem);
	return retval;
}

static long shm_stat(struct shmid_kernel *shp, void __user *buf)
{
	struct shmid64_ds ds;

	memset(&ds, 0, sizeof(ds));
	kernel_to_ipc64_perm(&shp->shm_perm, &ds.shm_perm);
	ds.shm_segsz = shp->shm_segsz;
	ds.shm_atime = shp->shm_atim;
	ds.shm_ctime = shp->shm_ctim;
	ds.shm_cpid = shp->shm_cprid;
	ds.shm_lpid = shp->shm_lprid;
	ds.shm_nattch = file_count(shp->shm_file) - 1;
	return copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : 0;
}

/* A segment that is removed stays with those who have it mapped. */
asmlinkage long sys_shmctl(int shmid, int cmd, void __user *buf)
{
	struct shmid_kernel *shp = shm_check(shmid);

	if (IS_ERR(shp))
		return PTR_ERR(shp);
	switch (cmd & ~IPC_64) {
	case IPC_STAT:
		return ipcperms(&shp->shm_perm, 0444) ? -EACCES : shm_stat(shp, buf);
	case IPC_RMID:
		if (!ipc_may_change(&shp->shm_perm))
			return -EPERM;
		ipc_rmid(&shm_ids, &shp->shm_perm);
		fput(shp->shm_file);
		kfree(shp);
		return 0;
	}
	return -EINVAL;
}
