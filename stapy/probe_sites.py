"""Where a script's probes stand in the machine code: what ``-d kprobes`` and ``-d asm`` show, of armed probes.

``asm`` shows each site as the CPU meets it: the instruction, the breakpoint over it, the copy in its slot, and how the
handlers' end leads on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NEIGHBOURS = 2  # instructions shown before and after the probed one


def kprobes_text(kernel: Any) -> str:
    """The armed probes as kprobes/list in debugfs shows them."""
    return "".join(f"{line}\n" for line in kernel.kprobes.lines())


def assembly_text(kernel: Any) -> str:
    """Every site with its code, by address."""
    sites = {probe.site.address: probe.site for probe in kernel.kprobes.probes() if probe.site is not None}
    return "\n".join("".join(f"{line}\n" for line in _site(kernel, site)) for _, site in sorted(sites.items()))


def _site(kernel: Any, site: Any) -> Iterator[str]:
    arch, slot = kernel.arch, site.slot
    place = kernel.description.symbol_at(site.address)
    name = f"{place[0]}+{place[1]:#x}" if place else f"{site.address:#x}"
    line = kernel.description.line_at(site.address)
    kinds = " ".join(probe.kind for probe in site.probes)
    yield f"{name} [{kinds}]" + (f" {line[0]}:{line[1]}" if line else "")
    for instruction in _around(kernel, site, place):
        here = instruction.address == site.address
        yield f"  {'=>' if here else '  '} {_line(instruction)}"
    shown = kernel.memory.read(site.address, len(arch.breakpoint))
    yield f"  breakpoint     {shown.hex(' ')}{_decoded(arch, shown, site.address)}"
    if slot.data:
        yield f"  slot           {slot.address:#x}"
    for instruction in arch.disassemble(slot.data, slot.address):
        yield f"     {_line(instruction)}"
    if site.boosted and slot.boosted is not None:
        copied = len(slot.data) if slot.boosted.startswith(slot.data) else 0
        yield "  boosted        runs on by itself:"
        for instruction in arch.disassemble(slot.boosted[copied:], slot.boosted_address + copied):
            yield f"     {_line(instruction)}"
    elif site.boosted:
        yield "  boosted        carried out by the handler, without the copy"
    else:
        yield f"  single-stepped {'by the CPU' if arch.step_trap is not None else 'up to a second breakpoint'}"


def _around(kernel: Any, site: Any, place: tuple[str, int, int] | None) -> list[Any]:
    """The probed instruction with its neighbours, as they are without breakpoints."""
    if place is None:
        return []
    start = site.address - place[1]
    code = kernel.kprobes.code(start, place[2])
    instructions = list(kernel.arch.disassemble(code, start))
    at = next((i for i, instruction in enumerate(instructions) if instruction.address == site.address), None)
    if at is None:
        return []
    return instructions[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]


def _decoded(arch: Any, data: bytes, address: int) -> str:
    found = next(iter(arch.disassemble(data, address)), None)
    return f"  {found}" if found is not None else ""


def _line(instruction: Any) -> str:
    return f"{instruction.address:#x}  {instruction.data.hex(' '):<24} {instruction}"
