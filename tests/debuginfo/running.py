"""Runs a sample image in Unicorn, and shows its registers and memory at chosen places, by DWARF register
numbers."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import unicorn
from unicorn import arm64_const, ppc_const, s390x_const, x86_const

from stapy.runtime.debuginfo import KernelDescription
from stapy.runtime.debuginfo.expressions import Location, evaluate, part
from stapy.runtime.debuginfo.functions import Variable
from stapy.runtime.debuginfo.types import Array, Base, Enum, Pointer, Struct, Type
from stapy.runtime.machine.memory import MemoryFault

DATA = Path(__file__).parent / "data"
BASE, SIZE = 0x100000, 0x100000
STACK = BASE + SIZE - 0x1000
RETURN = BASE + 0x80000  # nothing is there: the run ends when it is reached


def _named(module: Any, prefix: str, names: list[str]) -> dict[int, int]:
    return {number: getattr(module, prefix + name) for number, name in enumerate(names)}


_REGISTERS = {
    "x86_64": _named(x86_const, "UC_X86_REG_R", ["AX", "DX", "CX", "BX", "SI", "DI", "BP", "SP"])
    | {number: getattr(x86_const, f"UC_X86_REG_R{number}") for number in range(8, 16)}
    | {16: x86_const.UC_X86_REG_RIP},
    "i386": _named(x86_const, "UC_X86_REG_E", ["AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI", "IP"]),
    "aarch64": _named(arm64_const, "UC_ARM64_REG_", [f"X{n}" for n in range(29)] + ["FP", "LR", "SP"]),
    "ppc64": _named(ppc_const, "UC_PPC_REG_", [str(n) for n in range(32)]) | {65: ppc_const.UC_PPC_REG_LR},
    "s390x": _named(s390x_const, "UC_S390X_REG_", [f"R{n}" for n in range(16)]),
}
_REGISTERS["ppc64le"] = _REGISTERS["ppc64"]
_MODES = {
    "x86_64": (unicorn.UC_ARCH_X86, unicorn.UC_MODE_64),
    "i386": (unicorn.UC_ARCH_X86, unicorn.UC_MODE_32),
    "aarch64": (unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM),
    "ppc64": (unicorn.UC_ARCH_PPC, unicorn.UC_MODE_PPC64 | unicorn.UC_MODE_BIG_ENDIAN),
    "ppc64le": (unicorn.UC_ARCH_PPC, unicorn.UC_MODE_PPC64 | unicorn.UC_MODE_BIG_ENDIAN),  # see _start_ppc
    "s390x": (unicorn.UC_ARCH_S390X, unicorn.UC_MODE_BIG_ENDIAN),
}
_ARGUMENT = {"x86_64": 5, "aarch64": 0, "ppc64": 3, "ppc64le": 3, "s390x": 2}
_STACK_POINTER = {"x86_64": 7, "i386": 4, "aarch64": 31, "ppc64": 1, "ppc64le": 1, "s390x": 15}
_LINK = {"aarch64": 30, "ppc64": 65, "ppc64le": 65, "s390x": 14}


class Memory:
    """Kernel memory as the unwinder wants it."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def __getattr__(self, name: str) -> Callable[[int], int]:
        size = int(name[1:]) // 8

        def read(address: int) -> int:
            return self._running.read(address, size)

        return read


class Running:
    """One run of ``start(argument)``. At each address in ``places`` its callback gets this object."""

    def __init__(self, description: KernelDescription) -> None:
        self.description = description
        self.machine = unicorn.Uc(*_MODES[description.arch])
        if description.arch.startswith("ppc64"):
            self._start_ppc()
        self.machine.mem_map(BASE, SIZE)
        assert description.path is not None
        image = description.path.read_bytes()
        for virtual, _, _, offset, size, _ in description.segments:
            self.machine.mem_write(virtual, image[offset : offset + size])
        self.memory = Memory(self)
        self.places: dict[int, Callable[[Running], None]] = {}
        self.pc = 0
        self.machine.hook_add(unicorn.UC_HOOK_CODE, self._at)

    def _start_ppc(self) -> None:
        """Without translation by the CPU's own tables; the byte order is a bit of the machine state
        register."""
        self.machine.ctl_set_tlb_mode(unicorn.UC_TLB_VIRTUAL)
        if self.description.little_endian:
            self.machine.reg_write(ppc_const.UC_PPC_REG_MSR, 1 << 63 | 1)

    def _at(self, machine: Any, address: int, size: int, data: Any) -> None:
        callback = self.places.get(address)
        if callback is not None:
            self.pc = address
            callback(self)

    def run(self, argument: int) -> None:
        arch, function = self.description.arch, self.description.function("start")
        assert function is not None
        word = self.description.pointer_size
        stack = STACK - 16 * 64
        if arch == "i386":
            stack -= 4
            self.machine.mem_write(stack, struct.pack("<II", RETURN, argument))
        elif arch == "x86_64":
            stack -= 8
            self.machine.mem_write(stack, struct.pack("<Q", RETURN))
        if arch in _ARGUMENT:
            self._set(_ARGUMENT[arch], argument)
        if arch in _LINK:
            self._set(_LINK[arch], RETURN)
        if arch == "ppc64":  # r2 from the function's descriptor
            symbol = self.description.symbols.symbol("start")
            assert symbol is not None
            self._set(2, self.read(symbol.descriptor + word, word))
        self._set(12, function.low_pc)
        self._set(_STACK_POINTER[arch], stack)
        self.machine.emu_start(function.low_pc, RETURN, timeout=10_000_000)

    def _set(self, number: int, value: int) -> None:
        if number in _REGISTERS[self.description.arch]:
            self.machine.reg_write(_REGISTERS[self.description.arch][number], value)

    # ------------------------------------------------------------ what is there

    def register(self, number: int) -> int:
        value = self.machine.reg_read(_REGISTERS[self.description.arch][number])
        return value & ((1 << 8 * self.description.pointer_size) - 1)

    def read(self, address: int, size: int) -> int:
        try:
            data = self.machine.mem_read(address, size)
        except unicorn.UcError:
            raise MemoryFault(address) from None
        return int.from_bytes(data, "little" if self.description.little_endian else "big")

    def text(self, address: int) -> str:
        return bytes(self.machine.mem_read(address, 64)).split(b"\0")[0].decode()

    # ------------------------------------------------------------ variables

    def value(self, variable: Variable, *path: str | int, entry_value: Any = None) -> int | None:
        """The number in a variable, or in what a path of members and indexes leads to."""
        location: Location | None = variable.location(self.pc)
        return None if location is None else self._follow(location, variable.type, path, entry_value)

    def _follow(self, location: Location, type_: Type, path: tuple[str | int, ...], entry_value: Any) -> int:
        plain = type_.strip()
        if not path:
            return self._number(location, plain, entry_value)
        if isinstance(plain, Pointer):
            pointed = Location("memory", ("const", self._number(location, plain, entry_value)))
            return self._follow(pointed, plain.to, path, entry_value)
        step, rest = path[0], path[1:]
        word, little = self.description.pointer_size, self.description.little_endian
        if isinstance(plain, Array):
            assert isinstance(step, int)
            size = plain.of.size
            assert size is not None
            inner, kind = part(location, step * size, size, word, little), plain.of
        else:
            assert isinstance(plain, Struct)
            assert isinstance(step, str)
            member = plain.member(step)
            assert member is not None
            if member.is_bitfield:
                unit = part(location, member.offset, member.storage_size, word, little)
                assert unit is not None
                bits = self._raw(unit, member.storage_size, entry_value) >> member.bit_offset
                return _sign(bits, member.bit_size, member.type.strip())
            inner, kind = part(location, member.offset, member.type.size or 0, word, little), member.type
        assert inner is not None
        return self._follow(inner, kind, rest, entry_value)

    def _number(self, location: Location, type_: Type, entry_value: Any) -> int:
        size = type_.size
        assert size is not None
        return _sign(self._raw(location, size, entry_value), 8 * size, type_)

    def _raw(self, location: Location, size: int, entry_value: Any) -> int:
        found = evaluate(location.expression, self.register, self.read, entry_value)
        return self.read(found, size) if location.kind == "memory" else found


def _sign(number: int, bits: int, type_: Type) -> int:
    number &= (1 << bits) - 1
    signed = isinstance(type_, Base | Enum) and type_.signed
    return number - (1 << bits) if signed and number >> (bits - 1) else number
