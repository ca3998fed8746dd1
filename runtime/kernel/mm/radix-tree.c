/* A map from index to pointer in nodes of 64 slots. The caller holds the lock (address_space.tree_lock). */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/radix-tree.h>
#include <linux/slab.h>

static struct kmem_cache *radix_tree_node_cachep;

static inline unsigned int slot_of(unsigned long index, unsigned int level)
{
	return index >> (level * RADIX_TREE_MAP_SHIFT) & RADIX_TREE_MAP_MASK;
}

/* Whether a tree of that height reaches the index. */
static inline int reaches(unsigned int height, unsigned long index)
{
	unsigned int bits = height * RADIX_TREE_MAP_SHIFT;

	return bits >= BITS_PER_LONG || (index >> bits) == 0;
}

static struct radix_tree_node *radix_tree_node_alloc(struct radix_tree_root *root)
{
	return kmem_cache_zalloc(radix_tree_node_cachep, root->gfp_mask);
}

/* Make the root node, or put nodes on top, until the tree reaches the index. */
static int radix_tree_extend(struct radix_tree_root *root, unsigned long index)
{
	struct radix_tree_node *node;

	if (!root->rnode) {
		root->rnode = radix_tree_node_alloc(root);
		if (!root->rnode)
			return -ENOMEM;
		for (root->height = 1; !reaches(root->height, index); root->height++)
			;
	}
	while (!reaches(root->height, index)) {
		node = radix_tree_node_alloc(root);
		if (!node)
			return -ENOMEM;
		node->slots[0] = root->rnode;
		node->count = 1;
		root->rnode = node;
		root->height++;
	}
	return 0;
}

/* 0, -EEXIST, -ENOMEM */
int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *item)
{
	struct radix_tree_node *node, *child;
	unsigned int level;

	if (radix_tree_extend(root, index))
		return -ENOMEM;
	node = root->rnode;
	for (level = root->height - 1; level > 0; level--) {
		child = node->slots[slot_of(index, level)];
		if (!child) {
			child = radix_tree_node_alloc(root);
			if (!child)
				return -ENOMEM;
			node->slots[slot_of(index, level)] = child;
			node->count++;
		}
		node = child;
	}
	if (node->slots[slot_of(index, 0)])
		return -EEXIST;
	node->slots[slot_of(index, 0)] = item;
	node->count++;
	return 0;
}

void *radix_tree_lookup(struct radix_tree_root *root, unsigned long index)
{
	void *node = root->rnode;

	if (!node || !reaches(root->height, index))
		return NULL;
	for (int level = root->height - 1; level >= 0 && node; level--)
		node = ((struct radix_tree_node *)node)->slots[slot_of(index, level)];
	return node;
}

/* Free the nodes of the path that became empty; answers what was there. */
void *radix_tree_delete(struct radix_tree_root *root, unsigned long index)
{
	struct radix_tree_node *path[BITS_PER_LONG / RADIX_TREE_MAP_SHIFT + 1];
	void *item = root->rnode;
	int level;

	if (!item || !reaches(root->height, index))
		return NULL;
	for (level = root->height - 1; level >= 0 && item; level--) {
		path[level] = item;
		item = path[level]->slots[slot_of(index, level)];
	}
	if (!item)
		return NULL;
	for (level = 0; level < root->height; level++) {
		path[level]->slots[slot_of(index, level)] = NULL;
		if (--path[level]->count)
			return item;
		kmem_cache_free(radix_tree_node_cachep, path[level]);
	}
	root->rnode = NULL;
	root->height = 0;
	return item;
}

static unsigned int gather(struct radix_tree_node *node, int level, unsigned long base,
			   unsigned long first, void **results, unsigned int max)
{
	unsigned int found = 0;
	unsigned long span = 1UL << (level * RADIX_TREE_MAP_SHIFT);

	for (unsigned int i = 0; i < RADIX_TREE_MAP_SIZE && found < max; i++) {
		unsigned long start = base + i * span;

		if (!node->slots[i] || start + span - 1 < first)
			continue;
		if (level == 0)
			results[found++] = node->slots[i];
		else
			found += gather(node->slots[i], level - 1, start, first, results + found,
					max - found);
	}
	return found;
}

/* Up to max items in order of index from first_index on; answers how many. */
unsigned int radix_tree_gang_lookup(struct radix_tree_root *root, void **results,
				    unsigned long first_index, unsigned int max_items)
{
	if (!root->rnode)
		return 0;
	return gather(root->rnode, root->height - 1, 0, first_index, results, max_items);
}

void __init radix_tree_init(void)
{
	radix_tree_node_cachep = kmem_cache_create("radix_tree_node", sizeof(struct radix_tree_node),
						   0, SLAB_PANIC, NULL);
}
