/* Program execution and the formats it knows. */
#ifndef _LINUX_BINFMTS_H
#define _LINUX_BINFMTS_H

#include <linux/list.h>
#include <linux/mm_types.h>

struct pt_regs;
struct file;
struct cred;

#define BINPRM_BUF_SIZE 128
#define MAX_ARG_STRLEN (PAGE_SIZE * 32)
#define MAX_ARG_STRINGS 0x7FFFFFFF
#define STACK_ROOM (32 * PAGE_SIZE)		/* mapped below the arguments */

#define EXSTACK_DEFAULT 0

/* A program on its way to run: its new mm holds the argument strings from p upwards. */
struct linux_binprm {
	char buf[BINPRM_BUF_SIZE];		/* the start of the file */
	struct vm_area_struct *vma;		/* the stack */
	struct mm_struct *mm;
	unsigned long p;
	unsigned int cred_prepared : 1, cap_effective : 1;
	unsigned int recursion_depth;
	struct file *file;
	struct cred *cred;
	int unsafe;
	unsigned int per_clear;
	int argc, envc;
	char *filename;				/* of the binary, as /proc shows it */
	char *interp;				/* of what is really executed */
	unsigned interp_flags;
	unsigned long loader, exec;
};

struct linux_binfmt {
	struct list_head lh;
	int (*load_binary)(struct linux_binprm *, struct pt_regs *regs);
};

int register_binfmt(struct linux_binfmt *fmt);
void unregister_binfmt(struct linux_binfmt *fmt);
int do_execve(char *filename, char __user *__user *argv, char __user *__user *envp,
	      struct pt_regs *regs);
struct file *open_exec(const char *name);
int prepare_binprm(struct linux_binprm *bprm);
int remove_arg_zero(struct linux_binprm *bprm);
int search_binary_handler(struct linux_binprm *bprm, struct pt_regs *regs);
int flush_old_exec(struct linux_binprm *bprm);
void install_exec_creds(struct linux_binprm *bprm);
int setup_arg_pages(struct linux_binprm *bprm, unsigned long stack_top, int executable_stack);
int copy_strings_kernel(int argc, char **argv, struct linux_binprm *bprm);
int bprm_mm_init(struct linux_binprm *bprm);
void set_binfmt(struct linux_binfmt *new);
int kernel_read(struct file *file, loff_t offset, char *addr, unsigned long count);

#endif
