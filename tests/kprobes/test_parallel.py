"""Probes on several CPUs at a time: a handler that runs on one does not keep another from hitting the same probe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from probed_kernel import Probed
from sources import SOURCES

from stapy import arch as architectures
from stapy.runtime import kprobes
from stapy.runtime.kprobes import (
    Jprobe,
    Kprobe,
    Kretprobe,
    jprobe_return,
    register_jprobe,
    register_kprobe,
    register_kretprobe,
    regs_return_value,
)


@pytest.fixture(params=sorted(SOURCES))
def pair(request: pytest.FixtureRequest) -> Iterator[Probed]:
    machine = Probed(request.param, cpus=2)
    with kprobes.use(machine.kernel):
        yield machine


def on(machine: Probed, number: int, name: str, *arguments: int) -> int:
    """Calls a function on one of the CPUs."""
    return machine.machine.call(machine.machine.symbol(name), *arguments, cpu=machine.machine.cpus[number])


def test_every_architecture_is_tested() -> None:
    from machine_sources import SOURCES as MACHINE_SOURCES

    assert set(architectures.names()) == set(SOURCES) == set(MACHINE_SOURCES)


@pytest.mark.parametrize("where", ["pre", "post"])
def test_the_same_probe_on_another_cpu(pair: Probed, where: str) -> None:
    """It is hit in the middle of a handler, and stepped while the breakpoint stays in place."""
    seen: list[Any] = []

    def handler(p: Kprobe, regs: Any, *flags: int) -> int:
        seen.append(regs.cpu.number)
        assert pair.is_armed("add")
        if regs.cpu.number == 0:
            assert on(pair, 1, "add", 3, 4) == 7
        return 0

    p = Kprobe("add", **{f"{where}_handler": handler})
    register_kprobe(p)
    assert on(pair, 0, "add", 1, 2) == 3
    assert seen == [0, 1]
    assert (p.hits, p.nmissed) == (2, 0)


def test_on_the_same_cpu_it_is_missed(pair: Probed) -> None:
    p = Kprobe("add", pre_handler=lambda p, regs: on(pair, regs.cpu.number, "add", 3, 4) and 0)
    register_kprobe(p)
    assert on(pair, 0, "add", 1, 2) == on(pair, 1, "add", 1, 2) == 3
    assert (p.hits, p.nmissed) == (2, 2)


def test_return_probes_of_two_tasks(pair: Probed) -> None:
    """Each CPU has a task of its own, and each task its own calls."""
    pair.kprobes.current = lambda cpu: 0x1000 + cpu.number
    seen: list[Any] = []

    def entered(instance: Any, regs: Any) -> int:
        if regs.cpu.number == 0 and not seen:
            seen.append("other")
            assert on(pair, 1, "factorial", 4) == 24
        return 0

    def returned(instance: Any, regs: Any) -> None:
        seen.append((instance.task, regs_return_value(regs)))

    rp = Kretprobe("factorial", entry_handler=entered, handler=returned, maxactive=20)
    register_kretprobe(rp)
    assert on(pair, 0, "factorial", 3) == 6
    assert seen == ["other", *((0x1001, n) for n in (1, 2, 6, 24)), *((0x1000, n) for n in (1, 2, 6))]
    assert (rp.nmissed, rp.active) == (0, 0)


def test_jprobes_on_two_cpus(pair: Probed) -> None:
    seen: list[Any] = []

    def jadd(a: int, b: int) -> None:
        seen.append((a, b))
        if (a, b) == (1, 2):
            assert on(pair, 1, "add", 3, 4) == 7
        jprobe_return()

    register_jprobe(Jprobe("add", entry=jadd))
    assert on(pair, 0, "add", 1, 2) == 3
    assert seen == [(1, 2), (3, 4)]
