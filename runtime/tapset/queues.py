"""Queue statistics: how long requests wait in named queues and how busy their servers are."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.times import nanoseconds


class Queue:
    """One queue's counts and time integrals, in microseconds."""

    __slots__ = ("busy_time", "done", "running", "running_area", "since", "updated", "waiting", "waiting_area",
                 "waiting_time")

    def __init__(self) -> None:
        self.waiting = self.running = self.done = 0
        self.waiting_time = self.waiting_area = 0
        self.busy_time = self.running_area = 0
        self.updated = self.since = 0

    def update(self, now: int) -> None:
        """Account for the time since the last change."""
        passed = now - (self.updated or now)
        if self.waiting:
            self.waiting_time += passed
            self.waiting_area += self.waiting * passed
        if self.running:
            self.busy_time += passed
            self.running_area += self.running * passed
        self.updated = now


def _now(c: Context) -> int:
    return (c.session.epoch_ns + nanoseconds(c)) // 1000


def _queue(c: Context, name: str) -> Queue:
    """The queue ``name``, brought up to now."""
    queue: Queue = c.session.store.setdefault("queues", {}).setdefault(name, Queue())
    queue.update(_now(c))
    return queue


def _divide(dividend: int, divisor: int) -> int:
    if divisor == 0:
        raise ScriptError("division by 0")
    return dividend // divisor


@tapset_function()
def qs_time(c: Context) -> int:
    """The clock that queues are measured with: microseconds since 1970."""
    return _now(c)


@tapset_function()
def qs_wait(c: Context, qname: str) -> None:
    """A request enters the queue ``qname``."""
    _queue(c, qname).waiting += 1


@tapset_function()
def qs_run(c: Context, qname: str) -> None:
    """A request of the queue ``qname`` begins to be served."""
    queue = _queue(c, qname)
    if queue.waiting > 0:
        queue.waiting -= 1
        queue.running += 1


@tapset_function()
def qs_done(c: Context, qname: str) -> None:
    """A request of the queue ``qname`` has been served."""
    queue = _queue(c, qname)
    if queue.running > 0:
        queue.running -= 1
        queue.done += 1


@tapset_function()
def qsq_start(c: Context, qname: str) -> None:
    """Begin the figures of the queue ``qname`` anew."""
    queue = c.session.store.setdefault("queues", {})[qname] = Queue()
    queue.since = _now(c)


@tapset_function()
def qsq_utilization(c: Context, qname: str, scale: int) -> int:
    """The share of time that anything was being served, times ``scale``."""
    queue = _queue(c, qname)
    return _divide(scale * queue.busy_time, _now(c) - queue.since)


@tapset_function()
def qsq_blocked(c: Context, qname: str, scale: int) -> int:
    """The share of time that anything waited, times ``scale``."""
    queue = _queue(c, qname)
    return _divide(scale * queue.waiting_time, _now(c) - queue.since)


@tapset_function()
def qsq_wait_queue_length(c: Context, qname: str, scale: int) -> int:
    """The mean number of requests that waited, times ``scale``."""
    queue = _queue(c, qname)
    return _divide(scale * queue.waiting_area, _now(c) - queue.since)


@tapset_function()
def qsq_service_time(c: Context, qname: str, scale: int) -> int:
    """The mean time to serve a request, in microseconds times ``scale``."""
    queue = _queue(c, qname)
    return _divide(scale * queue.running_area, queue.done)


@tapset_function()
def qsq_wait_time(c: Context, qname: str, scale: int) -> int:
    """The mean time from entering the queue to being served, in microseconds times ``scale``."""
    queue = _queue(c, qname)
    return _divide(scale * (queue.running_area + queue.waiting_area), queue.done)


@tapset_function()
def qsq_throughput(c: Context, qname: str, scale: int) -> int:
    """Requests served a microsecond, times ``scale``."""
    queue = _queue(c, qname)
    return _divide(scale * queue.done, _now(c) - queue.since)


@tapset_function()
def qsq_print(c: Context, qname: str) -> None:
    """Print a line with the figures of the queue ``qname``."""
    throughput = qsq_throughput(c, qname, 1000000000)
    length = qsq_wait_queue_length(c, qname, 1000)
    c.session.emit(
        f"{qname}: {throughput // 1000}.{throughput % 1000:03} ops/s, {length // 1000}.{length % 1000:03} qlen, "
        f"{qsq_wait_time(c, qname, 1)} await, {qsq_service_time(c, qname, 1)} svctm, "
        f"{qsq_blocked(c, qname, 100)}% wait, {qsq_utilization(c, qname, 100)}% util\n")
