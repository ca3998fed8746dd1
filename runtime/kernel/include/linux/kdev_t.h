#ifndef _LINUX_KDEV_T_H
#define _LINUX_KDEV_T_H

#define MINORBITS	20
#define MINORMASK	((1U << MINORBITS) - 1)
#define MAJOR(dev)	((unsigned int)((dev) >> MINORBITS))
#define MINOR(dev)	((unsigned int)((dev) & MINORMASK))
#define MKDEV(ma, mi)	(((ma) << MINORBITS) | (mi))

#define new_encode_dev(d) ((MINOR(d) & 0xff) | (MAJOR(d) << 8) | ((MINOR(d) & ~0xffU) << 12))
#define old_encode_dev(d) ((MAJOR(d) << 8) | MINOR(d))
#define new_decode_dev(d) MKDEV(((d) & 0xfff00) >> 8, ((d) & 0xff) | (((d) >> 12) & 0xfff00))

#endif
