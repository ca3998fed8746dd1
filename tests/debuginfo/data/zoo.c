/* One parameter of every kind of type, for how types are spelled and values printed. Never run. */
typedef unsigned char u8;
typedef unsigned int u32;
typedef _Bool bool;
typedef unsigned long size;

enum colour { RED, GREEN = 5 };
enum negative { MINUS = -1, ZERO };

struct opaque;
struct empty { };
typedef struct { int q; } anonymous;

struct many {
	int m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23;
	int m24, m25, m26, m27, m28, m29, m30, m31, m32, m33, m34;
};

struct bits { int x : 3; unsigned y : 5; long z; };
union either { int i; char c[8]; };
typedef int (*compare)(const void *, const void *);

struct all {
	int a;
	char name[16];
	const char *text;
	struct bits bits;
	struct { int inner; union { int q; long r; }; };
	union { int k; };
	struct { int z; } named;
	enum colour colour;
	enum negative negative;
	union either either;
	int array[4];
	struct bits more[2];
	u8 bytes[4];
	bool flags[2];
	const char *const names[3];
	void (*handlers[2])(int);
	compare compare;
	int (*function)(int, char *);
	struct all *next;
	struct opaque *opaque;
	bool flag;
	char c;
	unsigned char uc;
	short s;
	unsigned long ul;
	long long wide;
	double real;
	__int128 huge;
	void *v;
	int matrix[2][3];
	char flexible[];
};

__attribute__((noinline)) int zoo(
	struct all *all, struct many *many, struct empty *empty, anonymous *anon, struct opaque *opaque,
	struct opaque **opaques, struct { int x; } *nameless, const char *str, char *const *argv, char *restrict r,
	const volatile int *cv, void *v, void **vv, const void *cvoid, u8 *bytes, short s, char c, bool b, size n,
	enum colour colour, enum negative negative, enum { AA } here, double d, _Atomic int *atomic, compare cmp, compare *cmps,
	int (*fp)(int, char *), int (*array[3])(void), int (*const cfp)(void), int (*(*ffp)(int))(char),
	int (**pfp)(int, ...), int (*old)(), int m[3][4], int (*pm)[4], const struct all *const call, union either *either)
{
	volatile int local[3] = { 1, 2, 3 };
	int plane[2][3];
	struct bits copy = { 1, 2, 3 };
	__asm__ volatile("" : : "r"(local), "r"(plane), "r"(&copy) : "memory");
	return n + all->a;
}

int start(void)
{
	return 0;
}
