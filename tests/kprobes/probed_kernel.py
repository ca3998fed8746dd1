"""A machine with kprobes and a few functions to probe."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parents[1] / "machine"))

from sources import SOURCES
from tiny_kernel import Tiny

from stapy.runtime import kprobes


class Probed(Tiny):
    """The tiny machine with kprobes. Functions take their arguments as C functions do."""

    def __init__(self, arch: str, cpus: int = 1) -> None:
        super().__init__(arch, cpus)
        self.kprobes = kprobes.Kprobes(self.machine)
        self.kernel = SimpleNamespace(machine=self.machine, kprobes=self.kprobes)
        self.sources = SOURCES[arch]
        self.breakpoint = self.arch.breakpoint
        self.result = self.arch.return_registers[0]
        for name, source in self.sources.functions.items():
            self.function(name, source)

    def code(self, name: str) -> bytes:
        symbol = self.machine.symbols[name]
        return self.machine.memory.read(symbol.address, symbol.size)

    def is_armed(self, name: str) -> bool:
        """Whether there is a breakpoint at a function's start."""
        return self.code(name).startswith(self.breakpoint)

    def pc_at(self, address: int) -> int:
        """The PC that a handler of a breakpoint at ``address`` sees."""
        shown = self.arch.handler_pc
        return address + (self.arch.breakpoint_pc if shown is None else shown)
