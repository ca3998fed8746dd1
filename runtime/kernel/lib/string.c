/* Strings and blocks of memory. The block functions work by words where both ends allow. */
#include <linux/clock.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#define WORD sizeof(unsigned long)
#define words_aligned(a, b) ((((unsigned long)(a) | (unsigned long)(b)) & (WORD - 1)) == 0)

void *memcpy(void *dest, const void *src, size_t count)
{
	char *d = dest;
	const char *s = src;

	if (words_aligned(d, s)) {
		for (; count >= WORD; count -= WORD, d += WORD, s += WORD)
			*(unsigned long *)d = *(const unsigned long *)s;
	}
	while (count--)
		*d++ = *s++;
	return dest;
}
EXPORT_SYMBOL(memcpy);

void *memmove(void *dest, const void *src, size_t count)
{
	char *d = dest;
	const char *s = src;

	if (d <= s || d >= s + count)
		return memcpy(dest, src, count);
	while (count--)
		d[count] = s[count];
	return dest;
}
EXPORT_SYMBOL(memmove);

void *memset(void *s, int c, size_t count)
{
	char *p = s;
	unsigned long word = (unsigned char)c * (~0UL / 255);

	for (; count && ((unsigned long)p & (WORD - 1)); count--)
		*p++ = c;
	for (; count >= WORD; count -= WORD, p += WORD)
		*(unsigned long *)p = word;
	while (count--)
		*p++ = c;
	return s;
}
EXPORT_SYMBOL(memset);

int memcmp(const void *cs, const void *ct, size_t count)
{
	const unsigned char *a = cs, *b = ct;

	for (; count; count--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}
EXPORT_SYMBOL(memcmp);

void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}
EXPORT_SYMBOL(memchr);

size_t strlen(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return end - s;
}
EXPORT_SYMBOL(strlen);

size_t strnlen(const char *s, size_t count)
{
	const char *end = s;

	while (count-- && *end)
		end++;
	return end - s;
}
EXPORT_SYMBOL(strnlen);

char *strcpy(char *dest, const char *src)
{
	char *d = dest;

	while ((*d++ = *src++) != '\0')
		;
	return dest;
}
EXPORT_SYMBOL(strcpy);

char *strncpy(char *dest, const char *src, size_t count)
{
	char *d = dest;

	for (; count; count--) {
		if ((*d++ = *src) != '\0')
			src++;
	}
	return dest;
}
EXPORT_SYMBOL(strncpy);

size_t strlcpy(char *dest, const char *src, size_t size)
{
	size_t length = strlen(src);

	if (size) {
		size_t n = min(length, size - 1);

		memcpy(dest, src, n);
		dest[n] = '\0';
	}
	return length;
}
EXPORT_SYMBOL(strlcpy);

char *strcat(char *dest, const char *src)
{
	strcpy(dest + strlen(dest), src);
	return dest;
}
EXPORT_SYMBOL(strcat);

size_t strlcat(char *dest, const char *src, size_t count)
{
	size_t length = strlen(dest);

	return length + strlcpy(dest + length, src, count - length);
}
EXPORT_SYMBOL(strlcat);

int strcmp(const char *cs, const char *ct)
{
	for (; *cs && *cs == *ct; cs++, ct++)
		;
	return (unsigned char)*cs - (unsigned char)*ct;
}
EXPORT_SYMBOL(strcmp);

int strncmp(const char *cs, const char *ct, size_t count)
{
	for (; count && *cs && *cs == *ct; count--, cs++, ct++)
		;
	return count ? (unsigned char)*cs - (unsigned char)*ct : 0;
}
EXPORT_SYMBOL(strncmp);

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}
EXPORT_SYMBOL(strchr);

char *strrchr(const char *s, int c)
{
	const char *p = s + strlen(s);

	do {
		if (*p == (char)c)
			return (char *)p;
	} while (--p >= s);
	return NULL;
}
EXPORT_SYMBOL(strrchr);

char *strstr(const char *s1, const char *s2)
{
	size_t length = strlen(s2);

	for (; strncmp(s1, s2, length); s1++)
		if (!*s1)
			return NULL;
	return (char *)s1;
}
EXPORT_SYMBOL(strstr);

size_t strcspn(const char *s, const char *reject)
{
	const char *p = s;

	while (*p && !strchr(reject, *p))
		p++;
	return p - s;
}
EXPORT_SYMBOL(strcspn);

size_t strspn(const char *s, const char *accept)
{
	const char *p = s;

	while (*p && strchr(accept, *p))
		p++;
	return p - s;
}
EXPORT_SYMBOL(strspn);

char *strsep(char **s, const char *ct)
{
	char *begin = *s, *end;

	if (!begin)
		return NULL;
	end = begin + strcspn(begin, ct);
	if (*end)
		*end++ = '\0';
	else
		end = NULL;
	*s = end;
	return begin;
}
EXPORT_SYMBOL(strsep);
