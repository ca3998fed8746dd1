/* A place in the tree: which mount, which name. */
#ifndef _LINUX_PATH_H
#define _LINUX_PATH_H

struct dentry;
struct vfsmount;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

void path_get(struct path *path);
void path_put(struct path *path);

#endif
