"""What stands behind ``$value`` in procfs probes: the text that a reader gets, or that a writer gave."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import Procfs, ScriptError
from stapy.runtime.tapset.declare import tapset_function

VALUE = "procfs value"  # where the session keeps it, between its calls of handlers


def _limit(c: Context) -> int:
    event = c.probe.event if c.probe is not None else None
    return event.size if isinstance(event, Procfs) and event.size else c.session.maximum_string + 1


def _check(c: Context, text: str) -> str:
    if len(text) >= _limit(c):
        raise ScriptError("procfs buffer size exceeded, consider .maxsize(N).")
    c.session.store[VALUE] = text
    return text


@tapset_function()
def _procfs_value(c: Context) -> str:
    """The text read or written so far."""
    return c.session.store.get(VALUE, "")


@tapset_function()
def _procfs_set(c: Context, text: str) -> str:
    """Make ``text`` what the reader gets."""
    return _check(c, text)


@tapset_function()
def _procfs_append(c: Context, text: str) -> str:
    """Put ``text`` behind what the reader gets."""
    return _check(c, c.session.store.get(VALUE, "") + text)
