"""The named workload of signals: handlers, waiting, kills, a segmentation fault."""

from __future__ import annotations

from typing import Any

from stapy.workload import SIGALRM, SIGKILL, SIGTERM, SIGUSR1, WTERMSIG, Procedure, System


def signals(sys: System, count: Any = 5) -> Procedure:
    """signals [COUNT]: sends COUNT signals (5) to a child that handles them, then SIGTERM, SIGKILL, SIGALRM,
    SIGSEGV."""
    pid = yield sys.fork(_listener)
    yield sys.sleep(0.001)
    for _ in range(int(count)):
        yield sys.kill(pid, SIGUSR1)
        yield sys.sleep(0.001)
    yield sys.kill(pid, SIGTERM)
    yield sys.waitpid(pid)
    for victim in (_spinner, _sleeper):
        pid = yield sys.fork(victim)
        yield sys.sleep(0.005)
        yield sys.kill(pid, SIGKILL)
        _, status = yield sys.waitpid(pid)
        assert WTERMSIG(status) == SIGKILL
    for victim in (_alarmed, _crasher):
        yield sys.fork(victim)
        yield sys.wait()
    try:
        yield sys.kill(32000, SIGUSR1)
    except ProcessLookupError:
        return 0
    return 1


def _listener(sys: System) -> Procedure:
    received = []

    def on_usr1(sys: System, number: int) -> Procedure:
        received.append(number)
        yield sys.getpid()

    yield sys.signal(SIGUSR1, on_usr1)
    while True:
        try:
            yield sys.pause()
        except InterruptedError:
            yield sys.compute(us=50)


def _spinner(sys: System) -> Procedure:
    while True:
        yield sys.compute(ms=1)


def _sleeper(sys: System) -> Procedure:
    yield sys.sleep(1000)


def _alarmed(sys: System) -> Procedure:
    yield sys.signal(SIGALRM, lambda sys, number: None)
    yield sys.alarm(1)
    try:
        yield sys.pause()
    except InterruptedError:
        return 0


def _crasher(sys: System) -> Procedure:
    yield sys.poke(16, b"\0")
