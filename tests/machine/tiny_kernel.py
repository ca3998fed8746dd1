"""A kernel of a few dozen instructions for testing the machine: assembled here, no image needed."""

from __future__ import annotations

import riscv_assembler
import s390x_assembler
from machine_sources import SOURCES

from stapy import arch as architectures
from stapy.runtime.machine.image import Symbol
from stapy.runtime.machine.machine import Machine

TEXT = 0x1000000
DATA = 0x1100000
STACK = 0x1200000


class Assembler:
    """Keystone with labels that are remembered, and numbered registers' names by word size."""

    def __init__(self, arch: str) -> None:
        self.arch = architectures.get(arch)
        if arch == "riscv64":
            self.engine = riscv_assembler.Assembler()
        else:
            self.engine = self.arch.keystone()
            if arch == "s390x":
                self.engine = s390x_assembler.Assembler(self.engine)

    def assemble(self, source: str, address: int, symbols: dict[str, int] | None = None) -> bytes:
        for name, value in sorted((symbols or {}).items(), key=lambda item: -len(item[0])):
            source = source.replace("{" + name + "}", hex(value))
        if self.arch.name in SOURCES:
            source = SOURCES[self.arch.name].expand(source)
        code, _count = self.engine.asm(source, address)
        return bytes(code)


class Tiny:
    """A machine with functions assembled one after another; each a symbol, data symbols by ``data``."""

    def __init__(self, arch: str, cpus: int = 1) -> None:
        self.machine = Machine(arch, cpus=cpus, console=self._console)
        self.assembler = Assembler(arch)
        self.arch = self.machine.arch
        self.output = b""
        self._text = self.arch.page_offset + TEXT
        self._data = self.arch.page_offset + DATA
        self.stack = self.arch.page_offset + STACK
        for cpu in self.machine.cpus:
            cpu.sp = self.stack - 0x20000 * cpu.number
            self.arch.start_cpu(self.machine, cpu)

    def _console(self, data: bytes) -> None:
        self.output += data

    @property
    def symbols(self) -> dict[str, int]:
        return {name: symbol.address for name, symbol in self.machine.symbols.items()}

    def data(self, name: str, size: int) -> int:
        address, self._data = self._data, self._data + (size + 15 & ~15)
        self.machine.symbols[name] = Symbol(name, address, size, 1, 1, 2)
        return address

    @property
    def next_function(self) -> int:
        """Where the next function will be."""
        return self._text

    def function(self, name: str, source: str) -> int:
        """Assembles a function; {name} stands for the address of another symbol."""
        code = self.assembler.assemble(source, self._text, self.symbols)
        address, self._text = self._text, self._text + (len(code) + 15 & ~15)
        self.machine.memory.write_code(address, code)
        self.machine.symbols[name] = Symbol(name, address, len(code), 2, 1, 1)
        return address

    def run(self, name: str) -> None:
        """Runs from a function's start until power-off or stop()."""
        self.machine.cpu.pc = self.machine.symbol(name)
        self.machine.run()

    def call(self, name: str, *arguments: int) -> int:
        return self.machine.call(self.machine.symbol(name), *arguments)


def machine_call(tiny: Tiny, number: int, a: int = 0, b: int = 0) -> str:
    """The source of a machine call with its arguments."""
    sources = SOURCES[tiny.arch.name]
    call, first, second = sources.call_registers
    return f"load {first}, {a:#x}; load {second}, {b:#x}; load {call}, {number:#x}; {sources.call}"


def sequence(*sources: str) -> str:
    """Several sources one after another."""
    return "; ".join(sources)
