"""Byte order, device numbers and other arithmetic on bits."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.values.strings import to_signed


def _little(c: Context) -> bool:
    return c.kernel.description.little_endian if c.kernel is not None else True


def _swapped(value: int, size: int) -> int:
    value &= (1 << 8 * size) - 1
    return int.from_bytes(value.to_bytes(size, "little"), "big")


def _ordered(c: Context, value: int, size: int, little: bool) -> int:
    if _little(c) == little:
        value &= (1 << 8 * size) - 1
    else:
        value = _swapped(value, size)
    return to_signed(value)


@tapset_function("htons", "ntohs", "big_endian2", pure=True)
def big_endian2(c: Context, x: int) -> int:
    """The low 16 bits of ``x`` between the machine's byte order and the network's."""
    return _ordered(c, x, 2, False)


@tapset_function("htonl", "ntohl", "big_endian4", pure=True)
def big_endian4(c: Context, x: int) -> int:
    """The low 32 bits of ``x`` between the machine's byte order and the network's."""
    return _ordered(c, x, 4, False)


@tapset_function("htonll", "ntohll", "big_endian8", pure=True)
def big_endian8(c: Context, x: int) -> int:
    """``x`` between the machine's byte order and the network's."""
    return _ordered(c, x, 8, False)


@tapset_function(pure=True)
def little_endian2(c: Context, val: int) -> int:
    """The low 16 bits of ``val`` between the machine's byte order and the little-endian one."""
    return _ordered(c, val, 2, True)


@tapset_function(pure=True)
def little_endian4(c: Context, val: int) -> int:
    """The low 32 bits of ``val`` between the machine's byte order and the little-endian one."""
    return _ordered(c, val, 4, True)


@tapset_function(pure=True)
def little_endian8(c: Context, val: int) -> int:
    """``val`` between the machine's byte order and the little-endian one."""
    return _ordered(c, val, 8, True)


@tapset_function("MAJOR", pure=True)
def major(dev: int) -> int:
    """The major number of a kernel device number."""
    return (dev & 0xFFFFFFFF) >> 20


@tapset_function("MINOR", pure=True)
def minor(dev: int) -> int:
    """The minor number of a kernel device number."""
    return dev & 0xFFFFF


@tapset_function("MKDEV", pure=True)
def device_number(major: int, minor: int) -> int:
    """The kernel device number of a major and a minor number."""
    return (major << 20 | minor) & 0xFFFFFFFF


@tapset_function(pure=True)
def usrdev2kerndev(dev: int) -> int:
    """The kernel device number for one as user space writes it."""
    return (dev & 0xFFF00) >> 8 << 20 | dev & 0xFF | dev >> 12 & 0xFFF00
