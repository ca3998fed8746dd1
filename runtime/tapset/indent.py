"""Indentation by call depth, of each thread or of the whole session."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.tasks import execname, tid
from stapy.runtime.tapset.times import nanoseconds


class Depths:
    """How deep each key is, and when it was last at the top, in microseconds."""

    def __init__(self) -> None:
        self.depths: dict[int, int] = {}
        self.starts: dict[int, int] = {}

    def shift(self, key: int, delta: int) -> int:
        """Go ``delta`` deeper; the depth to print at: the outer level's, both on the way in and on the way out."""
        depth = self.depths.get(key, 0)
        self.depths[key] = depth + delta
        return max(0, depth + max(0, delta) - 1)

    def line(self, c: Context, key: int, description: str, delta: int) -> str:
        """``" 12 cat(42):  "``: microseconds since the top level was left, the description, the indentation."""
        now = nanoseconds(c) // 1000
        if not self.depths.get(key, 0):
            self.starts[key] = now
        depth = self.shift(key, delta)
        return f"{now - self.starts[key]:6} {description}:{'':{depth}}"[:c.session.maximum_string]


def _depths(c: Context) -> Depths:
    store = c.session.store
    found = store.get("indent")
    if found is None:
        found = store["indent"] = Depths()
    return found


@tapset_function(needs_kernel=True, at_begin=True)
def thread_indent(c: Context, delta: int) -> str:
    """``     5 cat(42): ``: time since the thread's outermost call in microseconds, the thread, and its call depth in
    spaces. ``delta`` 1 at an entry, -1 at a return."""
    thread = tid(c)
    return _depths(c).line(c, thread, f"{execname(c)}({thread})", delta)


@tapset_function(needs_kernel=True, at_begin=True)
def thread_indent_depth(c: Context, delta: int) -> int:
    """The thread's call depth, which changes by ``delta`` as with thread_indent()."""
    return _depths(c).shift(tid(c), delta)


@tapset_function()
def indent(c: Context, delta: int) -> str:
    """As thread_indent(), one depth for all threads and no name."""
    return _depths(c).line(c, -1, "", delta)


@tapset_function()
def indent_depth(c: Context, delta: int) -> int:
    """The depth that indent() keeps, which changes by ``delta``."""
    return _depths(c).shift(-1, delta)
