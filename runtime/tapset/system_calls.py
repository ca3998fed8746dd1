"""System calls by number and by name, from the kernel's own table."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.tapset.declare import tapset_function


def _table(c: Context) -> tuple[int, int]:
    """Address and length of sys_call_table; nothing without a kernel that has one."""
    symbol = c.kernel.description.symbols.symbol("sys_call_table") if c.kernel is not None else None
    return (symbol.address, symbol.size // c.kernel.layout.word) if symbol is not None else (0, 0)


# Functions of the kernel whose names are not those of their system calls.
_RENAMED = {"newstat": "stat", "newlstat": "lstat", "newfstat": "fstat", "newuname": "uname", "mmap_pgoff": "mmap2",
            "sendfile64": "sendfile", "umount": "umount2", "oldumount": "umount"}


def _missing(c: Context) -> int:
    """The function that stands in the table for system calls there are not; other names may stand for it too."""
    return c.kernel.description.symbols.get("sys_ni_syscall") or 0


@tapset_function(pure=True, needs_kernel=True)
def syscall_name(c: Context, num: int) -> str:
    """The name of the system call ``num``: ``read``; empty where the kernel has none."""
    address, count = _table(c)
    if not 0 <= num < count:
        return ""
    arch, machine = c.kernel.arch, c.kernel.machine
    function = arch.function_address(machine, c.kernel.memory.word(address + num * c.kernel.layout.word))
    found = c.kernel.description.symbol_at(function)
    if found is None or function == arch.function_address(machine, _missing(c)):
        return ""
    name = found[0].removeprefix("compat_").removeprefix("sys_").removeprefix("sys32_")
    return _RENAMED.get(name, name)


@tapset_function(pure=True, needs_kernel=True)
def syscall_num(c: Context, name: str) -> int:
    """The number of a system call by name; -1 where the kernel has none."""
    numbers: dict[str, int] = c.session.store.setdefault("syscalls", {})
    if not numbers:
        for number in range(_table(c)[1]):
            numbers.setdefault(syscall_name(c, number), number)
    return numbers.get(name, -1) if name else -1
