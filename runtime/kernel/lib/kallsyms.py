"""Turn `nm -n` of the kernel image (standard input) into the C table of text symbols that kernel/kallsyms.c searches."""

import sys

symbols = []
for line in sys.stdin:
    address, kind, name = line.split()
    if kind in "tTwW" and not name.startswith("."):
        symbols.append((int(address, 16), name))
print("struct kallsym { unsigned long address; const char *name; };")
print("__attribute__((section(\".kallsyms\"))) const unsigned long kallsyms_num_syms = %d;" % len(symbols))
print("__attribute__((section(\".kallsyms\"))) const struct kallsym kallsyms_table[] = {")
for address, name in symbols:
    print('\t{ 0x%xUL, "%s" },' % (address, name))
print("\t{ 0, 0 }\n};")
