"""Turn `nm -n` of the kernel image (standard input) into the C table of symbols that kernel/kallsyms.c searches."""

import sys

SECTION = '__attribute__((section(".kallsyms")))'

symbols = []
for line in sys.stdin:
    address, kind, name = line.split()
    if kind in "tTwW" and not name.startswith(".L"):
        symbols.append((int(address, 16), name.removeprefix(".")))  # ppc64: the code is .name, its descriptor name
print("struct kallsym { unsigned long address; const char *name; };")
print(f"{SECTION} const unsigned long kallsyms_num_syms = {len(symbols)};")
print(f"{SECTION} const struct kallsym kallsyms_table[] = {{")
for number, name in symbols:
    print(f'\t{{ {number:#x}UL, "{name}" }},')
print("\t{ 0, 0 }\n};")
