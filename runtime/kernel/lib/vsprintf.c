/* Formatted text: vsnprintf and the conversions from text to numbers. */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#define ZEROPAD	1
#define SIGN	2
#define PLUS	4
#define SPACE	8
#define LEFT	16
#define SPECIAL	32	/* 0x before hexadecimal */
#define LARGE	64	/* capital digits */

struct printf_spec {
	int flags;
	int field_width;
	int precision;
	int base;
	char qualifier;		/* h, l, L (long long), z, or 0 */
};

/* The text grows past end without being stored, so that its full length is known. */
struct out {
	char *str, *end;
};

static void put(struct out *out, char c)
{
	if (out->str < out->end)
		*out->str = c;
	out->str++;
}

static void pad(struct out *out, char c, int n)
{
	while (n-- > 0)
		put(out, c);
}

static void number(struct out *out, unsigned long long num, struct printf_spec spec)
{
	const char *digits = spec.flags & LARGE ? "0123456789ABCDEF" : "0123456789abcdef";
	char tmp[24], sign = 0;
	int i = 0, width = spec.field_width, need_prefix = (spec.flags & SPECIAL) && spec.base != 10;

	if (spec.flags & SIGN) {
		if ((long long)num < 0) {
			sign = '-';
			num = -num;
		} else if (spec.flags & PLUS) {
			sign = '+';
		} else if (spec.flags & SPACE) {
			sign = ' ';
		}
	}
	do {
		tmp[i++] = digits[num % spec.base];
		num /= spec.base;
	} while (num);
	if (spec.precision < i)
		spec.precision = i;
	width -= spec.precision + (sign != 0) + (need_prefix ? spec.base / 8 : 0);
	if (!(spec.flags & (ZEROPAD | LEFT)))
		pad(out, ' ', width);
	if (sign)
		put(out, sign);
	if (need_prefix) {
		put(out, '0');
		if (spec.base == 16)
			put(out, spec.flags & LARGE ? 'X' : 'x');
	}
	if (!(spec.flags & LEFT) && (spec.flags & ZEROPAD))
		pad(out, '0', width);
	pad(out, '0', spec.precision - i);
	while (i)
		put(out, tmp[--i]);
	if (spec.flags & LEFT)
		pad(out, ' ', width);
}

static void string(struct out *out, const char *s, struct printf_spec spec)
{
	int i, length;

	if ((unsigned long)s < 4096)
		s = "(null)";
	length = strnlen(s, spec.precision);
	if (!(spec.flags & LEFT))
		pad(out, ' ', spec.field_width - length);
	for (i = 0; i < length; i++)
		put(out, s[i]);
	if (spec.flags & LEFT)
		pad(out, ' ', spec.field_width - length);
}

/* %pS and %pF print a symbol with its offset, %ps and %pf its name alone; other pointers are numbers. */
static void pointer(struct out *out, char kind, void *ptr, struct printf_spec spec)
{
	char sym[KSYM_SYMBOL_LEN];

	if (kind == 'S' || kind == 'F' || kind == 's' || kind == 'f') {
		sprint_symbol(sym, (unsigned long)ptr);
		if (kind == 's' || kind == 'f')
			sym[strcspn(sym, "+")] = '\0';
		string(out, sym, spec);
		return;
	}
	spec.base = 16;
	spec.flags |= ZEROPAD;
	if (spec.field_width < 0)
		spec.field_width = 2 * sizeof(void *);
	number(out, (unsigned long)ptr, spec);
}

static const char *decode_flags(const char *fmt, struct printf_spec *spec)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-': spec->flags |= LEFT; break;
		case '+': spec->flags |= PLUS; break;
		case ' ': spec->flags |= SPACE; break;
		case '#': spec->flags |= SPECIAL; break;
		case '0': spec->flags |= ZEROPAD; break;
		default: return fmt;
		}
	}
}

static const char *decode_qualifier(const char *fmt, struct printf_spec *spec)
{
	if (*fmt == 'h' || *fmt == 'l' || *fmt == 'L' || *fmt == 'z' || *fmt == 'Z' || *fmt == 't') {
		spec->qualifier = *fmt++;
		if (spec->qualifier == *fmt) {
			spec->qualifier = *fmt == 'l' ? 'L' : 'H';
			fmt++;
		}
	}
	return fmt;
}

static unsigned long long integer_argument(va_list *args, struct printf_spec *spec)
{
	int is_signed = spec->flags & SIGN;

	switch (spec->qualifier) {
	case 'L':
		return va_arg(*args, unsigned long long);
	case 'l':
	case 'z':
	case 'Z':
	case 't':
		return is_signed ? (unsigned long long)va_arg(*args, long) :
			(unsigned long long)va_arg(*args, unsigned long);
	case 'h':
		return is_signed ? (short)va_arg(*args, int) : (unsigned short)va_arg(*args, int);
	case 'H':
		return is_signed ? (signed char)va_arg(*args, int) : (unsigned char)va_arg(*args, int);
	default:
		return is_signed ? (unsigned long long)va_arg(*args, int) :
			(unsigned long long)va_arg(*args, unsigned int);
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list argp)
{
	struct out out = { buf, buf + size };
	va_list args;

	if (out.end < buf) {	/* sprintf's limit reaches past the top of memory */
		out.end = (char *)-1;
		size = out.end - buf;
	}
	va_copy(args, argp);
	for (; *fmt; fmt++) {
		struct printf_spec spec = { 0, -1, -1, 10, 0 };

		if (*fmt != '%') {
			put(&out, *fmt);
			continue;
		}
		fmt = decode_flags(fmt + 1, &spec);
		if (*fmt == '*') {
			spec.field_width = va_arg(args, int);
			fmt++;
		} else if (*fmt >= '0' && *fmt <= '9') {
			spec.field_width = simple_strtoul(fmt, (char **)&fmt, 10);
		}
		if (*fmt == '.') {
			if (*++fmt == '*') {
				spec.precision = va_arg(args, int);
				fmt++;
			} else {
				spec.precision = simple_strtoul(fmt, (char **)&fmt, 10);
			}
		}
		fmt = decode_qualifier(fmt, &spec);
		switch (*fmt) {
		case 'c':
			if (!(spec.flags & LEFT))
				pad(&out, ' ', spec.field_width - 1);
			put(&out, (unsigned char)va_arg(args, int));
			if (spec.flags & LEFT)
				pad(&out, ' ', spec.field_width - 1);
			continue;
		case 's':
			string(&out, va_arg(args, char *), spec);
			continue;
		case 'p':
			pointer(&out, fmt[1], va_arg(args, void *), spec);
			while ((fmt[1] >= 'a' && fmt[1] <= 'z') || (fmt[1] >= 'A' && fmt[1] <= 'Z'))
				fmt++;
			continue;
		case '%':
			put(&out, '%');
			continue;
		case 'o':
			spec.base = 8;
			break;
		case 'X':
			spec.flags |= LARGE;
			/* fall through */
		case 'x':
			spec.base = 16;
			break;
		case 'd':
		case 'i':
			spec.flags |= SIGN;
			break;
		case 'u':
			break;
		default:
			put(&out, '%');
			if (!*fmt)
				goto done;
			put(&out, *fmt);
			continue;
		}
		number(&out, integer_argument(&args, &spec), spec);
	}
done:
	va_end(args);
	if (size)
		*(out.str < out.end ? out.str : out.end - 1) = '\0';
	return out.str - buf;
}
EXPORT_SYMBOL(vsnprintf);

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int n = vsnprintf(buf, size, fmt, args);

	return n >= (int)size ? (int)size - 1 : n;
}
EXPORT_SYMBOL(vscnprintf);

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}
EXPORT_SYMBOL(snprintf);

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}
EXPORT_SYMBOL(scnprintf);

int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, INT_MAX, fmt, args);
	va_end(args);
	return n;
}
EXPORT_SYMBOL(sprintf);

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base)
{
	unsigned long result = 0;

	if (cp[0] == '0' && (cp[1] | 0x20) == 'x' && (!base || base == 16)) {
		cp += 2;
		base = 16;
	} else if (!base) {
		base = *cp == '0' ? 8 : 10;
	}
	for (; digit_value(*cp) < (int)base; cp++)
		result = result * base + digit_value(*cp);
	if (endp)
		*endp = (char *)cp;
	return result;
}
EXPORT_SYMBOL(simple_strtoul);

long simple_strtol(const char *cp, char **endp, unsigned int base)
{
	return *cp == '-' ? -simple_strtoul(cp + 1, endp, base) : simple_strtoul(cp, endp, base);
}
EXPORT_SYMBOL(simple_strtol);
