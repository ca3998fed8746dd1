"""Speculation: output that is kept back until the script knows whether it wants it."""

from __future__ import annotations

from stapy.runtime import limits
from stapy.runtime.context import Context
from stapy.runtime.tapset.declare import tapset_function


def _buffers(c: Context) -> dict[int, list[str]]:
    return c.session.store.setdefault("speculations", {})


@tapset_function()
def speculation(c: Context) -> int:
    """A new id for speculate(), commit() and discard()."""
    number = c.session.store.get("speculation", 0) + 1
    c.session.store["speculation"] = number
    return number


@tapset_function()
def speculate(c: Context, id_: int, output: str) -> None:
    """Keep ``output`` under the id ``id``. The oldest goes when more than MAXMAPENTRIES pieces are kept."""
    buffers = _buffers(c)
    buffers.setdefault(id_, []).append(output)
    kept = c.session.store["speculated"] = c.session.store.get("speculated", 0) + 1
    if kept > limits.value(c.session.program.limits, "MAXMAPENTRIES"):
        oldest = next(iter(buffers))
        del buffers[oldest][0]
        _account(c, 1)
        if not buffers[oldest]:
            del buffers[oldest]


@tapset_function()
def commit(c: Context, id_: int) -> None:
    """Print what was kept under the id ``id``."""
    pieces = _buffers(c).pop(id_, [])
    for piece in pieces:
        c.session.emit(piece)
    _account(c, len(pieces))


@tapset_function()
def discard(c: Context, id_: int) -> None:
    """Drop what was kept under the id ``id``."""
    _account(c, len(_buffers(c).pop(id_, [])))


def _account(c: Context, gone: int) -> None:
    c.session.store["speculated"] = c.session.store.get("speculated", 0) - gone
