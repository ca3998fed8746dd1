"""Instructions that are carried out instead of copied do what the CPU does; what is refused, and where."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from stapy import arch as architectures
from stapy.arch.architecture import InstructionError
from stapy.arch.riscv64_instructions import GENERAL, simulation
from stapy.runtime.kprobes import Kprobe, Kprobes
from stapy.runtime.machine.image import Symbol
from stapy.runtime.machine.machine import Machine

ARCH = architectures.get("riscv64")
TEXT = ARCH.page_offset + 0x1000000


@pytest.fixture(scope="module")
def machine() -> Machine:
    return Machine(ARCH)


def encodings(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """One instruction of each kind with registers and immediates by lot."""

    def wide(opcode: int, function: int | None = None) -> bytes:
        word = rng.getrandbits(32) & ~0x7F | opcode
        if function is not None:
            word = word & ~0x7000 | function << 12
        return word.to_bytes(4, "little")

    def narrow(word: int, free: int) -> bytes:
        return (word | rng.getrandbits(16) & free).to_bytes(2, "little")

    yield "jal", wide(0x6F)
    yield "jalr", wide(0x67, 0)
    yield "auipc", wide(0x17)
    for function in (0, 1, 4, 5, 6, 7):
        yield f"branch {function}", wide(0x63, function)
    yield "c.j", narrow(0xA001, 0x1FFC)
    yield "c.beqz", narrow(0xC001, 0x1FFC)
    yield "c.bnez", narrow(0xE001, 0x1FFC)
    yield "addi", wide(0x13, 0)
    yield "c.addi", narrow(0x0001, 0x1FFC)
    yield "c.addi16sp", narrow(0x6105, 0x1078)
    yield "addiw", wide(0x1B, 0)
    yield "lui", wide(0x37)
    for upper in (0, 32):
        word = rng.getrandbits(25) & ~0x707F | 0x33 | upper << 25
        yield ("add", "sub")[upper == 32], word.to_bytes(4, "little")
    yield "c.li", narrow(0x4001, 0x1FFC)
    yield "c.addi4spn", narrow(0x0020, 0x1FFC)
    register = rng.randrange(3, 32) << 7
    yield "c.addiw", narrow(0x2001 | register, 0x107C)
    yield "c.lui", narrow(0x6005 | register, 0x1078)
    other = rng.randrange(1, 32) << 2
    yield "c.mv", (0x8002 | register | other).to_bytes(2, "little")
    yield "c.add", (0x9002 | register | other).to_bytes(2, "little")
    yield "c.jr", (0x8002 | register).to_bytes(2, "little")
    yield "c.jalr", (0x9002 | register).to_bytes(2, "little")


def test_simulated_instructions_do_what_the_cpu_does(machine: Machine) -> None:
    rng, cpu, checked = random.Random(5), machine.cpu, set()
    places = (0, 1, TEXT, TEXT + 0x8000, (1 << 64) - 1, 1 << 63, TEXT + 0x7FFFF)
    for _ in range(150):
        for kind, code in encodings(rng):
            simulate = simulation(code)
            assert simulate is not None, kind
            values = {name: rng.choice(places) for name in GENERAL[1:]}
            for name, value in values.items():
                cpu.write(name, value)
            target = simulate(cpu, TEXT)
            ours = {name: cpu.read(name) for name in GENERAL}
            for name, value in values.items():
                cpu.write(name, value)
            machine.memory.write_code(TEXT, code)
            cpu.pc = TEXT
            try:
                cpu.uc.emu_start(TEXT, 0, count=1)  # type: ignore[attr-defined]
            except Exception:
                assert not machine.memory.mapped(target)  # it went where nothing is
            assert (kind, cpu.pc & ~1) == (kind, target & ~1)
            assert {name: cpu.read(name) for name in GENERAL} == ours, kind
            checked.add(kind)
    assert len(checked) == 27


@pytest.mark.parametrize(
    ("code", "errno"),
    [
        (b"\x73\x00\x00\x00", "EINVAL"),  # ecall
        (b"\x73\x70\x01\x10", "EINVAL"),  # csrci sstatus, 2
        (b"\x0f\x00\xf0\x0f", "EINVAL"),  # fence
        (b"\x73\x00\x10\x00", "EINVAL"),  # ebreak
        (b"\x02\x90", "EINVAL"),  # c.ebreak
        (b"\x00\x00", "EILSEQ"),
    ],
)
def test_refused_instructions(code: bytes, errno: str) -> None:
    with pytest.raises(InstructionError) as refused:
        ARCH.prepare(code + bytes(12), TEXT, TEXT + 0x100)
    assert refused.value.errno == errno


def test_no_probe_between_load_reserved_and_store_conditional() -> None:
    # c.nop; 1: lr.w a5, (a0); addi a5, a5, 1; sc.w a4, a5, (a0); bnez a4, 1b; c.nop
    code = bytes.fromhex("0100" "af270510" "93871700" "2f27f518" "e31a07fe" "0100")  # fmt: skip
    starts = sorted(ARCH.boundaries(code, TEXT))
    assert [start - TEXT for start in starts] == [0, 2, 6, 10, 14, 18]
    for start in starts:
        if start - TEXT in (2, 6, 10):
            with pytest.raises(InstructionError):
                ARCH.check_place(code, TEXT, start)
        else:
            ARCH.check_place(code, TEXT, start)


def test_pt_regs_of_linux() -> None:
    fields = ARCH.pt_regs
    assert [fields[name] for name in ("epc", "ra", "sp", "s0", "a0", "a7", "t6", "status", "orig_a0")] == [
        0, 8, 16, 64, 80, 136, 248, 256, 280,
    ]  # fmt: skip
    assert ARCH.pt_regs_size == 288


def test_where_arguments_are() -> None:
    assert [ARCH.argument(n).register for n in (0, 7)] == ["a0", "a7"]
    assert [ARCH.argument(n).offset for n in (8, 9)] == [0, 8]


def test_handlers_see_the_address_of_the_probed_instruction(machine: Machine) -> None:
    code = bytes.fromhex("0505" "2e95" "8280")  # c.addi a0, 1; c.add a0, a1; ret  # fmt: skip
    machine.memory.write_code(TEXT, code)
    machine.symbols["sum"] = Symbol("sum", TEXT, len(code), 2, 1, 1)
    kprobes, seen = Kprobes(machine), []
    machine.cpu.sp = TEXT + 0x8000
    for place in (TEXT, TEXT + 2, TEXT + 4):
        kprobes.register_kprobe(
            Kprobe(
                addr=place,
                pre_handler=lambda p, regs: seen.append((regs.epc - TEXT, regs.a0)) and 0,
                post_handler=lambda p, regs, flags: seen.append((regs.epc - TEXT, regs.a0)),
            )
        )
    assert machine.call(TEXT, 3, 4) == 8
    assert [epc for epc, _ in seen[:5]] == [0, 2, 2, 4, 4]
    assert [a0 for _, a0 in seen] == [3, 4, 4, 8, 8, 8]
