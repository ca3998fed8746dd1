"""The default workload: it does a bit of everything, and the same everywhere and every time."""

from __future__ import annotations

from collections import Counter
from typing import Any

from stapy import workload
from stapy.runtime.kernels.builtin import BuiltinKernel

Event = tuple[int, str, str]


def trace(arch: str) -> list[Event]:
    """(time, process, call) of all system calls and user page faults of a run."""
    kernel = BuiltinKernel(arch)
    kernel.start(workload.load())
    user, machine = kernel.user, kernel.machine
    events: list[Event] = []

    def note(cpu: Any, what: str) -> None:
        task = kernel.task(kernel.user_task(cpu))
        events.append((kernel.clock.now(), f"{task.comm}[{task.pid}]", what))

    enter_call, enter_exception = machine.enter_system_call, machine.enter_exception

    def on_call(cpu: Any, number: int | None, *arguments: Any, **places: Any) -> None:
        name = next((name for name, known in user._numbers.items() if known == number), "restart")
        note(cpu, name.removesuffix("_pgoff"))
        enter_call(cpu, number, *arguments, **places)

    def on_exception(cpu: Any, *arguments: Any, **places: Any) -> None:
        note(cpu, "fault")
        enter_exception(cpu, *arguments, **places)

    machine.enter_system_call, machine.enter_exception = on_call, on_exception
    assert kernel.run() == "finished" and kernel.status == 0
    kernel.close()
    return events


def test_default_workload(architectures: list[str]) -> None:
    runs = {arch: trace(arch) for arch in architectures}
    first, *others = runs.values()
    for other in others:
        assert other == first, "the same on all architectures"
    assert 10_000_000_000 <= first[-1][0] < 10_100_000_000
    calls = Counter(what for _, _, what in first)
    assert 2000 < sum(calls.values()) < 6000
    some = "fork vfork execve exit_group wait4 kill rt_sigaction rt_sigreturn pause"
    many = "open read write close stat getdents pipe mmap brk nanosleep fault"
    assert {call for call in some.split() if not calls[call]} == set()
    assert {call for call in many.split() if calls[call] < 20} == set()
    names = {process.partition("[")[0] for _, process, _ in first}
    assert names >= {"init", "sh", "cat", "grep", "cron", "sshd", "syslogd", "make", "cc1", "httpd"}
    busy = Counter(time // 500_000_000 for time, _, _ in first)
    assert all(busy[half] > 10 for half in range(20)), "something happens all the time"
