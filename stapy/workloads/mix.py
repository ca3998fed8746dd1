"""The named workload mix: all the others at the same time."""

from __future__ import annotations

from typing import Any

from stapy.workload import Procedure, System
from stapy.workloads.events import events
from stapy.workloads.files import directories, files
from stapy.workloads.locks import locks
from stapy.workloads.memory import memory
from stapy.workloads.pipes import pipes
from stapy.workloads.processes import exec, fork, threads
from stapy.workloads.sched import sched
from stapy.workloads.semaphores import semaphores
from stapy.workloads.signals import signals
from stapy.workloads.sleepers import sleep
from stapy.workloads.sockets import sockets


def mix(sys: System, rounds: Any = 1) -> Procedure:
    """mix [ROUNDS]: all other workloads side by side, ROUNDS times (1)."""
    parts = (
        *(fork, exec, threads, files, directories, pipes, signals, memory, sleep),
        *(sockets, locks, semaphores, events, sched),
    )
    failures = 0
    for _ in range(int(rounds)):
        for part in parts:
            yield sys.fork(part)
        for _ in parts:
            _, status = yield sys.wait()
            failures += status != 0
    return failures
