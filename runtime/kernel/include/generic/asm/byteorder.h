/* Conversion between the CPU's byte order and fixed ones. */
#ifndef _ASM_GENERIC_BYTEORDER_H
#define _ASM_GENERIC_BYTEORDER_H

#include <linux/types.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define __LITTLE_ENDIAN 1234
#define cpu_to_le32(x) ((__le32)(x))
#define le32_to_cpu(x) ((u32)(x))
#define le16_to_cpu(x) ((u16)(x))
#define cpu_to_be32(x) __builtin_bswap32(x)
#define be32_to_cpu(x) __builtin_bswap32(x)
#else
#define __BIG_ENDIAN 4321
#define cpu_to_le32(x) __builtin_bswap32(x)
#define le32_to_cpu(x) __builtin_bswap32(x)
#define le16_to_cpu(x) __builtin_bswap16(x)
#define cpu_to_be32(x) ((__be32)(x))
#define be32_to_cpu(x) ((u32)(x))
#endif

#endif
