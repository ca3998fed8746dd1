"""What scripts write into the kernel's log, and what stops it."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function


def _log(c: Context, text: str) -> None:
    """A line on the kernel's console, as printk would put it there."""
    sink = getattr(c.kernel.machine, "console", None) if c.kernel is not None else None
    if sink is not None:
        sink((text + "\n").encode("latin-1", "replace"))


@tapset_function(needs_kernel=True, guru=True)
def printk(c: Context, level: int, msg: str) -> None:
    """Write a line to the kernel's console, with a level from 0 (emergency) to 7 (debug). Needs -g."""
    _log(c, msg)


@tapset_function(needs_kernel=True)
def ftrace(c: Context, msg: str) -> None:
    """Write a line to the kernel's trace buffer, which is its console here."""
    _log(c, msg)


@tapset_function("dump_stack", needs_kernel=True, guru=True)
def dump_stack(c: Context) -> None:
    """Write the call trace of the probed place to the kernel's console. Needs -g."""
    from stapy.runtime.tapset.symbols import frames, symbol_data

    _log(c, "Call Trace:")
    for place in frames(c):
        _log(c, f" [<{place:0{2 * c.kernel.description.pointer_size}x}>] {symbol_data(c, place)}")


@tapset_function("panic", needs_kernel=True, guru=True)
def panic(c: Context, msg: str) -> None:
    """Stop the kernel with a message: the session ends with an error. Needs -g."""
    _log(c, f"Kernel panic - not syncing: {msg}")
    c.session.exit()
    raise ScriptError(f"Kernel panic - not syncing: {msg}", placeless=True)
