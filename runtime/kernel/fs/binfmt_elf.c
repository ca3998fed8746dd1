/* Loading ELF programs of the machine's own word size and byte order. */
#include <linux/binfmts.h>
#include <linux/elf.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/param.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/elf.h>
#include <asm/processor.h>

#define ELF_MIN_ALIGN		PAGE_SIZE
#define ELF_PAGESTART(v)	((v) & ~(unsigned long)(ELF_MIN_ALIGN - 1))
#define ELF_PAGEOFFSET(v)	((v) & (ELF_MIN_ALIGN - 1))
#define ELF_PAGEALIGN(v)	(((v) + ELF_MIN_ALIGN - 1) & ~(ELF_MIN_ALIGN - 1))

/* Where the program's parts ended up. */
struct elf_image {
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long elf_bss, elf_brk;		/* end of the file's data, end of all data */
	unsigned long load_addr;		/* of the file's first byte */
};

static int elf_check_header(struct elfhdr *ex)
{
	if (memcmp(ex->e_ident, ELFMAG, SELFMAG) || ex->e_ident[EI_CLASS] != ELF_CLASS ||
	    ex->e_ident[EI_DATA] != ELF_DATA)
		return -ENOEXEC;
	if (ex->e_type != ET_EXEC || ex->e_machine != ELF_ARCH)
		return -ENOEXEC;
	if (ex->e_phentsize != sizeof(struct elf_phdr) || ex->e_phnum < 1 ||
	    ex->e_phnum > 65536U / sizeof(struct elf_phdr))
		return -ENOEXEC;
	return 0;
}

/* The program headers, in memory of their own. ERR_PTR. */
static struct elf_phdr *load_elf_phdrs(struct elfhdr *ex, struct file *file)
{
	unsigned int size = ex->e_phnum * sizeof(struct elf_phdr);
	struct elf_phdr *phdata = kmalloc(size, GFP_KERNEL);
	int retval;

	if (!phdata)
		return ERR_PTR(-ENOMEM);
	retval = kernel_read(file, ex->e_phoff, (char *)phdata, size);
	if (retval == size)
		return phdata;
	kfree(phdata);
	return ERR_PTR(retval < 0 ? retval : -EIO);
}

static int elf_prot(unsigned int p_flags)
{
	return (p_flags & PF_R ? PROT_READ : 0) | (p_flags & PF_W ? PROT_WRITE : 0) |
	       (p_flags & PF_X ? PROT_EXEC : 0);
}

/* Map a segment's part of the file. Answers the address or an error. */
static unsigned long elf_map(struct file *filep, unsigned long addr, struct elf_phdr *eppnt)
{
	unsigned long size = eppnt->p_filesz + ELF_PAGEOFFSET(eppnt->p_vaddr);
	unsigned long off = eppnt->p_offset - ELF_PAGEOFFSET(eppnt->p_vaddr);
	unsigned long map_addr;

	addr = ELF_PAGESTART(addr);
	size = ELF_PAGEALIGN(size);
	if (!size)
		return addr;
	down_write(&current->mm->mmap_sem);
	map_addr = do_mmap(filep, addr, size, elf_prot(eppnt->p_flags),
			   MAP_PRIVATE | MAP_FIXED | MAP_DENYWRITE | MAP_EXECUTABLE, off);
	up_write(&current->mm->mmap_sem);
	return map_addr;
}

/* Pages for the zeroed data behind the file's; the heap starts there. */
static int set_brk(unsigned long start, unsigned long end)
{
	start = ELF_PAGEALIGN(start);
	end = ELF_PAGEALIGN(end);
	if (end > start) {
		unsigned long addr;

		down_write(&current->mm->mmap_sem);
		addr = do_brk(start, end - start);
		up_write(&current->mm->mmap_sem);
		if (IS_ERR_VALUE(addr))
			return addr;
	}
	current->mm->start_brk = current->mm->brk = end;
	return 0;
}

/* The rest of the last page of the file's data is zero. */
static int padzero(unsigned long elf_bss)
{
	unsigned long nbyte = ELF_PAGEOFFSET(elf_bss);

	if (nbyte && clear_user((void __user *)elf_bss, ELF_MIN_ALIGN - nbyte))
		return -EFAULT;
	return 0;
}

static int load_segment(struct elf_image *image, struct elf_phdr *p, struct file *file, int first)
{
	unsigned long end, error;

	if (p->p_filesz > p->p_memsz || p->p_memsz > TASK_SIZE || p->p_vaddr >= TASK_SIZE ||
	    TASK_SIZE - p->p_memsz < p->p_vaddr)
		return -EINVAL;
	error = elf_map(file, p->p_vaddr, p);
	if (IS_ERR_VALUE(error))
		return error;
	if (first)
		image->load_addr = p->p_vaddr - p->p_offset;
	if (p->p_vaddr < image->start_code)
		image->start_code = p->p_vaddr;
	if (image->start_data < p->p_vaddr)
		image->start_data = p->p_vaddr;
	end = p->p_vaddr + p->p_filesz;
	if (end > image->elf_bss)
		image->elf_bss = end;
	if ((p->p_flags & PF_X) && image->end_code < end)
		image->end_code = end;
	if (image->end_data < end)
		image->end_data = end;
	end = p->p_vaddr + p->p_memsz;
	if (end > image->elf_brk)
		image->elf_brk = end;
	return 0;
}

static int load_segments(struct elf_image *image, struct elfhdr *ex, struct elf_phdr *phdata,
			 struct file *file)
{
	int first = 1;

	memset(image, 0, sizeof(*image));
	image->start_code = ~0UL;
	for (int i = 0; i < ex->e_phnum; i++) {
		int error;

		if (phdata[i].p_type != PT_LOAD)
			continue;
		error = load_segment(image, &phdata[i], file, first);
		if (error)
			return error;
		first = 0;
	}
	return first ? -ENOEXEC : 0;
}

/* The auxiliary vector: pairs of a number and a value, up to AT_NULL. Answers the words used. */
static int fill_auxv(struct linux_binprm *bprm, struct elfhdr *exec, unsigned long load_addr,
		     unsigned long platform)
{
	unsigned long *info = current->mm->saved_auxv;
	const struct cred *cred = current_cred();
	int i = 0;

#define NEW_AUX_ENT(id, val) do { info[i++] = (id); info[i++] = (val); } while (0)
	NEW_AUX_ENT(AT_HWCAP, ELF_HWCAP);
	NEW_AUX_ENT(AT_PAGESZ, PAGE_SIZE);
	NEW_AUX_ENT(AT_CLKTCK, 100);
	NEW_AUX_ENT(AT_PHDR, load_addr + exec->e_phoff);
	NEW_AUX_ENT(AT_PHENT, sizeof(struct elf_phdr));
	NEW_AUX_ENT(AT_PHNUM, exec->e_phnum);
	NEW_AUX_ENT(AT_BASE, 0);
	NEW_AUX_ENT(AT_FLAGS, 0);
	NEW_AUX_ENT(AT_ENTRY, exec->e_entry);
	NEW_AUX_ENT(AT_UID, cred->uid);
	NEW_AUX_ENT(AT_EUID, cred->euid);
	NEW_AUX_ENT(AT_GID, cred->gid);
	NEW_AUX_ENT(AT_EGID, cred->egid);
	NEW_AUX_ENT(AT_SECURE, cred->uid != cred->euid || cred->gid != cred->egid);
	NEW_AUX_ENT(AT_EXECFN, bprm->exec);
	NEW_AUX_ENT(AT_PLATFORM, platform);
	NEW_AUX_ENT(AT_NULL, 0);
#undef NEW_AUX_ENT
	return i;
}

/* The addresses of count strings from *p on, and a 0. Answers where the next word goes, or NULL. */
static elf_addr_t __user *put_string_addresses(elf_addr_t __user *sp, int count, unsigned long *p)
{
	while (count-- > 0) {
		long len;

		if (put_user((elf_addr_t)*p, sp++))
			return NULL;
		len = strnlen_user((void __user *)*p, MAX_ARG_STRLEN);
		if (!len || len > MAX_ARG_STRLEN)
			return NULL;
		*p += len;
	}
	return put_user(0, sp) ? NULL : sp + 1;
}

/* What a program finds on its stack: argc, argv, envp, the auxiliary vector. Sets bprm->p. */
static int create_elf_tables(struct linux_binprm *bprm, struct elfhdr *exec, unsigned long load_addr)
{
	unsigned long p = bprm->p & ~15UL, platform, words;
	struct mm_struct *mm = current->mm;
	elf_addr_t __user *sp;
	int aux;

	p -= ALIGN(sizeof(ELF_PLATFORM), 16);
	platform = p;
	if (copy_to_user((void __user *)p, ELF_PLATFORM, sizeof(ELF_PLATFORM)))
		return -EFAULT;
	aux = fill_auxv(bprm, exec, load_addr, platform);
	words = 1 + bprm->argc + 1 + bprm->envc + 1 + aux;
	sp = (elf_addr_t __user *)((p - words * sizeof(elf_addr_t)) & ~15UL);
	bprm->p = (unsigned long)sp;
	if (put_user((elf_addr_t)bprm->argc, sp++))
		return -EFAULT;
	p = mm->arg_end = mm->arg_start;
	sp = put_string_addresses(sp, bprm->argc, &p);
	if (!sp)
		return -EFAULT;
	mm->arg_end = mm->env_start = p;
	sp = put_string_addresses(sp, bprm->envc, &p);
	if (!sp)
		return -EFAULT;
	mm->env_end = p;
	return copy_to_user(sp, mm->saved_auxv, aux * sizeof(elf_addr_t)) ? -EFAULT : 0;
}

/* The old program is gone: set up the new one. A failure can only kill the process. */
static int start_elf(struct linux_binprm *bprm, struct elfhdr *ex, struct elf_phdr *phdata,
		     struct linux_binfmt *format, struct pt_regs *regs)
{
	struct mm_struct *mm = current->mm;
	struct elf_image image;
	int retval;

	current->flags &= ~PF_FORKNOEXEC;
	mm->def_flags = 0;
	mm->free_area_cache = mm->mmap_base;
	mm->cached_hole_size = 0;
	retval = setup_arg_pages(bprm, STACK_TOP, EXSTACK_DEFAULT);
	if (retval < 0)
		return retval;
	mm->start_stack = bprm->p;
	retval = load_segments(&image, ex, phdata, bprm->file);
	if (retval)
		return retval;
	retval = set_brk(image.elf_bss, image.elf_brk);
	if (retval)
		return retval;
	if (image.elf_bss != image.elf_brk && padzero(image.elf_bss))
		return -EFAULT;
	set_binfmt(format);
	install_exec_creds(bprm);
	retval = create_elf_tables(bprm, ex, image.load_addr);
	if (retval < 0)
		return retval;
	mm->end_code = image.end_code;
	mm->start_code = image.start_code;
	mm->start_data = image.start_data;
	mm->end_data = image.end_data;
	mm->start_stack = bprm->p;
	get_file(bprm->file);
	mm->exe_file = bprm->file;
	start_thread(regs, ex->e_entry, bprm->p);
	return 0;
}

static int load_elf_binary(struct linux_binprm *bprm, struct pt_regs *regs);

static struct linux_binfmt elf_format = {
	.load_binary = load_elf_binary,
};

static int load_elf_binary(struct linux_binprm *bprm, struct pt_regs *regs)
{
	struct elfhdr *ex = (struct elfhdr *)bprm->buf;
	struct elf_phdr *phdata;
	int retval = elf_check_header(ex);

	if (retval)
		return retval;
	if (!bprm->file->f_op || !bprm->file->f_op->mmap)
		return -ENOEXEC;
	phdata = load_elf_phdrs(ex, bprm->file);
	if (IS_ERR(phdata))
		return PTR_ERR(phdata);
	for (int i = 0; i < ex->e_phnum; i++) {
		/* Programs here are static: there is no loader to hand them to. */
		if (phdata[i].p_type == PT_INTERP) {
			kfree(phdata);
			return -ENOEXEC;
		}
	}
	retval = flush_old_exec(bprm);
	if (!retval) {
		mm_segment_t user = USER_DS;

		set_fs(user);
		retval = start_elf(bprm, ex, phdata, &elf_format, regs);
		if (retval)
			send_sig(SIGKILL, current, 0);
	}
	kfree(phdata);
	return retval;
}

static int __init init_elf_binfmt(void)
{
	return register_binfmt(&elf_format);
}
core_initcall(init_elf_binfmt);
