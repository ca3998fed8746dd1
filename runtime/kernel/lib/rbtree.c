/* Red-black trees: a binary search tree that stays balanced by colouring its nodes. The caller locks. */
#include <linux/module.h>
#include <linux/rbtree.h>

static inline int is_red(const struct rb_node *node)
{
	return node && !(node->rb_parent_color & 1);
}

static inline void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->rb_parent_color = (node->rb_parent_color & 1) | (unsigned long)parent;
}

static inline void set_color(struct rb_node *node, int color)
{
	node->rb_parent_color = (node->rb_parent_color & ~1UL) | color;
}

/* Puts new where old hangs under parent. */
static void replace_child(struct rb_root *root, struct rb_node *parent, struct rb_node *old,
			  struct rb_node *new)
{
	if (!parent)
		root->rb_node = new;
	else if (parent->rb_left == old)
		parent->rb_left = new;
	else
		parent->rb_right = new;
}

static void rotate_left(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *right = node->rb_right, *parent = rb_parent(node);

	node->rb_right = right->rb_left;
	if (right->rb_left)
		set_parent(right->rb_left, node);
	right->rb_left = node;
	set_parent(right, parent);
	replace_child(root, parent, node, right);
	set_parent(node, right);
}

static void rotate_right(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *left = node->rb_left, *parent = rb_parent(node);

	node->rb_left = left->rb_right;
	if (left->rb_right)
		set_parent(left->rb_right, node);
	left->rb_right = node;
	set_parent(left, parent);
	replace_child(root, parent, node, left);
	set_parent(node, left);
}

/* Balances after rb_link_node hung in a (red) node. */
void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *parent, *gparent, *uncle;

	while ((parent = rb_parent(node)) && is_red(parent)) {
		int left;

		gparent = rb_parent(parent);
		left = parent == gparent->rb_left;
		uncle = left ? gparent->rb_right : gparent->rb_left;
		if (is_red(uncle)) {
			set_color(uncle, RB_BLACK);
			set_color(parent, RB_BLACK);
			set_color(gparent, RB_RED);
			node = gparent;
			continue;
		}
		if (node == (left ? parent->rb_right : parent->rb_left)) {
			if (left)
				rotate_left(parent, root);
			else
				rotate_right(parent, root);
			parent = node;
		}
		set_color(parent, RB_BLACK);
		set_color(gparent, RB_RED);
		if (left)
			rotate_right(gparent, root);
		else
			rotate_left(gparent, root);
		break;
	}
	set_color(root->rb_node, RB_BLACK);
}
EXPORT_SYMBOL(rb_insert_color);

/* Balances after a black node above node (perhaps NULL, under parent) went away. */
static void erase_color(struct rb_node *node, struct rb_node *parent, struct rb_root *root)
{
	while (!is_red(node) && node != root->rb_node) {
		int left = parent->rb_left == node;
		struct rb_node *other = left ? parent->rb_right : parent->rb_left;
		struct rb_node *near, *far;

		if (is_red(other)) {
			set_color(other, RB_BLACK);
			set_color(parent, RB_RED);
			if (left)
				rotate_left(parent, root);
			else
				rotate_right(parent, root);
			other = left ? parent->rb_right : parent->rb_left;
		}
		near = left ? other->rb_left : other->rb_right;
		far = left ? other->rb_right : other->rb_left;
		if (!is_red(near) && !is_red(far)) {
			set_color(other, RB_RED);
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (!is_red(far)) {
			set_color(near, RB_BLACK);
			set_color(other, RB_RED);
			if (left)
				rotate_right(other, root);
			else
				rotate_left(other, root);
			other = left ? parent->rb_right : parent->rb_left;
			far = left ? other->rb_right : other->rb_left;
		}
		set_color(other, is_red(parent) ? RB_RED : RB_BLACK);
		set_color(parent, RB_BLACK);
		set_color(far, RB_BLACK);
		if (left)
			rotate_left(parent, root);
		else
			rotate_right(parent, root);
		node = root->rb_node;
		break;
	}
	if (node)
		set_color(node, RB_BLACK);
}

/* A node with two children changes places with its successor, which has at most one. */
static void erase_inner(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *next = node->rb_right, *child, *parent;
	int was_red;

	while (next->rb_left)
		next = next->rb_left;
	child = next->rb_right;
	parent = rb_parent(next);
	was_red = is_red(next);
	if (parent == node) {
		parent = next;
	} else {
		parent->rb_left = child;
		if (child)
			set_parent(child, parent);
		next->rb_right = node->rb_right;
		set_parent(node->rb_right, next);
	}
	next->rb_left = node->rb_left;
	set_parent(node->rb_left, next);
	next->rb_parent_color = node->rb_parent_color;
	replace_child(root, rb_parent(node), node, next);
	if (!was_red)
		erase_color(child, parent, root);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *child = node->rb_left ?: node->rb_right, *parent = rb_parent(node);

	if (node->rb_left && node->rb_right) {
		erase_inner(node, root);
		return;
	}
	if (child)
		set_parent(child, parent);
	replace_child(root, parent, node, child);
	if (!is_red(node))
		erase_color(child, parent, root);
}
EXPORT_SYMBOL(rb_erase);

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_left)
		n = n->rb_left;
	return n;
}
EXPORT_SYMBOL(rb_first);

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_right)
		n = n->rb_right;
	return n;
}
EXPORT_SYMBOL(rb_last);

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *parent;

	if (node->rb_right) {
		node = node->rb_right;
		while (node->rb_left)
			node = node->rb_left;
		return (struct rb_node *)node;
	}
	while ((parent = rb_parent(node)) && node == parent->rb_right)
		node = parent;
	return parent;
}
EXPORT_SYMBOL(rb_next);

struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *parent;

	if (node->rb_left) {
		node = node->rb_left;
		while (node->rb_right)
			node = node->rb_right;
		return (struct rb_node *)node;
	}
	while ((parent = rb_parent(node)) && node == parent->rb_left)
		node = parent;
	return parent;
}
EXPORT_SYMBOL(rb_prev);
