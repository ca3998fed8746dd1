/* Character devices: from the numbers of a device node to the operations of a driver. */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

static LIST_HEAD(cdevs);			/* by order of registration */
static DEFINE_MUTEX(chrdevs_lock);

void cdev_init(struct cdev *cdev, const struct file_operations *fops)
{
	cdev->ops = fops;
	INIT_LIST_HEAD(&cdev->list);
}
EXPORT_SYMBOL(cdev_init);

/* The device answers for count numbers from dev on. */
int cdev_add(struct cdev *p, dev_t dev, unsigned count)
{
	p->dev = dev;
	p->count = count;
	mutex_lock(&chrdevs_lock);
	list_add_tail(&p->list, &cdevs);
	mutex_unlock(&chrdevs_lock);
	return 0;
}
EXPORT_SYMBOL(cdev_add);

/* A driver for the first 256 minor numbers of a major number. 0, -ENOMEM. */
int register_chrdev(unsigned int major, const char *name, const struct file_operations *fops)
{
	struct cdev *cdev = kzalloc(sizeof(*cdev), GFP_KERNEL);

	if (!cdev)
		return -ENOMEM;
	cdev_init(cdev, fops);
	cdev->name = name;
	return cdev_add(cdev, MKDEV(major, 0), 256);
}
EXPORT_SYMBOL(register_chrdev);

static struct cdev *find_cdev(dev_t dev)
{
	struct cdev *cdev, *found = NULL;

	mutex_lock(&chrdevs_lock);
	list_for_each_entry(cdev, &cdevs, list)
		if (dev >= cdev->dev && dev - cdev->dev < cdev->count)
			found = cdev;
	mutex_unlock(&chrdevs_lock);
	return found;
}

/* Every open of a device node comes here first. */
int chrdev_open(struct inode *inode, struct file *filp)
{
	struct cdev *cdev = inode->i_cdev;

	if (!cdev)
		inode->i_cdev = cdev = find_cdev(inode->i_rdev);
	if (!cdev)
		return -ENXIO;
	filp->f_op = cdev->ops;
	return filp->f_op->open ? filp->f_op->open(inode, filp) : 0;
}

const struct file_operations def_chr_fops = {
	.open = chrdev_open,
};

/* The text of /proc/devices. */
int devices_show(struct seq_file *m, void *v)
{
	struct cdev *cdev;

	seq_puts(m, "Character devices:\n");
	mutex_lock(&chrdevs_lock);
	list_for_each_entry(cdev, &cdevs, list)
		seq_printf(m, "%3u %s\n", MAJOR(cdev->dev), cdev->name);
	mutex_unlock(&chrdevs_lock);
	seq_puts(m, "\nBlock devices:\n");
	return 0;
}

