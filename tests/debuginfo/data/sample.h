/* A small program that runs on nothing, whose variables the tests read while it runs. */
typedef unsigned int u32;
typedef unsigned char u8;
typedef unsigned long ulong_t;
typedef _Bool bool;

enum colour { RED, GREEN = 5, BLUE };
enum sign { MINUS = -1, PLUS = 1 };

struct list { struct list *next, *prev; };

struct flags {
	u32 low : 3;
	u32 middle : 13;
	int negative : 5;
	u8 on : 1;
	long long wide : 40;
};

struct item {
	int id;
	char name[12];
	const char *text;
	struct flags flags;
	union {
		int number;
		struct {
			short first, second;
		};
		void *pointer;
	};
	enum colour colour;
	struct list list;
	int matrix[2][3];
	int (*operation)(struct item *, const char *);
	void (*handlers[2])(void);
	struct opaque *opaque;
	bool ready;
	signed char tiny;
	struct item *parent;
	u8 tail[];
};

struct pair { long a, b; };

extern volatile unsigned long long trace[64];
int other_entry(int n, struct item *item);
int shared(int x);
