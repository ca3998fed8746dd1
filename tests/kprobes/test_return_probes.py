"""Return probes: instances, nesting, tail calls, what is missed, and true return addresses."""

from __future__ import annotations

import pytest
from probed_kernel import Probed

from stapy.runtime.kprobes import (
    Kprobe,
    KprobeError,
    Kretprobe,
    register_kprobe,
    register_kretprobe,
    regs_return_value,
    unregister_kretprobe,
)


def test_the_handler_runs_at_the_return(tiny: Probed) -> None:
    seen: list = []

    def entry(instance, regs):  # type: ignore[no-untyped-def]
        instance.data[0] = 7
        instance.started = regs.sp
        return 0

    def returned(instance, regs):  # type: ignore[no-untyped-def]
        back = instance.ret_addr
        assert regs.sp == instance.started + tiny.arch.return_pops
        seen.append((regs_return_value(regs), instance.data[0], back != rp.kp.addr, instance.rp is rp))

    rp = Kretprobe("add", handler=returned, entry_handler=entry, data_size=8)
    register_kretprobe(rp)
    assert tiny.call("add", 2, 3) == 5
    assert tiny.call("add", 4, 3) == 7
    assert seen == [(5, 7, True, True), (7, 7, True, True)]
    assert (rp.nmissed, rp.active) == (0, 0)
    unregister_kretprobe(rp)
    assert tiny.call("add", 2, 3) == 5
    assert len(seen) == 2


def test_the_handler_can_change_the_result(tiny: Probed) -> None:
    register_kretprobe(Kretprobe("add", handler=lambda instance, regs: regs.set(tiny.result, 99)))
    assert tiny.call("add", 1, 2) == 99


def test_recursion(tiny: Probed) -> None:
    results: list = []
    rp = Kretprobe(
        "factorial", handler=lambda instance, regs: results.append(regs_return_value(regs)), maxactive=20
    )
    register_kretprobe(rp)
    assert tiny.call("factorial", 6) == 720
    assert results == [1, 2, 6, 24, 120, 720]


def test_more_calls_than_instances_are_missed(tiny: Probed) -> None:
    results: list = []
    entries: list = []
    rp = Kretprobe(
        "factorial",
        handler=lambda instance, regs: results.append(regs_return_value(regs)),
        entry_handler=lambda instance, regs: entries.append(1),
        maxactive=2,
    )
    register_kretprobe(rp)
    assert tiny.call("factorial", 5) == 120
    assert results == [24, 120]  # the two outermost
    assert rp.nmissed == 3
    assert len(entries) == 2
    assert rp.active == 0


def test_an_entry_handler_can_decline(tiny: Probed) -> None:
    results: list = []

    def odd_only(instance, regs):  # type: ignore[no-untyped-def]
        place = tiny.arch.argument(0)
        n = regs.get(place.register) if place.register else tiny.machine.memory.word(regs.sp + place.offset)
        return 1 if n % 2 == 0 else 0

    rp = Kretprobe(
        "factorial",
        handler=lambda instance, regs: results.append(regs_return_value(regs)),
        entry_handler=odd_only,
    )
    register_kretprobe(rp)
    assert tiny.call("factorial", 5) == 120
    assert results == [1, 6, 120]


def test_several_on_one_function_and_a_tail_call(tiny: Probed) -> None:
    seen: list = []

    def named(name):  # type: ignore[no-untyped-def]
        def handler(instance, regs):  # type: ignore[no-untyped-def]
            seen.append((name, instance.ret_addr + tiny.arch.breakpoint_pc in tiny.machine.breakpoints))

        return handler

    probes = [Kretprobe("last", handler=named("last")), Kretprobe("add", handler=named("a"))]
    probes.append(Kretprobe("add", handler=named("b")))
    tiny.kprobes.register_kretprobes(probes)
    assert tiny.call("last", 1, 2) == 3
    # One return ends all three calls, the youngest first, and all see the true return address (call()'s own).
    assert [name for name, _ in seen] == ["a", "b", "last"]
    assert all(true for _, true in seen)
    tiny.kprobes.unregister_kretprobes(probes)
    assert tiny.kprobes.probes() == []


def test_unregistering_while_a_call_is_under_way(tiny: Probed) -> None:
    results: list = []
    rp = Kretprobe("factorial", handler=lambda instance, regs: results.append(1))
    register_kretprobe(rp)
    inside = Kprobe(
        "factorial", pre_handler=lambda p, regs: unregister_kretprobe(rp) if rp.active == 2 else 0
    )
    register_kprobe(inside)  # newer than the return probe's: runs before it
    assert tiny.call("factorial", 4) == 24
    assert results == []
    assert rp.active == 0


def test_calls_that_never_return_give_their_instances_back(tiny: Probed) -> None:
    """A function that leaves by another way than its return: its stack is reused, and so is its instance."""
    tiny.function("escape", tiny.sources.escape)
    tiny.function("outer", tiny.sources.outer)
    rp = Kretprobe("escape", maxactive=1)
    register_kretprobe(rp)
    for _ in range(3):
        tiny.call("outer")
    assert rp.nmissed == 0


def test_a_task_that_is_gone(tiny: Probed) -> None:
    tiny.function("kprobe_flush_task", tiny.sources.functions["add"])
    tiny.function("escape", tiny.sources.escape)
    task = 0x1234
    tiny.kprobes.current = lambda cpu: task
    rp = Kretprobe("escape")
    register_kretprobe(rp)
    tiny.function("outer", tiny.sources.outer)
    tiny.call("outer")
    assert rp.active == 1
    assert [p.kind for p in tiny.kprobes.probes()] == ["r"]
    tiny.call("kprobe_flush_task", task)
    assert rp.active == 0
    unregister_kretprobe(rp)
    assert not tiny.is_armed("kprobe_flush_task")


def test_a_probed_function_called_by_a_handler(tiny: Probed) -> None:
    results: list = []
    rp = Kretprobe("add", handler=lambda instance, regs: results.append(1))
    register_kretprobe(rp)
    register_kprobe(Kprobe("factorial", pre_handler=lambda p, regs: tiny.call("add", 1, 1) and 0))
    assert tiny.call("factorial", 1) == 1
    assert results == []
    assert rp.kp.nmissed == 1


def test_true_return_addresses_for_unwinders(tiny: Probed) -> None:
    seen: list = []

    def inside(p, regs):  # type: ignore[no-untyped-def]
        frame = tiny.arch.frame_of_entry(regs.cpu)
        written = tiny.arch.return_address(tiny.machine, regs.cpu, frame)
        seen.append(
            (tiny.kprobes.is_return_trampoline(written), tiny.kprobes.kretprobe_find_ret_addr(0, frame))
        )

    back = tiny.function("caller", tiny.sources.caller) + tiny.sources.back
    register_kprobe(Kprobe("factorial", pre_handler=inside))
    register_kretprobe(Kretprobe("factorial"))  # newer: its pre-handler runs first
    assert tiny.call("caller") == 1
    assert seen == [(True, back)]
    assert tiny.kprobes.kretprobe_find_ret_addr(0, 0x1234) is None


@pytest.mark.parametrize(
    ("make", "errno"),
    [
        (lambda t: Kretprobe("nothing"), "ENOENT"),
        (lambda t: Kretprobe(kp=Kprobe("add", 1)), "EINVAL"),
        (lambda t: Kretprobe("add", data_size=5000), "E2BIG"),
        (lambda t: Kretprobe("add", maxactive=1 << 40), "ENOMEM"),
        (lambda t: Kretprobe("__switch_to"), "EINVAL"),
        (lambda t: Kretprobe(), "EINVAL"),
    ],
)
def test_what_cannot_be_registered(tiny: Probed, make, errno: str) -> None:  # type: ignore[no-untyped-def]
    tiny.function("__switch_to", tiny.sources.functions["add"])
    with pytest.raises(KprobeError, match=f"-{errno}"):
        register_kretprobe(make(tiny))


def test_twice_and_a_stranger(tiny: Probed) -> None:
    rp = Kretprobe("add")
    register_kretprobe(rp)
    assert rp.maxactive == 10
    with pytest.raises(KprobeError, match="EINVAL"):
        register_kretprobe(rp)
    unregister_kretprobe(rp)
    with pytest.raises(KprobeError, match="EINVAL"):
        unregister_kretprobe(rp)
