"""What kprobes ask of a kernel's description, answered from an ELF symbol table alone.

runtime.debuginfo's KernelDescription answers the same and more; this serves machines that have none.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stapy.runtime.machine.machine import Machine


class MachineSymbols:
    """The symbols of what ``machine`` has loaded, looked up when asked for."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    @property
    def symbols(self) -> dict[str, int]:
        return {name: symbol.address for name, symbol in self._machine.symbols.items()}

    def symbol_at(self, address: int) -> tuple[str, int, int] | None:
        """The function an address is in: (name, offset into it, its size)."""
        functions = sorted((s.address, s.name, s.size) for s in self._machine.symbols.values() if s.type == 2)
        at = bisect_right(functions, (address, "\x7f", 0)) - 1
        if at < 0 or address >= functions[at][0] + max(functions[at][2], 1):
            return None
        start, name, size = functions[at]
        return name, address - start, size

    def in_text(self, address: int) -> bool:
        image = self._machine.image
        if image is not None:
            return any(start <= address < end for start, end in image.text_ranges)
        return self.symbol_at(address) is not None
