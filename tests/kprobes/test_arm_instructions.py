"""Instructions that refer to PC do out of line what they do in their place; what is refused, and where data lies."""

from __future__ import annotations

import random

import pytest

from stapy import arch as architectures
from stapy.arch.architecture import InstructionError
from stapy.arch.arm_instructions import NAMES, literals
from stapy.runtime.machine.machine import Machine

ARCH = architectures.get("arm")
TEXT = ARCH.page_offset + 0x1000000
DATA = TEXT + 0x100000
SLOT = ARCH.module_area + 0x1000
REGISTERS = (*NAMES[:15], "cpsr")

# Each with any condition; r1 and sp point to words that are addresses in the text, r3 is small.
INSTRUCTIONS = {
    "b": 0x0A000010,
    "b back": 0x0AFFFF00,
    "bl": 0x0B000010,
    "bx lr": 0x012FFF1E,
    "blx r6": 0x012FFF36,
    "mov pc, lr": 0x01A0F00E,
    "mov r0, pc": 0x01A0000F,
    "add r2, pc, #16": 0x028F2010,
    "sub r2, pc, #16": 0x024F2010,
    "add r2, pc, r3": 0x008F2003,
    "add pc, pc, r3, lsl #2": 0x008FF103,
    "ldr r4, [pc, #8]": 0x059F4008,
    "ldr r4, [pc, #-16]": 0x051F4010,
    "ldr r4, [pc, r3]": 0x079F4003,
    "ldrb r4, [pc, #9]": 0x05DF4009,
    "ldrh r4, [pc, #10]": 0x01DF40BA,
    "ldrd r4, r5, [pc, #8]": 0x01CF40D8,
    "ldr pc, [r1]": 0x0591F000,
    "ldr pc, [r1], #4": 0x0491F004,
    "ldr pc, [r1, r3]": 0x0791F003,
    "pop {r4, pc}": 0x08BD8010,
    "pop {pc}": 0x049DF004,
    "ldm r1, {r4-r7, fp, sp, pc}": 0x0891A8F0,
    "cmp pc, r3": 0x015F0003,
    "add r0, r1, r3": 0x00810003,
    "uxtb r0, r1": 0x06EF0071,
    "sdiv r0, r1, r3": 0x0710F311,
    "bfc r0, #2, #3": 0x07C4011F,
    "movw r0, #0xf00f": 0x030F000F,
    "tst r1, #15": 0x0311000F,
    "mrs r0, cpsr": 0x010F0000,
    "str r3, [r1, #4]": 0x05813004,
}


@pytest.fixture(scope="module")
def machine() -> Machine:
    return Machine(ARCH)


def set_up(machine: Machine, values: dict[str, int], word: int) -> None:
    memory = machine.memory
    for i in range(-8, 16):
        memory.write_u32(TEXT + 4 * i, (TEXT + 0x2000 + 4 * i) & ~3)
        memory.write_u32(DATA + 4 * i, TEXT + 0x400 + 4 * i)
    memory.write_code(TEXT, word.to_bytes(4, "little"))
    for name, value in values.items():
        machine.cpu.write(name, value)


def run(machine: Machine, start: int, count: int = 1) -> None:
    machine.cpu.uc.emu_start(start, 0, count=count)  # type: ignore[attr-defined]


def state(machine: Machine) -> tuple[dict[str, int], bytes]:
    registers = {name: machine.cpu.read(name) for name in REGISTERS}
    return registers | {"pc": machine.cpu.pc}, machine.memory.read(DATA - 64, 128)


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_out_of_line_as_in_place(machine: Machine, name: str) -> None:
    rng, cpu = random.Random(name), machine.cpu
    for condition in range(15):
        word = condition << 28 | INSTRUCTIONS[name]
        values = {register: rng.getrandbits(32) for register in REGISTERS[:15]}
        values |= {"r1": DATA, "sp": DATA + 8, "r3": 4, "lr": TEXT + 0x100, "r6": TEXT + 0x200}
        values["cpsr"] = rng.getrandbits(4) << 28 | 0xD3
        set_up(machine, values, word)
        run(machine, TEXT)
        expected = state(machine)

        slot = ARCH.prepare(word.to_bytes(4, "little"), TEXT, SLOT)
        machine.memory.write_code(SLOT, slot.data + ARCH.breakpoint + (slot.boosted or b""))
        set_up(machine, values, word)
        saved = ARCH.single_step(cpu, slot)
        run(machine, cpu.pc)
        ARCH.resume_execution(machine, cpu, slot, saved)
        assert state(machine) == expected

        if slot.boosted is None:
            continue
        set_up(machine, values, word)
        cpu.pc = slot.boosted_address
        while cpu.pc in machine.code_area:
            run(machine, cpu.pc)
        assert state(machine) == expected


@pytest.mark.parametrize(
    "word",
    [
        0xEF00007F,  # svc
        0xE1200070,  # bkpt
        0xE7F000F0,  # udf
        0xE191CF9F,  # ldrex
        0xE121F000,  # msr cpsr
        0xF10C0080,  # cpsid i
        0xEE070F15,  # mcr
        0xE1B0F00E,  # movs pc, lr
        0xE8FD8000,  # ldm ^
        0xE320F003,  # wfi
        0xFA000000,  # blx to Thumb
    ],
)
def test_what_is_refused(word: int) -> None:
    with pytest.raises(InstructionError) as refused:
        ARCH.prepare(word.to_bytes(4, "little"), TEXT, SLOT)
    assert refused.value.errno == "EINVAL"


@pytest.mark.parametrize("word", [0xE320F000, 0xF57FF05B, 0xE6BF0070, 0xE16F0F10])
def test_what_is_not_refused(word: int) -> None:
    """nop, dmb, sxth, clz."""
    assert ARCH.prepare(word.to_bytes(4, "little"), TEXT, SLOT).boosted is not None


def test_no_probe_between_a_load_exclusive_and_its_store() -> None:
    code = b"".join(word.to_bytes(4, "little") for word in (0xE1912F9F, 0xE0822003, 0xE1814F92, 0xE12FFF1E))
    with pytest.raises(InstructionError):
        ARCH.check_place(code, TEXT, TEXT + 4)
    ARCH.check_place(code, TEXT, TEXT + 12)


def test_literals_are_no_instructions() -> None:
    code = b"".join(word.to_bytes(4, "little") for word in (0xE59F0000, 0xE12FFF1E, 0x12345678))
    assert literals(code, TEXT) == {TEXT + 8}
    assert ARCH.boundaries(code, TEXT) == {TEXT, TEXT + 4}


def test_arguments_as_the_abi_has_them() -> None:
    first, second, third = ARCH.arguments([4, 8, 8])
    assert (first.register, second.register, second.second) == ("r0", "r2", "r3")
    assert (third.register, third.offset, third.size) == (None, 0, 8)
    assert [place.offset for place in ARCH.arguments([4] * 5 + [8])[4:]] == [0, 8]
