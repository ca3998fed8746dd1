"""struct pt_regs as handlers get it: the registers of a CPU that stands at a probe, of a moment saved, or in
memory.

Fields have the architecture's names, old and new ones: ``regs.ip``, ``regs.eip``, ``regs.flags``,
``regs.eflags``... ``regs.register(n)`` takes a DWARF number. Values are unsigned, and assigning to a field
changes the register.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stapy.arch import Architecture
    from stapy.runtime.machine.cpu import Cpu
    from stapy.runtime.machine.memory import Memory


class PtRegs:
    """The registers of ``cpu`` as they are now. One object serves a CPU for ever."""

    __slots__ = ("arch", "cpu", "register", "set_register")

    def __init__(self, cpu: Cpu) -> None:
        self.cpu = cpu
        self.arch = cpu.arch
        self.register: Callable[[int], int] = cpu.register
        self.set_register: Callable[[int, int], None] = cpu.set_register

    def get(self, name: str) -> int:
        """A field by name. Raises KeyError."""
        return self.cpu.read(name)

    def set(self, name: str, value: int) -> None:
        self.cpu.write(name, value & self.arch.mask)

    def __getattr__(self, name: str) -> int:
        try:
            return self.get(name)
        except KeyError:
            raise AttributeError(f"{self.arch.name}'s pt_regs has no '{name}'") from None

    def __repr__(self) -> str:
        held = {*self.arch.registers, *self.arch.file_registers}
        fields = [name for name in self.arch.pt_regs if name in held]
        return f"<pt_regs {' '.join(f'{name}={self.get(name):x}' for name in fields)}>"


class SavedRegs(PtRegs):
    """The registers of ``cpu`` as they were when this was made; assignments change this copy alone."""

    __slots__ = ("values",)

    def __init__(self, cpu: Cpu) -> None:
        super().__init__(cpu)
        self.values = {name: cpu.read(name) for name in general_registers(cpu.arch)}
        self.register = self._register
        self.set_register = self._set_register

    def get(self, name: str) -> int:
        return self.values[self.arch.register_name(name)]

    def set(self, name: str, value: int) -> None:
        self.values[self.arch.register_name(name)] = value & self.arch.mask

    def _register(self, number: int) -> int:
        return self.values[self.arch.dwarf_registers[number]]

    def _set_register(self, number: int, value: int) -> None:
        self.values[self.arch.dwarf_registers[number]] = value & self.arch.mask


class MemoryRegs:
    """A struct pt_regs in the kernel's memory, at ``address``."""

    __slots__ = ("address", "arch", "memory")

    def __init__(self, arch: Architecture, memory: Memory, address: int) -> None:
        self.arch = arch
        self.memory = memory
        self.address = address

    def get(self, name: str) -> int:
        """A field by name. Raises KeyError, MemoryFault."""
        return self.memory.word(self.address + self.arch.pt_regs[self._field(name)])

    def set(self, name: str, value: int) -> None:
        self.memory.write_word(self.address + self.arch.pt_regs[self._field(name)], value)

    def _field(self, name: str) -> str:
        return name if name in self.arch.pt_regs else self.arch.register_aliases[name]

    def register(self, number: int) -> int:
        return self.get(self.arch.dwarf_registers[number])

    def __getattr__(self, name: str) -> int:
        try:
            return self.get(name)
        except KeyError:
            raise AttributeError(f"{self.arch.name}'s pt_regs has no '{name}'") from None


@lru_cache
def general_registers(arch: Architecture) -> tuple[str, ...]:
    """The registers that are in pt_regs and that a CPU lets one set: no segment selectors."""
    numbered = {*arch.dwarf_registers.values(), *arch.file_registers}
    return tuple(name for name in arch.pt_regs if name in numbered)


@lru_cache
def live(arch: Architecture) -> type[PtRegs]:
    """The class of an architecture's live registers: PtRegs with a property a field, which is quicker."""

    def field(name: str) -> Any:
        return property(lambda self: self.cpu.read(name), lambda self, value: self.set(name, value))

    names = [*arch.registers, *arch.file_registers, *arch.register_aliases]
    return type("PtRegs", (PtRegs,), {"__slots__": (), **{name: field(name) for name in names}})


@lru_cache
def saved(arch: Architecture) -> type[SavedRegs]:
    """The same for saved registers."""

    def field(name: str) -> Any:
        return property(lambda self: self.get(name), lambda self, value: self.set(name, value))

    names = [*arch.registers, *arch.file_registers, *arch.register_aliases]
    return type("PtRegs", (SavedRegs,), {"__slots__": (), **{name: field(name) for name in names}})
