"""Jprobes, and the C names of the interface."""

from __future__ import annotations

import pytest
from probed_kernel import Probed

from stapy.runtime import kprobes
from stapy.runtime.kprobes import (
    Jprobe,
    Kprobe,
    KprobeError,
    Kretprobe,
    jprobe_return,
    kallsyms_lookup_name,
    printk,
    register_jprobe,
    register_kprobe,
    register_kretprobe,
    unregister_jprobe,
)


def test_the_entry_has_the_functions_arguments(tiny: Probed) -> None:
    seen: list = []

    def jadd(a, b):  # type: ignore[no-untyped-def]
        seen.append((a, b))
        jprobe_return()
        raise AssertionError("jprobe_return() does not return")

    jp = Jprobe(entry=jadd)
    jp.kp.addr = kallsyms_lookup_name("add")
    assert register_jprobe(jp) == 0
    cpu = tiny.machine.cpu
    cpu.write(tiny.sources.saved, 77)
    assert tiny.call("add", 40, 2) == 42
    assert tiny.call("add", 1, 2) == 3
    assert seen == [(40, 2), (1, 2)]
    assert cpu.read(tiny.sources.saved) == 77
    assert jp.kp.hits == 2
    unregister_jprobe(jp)
    assert tiny.call("add", 1, 2) == 3
    assert len(seen) == 2


def test_what_the_entry_does_to_registers_and_stack_is_undone(tiny: Probed) -> None:
    """gcc takes it that the callee owns its argument area: the probed function finds it as it was."""

    def jadd(a, b):  # type: ignore[no-untyped-def]
        cpu, memory = tiny.machine.cpu, tiny.machine.memory
        sp = cpu.sp
        for offset in range(0, 32, tiny.arch.word):
            memory.write_word(sp + offset, 0xBAD)
        cpu.write(tiny.sources.first_argument or tiny.result, 0xBAD)
        cpu.write("flags", cpu.read("flags") ^ tiny.sources.flip)
        assert tiny.call("factorial", 5) == 120
        jprobe_return()

    register_jprobe(Jprobe("add", entry=jadd))
    assert tiny.call("add", 40, 2) == 42


def test_jprobe_among_other_probes(tiny: Probed) -> None:
    """It runs last whenever it was registered, and only one can be at a place."""
    seen: list = []

    def jadd(a, b):  # type: ignore[no-untyped-def]
        seen.append("j")
        jprobe_return()

    register_kprobe(Kprobe("add", pre_handler=lambda p, regs: seen.append("k1")))
    register_jprobe(Jprobe("add", entry=jadd))
    register_kprobe(
        Kprobe(
            "add",
            pre_handler=lambda p, regs: seen.append("k2"),
            post_handler=lambda p, regs, f: seen.append("post"),
        )
    )
    register_kretprobe(Kretprobe("add", handler=lambda instance, regs: seen.append("r")))
    assert tiny.call("add", 40, 2) == 42
    assert seen == ["k2", "k1", "j", "post", "r"]
    with pytest.raises(KprobeError, match="EEXIST"):
        register_jprobe(Jprobe("add", entry=jadd))


def test_a_hit_inside_the_entry_is_missed(tiny: Probed) -> None:
    inner = Kprobe("factorial")
    register_kprobe(inner)

    def jadd(a, b):  # type: ignore[no-untyped-def]
        assert tiny.call("factorial", 1) == 1
        jprobe_return()

    jp = Jprobe("add", entry=jadd)
    register_jprobe(jp)
    assert tiny.call("add", 40, 2) == 42
    assert inner.nmissed == 1
    register_kprobe(Kprobe("peek", pre_handler=lambda p, regs: tiny.call("add", 1, 1) and 0))
    value = tiny.data("value", 8)
    tiny.call("peek", value)
    assert jp.kp.nmissed == 1


def test_the_return_must_not_be_forgotten(tiny: Probed) -> None:
    register_jprobe(Jprobe("add", entry=lambda a, b: None))
    with pytest.raises(RuntimeError, match=r"without jprobe_return\(\)"):
        tiny.call("add", 1, 2)
    with pytest.raises(RuntimeError, match="outside the entry handler"):
        jprobe_return()


def test_an_exception_in_the_entry(tiny: Probed) -> None:
    def bad(a, b):  # type: ignore[no-untyped-def]
        raise ZeroDivisionError

    jp = Jprobe("add", entry=bad)
    register_jprobe(jp)
    with pytest.raises(ZeroDivisionError):
        tiny.call("add", 1, 2)
    unregister_jprobe(jp)
    assert tiny.call("add", 1, 2) == 3


def test_an_entry_that_takes_registers(tiny: Probed) -> None:
    seen: list = []
    register_jprobe(
        Jprobe("add", entry=lambda p, regs: seen.append((regs.pc, regs.cpu.number)), mirror=False)
    )
    assert tiny.call("add", 1, 2) == 3
    assert seen == [(tiny.pc_at(tiny.machine.symbol("add")), 0)]


def test_many_arguments(tiny: Probed) -> None:
    tiny.function("eight", tiny.sources.eight)
    seen: list = []

    def jeight(*arguments):  # type: ignore[no-untyped-def]
        seen.append(arguments)
        jprobe_return()

    def eight(a, b, c, d, e, f, g, h):  # type: ignore[no-untyped-def]
        jeight(a, b, c, d, e, f, g, h)

    register_jprobe(Jprobe("eight", entry=eight))
    assert tiny.call("eight", *range(1, 9)) == tiny.sources.eight_gives
    assert seen == [(1, 2, 3, 4, 5, 6, 7, 8)]


@pytest.mark.parametrize(
    ("make", "errno"),
    [
        (lambda: Jprobe("add"), "EINVAL"),
        (lambda: Jprobe("nothing", entry=print), "ENOENT"),
        (lambda: Jprobe(kp=Kprobe("add", 1), entry=print), "EINVAL"),
    ],
)
def test_what_cannot_be_registered(tiny: Probed, make, errno: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KprobeError, match=f"-{errno}"):
        register_jprobe(make())


# ---------------------------------------------------------------- printk and the rest


def test_printk(tiny: Probed) -> None:
    text = tiny.data("text", 16)
    tiny.machine.memory.write(text, b"in memory")
    digits = tiny.arch.bits // 4
    add = tiny.machine.symbol("add")
    printk("<6>p->addr=0x%p, flags=0x%lx, %d%%\n", 0xC0DE, 0x246, -3)
    printk(
        "%s %s [%5d] [%-5d] [%05u] %c %#x %llu %hhd %*d|%.2s\n",
        "a",
        text,
        42,
        42,
        42,
        65,
        255,
        1 << 63,
        255,
        4,
        7,
        "xyz",
    )
    printk("%pS %pf %ld %u\n", add + 1, add, tiny.arch.mask, -1)
    size = tiny.machine.symbols["add"].size
    assert tiny.output.decode() == (
        f"p->addr=0x{0xC0DE:0{digits}x}, flags=0x246, -3%\n"
        "a in memory [   42] [42   ] [00042] A 0xff 9223372036854775808 -1    7|xy\n"
        f"add+0x1/{size:#x} add -1 4294967295\n"
    )
    with pytest.raises(TypeError, match="too few"):
        printk("%d")
    with pytest.raises(TypeError, match="too many"):
        printk("%d", 1, 2)


def test_without_a_current_kernel() -> None:
    with pytest.raises(LookupError, match="no kernel is current"):
        kprobes.register_kprobe(Kprobe("add"))
