"""The emulated computer: CPUs, memory, the virtual clock, traps."""
