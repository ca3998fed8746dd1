/*
 * Filling the root file system: the devices that programs expect, then the cpio archive (newc) that
 * the machine put into memory, through the system calls that programs use.
 */
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <asm/setup.h>

#define CPIO_HEADER	110
#define HASH_SIZE	8

/* One entry's header: 13 numbers of 8 hexadecimal digits behind the magic. */
struct cpio_entry {
	unsigned long ino, nlink, size, name_len;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	unsigned rdev;
	char *name;
	char *data;
};

/* The first names of files with several, by inode number of the archive. */
static struct {
	unsigned long ino;
	char *name;
} links[HASH_SIZE] __initdata;
static int __initdata nr_links;

static unsigned long __init hex8(const char *s)
{
	char digits[9];

	memcpy(digits, s, 8);
	digits[8] = 0;
	return simple_strtoul(digits, NULL, 16);
}

/* Read the entry at p. Answers where the next one starts, or NULL when this is none. */
static char *__init parse_entry(char *p, char *end, struct cpio_entry *e)
{
	if (end - p < CPIO_HEADER || (memcmp(p, "070701", 6) && memcmp(p, "070702", 6)))
		return NULL;
	e->ino = hex8(p + 6);
	e->mode = hex8(p + 14);
	e->uid = hex8(p + 22);
	e->gid = hex8(p + 30);
	e->nlink = hex8(p + 38);
	e->size = hex8(p + 54);
	e->rdev = new_encode_dev(MKDEV(hex8(p + 78), hex8(p + 86)));
	e->name_len = hex8(p + 94);
	e->name = p + CPIO_HEADER;
	if (e->name_len > end - e->name)
		return NULL;
	e->data = p + ALIGN(CPIO_HEADER + e->name_len, 4UL);
	if (e->size > end - e->data)
		return NULL;
	return e->data + ALIGN(e->size, 4UL);
}

/* The second name of a file becomes a link to the first. 1 when that was done. */
static int __init maybe_link(struct cpio_entry *e)
{
	if (e->nlink < 2)
		return 0;
	for (int i = 0; i < nr_links; i++)
		if (links[i].ino == e->ino)
			return sys_link(links[i].name, e->name) < 0 ? -1 : 1;
	if (nr_links < HASH_SIZE) {
		links[nr_links].ino = e->ino;
		links[nr_links++].name = e->name;
	}
	return 0;
}

static int __init write_file(struct cpio_entry *e)
{
	int fd, linked = maybe_link(e);
	long n = 0;

	if (linked < 0 || (linked && !e->size))
		return linked < 0 ? linked : 0;
	fd = sys_open(e->name, O_WRONLY | O_CREAT | O_TRUNC, e->mode);
	if (fd < 0)
		return fd;
	sys_fchown(fd, e->uid, e->gid);
	sys_fchmod(fd, e->mode);
	if (e->size)
		n = sys_write(fd, e->data, e->size);
	sys_close(fd);
	return n == e->size ? 0 : -ENOSPC;
}

/* The text of a link in the archive has no 0 behind it. */
static int __init make_symlink(struct cpio_entry *e)
{
	char target[256];

	if (e->size >= sizeof(target))
		return -ENAMETOOLONG;
	memcpy(target, e->data, e->size);
	target[e->size] = 0;
	return sys_symlink(target, e->name);
}

static int __init make_entry(struct cpio_entry *e)
{
	int error;

	switch (e->mode & S_IFMT) {
	case S_IFREG:
		return write_file(e);
	case S_IFLNK:
		error = make_symlink(e);
		sys_lchown(e->name, e->uid, e->gid);
		return error;
	case S_IFDIR:
		error = sys_mkdir(e->name, e->mode);
		break;
	default:
		error = sys_mknod(e->name, e->mode, e->rdev);
		break;
	}
	sys_chown(e->name, e->uid, e->gid);
	sys_chmod(e->name, e->mode & S_IALLUGO);
	return error == -EEXIST ? 0 : error;
}

static int __init unpack_to_rootfs(char *p, unsigned long len)
{
	struct cpio_entry e;
	char *end = p + len, *next;

	while (p < end && (next = parse_entry(p, end, &e))) {
		int error;

		if (!strcmp(e.name, "TRAILER!!!"))
			return 0;
		if (strcmp(e.name, ".")) {
			error = make_entry(&e);
			if (error)
				printk(KERN_ERR "initramfs: %s: error %d\n", e.name, error);
		}
		p = next;
	}
	printk(KERN_ERR "initramfs: the archive ends in the middle\n");
	return -EINVAL;
}

static void __init free_initrd(void)
{
	unsigned long start = PAGE_ALIGN(boot_params.initrd_start);
	unsigned long end = (boot_params.initrd_start + boot_params.initrd_size) & PAGE_MASK;

	for (; start < end; start += PAGE_SIZE) {
		ClearPageReserved(virt_to_page(start));
		init_page_count(virt_to_page(start));
		free_page(start);
		totalram_pages++;
	}
}

static struct {
	const char *name;
	mode_t mode;
	unsigned dev;
} devices[] __initdata = {
	{ "/dev/null", S_IFCHR | 0666, MKDEV(1, 3) },
	{ "/dev/zero", S_IFCHR | 0666, MKDEV(1, 5) },
	{ "/dev/full", S_IFCHR | 0666, MKDEV(1, 7) },
	{ "/dev/tty", S_IFCHR | 0666, MKDEV(5, 0) },
	{ "/dev/console", S_IFCHR | 0600, MKDEV(5, 1) },
	{ "/dev/ttyS0", S_IFCHR | 0600, MKDEV(4, 64) },
};

static void __init make_devices(void)
{
	sys_mkdir("/dev", 0755);
	for (int i = 0; i < ARRAY_SIZE(devices); i++) {
		sys_mknod(devices[i].name, devices[i].mode, new_encode_dev(devices[i].dev));
		sys_chmod(devices[i].name, devices[i].mode & S_IALLUGO);
	}
}

/* The calls take user pointers: this runs in a kernel thread, whose limit is KERNEL_DS. */
static int __init populate_rootfs(void)
{
	make_devices();
	sys_mkdir("/proc", 0555);
	sys_mkdir("/tmp", 01777);
	sys_chmod("/tmp", 01777);
	if (boot_params.initrd_size) {
		unpack_to_rootfs((char *)boot_params.initrd_start, boot_params.initrd_size);
		free_initrd();
	}
	do_mount("proc", "/proc", "proc", 0, NULL);
	return 0;
}
rootfs_initcall(populate_rootfs);
