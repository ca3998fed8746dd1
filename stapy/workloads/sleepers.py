"""The named workload of sleep: processes that wait for time to pass."""

from __future__ import annotations

from typing import Any

from stapy.workload import Procedure, System


def sleep(sys: System, seconds: Any = 1, sleepers: Any = 5) -> Procedure:
    """sleep [SECONDS [SLEEPERS]]: SLEEPERS processes (5) that nap for SECONDS (1) in all, each at its own
    pace."""
    for number in range(int(sleepers)):
        yield sys.fork(_sleeper, float(seconds), 2 * number + 1)
    for _ in range(int(sleepers)):
        yield sys.wait()
    return 0


def _sleeper(sys: System, seconds: float, naps: int) -> Procedure:
    for _ in range(naps):
        yield sys.sleep(seconds / naps)
        yield sys.compute(us=30)
    return 0
