"""What architectures answer: trampolines as Keystone makes them, registers, arguments, look-ups."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_kernel import Assembler

from stapy import arch as architectures
from stapy.arch import Architecture


@pytest.fixture(params=architectures.names())
def arch(request: pytest.FixtureRequest) -> Architecture:
    return architectures.get(request.param)


def test_names_and_aliases() -> None:
    assert {"i386", "x86_64"} <= set(architectures.names())
    assert architectures.get("amd64") is architectures.get("x86_64")
    assert architectures.get("i686").name == "i386"
    with pytest.raises(KeyError, match="no architecture 'vax'"):
        architectures.get("vax")


def test_trampolines_are_what_keystone_makes_of_them(arch: Architecture) -> None:
    assembler = Assembler(arch.name)
    for assembly in (arch.return_trampoline, arch.jprobe_stub):
        assert assembler.assemble(assembly.source, 0x1000) == assembly.data
        assert assembly.data.startswith(arch.breakpoint)


def test_registers_have_numbers_in_unicorn(arch: Architecture) -> None:
    numbers = {name: arch.unicorn_register(name) for name in arch.registers}
    assert len(set(numbers.values())) == len(numbers)
    assert set(arch.register_aliases.values()) <= {*arch.registers, *arch.file_registers}
    assert set(arch.dwarf_registers.values()) <= set(arch.registers)
    assert arch.register_name("pc") == arch.pc
    assert {arch.pc, arch.sp, *arch.return_registers} <= set(arch.registers)


PAGE = Path(__file__).parents[2] / "docs" / "architectures.md"


def rows(heading: str) -> dict[str, list[str]]:
    """A table of docs/architectures.md: the cells by what is in the first column."""
    section = PAGE.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {name: row for row in cells for name in row[0].split(", ")}


def test_the_page_about_architectures(arch: Architecture) -> None:
    calls, steps = rows("Calls")[arch.name], rows("Breakpoints and steps")[arch.name]
    assert calls[1] == f"{arch.bits}, {arch.endian}"
    assert calls[4] == ", ".join(arch.return_registers)
    first = next(place for place in map(arch.argument, range(20)) if place.register is None)
    assert calls[3].partition(",")[0] == (f"sp + {first.offset}" if first.offset else "sp")
    assert steps[1].endswith(f", {arch.breakpoint.hex()}")
    where = {0: "at it", len(arch.breakpoint): "behind it"}.get(arch.breakpoint_pc, f"{arch.breakpoint_pc} bytes on")
    assert steps[2] == f"{arch.breakpoint_trap}, {where}"
    assert arch.name in rows("Instructions")


def test_pt_regs_of_linux() -> None:
    wide, narrow = architectures.get("x86_64"), architectures.get("i386")
    assert (wide.pt_regs["r15"], wide.pt_regs["orig_ax"], wide.pt_regs["ss"], wide.pt_regs_size) == (
        0,
        120,
        160,
        168,
    )
    assert (narrow.pt_regs["bx"], narrow.pt_regs["orig_ax"], narrow.pt_regs["ss"], narrow.pt_regs_size) == (
        0,
        44,
        64,
        68,
    )


def test_where_arguments_are() -> None:
    wide, narrow = architectures.get("x86_64"), architectures.get("i386")
    assert [wide.argument(n).register for n in range(6)] == ["di", "si", "dx", "cx", "r8", "r9"]
    assert [wide.argument(n).offset for n in (6, 7)] == [8, 16]
    assert [narrow.argument(n).offset for n in range(3)] == [4, 8, 12]
    # A 64-bit argument takes two words on the 32-bit machine.
    assert [place.offset for place in narrow.arguments([4, 8, 4])] == [4, 8, 16]
    assert [place.register for place in wide.arguments([4, 8, 1])] == ["di", "si", "dx"]


def test_addresses_of_a_machine_without_paging() -> None:
    wide = architectures.get("x86_64")
    assert wide.virtual(wide.physical(0xFFFFFFFF81000000)) == 0xFFFFFFFF81000000
    assert wide.virtual(0x10) == 0x10
