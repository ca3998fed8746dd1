/* Bit operations in plain C over the compiler's atomics. */
#ifndef _ASM_GENERIC_BITOPS_H
#define _ASM_GENERIC_BITOPS_H

static inline void set_bit(int nr, volatile unsigned long *addr)
{
	__atomic_fetch_or(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_SEQ_CST);
}

static inline void clear_bit(int nr, volatile unsigned long *addr)
{
	__atomic_fetch_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr), __ATOMIC_SEQ_CST);
}

static inline void change_bit(int nr, volatile unsigned long *addr)
{
	__atomic_fetch_xor(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_SEQ_CST);
}

static inline int test_and_set_bit(int nr, volatile unsigned long *addr)
{
	return !!(__atomic_fetch_or(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_SEQ_CST) & BIT_MASK(nr));
}

static inline int test_and_clear_bit(int nr, volatile unsigned long *addr)
{
	return !!(__atomic_fetch_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr), __ATOMIC_SEQ_CST) & BIT_MASK(nr));
}

static inline void __set_bit(int nr, volatile unsigned long *addr)
{
	addr[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(int nr, volatile unsigned long *addr)
{
	addr[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static inline int __test_and_set_bit(int nr, volatile unsigned long *addr)
{
	unsigned long old = addr[BIT_WORD(nr)];

	addr[BIT_WORD(nr)] = old | BIT_MASK(nr);
	return !!(old & BIT_MASK(nr));
}

static inline int __test_and_clear_bit(int nr, volatile unsigned long *addr)
{
	unsigned long old = addr[BIT_WORD(nr)];

	addr[BIT_WORD(nr)] = old & ~BIT_MASK(nr);
	return !!(old & BIT_MASK(nr));
}

static inline int test_bit(int nr, const volatile unsigned long *addr)
{
	return !!(addr[BIT_WORD(nr)] & BIT_MASK(nr));
}

#define clear_bit_unlock clear_bit
#define test_and_set_bit_lock test_and_set_bit
#define smp_mb__before_clear_bit() barrier()
#define smp_mb__after_clear_bit() barrier()

/* Number of the lowest set bit; the word must not be 0. */
static inline unsigned long __ffs(unsigned long word)
{
	unsigned long n = 0;

	while (!(word & 0xff)) {
		word >>= 8;
		n += 8;
	}
	while (!(word & 1)) {
		word >>= 1;
		n++;
	}
	return n;
}

#define ffz(x) __ffs(~(x))

static inline int ffs(int x)
{
	return x ? (int)__ffs((unsigned int)x) + 1 : 0;
}

/* Number of the highest set bit counted from 1; 0 for 0. */
static inline int fls_long(unsigned long x)
{
	int n = 0;

	while (x >= 256) {
		x >>= 8;
		n += 8;
	}
	while (x) {
		x >>= 1;
		n++;
	}
	return n;
}

static inline int fls(unsigned int x)
{
	return fls_long(x);
}

static inline unsigned long hweight_long(unsigned long w)
{
	unsigned long n;

	for (n = 0; w; n++)
		w &= w - 1;
	return n;
}

extern unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset);
extern unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
					unsigned long offset);
#define find_first_bit(addr, size) find_next_bit((addr), (size), 0)
#define find_first_zero_bit(addr, size) find_next_zero_bit((addr), (size), 0)

#endif
