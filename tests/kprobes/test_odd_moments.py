"""Probes at odd moments: faults in every kind of handler, everything switched off while calls are under way, probes on
what the probes themselves need."""

from __future__ import annotations

from typing import Any

import pytest
from everywhere import Run
from probed_kernel import Probed

from stapy import arch as architectures
from stapy.runtime.kprobes import (
    Jprobe,
    Kprobe,
    KprobeError,
    Kretprobe,
    jprobe_return,
    register_jprobe,
    register_kprobe,
    register_kretprobe,
    unregister_kprobe,
    unregister_kretprobe,
)
from stapy.runtime.machine.memory import MemoryFault

NOWHERE = 0x10


def touch(tiny: Probed) -> int:
    return tiny.machine.memory.u32(NOWHERE)


@pytest.mark.parametrize("where", ["pre", "post"])
@pytest.mark.parametrize("forgiven", [True, False])
def test_a_fault_in_a_handler(tiny: Probed, where: str, forgiven: bool) -> None:
    """The probe's own fault handler is asked, with the trap's number, and no other probe's."""
    asked: list[Any] = []

    def fault(name: str) -> Any:
        def handler(p: Kprobe, regs: Any, trap: int) -> int:
            asked.append((name, trap))
            return int(forgiven)

        return handler

    bad = Kprobe("add", fault_handler=fault("bad"), **{f"{where}_handler": lambda p, regs, *flags: touch(tiny)})
    register_kprobe(Kprobe("add", fault_handler=fault("other")))
    register_kprobe(bad)
    if forgiven:
        assert tiny.call("add", 1, 2) == 3
    else:
        with pytest.raises(MemoryFault):
            tiny.call("add", 1, 2)
    assert asked == [("bad", tiny.arch.fault_vector("page"))]
    assert bad.nmissed == 1
    unregister_kprobe(bad)
    assert tiny.call("add", 1, 2) == 3  # nothing is left of it


def test_faults_in_the_handlers_of_other_probes(tiny: Probed) -> None:
    """They have no fault handler: the exception ends the run, and the machine is in order after it."""
    rp = Kretprobe("add", handler=lambda instance, regs: touch(tiny))
    register_kretprobe(rp)
    with pytest.raises(MemoryFault):
        tiny.call("add", 1, 2)
    unregister_kretprobe(rp)
    jp = Jprobe("add", entry=lambda a, b: touch(tiny))
    register_jprobe(jp)
    with pytest.raises(MemoryFault):
        tiny.call("add", 1, 2)
    jp.entry = lambda a, b: jprobe_return()
    assert tiny.call("add", 1, 2) == 3
    assert rp.active == 0


def test_all_off_while_calls_are_under_way(tiny: Probed) -> None:
    """The calls that are followed still find their way back."""
    returned: list[int] = []
    rp = Kretprobe("factorial", handler=lambda instance, regs: returned.append(1), maxactive=20)

    def off(p: Kprobe, regs: Any) -> None:
        if rp.active == 3:
            tiny.kprobes.enabled = False

    register_kretprobe(rp)
    register_kprobe(Kprobe("factorial", pre_handler=off))
    assert tiny.call("factorial", 6) == 720
    assert (rp.active, rp.nmissed) == (0, 0)
    assert 3 <= len(returned) <= 4
    assert not tiny.is_armed("factorial")


def test_numbers_of_instances(tiny: Probed) -> None:
    for asked, made in ((0, 10), (-5, 10), (1, 1), (1000, 1000)):
        rp = Kretprobe("add", maxactive=asked)
        register_kretprobe(rp)
        assert rp.maxactive == made
        unregister_kretprobe(rp)
    for odd in (Kretprobe("add", maxactive="many"), Kretprobe("add", data_size=-1), Kretprobe("add", handler="f")):  # type: ignore[arg-type]
        with pytest.raises(KprobeError, match="-EINVAL"):
            register_kretprobe(odd)
    for stranger in (None, Kprobe("add")):
        with pytest.raises(KprobeError, match="-EINVAL"):
            register_kretprobe(stranger)  # type: ignore[arg-type]
        with pytest.raises(KprobeError, match="-EINVAL"):
            register_jprobe(stranger)  # type: ignore[arg-type]


def test_the_probes_own_code(tiny: Probed) -> None:
    """Slots, trampolines and stubs are not the kernel's."""
    p, rp = Kprobe("add"), Kretprobe("factorial")
    register_kprobe(p)
    register_kretprobe(rp)
    assert p.site is not None
    area = tiny.machine.code_area.region.address
    for place in (p.site.slot.address, p.site.slot.boosted_address, area):
        with pytest.raises(KprobeError, match="-EINVAL"):
            register_kprobe(Kprobe(addr=place))


@pytest.mark.parametrize("arch", architectures.names())
def test_what_probes_need_themselves(arch: str) -> None:
    """Every instruction of these functions is refused, to each kind of probe."""
    probes = Run(arch, "fork 1").kernel.kprobes
    assert {"clock_now", "spend", "switch_stack"} <= {name for _, _, name in probes.blacklist()}
    for start, end, name in probes.blacklist():
        for place in sorted(probes.arch.boundaries(probes.code(start, end - start), start)):
            with pytest.raises(KprobeError, match=f"-EINVAL: {name} may not be probed"):
                probes.register_kprobe(Kprobe(addr=place))
        for register, made in (
            (probes.register_kretprobe, Kretprobe(name)),
            (probes.register_jprobe, Jprobe(name, entry=jprobe_return)),
        ):
            with pytest.raises(KprobeError, match="-EINVAL"):
                register(made)
    assert probes.lines() == []
