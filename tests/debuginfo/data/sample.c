#include "sample.h"

#define noinline __attribute__((noinline, noclone))
/* A place in the middle of a function that the tests find by its name; the variables are alive there. */
#define MARK(name, ...) __asm__ volatile(".globl mark_" #name "\nmark_" #name ": nop" : : __VA_ARGS__)
#define KEEP(v) __asm__ volatile("" : : "r"(v) : "memory")

struct kernel_symbol { unsigned long value; const char *name; };
#define EXPORT_SYMBOL(name) \
	const struct kernel_symbol __ksymtab_##name \
		__attribute__((section("__ksymtab"), used)) = { (unsigned long)&name, #name }

const char linux_banner[] = "Linux version 2.6.32-sample (test) #1";
volatile unsigned long long trace[64];
int counter = 3;
static unsigned long hidden = 0x1234;
struct item first, second;
struct opaque;

static noinline int twice(int x) { KEEP(x); return x * 2; }

static inline __attribute__((always_inline)) int scaled(int value, struct pair *by)
{
	int factor = twice(value) + 1;
	MARK(scaled, "r"(factor), "r"(by));
	return factor + (int)by->a;
}

noinline int many(int a, long b, short c, signed char d, unsigned long long e, void *f, const char *g, bool h,
		  enum colour i, struct pair by_value, u8 j)
{
	trace[0] = a; trace[1] = b; trace[2] = c; trace[3] = d; trace[4] = e; trace[5] = (ulong_t)f;
	trace[6] = (ulong_t)g; trace[7] = h; trace[8] = i; trace[9] = by_value.a; trace[10] = by_value.b; trace[11] = j;
	return a + j;
}

noinline int middle(int a, int b, struct pair *p)
{
	int sum = a + b;
	static int calls;
	const int constant = 42;
	struct pair local = { a, b };
	KEEP(&local);
	calls++;
	MARK(sum, "r"(sum), "r"(p));
	if (sum > 3) {
		int nested = sum * b;
		MARK(nested, "r"(nested), "r"(sum));
		sum += twice(nested);
	}
	sum += scaled(sum, p);
	MARK(late, "r"(sum));
	return sum + constant + local.a;
}

noinline unsigned long long wide(unsigned long long x, unsigned int y)
{
	unsigned long long product = x * y;
	MARK(wide, "r"((unsigned int)product), "r"((unsigned int)(product >> 32)));
	return product + hidden;
}

/* Its parameter is dead when it matters: what it was is known from the call only. */
noinline int forgets(int gone, int kept)
{
	int result = twice(kept);
	MARK(forgets, "r"(result));
	return result;
}

noinline int remembers(int n)
{
	return forgets(n + 1, 7) + n;
}

noinline int recurse(int depth, struct item *item)
{
	int below;
	if (depth == 0) {
		MARK(bottom, "r"(item));
		return item->id;
	}
	below = recurse(depth - 1, item);
	KEEP(below);
	return below + depth;
}

noinline int use(struct item *item, const char *label)
{
	MARK(use, "r"(item), "r"(label));
	if (item->id < 0)
		goto failed;
	return item->operation ? item->operation(item, label) : 0;
failed:
	MARK(failed, "r"(item));
	return -1;
}

static int operate(struct item *item, const char *label) { return item->id + label[0]; }

static noinline int local_name(int x) { KEEP(x); return x + 1; }

noinline int start(int argument)
{
	struct pair by = { 11, 22 };
	int total = 0;
	first.id = 77;
	first.text = "some text";
	__builtin_memcpy(first.name, "a name", 7);
	first.flags.low = 5;
	first.flags.middle = 4321;
	first.flags.negative = -9;
	first.flags.on = 1;
	first.flags.wide = -123456;
	first.first = 17;
	first.second = -18;
	first.colour = BLUE;
	first.parent = &second;
	first.matrix[1][2] = 99;
	first.operation = operate;
	first.tiny = -4;
	second.id = -5;
	second.parent = &first;
	total += many(-1, -2, -3, -4, 0x1122334455667788ull, &first, "hello", 1, GREEN, (struct pair){ 5, -6 }, 200);
	total += middle(argument, 4, &by);
	total += (int)wide(0x100000003ull, 5);
	total += remembers(argument);
	total += recurse(5, &first);
	total += use(&first, "label");
	total += use(&second, "label");
	total += local_name(argument);
	total += other_entry(argument, &first);
	KEEP(total);
	return total;
}

EXPORT_SYMBOL(many);
EXPORT_SYMBOL(shared);
