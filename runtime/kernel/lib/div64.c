/* Division of 64-bit numbers where the CPU has none: the functions the compiler calls. */
#include <linux/types.h>

#if BITS_PER_LONG == 32

/* Long division, one bit at a time from the highest set one. */
static u64 divide(u64 n, u64 base, u64 *remainder)
{
	u64 quotient = 0, bit = 1;

	if ((n >> 32) == 0 && (base >> 32) == 0) {
		*remainder = (u32)n % (u32)base;
		return (u32)n / (u32)base;
	}
	while ((s64)base > 0 && base < n) {
		base <<= 1;
		bit <<= 1;
	}
	for (; bit; bit >>= 1, base >>= 1) {
		if (n >= base) {
			n -= base;
			quotient |= bit;
		}
	}
	*remainder = n;
	return quotient;
}

u64 __udivmoddi4(u64 n, u64 base, u64 *remainder)
{
	return divide(n, base, remainder);
}

u64 __udivdi3(u64 n, u64 base)
{
	u64 remainder;

	return divide(n, base, &remainder);
}

u64 __umoddi3(u64 n, u64 base)
{
	u64 remainder;

	divide(n, base, &remainder);
	return remainder;
}

s64 __divdi3(s64 n, s64 base)
{
	u64 remainder;
	u64 quotient = divide(n < 0 ? -n : n, base < 0 ? -base : base, &remainder);

	return (n < 0) != (base < 0) ? -quotient : quotient;
}

s64 __moddi3(s64 n, s64 base)
{
	u64 remainder;

	divide(n < 0 ? -n : n, base < 0 ? -base : base, &remainder);
	return n < 0 ? -remainder : remainder;
}

s64 __divmoddi4(s64 n, s64 base, s64 *remainder)
{
	s64 quotient = __divdi3(n, base);

	*remainder = n - quotient * base;
	return quotient;
}

#endif
