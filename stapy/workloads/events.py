"""The named workload of events: waiting for several files at once, and timers of every kind."""

from __future__ import annotations

from typing import Any

from stapy.workload import (
    EPOLL_CTL_ADD,
    EPOLL_CTL_DEL,
    EPOLLIN,
    ITIMER_PROF,
    POLLIN,
    SIG_BLOCK,
    SIGALRM,
    SIGPROF,
    SIGUSR1,
    SIGUSR2,
    Procedure,
    System,
)


def events(sys: System, rounds: Any = 5) -> Procedure:
    """events [ROUNDS]: an epoll loop over a pipe, an eventfd and a timer, ROUNDS (5) times; select and poll; timers
    that send signals."""
    count = int(rounds)
    yield from _loop(sys, count)
    yield from _select(sys)
    yield from _timers(sys, count)
    yield from _profile(sys)
    return 0


def _loop(sys: System, count: int) -> Procedure:
    reader, writer = yield sys.pipe()
    counter = yield sys.eventfd()
    timer = yield sys.timerfd()
    yield sys.timerfd_settime(timer, 0.002, 0.002)
    epfd = yield sys.epoll_create()
    for fd in (reader, counter, timer):
        yield sys.epoll_ctl(epfd, EPOLL_CTL_ADD, fd, EPOLLIN)
    pid = yield sys.fork(_ticker, writer, counter, count)
    seen = {reader: 0, counter: 0, timer: 0}
    while seen[reader] < 8 * count or seen[timer] < count:
        for fd in (yield sys.epoll_wait(epfd)):
            if fd == timer:
                seen[fd] += yield sys.timerfd_read(timer)
            else:
                seen[fd] += len((yield sys.read(fd, 8)))
    yield sys.epoll_ctl(epfd, EPOLL_CTL_DEL, timer)
    assert not (yield sys.epoll_wait(epfd, timeout_ms=5))
    yield sys.waitpid(pid)
    for fd in (epfd, reader, writer, counter, timer):
        yield sys.close(fd)


def _ticker(sys: System, writer: int, counter: int, count: int) -> Procedure:
    for number in range(count):
        yield sys.sleep(0.001)
        yield sys.write(writer, f"event {number:2}")
        yield sys.write(counter, b"\1" * 8)
    return 0


def _select(sys: System) -> Procedure:
    reader, writer = yield sys.pipe()
    assert (yield sys.select([reader], timeout=0.001)) == ([], [], [])
    yield sys.write(writer, "x")
    assert (yield sys.select([reader], [writer])) == ([reader], [writer], [])
    assert (yield sys.ppoll([(reader, POLLIN)], timeout=0.001)) == {reader: POLLIN}
    yield sys.close(reader)
    yield sys.close(writer)


def _timers(sys: System, count: int) -> Procedure:
    received: list[int] = []
    yield sys.signal(SIGALRM, lambda sys, number: received.append(number))
    timer = yield sys.timer_create(SIGALRM)
    yield sys.timer_settime(timer, 0.001, 0.001)
    while len(received) < count:
        try:
            yield sys.pause()
        except InterruptedError:
            continue
    yield sys.timer_delete(timer)
    mask = 1 << SIGUSR1 - 1 | 1 << SIGUSR2 - 1
    yield sys.sigprocmask(SIG_BLOCK, mask)
    pid = yield sys.getpid()
    yield sys.sigqueue(pid, SIGUSR2, 7)
    assert (yield sys.sigtimedwait(mask)) == SIGUSR2
    try:
        yield sys.sigtimedwait(mask, 0.002)
    except BlockingIOError:
        return


def _profile(sys: System) -> Procedure:
    """SIGPROF comes by the processor time used, not by the clock."""
    received: list[int] = []
    yield sys.signal(SIGPROF, lambda sys, number: received.append(number))
    yield sys.setitimer(ITIMER_PROF, 0.01, 0.01)
    while len(received) < 3:
        yield sys.compute(ms=5)
    yield sys.setitimer(ITIMER_PROF, 0)
