"""mips64: where an access has failed, in delay slots too, and traps of which Unicorn does not say where they were."""

from __future__ import annotations

import pytest
from tiny_kernel import Tiny, machine_call, sequence

from stapy.arch.mips64 import ADDRESS_LOAD, ADDRESS_STORE, BREAK, RESERVED, TLB_LOAD, TLB_STORE, TRAP
from stapy.runtime.machine.cpu import MachineError

DELAYED = 0x80000000  # of the cause register

# What fails, its offset, and whether it is in a delay slot.
ACCESSES = {
    "store": ("li $8, 0; sd $9, 16($8); jr $31; nop", 4, False),
    "bytes": ("li $8, 20; sb $9, -4($8); jr $31; nop", 4, False),
    "not_taken": ("li $8, 0; li $2, 1; beqz $2, l; sd $9, 16($8); nop; l: jr $31; nop", 12, True),
    "taken": ("li $8, 0; li $2, 0; beqz $2, l; sd $9, 16($8); nop; nop; l: jr $31; nop", 12, True),
    "backwards": ("b k; nop; l: nop; jr $31; nop; k: li $8, 0; b l; sw $9, 16($8)", 28, True),
    "likely": ("li $8, 0; li $2, 0; beql $2, $0, l; sd $9, 16($8); nop; nop; l: jr $31; nop", 12, True),
    "jump": ("li $8, 0; j {target}; sd $9, 16($8)", 8, True),
    "call": ("li $8, 0; jal {target}; sd $9, 16($8)", 8, True),
    "indirect_call": ("load $10, {target}; li $8, 0; jalr $10; sd $9, 16($8); nop", 16, True),
    "return": ("li $8, 0; jr $31; sd $9, 16($8)", 8, True),
    "load": ("li $8, 0; jr $31; ld $9, 16($8)", 8, True),
}


@pytest.fixture
def tiny() -> Tiny:
    tiny = Tiny("mips64")
    for name in ("idt_table", "cpu_badvaddr", "seen"):
        tiny.data(name, 0x100)
    tiny.machine.nr_cpus = 4
    save = "; ".join(f"ld $8, {offset}($29); sd $8, {8 * n}($9)" for n, offset in enumerate((280, 288, 296)))
    handler = tiny.function("handler", f"load $9, {{seen}}; {save}; {machine_call(tiny, 4)}")
    for vector in (TLB_LOAD, TLB_STORE, ADDRESS_LOAD, ADDRESS_STORE, BREAK, RESERVED, TRAP):
        tiny.machine.memory.write_word(tiny.machine.symbol("idt_table") + 8 * vector, handler)
    tiny.function("target", ".set noreorder; nop; nop; jr $31; nop")
    return tiny


def seen(tiny: Tiny) -> tuple[int, ...]:
    """BadVAddr, cause and EPC, as the kernel was told."""
    place = tiny.machine.symbol("seen")
    return tuple(tiny.machine.memory.word(place + 8 * n) for n in range(3))


@pytest.mark.parametrize("name", ACCESSES)
def test_where_an_access_failed(tiny: Tiny, name: str) -> None:
    source, at, delayed = ACCESSES[name]
    start = tiny.function("faults", f".set noreorder; {source}")
    tiny.function("start", ".set noreorder; jal {faults}; nop; nop; jr $31; nop")
    tiny.run("start")
    cause = (TLB_LOAD if name == "load" else TLB_STORE) << 2 | (DELAYED if delayed else 0)
    assert seen(tiny) == (0x10, cause, start + at - (4 if delayed else 0))
    assert tiny.machine.cpu.read("cp0_status") & 1 == 0


@pytest.mark.parametrize(
    ("source", "vector", "address"),
    [
        ("li $8, 2; lw $9, 0($8)", ADDRESS_LOAD, 2),
        ("lui $8, 0x6b6b; dsll32 $8, $8, 0; sd $9, 8($8)", ADDRESS_STORE, 0x6B6B000000000008),
        ("li $8, 0x1200; dsll $8, $8, 20; lw $9, 16($8)", TLB_LOAD, 0x120000010),
        (".set noreorder; li $8, 0x1200; dsll $8, $8, 20; b l; sb $9, 1($8); l: nop", TLB_STORE, 0x120000001),
        ("li $8, 0x1200; dsll $8, $8, 20; jr $8", TLB_LOAD, 0x120000000),
    ],
)
def test_addresses_that_only_the_cpu_knows(tiny: Tiny, source: str, vector: int, address: int) -> None:
    tiny.function("read_badvaddr", ".long 0x403b4000; syscall")  # dmfc0 $27, $8, which Keystone does not know
    tiny.function("traps", sequence(source, "jr $31; nop"))
    tiny.run("traps")
    assert seen(tiny) == (address, vector << 2, 0)
    assert tiny.machine.powered_off


@pytest.mark.parametrize(
    ("source", "vector"),
    [
        ("break 7", BREAK),
        ("teq $0, $0", TRAP),
        (".long 0xe", RESERVED),
        (".set noreorder; li $2, 0; b l; .long 0xe; li $2, 1; l: nop", RESERVED),
    ],
)
def test_what_unicorn_does_not_know_the_place_of(tiny: Tiny, source: str, vector: int) -> None:
    tiny.function("traps", sequence(source, "jr $31; nop"))
    tiny.run("traps")
    assert seen(tiny)[1:] == (vector << 2, 0)
    assert tiny.machine.powered_off  # which the handler has done: no branch came between


def test_branches_after_a_fault_in_a_delay_slot(tiny: Tiny) -> None:
    """Unicorn is in the middle of a branch then: nothing may be left of it."""
    tiny.function("faults", ".set noreorder; b l; ld $9, 16($0); nop; l: jr $31; nop")
    tiny.function("sum", ".set noreorder; daddu $2, $4, $5; daddu $2, $2, $6; jr $31; daddu $2, $2, $7")
    machine = tiny.machine
    machine.fault_hooks.append(lambda cpu, vector, error, address: (cpu.write_pc(machine.symbol("sum")), True)[1])
    assert tiny.call("faults", 1, 2, 4, 8) == 15


def test_a_jump_to_nowhere(tiny: Tiny) -> None:
    tiny.machine.memory.write_word(tiny.machine.symbol("idt_table") + 8 * TLB_LOAD, 0)
    tiny.function("far", "li $8, 0x7000; jr $8")
    with pytest.raises(MachineError, match=rf"exception {TLB_LOAD} at 0x7000,"):
        tiny.run("far")
