"""Symbols, types, variable locations, lines and unwinding of a kernel image.

``KernelDescription.from_elf(path)`` opens an image by its index. What there is:

==============  ============================================================================
description     KernelDescription: everything below by name, address or place
functions       Function, InlineInstance, Scope, Variable; ``variable.location(pc)``
expressions     Location and its expression tree; ``evaluate``, ``python_source``, ``part``
types           C types, spelled as SystemTap spells them; ``types.lookup("struct file")``
pretty          how SystemTap prints a whole variable: ``$var$``, ``$$vars``
lines           addresses and source lines; ``statements``: which address a line means
symbols         the symbol table by name and address
frames          call frame rules; ``unwind`` walks stacks by them
index           the file beside the image or in the cache; written by ``python -m`` of this
reader          makes the index from ELF and DWARF: the one module that needs pyelftools
==============  ============================================================================
"""

from stapy.runtime.debuginfo.description import KernelDescription

__all__ = ["KernelDescription"]
