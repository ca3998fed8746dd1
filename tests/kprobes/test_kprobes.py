"""Kprobes: registration and its errors, handlers, aggregates, reentrancy, faults, listings."""

from __future__ import annotations

import pytest
from probed_kernel import Probed
from sources import SOURCES

from stapy.runtime.kprobes import (
    KPROBE_FLAG_DISABLED,
    Kprobe,
    KprobeError,
    register_kprobe,
    unregister_kprobe,
)
from stapy.runtime.kprobes.probes import KPROBE_FLAG_GONE
from stapy.runtime.machine.cpu import MachineError
from stapy.runtime.machine.memory import MemoryFault


def counting(seen: list, name: str = "pre", result: int = 0):  # type: ignore[no-untyped-def]
    def handler(p, regs, *rest):  # type: ignore[no-untyped-def]
        seen.append(name)
        return result

    return handler


# ---------------------------------------------------------------- registration


def test_handlers_run_before_and_after(tiny: Probed) -> None:
    seen: list = []
    add = tiny.machine.symbol("add")

    def pre(p, regs):  # type: ignore[no-untyped-def]
        assert regs.pc == tiny.pc_at(add)
        seen.append(("pre", regs.sp))
        return 0

    def post(p, regs, flags):  # type: ignore[no-untyped-def]
        assert regs.pc == add + tiny.sources.first_size
        assert flags == 0
        seen.append(("post", regs.sp))

    p = Kprobe("add", pre_handler=pre, post_handler=post)
    assert register_kprobe(p) == 0
    assert p.addr == add
    assert tiny.call("add", 2, 3) == 5
    assert [name for name, _ in seen] == ["pre", "post"]
    assert seen[0][1] - seen[1][1] == tiny.sources.first_push
    assert p.hits == 1
    unregister_kprobe(p)
    assert tiny.call("add", 2, 3) == 5
    assert len(seen) == 2


def test_the_breakpoint_is_in_memory_and_goes_away(tiny: Probed) -> None:
    before = tiny.code("add")
    p = Kprobe("add")
    register_kprobe(p)
    assert tiny.code("add") == tiny.breakpoint + before[len(tiny.breakpoint) :]
    unregister_kprobe(p)
    assert tiny.code("add") == before


def test_every_instruction_can_be_probed(tiny: Probed) -> None:
    """With and without post-handlers: boosted where possible, and single-stepped."""
    for name, arguments, result in (("add", (40, 2), 42), ("factorial", (5,), 120), ("last", (1, 2), 3)):
        start = tiny.machine.symbol(name)
        refused = {start + offset for offset in tiny.sources.unprobed.get(name, ())}
        places = sorted(tiny.arch.boundaries(tiny.code(name), start) - refused)
        for post in (None, lambda p, regs, flags: None):
            for place in places:
                p = Kprobe(addr=place, post_handler=post)
                register_kprobe(p)
                assert tiny.call(name, *arguments) == result, f"{name}+{place - start:#x}"
                assert p.hits >= 1
                unregister_kprobe(p)
            several = [Kprobe(addr=place, post_handler=post) for place in places]
            tiny.kprobes.register_kprobes(several)
            assert tiny.call(name, *arguments) == result
            tiny.kprobes.unregister_kprobes(several)


@pytest.mark.parametrize(
    ("change", "errno"),
    [
        (lambda t: Kprobe(), "EINVAL"),
        (lambda t: Kprobe("add", addr=t.machine.symbol("add")), "EINVAL"),
        (lambda t: Kprobe("no_such_function"), "ENOENT"),
        (lambda t: Kprobe("add", addr="add"), "EINVAL"),
        (lambda t: Kprobe(addr="add"), "EINVAL"),
        (lambda t: Kprobe("add", pre_handler="printk"), "EINVAL"),
        (lambda t: Kprobe("add", post_handler=5), "EINVAL"),
        (lambda t: None, "EINVAL"),
        (lambda t: Kprobe(addr=t.stack), "EINVAL"),
        (lambda t: Kprobe(addr=0x10), "EINVAL"),
    ],
)
def test_what_cannot_be_registered(tiny: Probed, change, errno: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KprobeError, match=f"-{errno}: ") as caught:
        register_kprobe(change(tiny))
    assert caught.value.name == errno


def test_the_middle_of_an_instruction(tiny: Probed) -> None:
    """EILSEQ, except where Linux looks at the alignment and says EINVAL."""
    inside = 2 if tiny.sources.first_size == 1 else 1
    with pytest.raises(KprobeError) as caught:
        register_kprobe(Kprobe("factorial", inside))
    assert caught.value.name == (tiny.arch.misaligned if inside % tiny.arch.instruction_alignment else "EILSEQ")


def test_instructions_that_cannot_run_out_of_line(tiny: Probed) -> None:
    start = tiny.function("odd", tiny.sources.odd)
    for offset, errno in tiny.sources.refused.items():
        with pytest.raises(KprobeError) as caught:
            register_kprobe(Kprobe(addr=start + offset))
        assert caught.value.name == errno, offset


def test_registering_twice_and_unregistering_a_stranger(tiny: Probed) -> None:
    p = Kprobe("add")
    register_kprobe(p)
    with pytest.raises(KprobeError, match="EINVAL"):
        register_kprobe(p)
    unregister_kprobe(p)
    with pytest.raises(KprobeError, match="EINVAL"):
        unregister_kprobe(p)
    # A structure that was registered by name is reused with its address cleared.
    register_kprobe(p)
    unregister_kprobe(p)
    with pytest.raises(KprobeError, match="both"):
        p.addr = 5
        register_kprobe(p)


def test_arrays_are_registered_whole_or_not_at_all(tiny: Probed) -> None:
    good, bad = Kprobe("add"), Kprobe("nothing")
    with pytest.raises(KprobeError, match="ENOENT"):
        tiny.kprobes.register_kprobes([good, bad])
    assert tiny.kprobes.probes() == []
    assert not tiny.is_armed("add")
    with pytest.raises(KprobeError, match="EINVAL"):
        tiny.kprobes.register_kprobes([])
    good.addr = None
    tiny.kprobes.register_kprobes([good])
    stranger = Kprobe(addr=77)
    tiny.kprobes.unregister_kprobes([stranger, good])
    assert stranger.addr is None
    assert tiny.kprobes.probes() == []


def test_disable_and_enable(tiny: Probed) -> None:
    seen: list = []
    p = Kprobe("add", pre_handler=counting(seen), flags=KPROBE_FLAG_DISABLED)
    with pytest.raises(KprobeError, match="EINVAL"):
        tiny.kprobes.enable_kprobe(p)
    register_kprobe(p)
    assert not tiny.is_armed("add")
    tiny.call("add", 1, 1)
    tiny.kprobes.enable_kprobe(p)
    tiny.call("add", 1, 1)
    assert len(seen) == 1
    other = Kprobe("add", pre_handler=counting(seen, "other"))
    register_kprobe(other)
    tiny.kprobes.disable_kprobe(p)
    tiny.call("add", 1, 1)
    assert seen == ["pre", "other"]
    tiny.kprobes.disable_kprobe(other)
    assert not tiny.is_armed("add")
    p.flags |= KPROBE_FLAG_GONE
    with pytest.raises(KprobeError, match="EINVAL"):
        tiny.kprobes.enable_kprobe(p)


def test_all_off_and_on_again(tiny: Probed) -> None:
    seen: list = []
    register_kprobe(Kprobe("add", pre_handler=counting(seen)))
    tiny.kprobes.enabled = False
    tiny.call("add", 1, 1)
    register_kprobe(Kprobe("peek", pre_handler=counting(seen)))
    assert not tiny.is_armed("peek")
    tiny.kprobes.enabled = True
    tiny.call("add", 1, 1)
    assert seen == ["pre"]
    assert tiny.is_armed("peek")
    assert tiny.output == b"Kprobes globally disabled\nKprobes globally enabled\n"


def test_the_list(tiny: Probed) -> None:
    from stapy.runtime.kprobes import Jprobe, Kretprobe, register_jprobe, register_kretprobe

    second = tiny.sources.first_size
    register_kprobe(Kprobe("add", second, flags=KPROBE_FLAG_DISABLED))
    register_kretprobe(Kretprobe("factorial"))
    register_jprobe(Jprobe("peek", entry=lambda p: None))
    digits = tiny.arch.bits // 4
    symbols = tiny.machine.symbol

    def boosted(name: str, offset: int = 0) -> str:
        """The mark of an instruction whose copy goes on by itself, or that needs none."""
        place = symbols(name) + offset
        slot = tiny.arch.prepare(tiny.kprobes.code(place, 16), place, tiny.arch.module_area)
        return "  [BOOSTED]" if slot.boosted is not None or slot.emulate is not None else ""

    stepped = Kprobe("last", post_handler=lambda p, regs, flags: None)
    register_kprobe(stepped)
    assert any(line.endswith("  k  last+0x0") for line in tiny.kprobes.lines())
    unregister_kprobe(stepped)
    assert tiny.kprobes.lines() == [
        f"{symbols('add') + second:0{digits}x}  k  add+{second:#x}  [DISABLED]{boosted('add', second).strip()}",
        f"{symbols('factorial'):0{digits}x}  r  factorial+0x0{boosted('factorial')}",
        f"{symbols('peek'):0{digits}x}  j  peek+0x0{boosted('peek')}",
    ]


# ---------------------------------------------------------------- handlers


def test_a_pre_handler_can_send_execution_elsewhere(tiny: Probed) -> None:
    peek = tiny.machine.symbol("factorial")
    posts: list = []

    def divert(p, regs):  # type: ignore[no-untyped-def]
        regs.set("pc", peek)
        return 1

    register_kprobe(Kprobe("add", pre_handler=divert, post_handler=counting(posts)))
    assert tiny.call("add", 5, 2) == 120
    assert posts == []
    assert tiny.call("add", 4, 2) == 24  # and is in order for the next hit


def test_handlers_change_registers(tiny: Probed) -> None:
    load, size = tiny.sources.load

    def pre(p, regs):  # type: ignore[no-untyped-def]
        regs.set(tiny.result, 5)

    def argument(p, regs):  # type: ignore[no-untyped-def]
        setattr(regs, tiny.sources.first_argument, 100)

    register_kprobe(Kprobe("peek", load + size, pre_handler=pre))
    value = tiny.data("value", 8)
    assert tiny.call("peek", value) == 5
    if tiny.sources.first_argument:
        register_kprobe(Kprobe("add", pre_handler=argument))
        assert tiny.call("add", 1, 2) == 102
    with pytest.raises(AttributeError, match="no 'nonsense'"):
        _ = tiny.machine.cpu.kprobe.regs.nonsense


def test_several_probes_at_one_address(tiny: Probed) -> None:
    """The newest runs first, as in Linux; post-handlers of all; the first to return not 0 ends it."""
    seen: list = []
    first = Kprobe("add", pre_handler=counting(seen, "a"), post_handler=counting(seen, "A"))
    second = Kprobe("add", pre_handler=counting(seen, "b"), post_handler=counting(seen, "B"))
    third = Kprobe("add", pre_handler=counting(seen, "c"))
    for p in (first, second, third):
        register_kprobe(p)
    assert tiny.call("add", 1, 2) == 3
    assert seen == ["c", "b", "a", "B", "A"]
    unregister_kprobe(second)
    seen.clear()
    assert tiny.call("add", 1, 2) == 3
    assert seen == ["c", "a", "A"]
    unregister_kprobe(first)
    unregister_kprobe(third)
    assert not tiny.is_armed("add")


def test_a_hit_in_a_handler_is_missed_and_counted(tiny: Probed) -> None:
    for post in (None, lambda p, regs, flags: None):
        seen: list = []
        inner = Kprobe("add", pre_handler=counting(seen, "inner"), post_handler=post)
        other = Kprobe("add", pre_handler=counting(seen, "other"))

        def outer_handler(p, regs, seen=seen):  # type: ignore[no-untyped-def]
            seen.append(tiny.call("add", 20, 22))

        outer = Kprobe("factorial", pre_handler=outer_handler, post_handler=post)
        tiny.kprobes.register_kprobes([inner, other, outer])
        assert tiny.call("factorial", 1) == 1
        assert seen == [42]
        assert (inner.nmissed, other.nmissed, outer.nmissed) == (1, 1, 0)
        assert tiny.call("add", 1, 1) == 2  # armed again at once
        assert seen == [42, "other", "inner"]
        tiny.kprobes.unregister_kprobes([inner, other, outer])


def test_a_function_that_probes_itself_in_its_handler(tiny: Probed) -> None:
    p = Kprobe("add", pre_handler=lambda p, regs: tiny.call("add", 1, 1) and 0)
    register_kprobe(p)
    assert tiny.call("add", 1, 2) == 3
    assert (p.hits, p.nmissed) == (1, 1)


def test_a_handler_may_unregister_its_probe(tiny: Probed) -> None:
    def once(p, regs):  # type: ignore[no-untyped-def]
        unregister_kprobe(p)
        register_kprobe(Kprobe("peek"))  # does not get the slot that is about to be used

    p = Kprobe("add", pre_handler=once)
    register_kprobe(p)
    assert tiny.call("add", 1, 2) == 3
    assert tiny.call("add", 1, 2) == 3
    assert p.hits == 1


def test_an_exception_in_a_handler_ends_the_run_and_harms_nothing(tiny: Probed) -> None:
    def bad(p, regs):  # type: ignore[no-untyped-def]
        raise ZeroDivisionError

    for post in (None, lambda p, regs, flags: None):
        p = Kprobe("add", pre_handler=bad, post_handler=post)
        register_kprobe(p)
        with pytest.raises(ZeroDivisionError):
            tiny.call("add", 1, 2)
        p.pre_handler = None
        assert tiny.call("add", 1, 2) == 3
        unregister_kprobe(p)


# ---------------------------------------------------------------- faults


def faulting_place(tiny: Probed) -> int:
    """Where peek reads through its argument."""
    return tiny.machine.symbol("peek") + tiny.sources.load[0]


def test_a_fault_in_the_copy_is_seen_at_the_original(tiny: Probed) -> None:
    place = faulting_place(tiny)
    for post in (None, lambda p, regs, flags: None):
        p = Kprobe(addr=place, post_handler=post)
        register_kprobe(p)
        with pytest.raises(MachineError, match=rf"exception {tiny.arch.fault_vector('page')} at {place:#x} \(peek"):
            tiny.call("peek", 0x10)
        value = tiny.data("value", 8)
        tiny.machine.memory.write_word(value, 7)
        assert tiny.call("peek", value) == 7
        unregister_kprobe(p)


def test_the_fault_handler_is_asked(tiny: Probed) -> None:
    place = faulting_place(tiny)
    value = tiny.data("value", 8)
    tiny.machine.memory.write_word(value, 7)
    seen: list = []

    def declines(p, regs, trap):  # type: ignore[no-untyped-def]
        seen.append((regs.pc, trap, bool(regs.flags & 0x100)))
        return 0

    p = Kprobe(addr=place, fault_handler=declines)
    register_kprobe(p)
    with pytest.raises(MachineError, match=f"exception {tiny.arch.fault_vector('page')}"):
        tiny.call("peek", 0x10)
    assert seen == [(place, tiny.arch.fault_vector("page"), False)]
    unregister_kprobe(p)

    def repairs(p, regs, trap):  # type: ignore[no-untyped-def]
        regs.set(tiny.sources.pointer, value)
        return 1

    p = Kprobe(addr=place, fault_handler=repairs)
    register_kprobe(p)
    assert tiny.call("peek", 0x10) == 7
    assert p.hits == 1
    unregister_kprobe(p)

    def skips(p, regs, trap):  # type: ignore[no-untyped-def]
        regs.set(tiny.result, 99)
        regs.set("pc", place + tiny.sources.load[1])
        return 1

    register_kprobe(Kprobe(addr=place, fault_handler=skips))
    assert tiny.call("peek", 0x10) == 99


def test_a_fault_in_a_handler(tiny: Probed) -> None:
    def touches(p, regs):  # type: ignore[no-untyped-def]
        tiny.machine.memory.u32(0x10)

    forgiven: list = []
    p = Kprobe("add", pre_handler=touches, fault_handler=counting(forgiven, "fault", 1))
    register_kprobe(p)
    assert tiny.call("add", 1, 2) == 3
    assert forgiven == ["fault"]
    assert p.nmissed == 1
    unregister_kprobe(p)
    p = Kprobe("add", pre_handler=touches)
    register_kprobe(p)
    with pytest.raises(MemoryFault):
        tiny.call("add", 1, 2)


def test_a_fault_in_a_function_that_a_handler_called(tiny: Probed) -> None:
    results: list = []

    def skips(p, regs, trap):  # type: ignore[no-untyped-def]
        regs.set(tiny.result, 99)
        regs.set("pc", faulting_place(tiny) + tiny.sources.load[1])
        return 1

    p = Kprobe(
        "add", pre_handler=lambda p, regs: results.append(tiny.call("peek", 0x10)), fault_handler=skips
    )
    register_kprobe(p)
    assert tiny.call("add", 1, 2) == 3
    assert results == [99]
    assert p.nmissed == 1


# ---------------------------------------------------------------- instructions


X86 = ["i386", "x86_64"]
CASES = [(arch, name) for arch, sources in SOURCES.items() for name in sources.cases]


@pytest.mark.parametrize(("tiny", "name"), CASES, indirect=["tiny"])
def test_instructions_run_out_of_line_as_in_place(tiny: Probed, name: str) -> None:
    start = tiny.function(name, tiny.sources.cases[name])
    expected = tiny.call(name)
    unprobed = {start + offset for offset in tiny.sources.unprobed.get(name, ())}
    for post in (None, lambda p, regs, flags: None):
        for place in sorted(tiny.arch.boundaries(tiny.code(name), start)):
            p = Kprobe(addr=place, post_handler=post)
            if place in unprobed:
                with pytest.raises(KprobeError, match="-EINVAL"):
                    register_kprobe(p)
                continue
            register_kprobe(p)
            assert tiny.call(name) == expected, hex(place - start)
            assert not tiny.machine.cpu.read("flags") & 0x100  # x86's trap flag
            unregister_kprobe(p)


@pytest.mark.parametrize("tiny", X86, indirect=True)
def test_a_repeated_instruction_is_one_hit(tiny: Probed) -> None:
    start = tiny.function("repeat", tiny.sources.cases["repeat"])
    listing = list(tiny.arch.disassemble(tiny.code("repeat"), start))
    place = next(found.address for found in listing if found.mnemonic.startswith("rep"))
    posts: list = []
    p = Kprobe(addr=place, post_handler=counting(posts))
    register_kprobe(p)
    assert tiny.call("repeat") == 0
    assert p.hits == 1
    assert posts == ["pre"]


@pytest.mark.parametrize("tiny", ["x86_64"], indirect=True)
def test_addresses_relative_to_the_instruction_pointer(tiny: Probed) -> None:
    value, stored = tiny.data("value", 8), tiny.data("stored", 8)
    tiny.machine.memory.write_word(value, 77)
    start = tiny.next_function
    load = f"mov rax, [rip + {value - start - 7}]; "
    store = f"mov [rip + {stored - start - 14}], rax; "
    immediate = f"mov dword ptr [rip + {stored + 4 - start - 24}], 5; ret"
    tiny.function("relative", load + store + immediate)
    for post in (None, lambda p, regs, flags: None):
        for offset in (0, 7, 14):
            p = Kprobe(addr=start + offset, post_handler=post)
            register_kprobe(p)
            assert tiny.call("relative") == 77
            assert tiny.machine.memory.u64(stored) == 77 | 5 << 32
            unregister_kprobe(p)


@pytest.mark.parametrize("tiny", ["arm64"], indirect=True)
def test_words_near_the_instruction(tiny: Probed) -> None:
    code = "ldr x0, a; ldr w1, b; ldrsw x2, b; add x0, x0, x1; add x0, x0, x2; ret; .balign 8; "
    start = tiny.function("literals", code + "a: .quad 0x1234567890; b: .word 0xfffffff0")
    expected = 0x1234567890 + 0xFFFFFFF0 - 16
    for post in (None, lambda p, regs, flags: None):
        for offset in (0, 4, 8):
            p = Kprobe(addr=start + offset, post_handler=post)
            register_kprobe(p)
            assert tiny.call("literals") == expected
            assert p.hits == 1
            unregister_kprobe(p)
