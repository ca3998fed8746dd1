"""Registers and arguments of the probed place, by name and by number."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from stapy.runtime.context import Context
from stapy.runtime.kprobes.ptregs import general_registers
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.symbols import probed_address
from stapy.runtime.values.strings import to_signed

MOST_ARGUMENTS = 127  # as many as C promises

# Parts of x86's registers: part -> (register of pt_regs, bits, shift). stap names the 16-bit ones as pt_regs' fields.
_X86_PARTS: dict[str, tuple[str, int, int]] = {}
for _letters in ("ax", "bx", "cx", "dx"):
    _X86_PARTS[_letters[0] + "l"] = (_letters, 8, 0)
    _X86_PARTS[_letters[0] + "h"] = (_letters, 8, 8)
for _field in ("ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "ip", "orig_ax"):
    _X86_PARTS[_field] = (_field, 16, 0)
    _X86_PARTS[f"orig_e{_field[5:]}" if _field.startswith("orig") else f"e{_field}"] = (_field, 32, 0)
for _field in ("cs", "ss", "flags"):
    _X86_PARTS[_field] = (_field, 16, 0)


def _registers(c: Context) -> Any:
    if c.regs is None:
        raise ScriptError("cannot access CPU registers in this context", placeless=True)
    return c.regs


def _read(c: Context, name: str, signed: bool) -> int:
    registers = _registers(c)
    arch = c.kernel.arch
    bits, shift = arch.bits, 0
    field = name
    if arch.name in ("x86_64", "i386") and name in _X86_PARTS:
        field, bits, shift = _X86_PARTS[name]
    elif name in ("xcs", "xss", "xds", "xes", "xfs", "xgs"):
        field = name[1:]
    try:
        value = _value(c, registers, field) >> shift
    except KeyError:
        raise ScriptError(f"Unknown register: {name}", placeless=True) from None
    return _extended(value, bits, signed)


def _value(c: Context, registers: Any, field: str) -> int:
    """A field of pt_regs; the program counter as the probe's address, not where the breakpoint's trap left it."""
    arch = c.kernel.arch
    if c.address and arch.register_name(field) == arch.pc:
        return probed_address(c)
    return registers.get(field)


def _extended(value: int, bits: int, signed: bool) -> int:
    value &= (1 << bits) - 1
    if signed and value >> (bits - 1):
        value -= 1 << bits
    return to_signed(value)


@tapset_function(pure=True, needs_kernel=True)
def register(c: Context, name: str) -> int:
    """The register ``name`` at the probed place, sign-extended where it is narrower than 64 bits."""
    return _read(c, name, signed=True)


@tapset_function(pure=True, needs_kernel=True)
def u_register(c: Context, name: str) -> int:
    """The register ``name`` at the probed place, zero-extended where it is narrower than 64 bits."""
    return _read(c, name, signed=False)


@tapset_function(pure=True)
def registers_valid(c: Context) -> int:
    """1 where registers can be read: in probes of the machine; else 0."""
    return 0 if c.regs is None else 1


@tapset_function(needs_kernel=True)
def print_regs(c: Context) -> None:
    """Print the registers of the probed place."""
    registers = _registers(c)
    arch = c.kernel.arch
    width = arch.bits // 4
    cells = [f"{name.upper():>8}: {_value(c, registers, name):0{width}x}" for name in general_registers(arch)]
    for start in range(0, len(cells), 3):
        c.session.emit(" ".join(cells[start:start + 3]) + "\n")


@tapset_function(pure=True, needs_kernel=True)
def probing_32bit_app(c: Context) -> int:
    """1 if the current task is a 32-bit process on a 64-bit kernel; the built-in kernel has none: 0."""
    return 0


# ---------------------------------------------------------------- arguments, at a function's first instruction


@lru_cache
def _place(arch: Any, number: int) -> Any:
    """Where the calling convention has argument ``number`` (from 1)."""
    if not 1 <= number <= MOST_ARGUMENTS:
        raise ScriptError(f"Invalid argument number: {number}")
    return arch.argument(number - 1)


def _argument(c: Context, number: int) -> int:
    """The word that holds argument ``number`` (from 1), unsigned."""
    if c.regs is None:
        raise ScriptError("cannot access function args in this context")
    place = _place(c.kernel.arch, number)
    if place.register is not None:
        return c.regs.get(place.register)
    return c.kernel.memory.word(c.regs.get(c.kernel.arch.sp) + place.offset)


def _wide_argument(c: Context, number: int) -> int:
    """A 64-bit argument: on 32-bit kernels two words, ``number`` counting words."""
    low = _argument(c, number)
    if c.kernel.arch.bits == 64:
        return low
    high = _argument(c, number + 1)
    return low | high << 32 if c.kernel.arch.endian == "little" else high | low << 32


@tapset_function("int_arg", "s32_arg", pure=True, needs_kernel=True)
def int_arg(c: Context, argnum: int) -> int:
    """Argument ``argnum`` (from 1) of the probed function as a signed 32-bit integer."""
    return _extended(_argument(c, argnum), 32, True)


@tapset_function("uint_arg", "u32_arg", pure=True, needs_kernel=True)
def uint_arg(c: Context, argnum: int) -> int:
    """Argument ``argnum`` (from 1) of the probed function as an unsigned 32-bit integer."""
    return _extended(_argument(c, argnum), 32, False)


@tapset_function(pure=True, needs_kernel=True)
def long_arg(c: Context, argnum: int) -> int:
    """Argument ``argnum`` (from 1) of the probed function as a signed long."""
    return _extended(_argument(c, argnum), c.kernel.arch.bits, True)


@tapset_function("ulong_arg", "pointer_arg", pure=True, needs_kernel=True)
def ulong_arg(c: Context, argnum: int) -> int:
    """Argument ``argnum`` (from 1) of the probed function as an unsigned long or an address."""
    return to_signed(_argument(c, argnum))


@tapset_function("longlong_arg", "s64_arg", pure=True, needs_kernel=True)
def longlong_arg(c: Context, argnum: int) -> int:
    """Argument ``argnum`` (from 1, in words) of the probed function as a signed 64-bit integer."""
    return to_signed(_wide_argument(c, argnum))


@tapset_function("ulonglong_arg", "u64_arg", pure=True, needs_kernel=True)
def ulonglong_arg(c: Context, argnum: int) -> int:
    """Argument ``argnum`` (from 1, in words) of the probed function as an unsigned 64-bit integer."""
    return to_signed(_wide_argument(c, argnum))


@tapset_function("set_int_arg", "set_uint_arg", "set_long_arg", "set_ulong_arg", "set_pointer_arg", "set_s32_arg",
                 "set_u32_arg", "set_longlong_arg", "set_ulonglong_arg", "set_s64_arg", "set_u64_arg",
                 needs_kernel=True, guru=True)
def set_argument(c: Context, argnum: int, value: int) -> None:
    """Change argument ``argnum`` (from 1) of the probed function before it runs. Needs -g."""
    if c.regs is None:
        raise ScriptError("cannot access function args in this context")
    place = _place(c.kernel.arch, argnum)
    if place.register is not None:
        c.regs.set(place.register, value)
    else:
        c.kernel.memory.write_word(c.regs.get(c.kernel.arch.sp) + place.offset, value)


@tapset_function()
def asmlinkage() -> None:
    """Says that the probed function takes its arguments as assembler does. Nothing to do: the kernel's convention is
    known."""


@tapset_function()
def fastcall() -> None:
    """Says that the probed function takes its arguments in registers. Nothing to do: the convention is known."""


@tapset_function()
def regparm(n: int) -> None:
    """Says how many arguments the probed function takes in registers. Nothing to do: the convention is known."""


@tapset_function("arch_bytes", "uarch_bytes", pure=True, needs_kernel=True)
def arch_bytes(c: Context) -> int:
    """The size of a pointer of the probed kernel in bytes."""
    return c.kernel.description.pointer_size if c.kernel is not None else 8
