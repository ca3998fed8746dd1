"""The named workload of pipes: a chain of processes that pass data on."""

from __future__ import annotations

from typing import Any

from stapy.workload import Procedure, System


def _stage(sys: System, source: int, sink: int, others: list[int]) -> Procedure:
    for fd in others:
        yield sys.close(fd)
    while data := (yield sys.read(source, 1024)):
        yield sys.compute(us=20)
        yield from sys.write_all(sink, data.swapcase())
    return 0


def pipes(sys: System, stages: Any = 3, blocks: Any = 20) -> Procedure:
    """pipes [STAGES [BLOCKS]]: BLOCKS blocks (20) of 1 KB through STAGES processes (3) joined by pipes."""
    ends = []
    for _ in range(int(stages) + 1):
        ends.append((yield sys.pipe()))
    fds = [fd for pair in ends for fd in pair]
    for number in range(int(stages)):
        mine = (ends[number][0], ends[number + 1][1])
        yield sys.fork(_stage, *mine, [fd for fd in fds if fd not in mine])
    first, last = ends[0][1], ends[-1][0]
    feeder = yield sys.fork(_feed, first, int(blocks), [fd for fd in fds if fd != first])
    for fd in fds:
        if fd != last:
            yield sys.close(fd)
    received = yield from sys.read_all(last)
    assert len(received) == 1024 * int(blocks)
    for _ in range(int(stages)):
        yield sys.wait()
    yield sys.waitpid(feeder)
    return 0


def _feed(sys: System, sink: int, blocks: int, others: list[int]) -> Procedure:
    for fd in others:
        yield sys.close(fd)
    for number in range(blocks):
        yield from sys.write_all(sink, bytes([97 + number % 26]) * 1024)
    return 0
