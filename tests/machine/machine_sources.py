"""What the machine's tests run, in each architecture's assembly: one file an architecture in sources/."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class MachineSources:
    """One architecture's. {name} stands for a symbol's address; ``load REGISTER, NUMBER`` for what ``load`` says."""

    load: str
    call_registers: tuple[str, str, str]  # of a machine call: number and two arguments
    call: str
    enable: str  # interrupts
    disable: str
    timer: str  # adds 1 to the word at {ticks} and returns from the interrupt
    page_fault: str  # stores what it was told at {seen}, skips the instruction
    write_fault: str  # stores to 0x10
    write_fault_code: int  # what the handler is told then
    fault_address: str  # the register or symbol where the CPU says what address failed
    null_read: str  # ends with reading from address 16
    null_read_at: int
    jump_to_zero: str
    undefined: str
    enter_user: str  # to 0x1000 with the stack at 0x2000
    system_call: str  # adds the first two arguments
    add: str
    again: str  # clobbers ``saved`` around a call of {add}
    saved: str
    back: str  # returns from a function
    forever: str
    # How the kernel says where its entries are, for 'timer', 'serial', 'page' and 'system_call'.
    entries: dict[str, Any]

    def expand(self, source: str) -> str:
        """``source`` with the loads that it names written out."""

        def load(found: re.Match[str]) -> str:
            value = int(found[2], 0)
            return self.load.format(register=found[1], value=value, low=value & 0xFFFFFFFF, high=value >> 32)

        return re.sub(r"\bload (\S+), (\w+)", load, source)


def _read(path: Path) -> MachineSources:
    with path.open("rb") as file:
        data = tomllib.load(file)
    if "same_as" in data:
        return _read(path.with_name(f"{data['same_as']}.toml"))
    return MachineSources(**data)


SOURCES = {path.stem: _read(path) for path in sorted(Path(__file__).with_name("sources").glob("*.toml"))}


def connect(tiny: Any, kind: str, function: int) -> None:
    """Makes a function the kernel's entry for 'timer', 'serial', 'page' (from the kernel) or 'system_call'."""
    machine, entries = tiny.machine, SOURCES[tiny.arch.name].entries
    if "register" in entries:  # one for everything
        machine.cpu.write(entries["register"], function)
        return
    if "names" in entries:
        machine.symbols[entries["names"][kind]] = next(s for s in machine.symbols.values() if s.address == function)
        return
    places = [machine.symbol(entries["table"]) + offset for offset in entries.get(kind, ())]
    if not places:  # found by its name
        machine.symbols[kind] = next(symbol for symbol in machine.symbols.values() if symbol.address == function)
    for place in places:
        if "branch" in entries:
            code = tiny.assembler.assemble(entries["branch"], place, {"entry": function})
            machine.memory.write_code(place, code)
        else:
            machine.memory.write_word(place, function)


def interrupt_entry(tiny: Any) -> int:
    """Where the CPU is when the timer has interrupted user mode."""
    entries = SOURCES[tiny.arch.name].entries
    if "register" in entries:
        return tiny.machine.cpu.read(entries["register"])
    if "names" in entries:
        return tiny.machine.symbol(entries["names"]["timer"])
    if "branch" in entries:
        return tiny.machine.symbol(entries["table"]) + entries["timer"][-1]
    return tiny.machine.symbol("timer_interrupt")
