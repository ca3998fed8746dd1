"""The current process's arguments and environment, as its memory holds them."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.memory import read_user, user_text
from stapy.runtime.tapset.tasks import current

LONGEST = 1 << 16  # bytes looked through


def _bounds(c: Context, start: str, end: str) -> tuple[int, int]:
    """Where the current process has its arguments or environment; nothing for a kernel thread."""
    task = current(c)
    if not task:
        return 0, 0
    kernel = c.kernel
    mm = kernel.member_reader("task_struct", "mm", False)(task)
    if not mm:
        return 0, 0
    first = kernel.member_reader("mm_struct", start, False)(mm)
    last = kernel.member_reader("mm_struct", end, False)(mm)
    return first, min(last, first + LONGEST)


def _words(c: Context) -> list[str]:
    at, end = _bounds(c, "arg_start", "arg_end")
    words = []
    while at < end:
        try:
            word = user_text(c, at, c.session.maximum_string)
        except ScriptError:
            word = ""
        words.append(word)
        at += len(word) + 1
    return words


@tapset_function(pure=True, needs_kernel=True)
def cmdline_args(c: Context, n: int, m: int, delim: str) -> str:
    """Arguments ``n`` to ``m`` (-1: all) of the current process, joined by ``delim``.

    An empty one shows as a pair of double quotes."""
    words = _words(c)
    chosen = words[max(n, 0):] if m < 0 else words[max(n, 0):m + 1]
    shown = chosen[:1] + [word or '""' for word in chosen[1:]]
    return delim.join(shown)[:c.session.maximum_string]


@tapset_function(pure=True, needs_kernel=True)
def cmdline_arg(c: Context, n: int) -> str:
    """Argument ``n`` of the current process, 0 its program; empty where it has none."""
    return cmdline_args(c, n, n, "")


@tapset_function(pure=True, needs_kernel=True)
def cmdline_str(c: Context) -> str:
    """All arguments of the current process, separated by blanks."""
    return cmdline_args(c, 0, -1, " ")


@tapset_function(pure=True, needs_kernel=True)
def env_var(c: Context, name: str) -> str:
    """A variable of the current process's environment; empty where it has none."""
    from stapy.runtime.machine.memory import MemoryFault

    at, end = _bounds(c, "env_start", "env_end")
    if at >= end:
        return ""
    try:
        data = read_user(c, at, end - at)
    except MemoryFault:
        return ""
    for entry in data.split(b"\0"):
        key, found, value = entry.decode("latin-1").partition("=")
        if found and key == name:
            return value[:c.session.maximum_string]
    return ""
