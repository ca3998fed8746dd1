"""The kernel's functions as a kprobes module calls them, acting on the current kernel.

A kernel becomes current by ``use(kernel)``; it needs ``kprobes`` and ``machine``, and may have
``dump_stack()`` and ``printk(text)`` of its own. Errors are raised as KprobeError; where C returns 0 for
success, so do these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from stapy.runtime.kprobes.probes import Jprobe, Kprobe, Kretprobe

current_kernel: ContextVar[Any] = ContextVar("stapy_current_kernel")


@contextmanager
def use(kernel: Any) -> Iterator[Any]:
    """Makes ``kernel`` the current one inside a ``with`` block."""
    token = current_kernel.set(kernel)
    try:
        yield kernel
    finally:
        current_kernel.reset(token)


def kernel() -> Any:
    """The current kernel. Raises LookupError with a sentence when there is none."""
    try:
        return current_kernel.get()
    except LookupError:
        raise LookupError("no kernel is current: use stapy.runtime.kprobes.use(kernel)") from None


def register_kprobe(p: Kprobe) -> int:
    return kernel().kprobes.register_kprobe(p)


def unregister_kprobe(p: Kprobe) -> None:
    kernel().kprobes.unregister_kprobe(p)


def register_kprobes(probes: Iterable[Kprobe]) -> int:
    return kernel().kprobes.register_kprobes(probes)


def unregister_kprobes(probes: Iterable[Kprobe]) -> None:
    kernel().kprobes.unregister_kprobes(probes)


def register_kretprobe(rp: Kretprobe) -> int:
    return kernel().kprobes.register_kretprobe(rp)


def unregister_kretprobe(rp: Kretprobe) -> None:
    kernel().kprobes.unregister_kretprobe(rp)


def register_kretprobes(probes: Iterable[Kretprobe]) -> int:
    return kernel().kprobes.register_kretprobes(probes)


def unregister_kretprobes(probes: Iterable[Kretprobe]) -> None:
    kernel().kprobes.unregister_kretprobes(probes)


def register_jprobe(jp: Jprobe) -> int:
    return kernel().kprobes.register_jprobe(jp)


def unregister_jprobe(jp: Jprobe) -> None:
    kernel().kprobes.unregister_jprobe(jp)


def register_jprobes(probes: Iterable[Jprobe]) -> int:
    return kernel().kprobes.register_jprobes(probes)


def unregister_jprobes(probes: Iterable[Jprobe]) -> None:
    kernel().kprobes.unregister_jprobes(probes)


def jprobe_return() -> None:
    """Ends a jprobe's entry handler; does not return."""
    kernel().kprobes.jprobe_return()


def enable_kprobe(p: Kprobe | Kretprobe | Jprobe) -> int:
    return kernel().kprobes.enable_kprobe(p)


def disable_kprobe(p: Kprobe | Kretprobe | Jprobe) -> int:
    return kernel().kprobes.disable_kprobe(p)


def kallsyms_lookup_name(name: str) -> int:
    """The address of a symbol, 0 if there is none."""
    return kernel().kprobes.kallsyms_lookup_name(name)


def regs_return_value(regs: Any) -> int:
    """In a return probe's handler: what the function returned, unsigned."""
    return regs.get(regs.arch.return_registers[0])


def instruction_pointer(regs: Any) -> int:
    return regs.get(regs.arch.pc)


def dump_stack() -> None:
    """Prints who runs, and the calls that led to the probed place, as the kernel's own does.

    The kernel's function would show the way to itself; this starts at the probe, and knows return addresses
    that return probes have replaced.
    """
    of = kernel()
    probes = of.kprobes
    if not hasattr(probes.description, "frames"):
        address = kallsyms_lookup_name("dump_stack")
        if not address:
            raise LookupError("the kernel has no dump_stack()")
        of.machine.call(address)
        return
    from stapy.runtime.kernels.base import Task

    task = Task(of, of.current_task(of.machine.cpu))
    printk("Pid: %d, comm: %.20s Not tainted %s\n", task.pid, task.comm, probes.description.release)
    printk("Call Trace:\n")
    for address in probes.backtrace(of.machine.cpu):
        printk(" [<%p>] %pS\n", address, address)


def printk(format: str, *arguments: Any) -> int:
    """The kernel's printk with Python values; strings may be addresses of C strings. Returns the length."""
    text = format_message(format, arguments)
    kernel().kprobes.printk(text)
    return len(text)


_CONVERSION = re.compile(r"%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?(hh|h|ll|l|L|q|z|Z|t)?([diouxXcspn%][SsFfB]?)")
_BITS = {"hh": 8, "h": 16, "": 32, "ll": 64, "L": 64, "q": 64}


def format_message(format: str, arguments: tuple[Any, ...]) -> str:
    """What printk makes of a format. Raises TypeError where the arguments do not fit it."""
    values = iter(arguments)

    def convert(match: re.Match[str]) -> str:
        flags, width, precision, length, conversion = match.groups()
        if conversion[0] == "%":
            return "%" + conversion[1:]
        # Only %p knows letters behind it.
        extra = "" if conversion[0] == "p" else conversion[1:]
        if extra:
            conversion = conversion[0]
        width = str(_next(values, format)) if width == "*" else width or ""
        precision = str(_next(values, format)) if precision == "*" else precision
        spec = f"%{flags}{width}" + (f".{precision}" if precision is not None else "")
        return _converted(conversion, length or "", spec, flags, width, _next(values, format)) + extra

    text = _CONVERSION.sub(convert, format)
    left = sum(1 for _ in values)
    if left:
        raise TypeError(f"printk({format!r}): {left} arguments too many")
    return text


def _next(values: Iterator[Any], format: str) -> Any:
    try:
        return next(values)
    except StopIteration:
        raise TypeError(f"printk({format!r}): too few arguments") from None


def _converted(conversion: str, length: str, spec: str, flags: str, width: str, value: Any) -> str:
    if conversion == "s":
        if isinstance(value, int):
            value = kernel().machine.memory.cstring(value).decode("latin-1") if value else "(null)"
        return (spec + "s") % value
    if conversion == "c":
        return (spec + "c") % (chr(value & 0xFF) if isinstance(value, int) else value)
    if conversion[0] == "p":
        return _pointer(conversion, spec, width, int(value))
    word = kernel().machine.arch.bits if length in ("l", "z", "Z", "t") else _BITS[length]
    number = int(value) & ((1 << word) - 1)
    if conversion in "di" and number >> (word - 1):
        number -= 1 << word
    return (spec + {"i": "d", "u": "d"}.get(conversion, conversion)) % number


def _pointer(conversion: str, spec: str, width: str, value: int) -> str:
    of = kernel()
    if conversion[1:] in ("S", "F", "s", "f", "B"):
        place = of.kprobes.description.symbol_at(value)
        if place is None:
            return (spec + "s") % f"{value:#x}"
        name = place[0] if conversion[1:] in ("s", "f") else f"{place[0]}+{place[1]:#x}/{place[2]:#x}"
        return (spec + "s") % name
    digits = int(width) if width else of.machine.arch.bits // 4
    return f"{value & of.machine.arch.mask:0{digits}x}"
