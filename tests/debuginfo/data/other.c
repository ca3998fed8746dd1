#include "sample.h"

/* A function of the same name is in sample.c. */
static __attribute__((noinline, noclone)) int local_name(int x)
{
	__asm__ volatile("" : : "r"(x) : "memory");
	return x - 1;
}

int shared(int x) { return x + 100; }

__attribute__((noinline)) int other_entry(int n, struct item *item)
{
	return local_name(n) + item->id;
}
