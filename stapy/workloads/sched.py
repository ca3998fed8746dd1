"""The named workload of scheduling: nice values, real-time policies, limits, and who a process is."""

from __future__ import annotations

from typing import Any

from stapy.workload import (
    RLIMIT_NOFILE,
    RUSAGE_CHILDREN,
    SCHED_BATCH,
    SCHED_FIFO,
    SCHED_NORMAL,
    SCHED_RR,
    Procedure,
    System,
)


def sched(sys: System, ms: Any = 20) -> Procedure:
    """sched [MS]: processes of different nice values and policies compute MS (20) ms each; one changes its limits, its
    user, and its mind."""
    time = int(ms)
    for nice in (0, 5, 10):
        yield sys.fork(_nice, nice, time)
    for policy, priority in ((SCHED_BATCH, 0), (SCHED_RR, 10), (SCHED_FIFO, 20)):
        yield sys.fork(_policy, policy, priority, time)
    yield sys.fork(_limited)
    for _ in range(7):
        _, status = yield sys.wait()
        assert status == 0
    usage = yield sys.getrusage(RUSAGE_CHILDREN)
    assert usage["ru_utime"] >= 5 * time * 1_000_000
    return 0


def _nice(sys: System, nice: int, time: int) -> Procedure:
    yield sys.setpriority(nice)
    for _ in range(time):
        yield sys.compute(ms=1)
        yield sys.sched_yield()
    return 0


def _policy(sys: System, policy: int, priority: int, time: int) -> Procedure:
    yield sys.sched_setscheduler(policy, priority)
    for _ in range(time):
        yield sys.compute(ms=1)
        yield sys.sleep(0.001)
    yield sys.sched_setscheduler(SCHED_NORMAL)
    return 0


def _limited(sys: System) -> Procedure:
    """Opens what its limit allows, gives its rights away, and fails to get them back."""
    yield sys.setrlimit(RLIMIT_NOFILE, 8, 16)
    opened = 0
    try:
        while True:
            yield sys.open("/dev/null")
            opened += 1
    except OSError:  # too many open files
        assert opened == 5
    yield sys.setgid(1000)
    yield sys.setuid(1000)
    for attempt in (sys.setuid(0), sys.setpriority(-5), sys.setrlimit(RLIMIT_NOFILE, 32, 32), sys.open("/etc/shadow")):
        try:
            yield attempt
        except OSError:
            continue
        return 1
    return 0
