"""s390x instructions that are odd to run out of line: probed one by one, stepped and boosted.

Keystone knows too few of them, so that each is given as bytes, with its source.
"""

from __future__ import annotations

import pytest

from stapy.arch.architecture import InstructionError
from stapy.arch.s390x_instructions import prepare, refuse_executed
from stapy.runtime.kprobes import Kprobe, Kprobes
from stapy.runtime.machine.image import Symbol
from stapy.runtime.machine.machine import Machine

# Name: source, code, result.
CASES = {
    "conditional": (
        "lghi %r2, 1; cghi %r2, 1; jne a; je b; a: lghi %r2, 7; b: aghi %r2, 1; br %r14",
        "a7290001a72f0001a7740004a7840004a7290007a72b000107fe070707070707",
        2,
    ),
    "conditions": (
        "lghi %r2, 0; lghi %r1, -3; cghi %r1, 2; jl a; aghi %r2, 1; a: jhe b; aghi %r2, 2; b: jgh "
        "c; aghi %r2, 4; c: jgle d; aghi %r2, 8; d: br %r14",
        "a7290000a719fffda71f0002a7440004a72b0001a7a40004a72b0002c02400000005a72b0004c0c400000005a7"
        "2b000807fe0707070707070707070707070707",
        10,
    ),
    "conditional_return": (
        "lghi %r2, 5; cghi %r2, 4; ber %r14; lghi %r2, 6; cghi %r2, 6; ber %r14; lghi %r2, 9; br "
        "%r14",
        "a7290005a72f0004078ea7290006a72f0006078ea729000907fe070707070707",
        6,
    ),
    "loop": (
        "lghi %r2, 0; lghi %r1, 5; l: agr %r2, %r1; brct %r1, l; br %r14",
        "a7290000a7190005b9080021a716fffe07fe0707070707070707070707070707",
        15,
    ),
    "long_loop": (
        "lghi %r2, 0; lghi %r1, 5; l: agr %r2, %r1; brctg %r1, l; br %r14",
        "a7290000a7190005b9080021a717fffe07fe0707070707070707070707070707",
        15,
    ),
    "loop_by_register": (
        "lghi %r2, 0; lghi %r1, 5; larl %r3, l; l: agr %r2, %r1; bctr %r1, %r3; br %r14",
        "a7290000a7190005c03000000003b9080021061307fe07070707070707070707",
        15,
    ),
    "count_down": (
        "lghi %r2, 3; bctr %r2, 0; bctgr %r2, 0; br %r14",
        "a72900030620b946002007fe07070707",
        1,
    ),
    "index": (
        "lghi %r2, 0; lghi %r3, 0; lghi %r4, 2; lghi %r5, 9; l: agr %r2, %r3; brxle %r3, %r4, l; "
        "lghi %r3, 30; lghi %r4, -7; larl %r1, m; m: agr %r2, %r3; bxhg %r3, %r4, 0(%r1); br %r14",
        "a7290000a7390000a7490002a7590009b90800238534fffea739001ea749fff9c01000000003b9080023eb3410"
        "00004407fe0707070707070707070707070707",
        89,
    ),
    "compare_and_branch": (
        "lghi %r2, 0; lghi %r1, -3; lghi %r3, 2; cgrjl %r1, %r3, a; aghi %r2, 1; a: clgrjl %r1, "
        "%r3, b; aghi %r2, 2; b: cgijh %r1, 5, c; aghi %r2, 4; c: clijl %r3, 5, d; aghi %r2, 8; d: "
        "br %r14",
        "a7290000a719fffda7390002ec1300054064a72b0001ec1300054065a72b0002ec120005057ca72b0004ec3400"
        "05057fa72b000807fe07070707070707070707",
        6,
    ),
    "compare_and_branch_by_register": (
        "lghi %r2, 0; lghi %r3, 2; larl %r1, a; cgrbe %r2, %r3, 0(%r1); aghi %r2, 1; a: larl %r1, "
        "b; cgibe %r3, 2, 0(%r1); aghi %r2, 2; b: br %r14",
        "a7290000a7390002c01000000008ec23100080e4a72b0001c01000000008ec38100002fca72b000207fe070707"
        "070707",
        1,
    ),
    "branch_by_memory_operand": (
        "lghi %r2, 1; larl %r1, a; cghi %r2, 1; bc 8, 0(%r1); aghi %r2, 2; a: b 4(%r1); aghi %r2, "
        "4; br %r14",
        "a7290001c01000000009a72f000147801000a72b000247f01004a72b000407fe",
        5,
    ),
    "indirect_call": (
        "lgr %r4, %r14; larl %r1, f; basr %r14, %r1; aghi %r2, 1; lgr %r14, %r4; br %r14; f: lghi "
        "%r2, 4; br %r14",
        "b904004ec010000000090de1a72b0001b90400e407fea729000407fe07070707",
        5,
    ),
    "call_by_link_register": (
        "lgr %r4, %r14; larl %r14, f; basr %r14, %r14; aghi %r2, 1; lgr %r14, %r4; br %r14; f: lghi"
        " %r2, 4; br %r14",
        "b904004ec0e0000000090deea72b0001b90400e407fea729000407fe07070707",
        5,
    ),
    "forward_call": (
        "lgr %r4, %r14; bras %r14, f; aghi %r2, 1; lgr %r14, %r4; br %r14; f: lghi %r2, 4; br %r14",
        "b904004ea7e50007a72b0001b90400e407fea729000407fe0707070707070707",
        5,
    ),
    "own_address": (
        "basr %r1, 0; larl %r2, a; a: sgr %r2, %r1; br %r14",
        "0d10c02000000003b909002107fe0707",
        6,
    ),
    "atomic": (
        "lghi %r1, 0; stg %r1, -8(%r15); l: lgr %r3, %r1; aghi %r3, 5; csg %r1, %r3, -8(%r15); jne "
        "l; lg %r2, -8(%r15); br %r14",
        "a7190000e310fff8ff24b9040031a73b0005eb13fff8ff30a774fff9e320fff8ff0407fe070707070707070707"
        "070707",
        5,
    ),
}


@pytest.mark.parametrize("post", [False, True], ids=["boosted", "stepped"])
@pytest.mark.parametrize("case", CASES)
def test_probes_on_every_instruction_change_nothing(case: str, post: bool) -> None:
    code, expected = bytes.fromhex(CASES[case][1]), CASES[case][2]
    machine = Machine("s390x")
    start = machine.arch.page_offset + 0x1000000
    machine.cpu.sp = start + 0x100000
    machine.memory.write_code(start, code)
    machine.symbols[case] = Symbol(case, start, len(code), 2, 1, 1)
    kprobes = Kprobes(machine)
    for address in sorted(machine.arch.boundaries(code, start)):
        probe = Kprobe(addr=address, pre_handler=lambda *_: 0, post_handler=(lambda *_: None) if post else None)
        kprobes.register_kprobe(probe)
        assert machine.call(start) == expected, hex(address - start)
        kprobes.unregister_kprobe(probe)


@pytest.mark.parametrize(
    ("code", "errno"),
    [
        ("0002", "EILSEQ"),
        ("0a7f", "EOPNOTSUPP"),
        ("ad03f000", "EINVAL"),
        ("44101000", "EINVAL"),
        ("c61000000004", "EINVAL"),
        ("b98d0012", "EINVAL"),
        ("0101", "EINVAL"),
    ],
    ids=["breakpoint", "svc", "stosm", "ex", "exrl", "epsw", "pr"],
)
def test_refused(code: str, errno: str) -> None:
    with pytest.raises(InstructionError) as caught:
        prepare(bytes.fromhex(code), 0x1000, 0x2000)
    assert caught.value.errno == errno


def test_an_executed_instruction_is_refused() -> None:
    code = bytes.fromhex("c61000000004" "07fe" "d20010001000")  # exrl %r1, .+8; br %r14; mvc
    refuse_executed(code, 0x1000, 0x1006)
    with pytest.raises(InstructionError):
        refuse_executed(code, 0x1000, 0x1008)
