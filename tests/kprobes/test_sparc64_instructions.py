"""sparc64: what is executed with probes on every instruction, delay slots included; nPC, condition codes, faults."""

from __future__ import annotations

import random
from typing import Any

import pytest

from stapy import arch as architectures
from stapy import workload
from stapy.arch.architecture import InstructionError
from stapy.arch.sparc64_instructions import has_delay_slot, prepare
from stapy.runtime.kernels.builtin import BuiltinKernel
from stapy.runtime.kprobes import Kprobe, KprobeError, Kprobes
from stapy.runtime.machine.image import Symbol
from stapy.runtime.machine.machine import Machine

ARCH: Any = architectures.get("sparc64")
TEXT = ARCH.page_offset + 0x1000000
READ_CCR, READ_PC = 0x81408000, 0x81414000  # `rd %ccr, %g0` and `rd %pc, %g0`, which Keystone does not know


def read_state(word: int, register: int) -> str:
    return f".word {word | register << 25:#x}"


# Source, what it returns, and which instructions are executed, in order.
CASES = {
    "taken": (
        "mov 1, %o0; cmp %o0, 1; be a; add %o0, 4, %o0; add %o0, 8, %o0; a: retl; add %o0, 16, %o0",
        21,
        [0, 1, 2, 3, 5, 6],
    ),
    "not_taken": (
        "mov 1, %o0; cmp %o0, 1; bne a; add %o0, 4, %o0; add %o0, 8, %o0; a: retl; add %o0, 16, %o0",
        29,
        [0, 1, 2, 3, 4, 5, 6],
    ),
    "taken_with_annul": (
        "mov 1, %o0; cmp %o0, 1; be,a,pn %xcc, a; add %o0, 4, %o0; add %o0, 8, %o0; a: retl; add %o0, 16, %o0",
        21,
        [0, 1, 2, 3, 5, 6],
    ),
    "annulled": (
        "mov 1, %o0; cmp %o0, 1; bne,a,pt %icc, a; add %o0, 4, %o0; add %o0, 8, %o0; a: retl; add %o0, 16, %o0",
        25,
        [0, 1, 2, 4, 5, 6],
    ),
    "always": ("mov 1, %o0; ba a; add %o0, 4, %o0; add %o0, 8, %o0; a: retl; nop", 5, [0, 1, 2, 4, 5]),
    "always_annulled": ("mov 1, %o0; ba,a a; add %o0, 4, %o0; add %o0, 8, %o0; a: retl; nop", 1, [0, 1, 4, 5]),
    "never": ("mov 1, %o0; bn a; add %o0, 4, %o0; add %o0, 8, %o0; a: retl; nop", 13, [0, 1, 2, 3, 4, 5]),
    "never_annulled": ("mov 1, %o0; bn,a a; add %o0, 4, %o0; add %o0, 8, %o0; a: retl; nop", 9, [0, 1, 3, 4, 5]),
    "register": (
        "mov 0, %o0; brz %o0, a; add %o0, 4, %o0; add %o0, 8, %o0; a: brlz,a %o0, a; add %o0, 1, %o0; retl; nop",
        4,
        [0, 1, 2, 4, 6, 7],
    ),
    "conditions": (
        "mov 0, %o0; mov -3, %o1; cmp %o1, 2; bl a; add %o0, 1, %o0; add %o0, 1, %o0; a: blu,a b; add %o0, 1, %o0; "
        "add %o0, 2, %o0; b: bge c; add %o0, 1, %o0; add %o0, 4, %o0; c: bgu d; nop; add %o0, 8, %o0; d: retl; nop",
        8,
        [0, 1, 2, 3, 4, 6, 8, 9, 10, 11, 12, 13, 15, 16],
    ),
    "loop": (
        "mov 0, %o0; mov 3, %o1; l: subcc %o1, 1, %o1; bne l; add %o0, 2, %o0; retl; nop",
        6,
        [0, 1, 2, 3, 4, 2, 3, 4, 2, 3, 4, 5, 6],
    ),
    "loop_with_annul": (
        "mov 0, %o0; mov 3, %o1; l: subcc %o1, 1, %o1; bne,a l; add %o0, 2, %o0; retl; nop",
        4,
        [0, 1, 2, 3, 4, 2, 3, 4, 2, 3, 5, 6],
    ),
    "call": (
        "mov %o7, %o2; call f; mov 1, %o0; add %o0, 1, %o0; jmp %o2+8; nop; f: retl; add %o0, 4, %o0",
        6,
        [0, 1, 2, 6, 7, 3, 4, 5],
    ),
    "indirect_call": (
        f"mov %o7, %o2; {read_state(READ_PC, 1)}; mov 1, %o0; jmpl %g1+24, %o7; add %o0, 1, %o0; jmp %o2+8; nop; "
        "retl; add %o7, %g0, %o1",
        2,
        [0, 1, 2, 3, 4, 7, 8, 5, 6],
    ),
    "jump_by_its_link": (
        f"mov %o7, %o2; {read_state(READ_PC, 15)}; jmpl %o7+16, %o7; mov 3, %o0; nop; jmp %o2+8; sub %o0, 1, %o0",
        2,
        [0, 1, 2, 3, 5, 6],
    ),
    "own_address": (f"{read_state(READ_PC, 8)}; {read_state(READ_PC, 9)}; retl; sub %o1, %o0, %o0", 4, [0, 1, 2, 3]),
    "own_address_in_a_delay_slot": (
        f"ba a; {read_state(READ_PC, 8)}; nop; a: {read_state(READ_PC, 9)}; retl; sub %o1, %o0, %o0",
        8,
        [0, 1, 3, 4, 5],
    ),
    "couple": (
        "mov 1, %o0; ba a; ba b; add %o0, 2, %o0; a: add %o0, 4, %o0; add %o0, 8, %o0; b: retl; nop",
        5,
        [0, 1, 2, 4, 6, 7],
    ),
    "couple_that_falls_through": (
        "mov 1, %o0; cmp %o0, 2; ba a; be b; nop; a: add %o0, 4, %o0; retl; add %o0, 8, %o0; b: retl; nop",
        13,
        [0, 1, 2, 3, 5, 6, 7],
    ),
    "couple_that_annuls": (
        "mov 1, %o0; cmp %o0, 2; ba a; be,a b; nop; a: add %o0, 4, %o0; retl; add %o0, 8, %o0; b: retl; nop",
        9,
        [0, 1, 2, 3, 6, 7],
    ),
    "branch_to_its_delay_slot": ("mov 1, %o0; ba a; a: add %o0, 4, %o0; retl; nop", 9, [0, 1, 2, 2, 3, 4]),
    "atomic": (
        "add %sp, 2047-16, %o1; mov 5, %o2; stx %o2, [%o1]; l: ldx [%o1], %o2; add %o2, 1, %o0; mov %o0, %o3; "
        "casx [%o1], %o2, %o3; cmp %o2, %o3; bne l; nop; retl; nop",
        6,
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    ),
}


# Where the first of two branches in a row leads.
REFUSED = {"couple": 4, "couple_that_falls_through": 5, "couple_that_annuls": 5}


class Code:
    """A machine with kprobes, and one function."""

    def __init__(self, source: str) -> None:
        self.machine = Machine("sparc64")
        self.cpu: Any = self.machine.cpu
        self.cpu.sp = ARCH.page_offset + 0x2000000
        ARCH.start_cpu(self.machine, self.cpu)
        data = bytes(ARCH.keystone().asm(source, TEXT)[0])
        self.length = len(data) // 4
        self.machine.symbols["code"] = Symbol("code", TEXT, len(data), 2, 1, 1)
        self.machine.memory.write_code(TEXT, data)
        self.kprobes = Kprobes(self.machine)

    def probe(self, n: int, **handlers: Any) -> Kprobe:
        p = Kprobe(addr=TEXT + 4 * n, **handlers)
        self.kprobes.register_kprobe(p)
        return p

    def call(self, *arguments: int) -> int:
        return self.machine.call(TEXT, *arguments)


@pytest.mark.parametrize("post", [False, True], ids=["boosted", "stepped"])
@pytest.mark.parametrize("case", CASES)
def test_probes_on_every_instruction_see_what_is_executed(case: str, post: bool) -> None:
    source, result, path = CASES[case]
    code = Code(source)
    assert code.call() == result
    before, after = [], []

    def pre(p: Kprobe, regs: Any) -> int:
        before.append((regs.tpc - TEXT) // 4)
        return 0

    def after_it(p: Kprobe, regs: Any, flags: int) -> None:
        assert p.addr is not None
        after.append((p.addr - TEXT) // 4)

    for n in range(code.length):
        if n == REFUSED.get(case):
            path = [each for each in path if each != n]
            continue
        code.probe(n, pre_handler=pre, post_handler=after_it if post else None)
    for _ in range(2):
        assert code.call() == result
    assert before == path * 2
    assert after == (path * 2 if post else [])


@pytest.mark.parametrize("case", CASES)
def test_a_probe_on_any_one_instruction(case: str) -> None:
    source, result, path = CASES[case]
    for n in sorted({*path} - {REFUSED.get(case)}):
        code = Code(source)
        p = code.probe(n)
        assert code.call() == result
        assert p.hits == path.count(n)


def test_handlers_see_npc_in_a_delay_slot_and_may_change_it() -> None:
    code = Code("mov 1, %o0; ba a; add %o0, 2, %o0; add %o0, 4, %o0; a: add %o0, 8, %o0; retl; nop")
    seen = []

    def pre(p: Kprobe, regs: Any) -> int:
        seen.append((regs.tpc - TEXT, regs.npc - TEXT))
        if len(seen) == 4:
            regs.tnpc = TEXT + 12
        return 0

    for n in (0, 1, 2):
        code.probe(n, pre_handler=pre)
    assert code.call() == 11
    assert seen == [(0, 4), (4, 8), (8, 16)]
    seen.append((0, 0))
    seen[:] = seen[:1]
    assert code.call() == 15


def test_a_handler_in_a_delay_slot_may_call_the_kernel_or_go_elsewhere() -> None:
    code = Code("mov 1, %o0; ba a; add %o0, 2, %o0; add %o0, 4, %o0; a: retl; nop; retl; mov 77, %o0")
    inner = []

    def pre(p: Kprobe, regs: Any) -> int:
        inner.append(code.machine.call(TEXT + 24))
        return 0

    def elsewhere(p: Kprobe, regs: Any) -> int:
        regs.tpc = TEXT + 24
        return 1

    p = code.probe(2, pre_handler=pre)
    assert code.call() == 3
    assert inner == [77]
    code.kprobes.unregister_kprobe(p)
    code.probe(2, pre_handler=elsewhere)
    assert code.call() == 77


def test_a_run_that_stops_in_a_delay_slot_goes_on_where_the_branch_leads() -> None:
    code = Code(
        "mov 1, %o0; ba a; add %o0, 2, %o0; add %o0, 4, %o0; a: mov %o0, %o1; mov 4, %o5; mov %o1, %o0; ta 0x7f"
    )
    stopped = []

    def pre(p: Kprobe, regs: Any) -> int:
        stopped.append(p)
        code.machine.stop()
        return 0

    code.probe(1, pre_handler=pre)
    code.probe(2, pre_handler=pre, post_handler=lambda *_: None)
    code.cpu.pc = TEXT
    for n in (1, 2):
        code.machine.run()
        assert len(stopped) == n
    code.machine.run()
    assert (code.machine.powered_off, code.machine.exit_code) == (True, 3)


@pytest.mark.parametrize("probed", [False, True])
def test_a_fault_in_a_delay_slot_has_npc_and_can_be_repaired(probed: bool) -> None:
    code = Code("mov 16, %o1; ba a; ldx [%o1], %o0; mov 9, %o0; a: retl; add %o0, 1, %o0")
    code.machine.memory.write_word(TEXT - 8, 41)
    seen = []

    def repair(regs: Any) -> None:
        seen.append((regs.read("tpc") - TEXT, regs.read("tnpc") - TEXT))
        regs.write("o1", TEXT - 8)

    def fault_handler(p: Kprobe, regs: Any, trap: int) -> int:
        repair(regs.cpu)
        return 1

    if probed:
        code.probe(2, fault_handler=fault_handler)
    else:
        code.machine.fault_hooks.append(lambda cpu, *_: repair(cpu) or True)
    assert code.call() == 42
    assert seen == [(8, 16)]


OPERATIONS = ("addcc", "subcc", "addxcc", "subxcc", "andcc", "orncc", "xorcc", "udivcc", "sdivcc", "taddcc", "tsubcc")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_condition_codes_in_tstate(operation: str) -> None:
    """As the CPU itself reads them."""
    code = Code(f"cmp %o2, %o3; {operation} %o0, %o1, %o4; nop; {read_state(READ_CCR, 8)}; retl; nop")
    seen: list[int] = []
    code.probe(2, pre_handler=lambda p, regs: seen.append(regs.tstate >> 32) or 0)
    rng = random.Random(3)
    edges = [0, 1, 3, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]
    for _ in range(200):
        a, b, c, d = (rng.choice(edges) if rng.random() < 0.7 else rng.getrandbits(64) for _ in range(4))
        if "div" in operation:
            b |= 1
        assert code.call(a, b, c, d) == seen[-1], (operation, hex(a), hex(b), hex(c), hex(d))


def test_handlers_change_the_condition_codes() -> None:
    code = Code(f"cmp %o0, %o0; nop; {read_state(READ_CCR, 8)}; retl; nop")

    def pre(p: Kprobe, regs: Any) -> int:
        assert regs.flags == regs.tstate == 0x44_00F0_0600  # interrupts are off in a called function
        regs.tstate ^= 0xCA << 32
        return 0

    code.probe(1, pre_handler=pre)
    assert code.call(5) == 0x8E


def test_where_the_first_of_two_branches_leads_may_not_be_probed() -> None:
    for case, n in REFUSED.items():
        with pytest.raises(KprobeError, match=r"-EINVAL: 0x81000.* may be the delay slot of a branch elsewhere"):
            Code(CASES[case][0]).probe(n)


def test_what_has_a_delay_slot() -> None:
    with_slot = (
        0x40000002,
        0x02800003,
        0x22800003,
        0x10800003,
        0x00800003,
        0x12CA0002,
        0x81C3E008,
        0x024FFFFF,
        0x28800002,
    )
    without = (0x30800002, 0x20800002, 0x30480002, 0x01000000, 0x91D02070, 0x90022001, 0)
    assert all(map(has_delay_slot, with_slot))
    assert not any(map(has_delay_slot, without))


@pytest.mark.parametrize(
    ("word", "errno"),
    [
        (0x00000005, "EINVAL"),  # illtrap
        (0x9DE3BF50, "EINVAL"),  # save: there are no register windows
        (0x81E80000, "EINVAL"),  # restore
        (0x81CFE008, "EINVAL"),  # return
        (0x81580000, "EINVAL"),  # flushw
        (0x91D02070, "EOPNOTSUPP"),  # the breakpoint
        (0x91D02071, "EOPNOTSUPP"),
        (0x91D0207E, "EOPNOTSUPP"),  # retry
        (0x91D0207F, "EOPNOTSUPP"),  # the machine call
    ],
)
def test_what_is_refused(word: int, errno: str) -> None:
    with pytest.raises(InstructionError) as caught:
        prepare(word, TEXT, ARCH.module_area)
    assert caught.value.errno == errno


def test_pt_regs_of_linux() -> None:
    assert [ARCH.pt_regs[name] for name in ("g0", "g7", "o0", "sp", "o7", "tstate", "tpc", "tnpc")] == [
        0,
        56,
        64,
        112,
        120,
        128,
        136,
        144,
    ]
    assert ARCH.pt_regs_size == 160


def test_backtraces_from_the_ends_of_functions() -> None:
    """There the frame pointer and the return address are the caller's, the stack pointer is not: the compiler says
    nothing of that. Each has to be what it was at the function's entry."""
    kernel = BuiltinKernel("sparc64")
    kernel.start(workload.load("fork 1"))
    probes, description = kernel.kprobes, kernel.description
    at_entry: dict[str, list[int]] = {}
    checked: set[str] = set()

    def callers(regs: Any) -> list[int]:
        return list(probes.backtrace(regs.cpu))[1:]

    def entered(p: Kprobe, regs: Any) -> int:
        assert p.symbol_name is not None
        at_entry[p.symbol_name] = callers(regs)
        return 0

    def leaving(p: Kprobe, regs: Any) -> int:
        name = description.symbol_at(p.addr)[0]
        checked.add(name)
        assert callers(regs) == at_entry[name], hex(p.addr or 0)
        return 0

    names = ["copy_process", "do_fork", "sys_fork", "_spin_lock", "alloc_pidmap", "dup_mm", "copy_page_range"]
    for name in names:
        start, size = probes.kallsyms_lookup_name(name), description.symbols.symbol(name).size
        code = probes.code(start, size)
        probes.register_kprobe(Kprobe(name, pre_handler=entered))
        for at in range(0, size, 4):
            if code[at : at + 8] == bytes.fromhex("81c3e0089c100001"):  # retl; mov %g1, %sp
                for back in (-8, -4, 0, 4):
                    probes.register_kprobe(Kprobe(addr=start + at + back, pre_handler=leaving))
    kernel.run()
    assert checked == set(names)
