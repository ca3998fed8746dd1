"""Branches that are carried out instead of copied, and those moved to a slot, do what the CPU does at their place."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from stapy import arch as architectures
from stapy.arch.powerpc_instructions import TRAP
from stapy.runtime.machine.machine import Machine

ARCH: Any = architectures.get("ppc64")
TEXT = ARCH.page_offset + 0x1000000
REGISTERS = ("ctr", "link", "ccr")
# What a conditional branch may ask for: the counter, a bit of the condition register, both, nothing.
OPTIONS = (0, 2, 4, 8, 10, 12, 16, 18, 20)


@pytest.fixture(scope="module")
def machine() -> Machine:
    machine = Machine(ARCH)
    machine.memory.write_code(TEXT - 0x10000, ARCH.word_bytes(TRAP) * 0x8000)
    return machine


def branches(rng: random.Random) -> Iterator[int]:
    condition = rng.choice(OPTIONS) << 21 | rng.randrange(32) << 16
    distance = rng.randrange(-0x1000, 0x1000) << 2
    for link in (0, 1):
        yield 18 << 26 | distance & 0x03FFFFFC | link
        yield 16 << 26 | condition | distance & 0xFFFC | link
        yield 19 << 26 | condition | 16 << 1 | link
        yield 19 << 26 | condition | 4 << 21 | 528 << 1 | link  # which may not count


def executed(machine: Machine, word: int, values: dict[str, int], start: int) -> tuple[int, ...]:
    """Where execution arrives from ``start``, with ``word`` at TEXT, and the registers then."""
    cpu: Any = machine.cpu
    machine.memory.write_code(TEXT, ARCH.word_bytes(word))
    for name, value in values.items():
        cpu.write(name, value)
    cpu.trap = lambda cpu, number: cpu.stop()
    cpu.pc = start
    cpu.run()
    machine.memory.write_code(TEXT, ARCH.word_bytes(TRAP))
    return cpu.pc - 4, *(cpu.read(name) for name in REGISTERS)


def test_branches_do_the_same_everywhere(machine: Machine) -> None:
    rng, at = random.Random(5), ARCH.module_area + 0x100000
    for _ in range(150):
        for word in branches(rng):
            values = {
                "ctr": rng.choice((1, 2, TEXT + 0x400)),
                "link": TEXT + 0x800,
                "ccr": rng.getrandbits(32),
            }
            if word >> 26 == 19 and word >> 1 & 0x3FF == 528:
                values["ctr"] = TEXT + 0x400
            if word >> 26 in (16, 18) and not word & 0xFFFC:
                continue  # to itself
            expected = executed(machine, word, values, TEXT)
            slot = ARCH.prepare(ARCH.word_bytes(word), TEXT, at)
            assert slot.data == b""
            for name, value in values.items():
                machine.cpu.write(name, value)
            place = slot.kind(machine.cpu, TEXT)
            assert (place, *(machine.cpu.read(name) for name in REGISTERS)) == expected, hex(word)
            assert (slot.boosted is None) == bool(word & 1)
            if slot.boosted is not None:
                machine.memory.write_code(slot.boosted_address, slot.boosted)
                assert executed(machine, TRAP, values, slot.boosted_address) == expected, hex(word)


def test_pt_regs_of_linux() -> None:
    fields = ("r0", "r31", "nip", "msr", "orig_gpr3", "link", "trap", "result")
    assert [ARCH.pt_regs[field] for field in fields] == [0, 248, 256, 264, 272, 288, 320, 344]
    assert ARCH.pt_regs_size == 352


def test_where_arguments_are() -> None:
    assert [ARCH.argument(n).register for n in (0, 7)] == ["r3", "r10"]
    assert [ARCH.argument(n).offset for n in (8, 9)] == [112, 120]
    assert ARCH.argument(8, size=4).offset == 116  # the low half of a doubleword


def test_other_names() -> None:
    assert architectures.get("powerpc") is ARCH
