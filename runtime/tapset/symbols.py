"""Symbols, source lines and backtraces of the probed kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stapy.runtime import limits
from stapy.runtime.context import Context
from stapy.runtime.program import FunctionReturn, ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.memory import pointer
from stapy.runtime.values.strings import to_signed

_MASK = 0xFFFFFFFFFFFFFFFF
MOST_REMEMBERED = 4096  # addresses whose symbols are kept at hand
MODULE = "kernel"  # what symbols of the kernel itself are said to be in


def _symbol(c: Context, address: int) -> tuple[str, int, int] | None:
    """Name, offset and size of the symbol that ``address`` is in. Handlers ask for few addresses, many times."""
    if c.kernel is None:
        return None
    known = c.session.store.setdefault("symbols", {})
    if address not in known:
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        known[address] = c.kernel.description.symbol_at(pointer(c, address))
    return known[address]


def _hexadecimal(address: int) -> str:
    return f"{address & _MASK:#x}"


@tapset_function(pure=True, needs_kernel=True)
def symname(c: Context, addr: int) -> str:
    """The name of the kernel symbol at ``addr``, or the address in hexadecimal where there is none."""
    found = _symbol(c, addr)
    return found[0] if found else _hexadecimal(addr)


def symbol_data(c: Context, address: int) -> str:
    """``do_fork+0x0/0x1a0 [kernel]``, or the address in hexadecimal."""
    found = _symbol(c, address)
    return f"{found[0]}+{found[1]:#x}/{found[2]:#x} [{MODULE}]" if found else _hexadecimal(address)


@tapset_function(pure=True, needs_kernel=True)
def symdata(c: Context, addr: int) -> str:
    """Name, offset, size and module of the kernel symbol at ``addr``, or the address in hexadecimal."""
    return symbol_data(c, addr)


def _line(c: Context, address: int) -> tuple[str, int] | None:
    return c.kernel.description.line_at(pointer(c, address)) if c.kernel is not None else None


@tapset_function(pure=True, needs_kernel=True)
def symfileline(c: Context, addr: int) -> str:
    """The source line of a kernel address as ``kernel/fork.c:12``, or the address in hexadecimal."""
    found = _line(c, addr)
    return f"{found[0]}:{found[1]}" if found else _hexadecimal(addr)


@tapset_function(pure=True, needs_kernel=True)
def symfile(c: Context, addr: int) -> str:
    """The source file of a kernel address, or the address in hexadecimal."""
    found = _line(c, addr)
    return found[0] if found else _hexadecimal(addr)


@tapset_function(pure=True, needs_kernel=True)
def symline(c: Context, addr: int) -> str:
    """The line number of a kernel address, or the address in hexadecimal."""
    found = _line(c, addr)
    return str(found[1]) if found else _hexadecimal(addr)


@tapset_function(pure=True, needs_kernel=True)
def modname(c: Context, addr: int) -> str:
    """The module that a kernel address is in, ``kernel`` for the kernel itself. Outside both an error."""
    if c.kernel is not None and c.kernel.description.in_text(pointer(c, addr)):
        return MODULE
    raise ScriptError("Cannot determine kernel module name")


@tapset_function(pure=True, needs_kernel=True)
def probemod(c: Context) -> str:
    """The module that the probe is in, as the probe point or its address says."""
    from stapy.runtime.tapset.control import _within

    return _within(c.probe.point if c.probe else "", 'module("', '"') or modname(c, addr(c))


# ---------------------------------------------------------------- the probed place


def probed_address(c: Context) -> int:
    """Where the probe stands, unsigned: in a return probe where the function returns to; 0 outside the machine."""
    if c.cpu is None or c.probe is None:
        return 0
    if isinstance(c.probe.event, FunctionReturn):
        return c.instance.ret_addr
    return c.address


@tapset_function(pure=True, needs_kernel=True, at_begin=True)
def addr(c: Context) -> int:
    """The address the probe stands at; 0 where it stands at none."""
    return to_signed(probed_address(c))


@tapset_function(pure=True, needs_kernel=True, at_begin=True)
def probefunc(c: Context) -> str:
    """The function the probe stands in; in a return probe the one it returns to."""
    return symname(c, probed_address(c))


@tapset_function(pure=True, needs_kernel=True, at_begin=True)
def uaddr(c: Context) -> int:
    """The user-mode address at which the current task entered the kernel; 0 of a kernel thread."""
    if c.cpu is None:
        return 0
    regs = user_registers(c)
    return to_signed(regs.get(c.kernel.arch.pc)) if regs is not None else 0


def user_registers(c: Context) -> Any:
    """The current task's user-mode registers, where its kernel stack begins; None of a kernel thread."""
    from stapy.runtime.kprobes import MemoryRegs

    kernel = c.kernel
    task = kernel.task(kernel.current_task(c.cpu))
    if task.is_kernel_thread:
        return None
    arch = kernel.arch
    member = "stack" if kernel.layout.has("task_struct", "stack") else "thread_info"
    return MemoryRegs(arch, kernel.memory, task.read(member) + arch.thread_size - arch.pt_regs_size)


# ---------------------------------------------------------------- the kernel stack


class _Probed:
    """The registers an unwinder starts from: the probe's, standing at ``pc``."""

    def __init__(self, registers: Any, pc: int, after_call: bool) -> None:
        self.register = registers.register
        self.pc = pc
        self.after_call = after_call


def frames(c: Context) -> Iterator[int]:
    """Addresses of the kernel stack's frames, the probed place first, up to MAXBACKTRACE of them."""
    if c.cpu is None:
        return
    from stapy.runtime.debuginfo.unwind import Unwinder

    kernel = c.kernel
    unwinder = c.session.store.get("unwinder")
    if unwinder is None:
        unwinder = c.session.store["unwinder"] = Unwinder(kernel.description)
    kprobes, task, arch = kernel.kprobes, kernel.current_task(c.cpu), kernel.arch

    def recover(address: int, cfa: int) -> int | None:
        if kprobes.is_return_trampoline(address):
            return kprobes.kretprobe_find_ret_addr(task, arch.frame_of_cfa(cfa))
        return None

    place = probed_address(c)
    returning = c.probe is not None and isinstance(c.probe.event, FunctionReturn)
    registers = c.regs if c.regs is not None else c.cpu
    start = _Probed(registers, place or c.cpu.pc, returning)
    limit = limits.value(c.session.program.limits, "MAXBACKTRACE")
    for frame in unwinder.frames(start, kernel.memory, limit, recover):
        yield frame.pc


def _described(c: Context, address: int, line: bool = False) -> str:
    """`` 0xffffffff81001000 : do_fork+0x0/0x1a0 [kernel]``, a line of print_backtrace()."""
    found = _symbol(c, address)
    if found is None:
        return f" {_hexadecimal(address)}\n"
    place = _line(c, address) if line else None
    at = f" at {place[0]}:{place[1]}" if place else ""
    return f" {_hexadecimal(address)} : {found[0]}+{found[1]:#x}/{found[2]:#x}{at} [{MODULE}]\n"


def _print_backtrace(c: Context, line: bool) -> None:
    emit = c.session.emit
    places = list(frames(c))
    if not places:
        emit(f"<no kernel backtrace at {c.probe.point if c.probe else ''}>\n")
        return
    if c.probe is not None and isinstance(c.probe.event, FunctionReturn):
        emit("Returning from: " + _described(c, c.probe.event.address, line))
        emit("Returning to  : ")
    for place in places:
        emit(_described(c, place, line))


@tapset_function(needs_kernel=True)
def print_backtrace(c: Context) -> None:
    """Print the kernel stack, a line a frame."""
    _print_backtrace(c, line=False)


@tapset_function(needs_kernel=True)
def print_backtrace_fileline(c: Context) -> None:
    """Print the kernel stack, a line a frame, with source lines."""
    _print_backtrace(c, line=True)


@tapset_function(pure=True, needs_kernel=True)
def sprint_backtrace(c: Context) -> str:
    """The kernel stack as text, a line a frame."""
    lines = []
    for place in frames(c):
        found = _symbol(c, place)
        lines.append(f"{found[0]}+{found[1]:#x} [{MODULE}]\n" if found else f"{_hexadecimal(place)}\n")
    return "".join(lines)[:c.session.maximum_string]


@tapset_function(pure=True, needs_kernel=True)
def backtrace(c: Context) -> str:
    """The addresses of the kernel stack's frames in hexadecimal, a blank behind each."""
    return "".join(f"{_hexadecimal(place)} " for place in frames(c))[:c.session.maximum_string]


@tapset_function(pure=True, needs_kernel=True)
def stack(c: Context, n: int) -> int:
    """The address of the kernel stack's frame ``n``, 0 the probed place. Beyond the stack an error."""
    if n >= 0:
        for number, place in enumerate(frames(c)):
            if number == n:
                return to_signed(place)
    raise ScriptError(f"cannot determine kernel stack frame {n}")


@tapset_function(pure=True, needs_kernel=True)
def callers(c: Context, n: int) -> str:
    """The first ``n`` + 1 addresses of the kernel stack in hexadecimal, all for -1."""
    places = list(frames(c))
    if n >= len(places):
        raise ScriptError(f"cannot determine kernel stack frame {n}")
    return " ".join(map(_hexadecimal, places if n == -1 else places[:n + 1]))[:c.session.maximum_string]


@tapset_function(pure=True, needs_kernel=True)
def caller_addr(c: Context) -> int:
    """The address that the probed function was called from. Where there is none an error."""
    return stack(c, 1)


@tapset_function(pure=True, needs_kernel=True)
def caller(c: Context) -> str:
    """Name and address of the function that called the probed one."""
    address = caller_addr(c)
    return f"{symname(c, address)} {_hexadecimal(address)}"


def _addresses(stack_text: str) -> Iterator[tuple[str, int]]:
    from stapy.runtime.tapset.text import strtol

    for word in stack_text.split(" "):
        if word:
            yield word, strtol(word, 16)


@tapset_function("print_stack", "print_syms", needs_kernel=True)
def print_syms(c: Context, stk: str) -> None:
    """Print a line for each of the addresses in a string as backtrace() gives it."""
    for word, address in _addresses(stk):
        c.session.emit(f" {word} : {symbol_data(c, address)}\n")


@tapset_function("sprint_stack", "sprint_syms", pure=True, needs_kernel=True)
def sprint_syms(c: Context, stk: str) -> str:
    """As print_syms(), as a string; whole lines only."""
    text = ""
    for word, address in _addresses(stk):
        line = f" {word} : {symbol_data(c, address)}\n"
        if len(text) + len(line) > c.session.maximum_string:
            break
        text += line
    return text


# ---------------------------------------------------------------- user stacks: programs here are Python


@tapset_function(pure=True, needs_kernel=True)
def usymname(c: Context, addr: int) -> str:
    """The name of the user symbol at ``addr``: the address, for the programs of the built-in kernel have none."""
    return _hexadecimal(addr)


@tapset_function("usymdata", "usymfileline", "usymfile", "usymline", pure=True, needs_kernel=True)
def usymdata(c: Context, addr: int) -> str:
    """The user symbol at ``addr``: the address, for the programs of the built-in kernel have no symbols."""
    return _hexadecimal(addr)


@tapset_function(pure=True, needs_kernel=True)
def umodname(c: Context, addr: int) -> str:
    """The file that a user address of the current task was mapped from: its program's name."""
    if c.cpu is None:
        raise ScriptError("Cannot determine user module name")
    return c.kernel.task(c.kernel.current_task(c.cpu)).comm


@tapset_function("ubacktrace", "sprint_ubacktrace", pure=True, needs_kernel=True)
def ubacktrace(c: Context) -> str:
    """The user stack of the current task: the place where it entered the kernel."""
    place = uaddr(c)
    return _hexadecimal(place) if place else ""


@tapset_function("print_ubacktrace", "print_ubacktrace_brief", "print_ubacktrace_fileline", needs_kernel=True)
def print_ubacktrace(c: Context) -> None:
    """Print the user stack of the current task: the place where it entered the kernel."""
    place = uaddr(c)
    if place:
        c.session.emit(f" {_hexadecimal(place)}\n")
    else:
        c.session.emit(f"<no user backtrace at {c.probe.point if c.probe else ''}>\n")


@tapset_function("print_ustack", "print_usyms", needs_kernel=True)
def print_usyms(c: Context, stk: str) -> None:
    """Print a line for each of the user addresses in a string as ubacktrace() gives it."""
    for word, address in _addresses(stk):
        c.session.emit(f" {word} : {usymdata(c, address)}\n")


@tapset_function("sprint_ustack", "sprint_usyms", pure=True, needs_kernel=True)
def sprint_usyms(c: Context, stk: str) -> str:
    """As print_usyms(), as a string."""
    lines = [f" {word} : {usymdata(c, address)}\n" for word, address in _addresses(stk)]
    return "".join(lines)[:c.session.maximum_string]


@tapset_function(pure=True, needs_kernel=True)
def ustack(c: Context, n: int) -> int:
    """The address of the user stack's frame ``n``; only frame 0 is known. Beyond it an error."""
    place = uaddr(c)
    if n == 0 and place:
        return place
    raise ScriptError(f"cannot determine user stack frame {n}")


@tapset_function(pure=True, needs_kernel=True)
def ucallers(c: Context, n: int) -> str:
    """The addresses of the user stack in hexadecimal: frame 0, the only one known."""
    return _hexadecimal(ustack(c, 0))


# ---------------------------------------------------------------- the stack's size


@tapset_function(pure=True, needs_kernel=True)
def stack_size(c: Context) -> int:
    """The size of a kernel stack in bytes."""
    return c.kernel.arch.thread_size if c.kernel is not None else 8192


@tapset_function(pure=True, needs_kernel=True, at_begin=True)
def stack_used(c: Context) -> int:
    """How much of the current kernel stack is in use, in bytes."""
    return stack_size(c) - stack_unused(c) if c.cpu is not None else 0


@tapset_function(pure=True, needs_kernel=True, at_begin=True)
def stack_unused(c: Context) -> int:
    """How much of the current kernel stack is free, in bytes."""
    return c.cpu.sp & (stack_size(c) - 1) if c.cpu is not None else stack_size(c)
