/* Scripts: "#!interpreter argument" on the first line. */
#include <linux/binfmts.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

static inline int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cut the first line into interpreter and argument (NULL if none), both within buf. */
static int parse_first_line(char *buf, char **i_name, char **i_arg)
{
	char *cp;

	buf[BINPRM_BUF_SIZE - 1] = 0;
	cp = strchr(buf, '\n');
	if (!cp)
		cp = buf + BINPRM_BUF_SIZE - 1;
	*cp = 0;
	while (cp > buf && is_blank(cp[-1]))
		*--cp = 0;
	for (cp = buf + 2; is_blank(*cp); cp++)
		;
	if (!*cp)
		return -ENOEXEC;
	*i_name = cp;
	*i_arg = NULL;
	while (*cp && !is_blank(*cp))
		cp++;
	while (is_blank(*cp))
		*cp++ = 0;
	if (*cp)
		*i_arg = cp;
	return 0;
}

/* argv becomes: interpreter, its argument, the script, the other arguments. */
static int replace_arg_zero(struct linux_binprm *bprm, char *i_name, char *i_arg)
{
	int retval = remove_arg_zero(bprm);

	if (retval)
		return retval;
	retval = copy_strings_kernel(1, &bprm->interp, bprm);
	if (retval < 0)
		return retval;
	bprm->argc++;
	if (i_arg) {
		retval = copy_strings_kernel(1, &i_arg, bprm);
		if (retval < 0)
			return retval;
		bprm->argc++;
	}
	retval = copy_strings_kernel(1, &i_name, bprm);
	if (retval < 0)
		return retval;
	bprm->argc++;
	return 0;
}

static int load_script(struct linux_binprm *bprm, struct pt_regs *regs)
{
	char interp[BINPRM_BUF_SIZE], *i_name, *i_arg;
	struct file *file;
	int retval;

	if (bprm->buf[0] != '#' || bprm->buf[1] != '!')
		return -ENOEXEC;
	allow_write_access(bprm->file);
	fput(bprm->file);
	bprm->file = NULL;
	bprm->recursion_depth++;
	retval = parse_first_line(bprm->buf, &i_name, &i_arg);
	if (retval)
		return retval;
	strlcpy(interp, i_name, sizeof(interp));
	retval = replace_arg_zero(bprm, i_name, i_arg);
	if (retval)
		return retval;
	bprm->interp = interp;
	file = open_exec(interp);
	if (IS_ERR(file))
		return PTR_ERR(file);
	bprm->file = file;
	retval = prepare_binprm(bprm);
	if (retval < 0)
		return retval;
	return search_binary_handler(bprm, regs);
}

static struct linux_binfmt script_format = {
	.load_binary = load_script,
};

static int __init init_script_binfmt(void)
{
	return register_binfmt(&script_format);
}
core_initcall(init_script_binfmt);
