/* Pipes: a ring of page buffers. */
#ifndef _LINUX_PIPE_FS_I_H
#define _LINUX_PIPE_FS_I_H

#include <linux/wait.h>

#define PIPEFS_MAGIC 0x50495045
#define PIPE_BUFFERS 16
#define PIPE_BUF 4096

struct pipe_inode_info;

struct pipe_buffer {
	struct page *page;
	unsigned int offset, len;		/* of the bytes not yet read */
	const struct pipe_buf_operations *ops;
	unsigned int flags;
	unsigned long private;
};

/* All under inode->i_mutex, which sleepers on wait let go of. */
struct pipe_inode_info {
	wait_queue_head_t wait;
	unsigned int nrbufs, curbuf;		/* buffers in use, and the first */
	struct page *tmp_page;			/* an emptied page kept for the next write */
	unsigned int readers;
	unsigned int writers;
	unsigned int waiting_writers;
	unsigned int r_counter;
	unsigned int w_counter;
	struct inode *inode;
	struct pipe_buffer bufs[PIPE_BUFFERS];
};

struct pipe_buf_operations {
	int can_merge;				/* a write may append to the last buffer */
	void (*release)(struct pipe_inode_info *, struct pipe_buffer *);
};

#define PIPE_SIZE PAGE_SIZE

struct pipe_inode_info *alloc_pipe_info(struct inode *inode);
void free_pipe_info(struct inode *inode);
void __free_pipe_info(struct pipe_inode_info *pipe);
void pipe_wait(struct pipe_inode_info *pipe);
int do_pipe_flags(int *fd, int flags);
int fifo_open(struct inode *inode, struct file *filp);
extern const struct file_operations def_fifo_fops;

#endif
