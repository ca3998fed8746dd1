"""Symbols, types, variable locations, lines and unwinding of a kernel image."""
