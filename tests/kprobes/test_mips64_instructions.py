"""Branches of mips64 and their delay slots do elsewhere what the CPU does at their place; what is refused; the ABI."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from probed_kernel import Probed

from stapy import arch as architectures
from stapy.arch.architecture import InstructionError
from stapy.arch.mips64_instructions import GENERAL, check_place, end_step, has_delay_slot, system_call, words
from stapy.runtime.kprobes import Kprobe
from stapy.runtime.machine.cpu import MachineError
from stapy.runtime.machine.machine import Machine

ARCH: Any = architectures.get("mips64")
TEXT = ARCH.page_offset + 0x1000000
SLOT = ARCH.module_area + 0x100000
AROUND = 0x10000
REGISTERS = [name for name in GENERAL if name not in ("zero", "k0", "k1")] + ["hi", "lo"]
A, B, T, LINK = 8, 9, 10, 11  # compared, a jump's target, another link register
NOP = 0


def immediate(operation: int, source: int, target: int, value: int) -> int:
    return operation << 26 | source << 21 | target << 16 | value & 0xFFFF


def branches(rng: random.Random) -> Iterator[int]:
    """One of each kind, with its operands."""
    distance = rng.choice((-1, 1)) * rng.randrange(4, 0x1000)
    for operation in (4, 5, 20, 21):  # beq, bne, and likely
        yield immediate(operation, A, rng.choice((A, B, 0)), distance)
    for operation in (6, 7, 22, 23):  # blez, bgtz, and likely
        yield immediate(operation, A, 0, distance)
    for kind in (0, 1, 2, 3, 16, 17, 18, 19):  # bltz, bgez, likely; the same with a link
        yield immediate(1, A, kind, distance)
    for operation in (2, 3):  # j, jal
        yield operation << 26 | (TEXT + 4 * distance & 0xFFFFFFF) >> 2
    yield T << 21 | 8  # jr
    yield T << 21 | 31 << 11 | 9  # jalr
    yield T << 21 | LINK << 11 | 9


def delay_slots() -> Iterator[int]:
    yield NOP
    yield immediate(25, A, A, 1)  # daddiu: what the branch has been decided by
    yield immediate(25, T, T, 64)  # where the jump goes
    yield 31 << 21 | 12 << 11 | 0x2D  # daddu: the return address
    yield A << 21 | B << 16 | 0x1D  # dmultu


@pytest.fixture(scope="module")
def machine() -> Machine:
    machine = Machine(ARCH)
    machine.memory.write_code(TEXT - AROUND, words(system_call(0)) * (2 * AROUND // 4))
    machine.cpu.trap = lambda cpu, number: cpu.stop()
    ARCH.start_cpu(machine, machine.cpu)
    return machine


def set_up(machine: Machine, values: dict[str, int]) -> Any:
    for name, value in values.items():
        machine.cpu.write(name, value)
    return machine.cpu


def run(cpu: Any, start: int) -> None:
    cpu.pc = start
    cpu.run()


def state(cpu: Any, pc: int) -> tuple[int, ...]:
    return pc, *(cpu.read(name) for name in REGISTERS)


def test_branches_do_the_same_everywhere(machine: Machine) -> None:
    rng = random.Random(5)
    for _ in range(12):
        for branch in branches(rng):
            for delay in delay_slots():
                values = {name: rng.getrandbits(64) for name in REGISTERS}
                values[GENERAL[A]], values[GENERAL[B]] = (rng.choice((0, 1, ARCH.mask)) for _ in range(2))
                values[GENERAL[T]] = TEXT + 4 * rng.randrange(4, 0x100)
                code = words(branch, delay)

                machine.memory.write_code(TEXT, code)
                cpu = set_up(machine, values)
                run(cpu, TEXT)
                expected = state(cpu, cpu.pc - 4)
                machine.memory.write_code(TEXT, words(system_call(0)) * 2)

                slot = ARCH.prepare(code, TEXT, SLOT)
                machine.memory.write_code(SLOT, slot.boosted)
                run(set_up(machine, values), slot.boosted_address)
                assert state(cpu, cpu.pc - 4) == expected, (hex(branch), hex(delay))

                set_up(machine, values)
                saved = ARCH.single_step(cpu, slot)
                cpu.run()
                assert state(cpu, end_step(cpu, slot, saved)) == expected, (hex(branch), hex(delay))


@pytest.mark.parametrize(
    "code",
    [
        (0x42000018, NOP),  # eret
        (0x42000020, NOP),  # wait
        (system_call(126), NOP),
        (0x0000000D, NOP),  # break
        (0xC0820000, NOP),  # ll
        (0xF0820000, NOP),  # scd
        (0x74000000, NOP),  # jalx
        (immediate(4, 0, 0, 8), immediate(4, 0, 0, 8)),  # a branch in a delay slot
        (immediate(4, 0, 0, 8), system_call(0)),
        (31 << 21 | 31 << 11 | 9, NOP),  # jalr ra, ra
        (immediate(1, 31, 17, 8), NOP),  # bgezal ra
    ],
)  # fmt: skip
def test_what_is_refused(code: tuple[int, int]) -> None:
    with pytest.raises(InstructionError) as caught:
        ARCH.prepare(words(*code), TEXT, SLOT)
    assert caught.value.errno == "EINVAL"


def test_places_that_are_refused() -> None:
    lld, add, scd, beqz = 0xD0880000, immediate(25, A, A, 1), 0xF0880000, immediate(4, A, 0, -4)
    code = words(NOP, lld, add, scd, beqz, NOP, NOP)
    refused = []
    for place in range(TEXT, TEXT + len(code), 4):
        try:
            check_place(code, TEXT, place)
        except InstructionError as error:
            assert error.errno == "EINVAL"
            refused.append(place - TEXT)
    assert refused == [4, 8, 12, 20]
    assert all(has_delay_slot(word) for word in (beqz, 0x0C000000, 0x03E00008))
    assert not any(has_delay_slot(word) for word in (NOP, lld, add))


@pytest.mark.parametrize("tiny", ["mips64"], indirect=True)
@pytest.mark.parametrize("post", [None, lambda p, regs, flags: None], ids=["boosted", "stepped"])
def test_a_fault_behind_a_probed_branch_is_seen_at_the_branch(tiny: Probed, post: Any) -> None:
    tiny.function("calls", ".set noreorder; nop; jal {add}; ld $9, 16($0); jr $31; nop")
    tiny.kprobes.register_kprobe(Kprobe("calls", 4, post_handler=post))
    with pytest.raises(MachineError, match=r"exception 2 at 0x\w+ \(calls\+0x4\)"):
        tiny.call("calls")


def test_pt_regs_of_linux() -> None:
    fields = ("zero", "a0", "ra", "cp0_status", "hi", "lo", "cp0_badvaddr", "cp0_cause", "cp0_epc")
    assert [ARCH.pt_regs[field] for field in fields] == [0, 32, 248, 256, 264, 272, 280, 288, 296]
    assert ARCH.pt_regs_size == 304


def test_where_arguments_are() -> None:
    places = ARCH.arguments([8, 4, 1, 8, 8, 8, 8, 2, 8, 4, 1])
    assert [place.register for place in places] == [f"a{n}" for n in range(8)] + [None] * 3
    assert [place.offset for place in places[8:]] == [0, 12, 23]
    with pytest.raises(NotImplementedError):
        ARCH.arguments([16])


def test_addresses() -> None:
    for address in (TEXT, SLOT):
        assert ARCH.physical(address) < 1 << 29
        assert ARCH.virtual(ARCH.physical(address)) == address
    assert ARCH.virtual(0x10) == 0x10


def test_disassembly_has_the_abi_s_names_and_whole_addresses() -> None:
    code = words(0x0C4004FE, immediate(4, A, 0, 2), immediate(25, 12, 15, -1), 0x03E00008, immediate(1, 0, 17, -2))
    assert [str(found) for found in ARCH.disassemble(code, TEXT)] == [
        "jal 0xffffffff910013f8",
        "beqz $a4, 0xffffffff91000010",
        "daddiu $t3, $t0, -1",
        "jr $ra",
        "bal 0xffffffff9100000c",
    ]
