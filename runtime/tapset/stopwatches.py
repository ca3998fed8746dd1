"""Stopwatches: named spans of time that start, stop and add up."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.times import nanoseconds


class Stopwatch:
    """Time gathered so far, and when it was started if it runs."""

    __slots__ = ("gathered", "started")

    def __init__(self) -> None:
        self.gathered = 0
        self.started: int | None = None

    def read(self, now: int) -> int:
        return self.gathered + (now - self.started if self.started is not None else 0)


def _watches(c: Context) -> dict[str, Stopwatch]:
    return c.session.store.setdefault("stopwatches", {})


@tapset_function()
def start_stopwatch(c: Context, name: str) -> None:
    """Start the stopwatch ``name``, or let it go on; made where there is none."""
    watch = _watches(c).setdefault(name, Stopwatch())
    if watch.started is None:
        watch.started = nanoseconds(c)


@tapset_function()
def stop_stopwatch(c: Context, name: str) -> None:
    """Stop the stopwatch ``name``, keeping what it gathered; made where there is none."""
    watch = _watches(c).setdefault(name, Stopwatch())
    watch.gathered = watch.read(nanoseconds(c))
    watch.started = None


@tapset_function()
def delete_stopwatch(c: Context, name: str) -> None:
    """Forget the stopwatch ``name``."""
    _watches(c).pop(name, None)


@tapset_function()
def read_stopwatch_ns(c: Context, name: str) -> int:
    """What the stopwatch ``name`` shows, in nanoseconds; it goes on if it runs."""
    return _watches(c).setdefault(name, Stopwatch()).read(nanoseconds(c))


@tapset_function()
def read_stopwatch_us(c: Context, name: str) -> int:
    """What the stopwatch ``name`` shows, in microseconds."""
    return read_stopwatch_ns(c, name) // 1000


@tapset_function()
def read_stopwatch_ms(c: Context, name: str) -> int:
    """What the stopwatch ``name`` shows, in milliseconds."""
    return read_stopwatch_ns(c, name) // 1000000


@tapset_function()
def read_stopwatch_s(c: Context, name: str) -> int:
    """What the stopwatch ``name`` shows, in seconds."""
    return read_stopwatch_ns(c, name) // 1000000000
