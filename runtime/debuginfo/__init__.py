"""Symbols, types, variable locations, lines and unwinding of a kernel image."""

from stapy.runtime.debuginfo.description import KernelDescription

__all__ = ["KernelDescription"]
