"""RISC-V instructions as kprobes see them: their length, those that refer to their own place, and those refused.

An instruction that refers to its own place is not copied: it is carried out here, on the CPU's registers. So are the
simple ones that only move, add and subtract: that is quicker than a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stapy.arch.architecture import InstructionError

# x0 to x31 by the names of the calling convention.
GENERAL = (
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
    "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
)  # fmt: skip

BREAKPOINT = b"\x00\x00"  # defined to be illegal for ever: a trap with the PC 4 further
C_NOP = b"\x01\x00"
URET = 0x00200073

_MASK = (1 << 64) - 1
_SYSTEM, _FENCE, _JAL, _JALR, _AUIPC, _BRANCH, _IMMEDIATE = 0x73, 0x0F, 0x6F, 0x67, 0x17, 0x63, 0x13
_LUI, _IMMEDIATE_32, _ADD, _SUB = 0x37, 0x1B, 0x33, 0x40000033
_ATOMIC, _LOAD_RESERVED, _STORE_CONDITIONAL = 0x2F, 2, 3
_C_EBREAK = 0x9002

# Carries out the instruction that lies at an address; returns where execution goes on.
Simulation = Callable[[Any, int], int]


def length(code: bytes, at: int = 0) -> int:
    """Bytes in the instruction at ``code[at]``."""
    return 4 if code[at] & 3 == 3 else 2


def boundaries(code: bytes, start: int) -> frozenset[int]:
    """Where the instructions of ``code``, which lies at ``start``, begin."""
    found, at = [], 0
    while at < len(code):
        found.append(start + at)
        at += length(code, at)
    return frozenset(found)


def refuse(code: bytes, address: int) -> None:
    """Raises InstructionError for an instruction that Linux does not probe."""
    word = int.from_bytes(code[: length(code)], "little")
    if word == 0:
        raise InstructionError("EILSEQ", f"a breakpoint that is not ours, or no instruction, at {address:#x}")
    if word == _C_EBREAK or (word & 3 == 3 and word & 0x7F in (_SYSTEM, _FENCE)):
        raise InstructionError("EINVAL", f"a system or fence instruction at {address:#x}")


def refuse_reserved_sequence(code: bytes, start: int, address: int) -> None:
    """Raises InstructionError from a load-reserved to its store-conditional: a trap between the two loses the
    reservation, and the sequence would be tried for ever. ``code`` is the function's, from ``start``."""
    at, reserved = 0, False
    while at < len(code) and start + at <= address:
        kind = _atomic_kind(code, at)
        if start + at == address and (reserved or kind == _LOAD_RESERVED):
            raise InstructionError("EINVAL", f"{address:#x} is in an atomic sequence")
        if kind is not None:
            reserved = kind == _LOAD_RESERVED
        at += length(code, at)


def _atomic_kind(code: bytes, at: int) -> int | None:
    """_LOAD_RESERVED or _STORE_CONDITIONAL; None for other instructions."""
    if length(code, at) != 4 or code[at] & 0x7F != _ATOMIC:
        return None
    kind = code[at + 3] >> 3
    return kind if kind in (_LOAD_RESERVED, _STORE_CONDITIONAL) else None


def simulation(code: bytes) -> Simulation | None:
    """How to carry out an instruction that refers to its own place, or is as simple; None for one to copy."""
    if length(code) == 2:
        return _compressed(int.from_bytes(code[:2], "little"))
    word = int.from_bytes(code[:4], "little")
    make = _MAKERS.get(word & 0x7F)
    return None if make is None else make(word)


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def _pick(word: int, *fields: tuple[int, int, int]) -> int:
    """An immediate out of its scattered pieces: (lowest bit in the instruction, width, lowest bit in the value)."""
    return sum((word >> low & (1 << width) - 1) << place for low, width, place in fields)


def _jump(rd: str, size: int, target: Callable[[Any, int], int]) -> Simulation:
    """Goes to ``target(cpu, address)``, which it asks before it writes the link register."""

    def simulate(cpu: Any, address: int) -> int:
        goes_to = target(cpu, address)
        if rd != "zero":
            cpu.write(rd, address + size)
        return goes_to & _MASK

    return simulate


def _jal(word: int) -> Simulation:
    offset = _signed(_pick(word, (21, 10, 1), (20, 1, 11), (12, 8, 12), (31, 1, 20)), 21)
    return _jump(GENERAL[word >> 7 & 31], 4, lambda cpu, address: address + offset)


def _jalr(word: int) -> Simulation:
    offset, base = _signed(word >> 20, 12), GENERAL[word >> 15 & 31]
    return _jump(GENERAL[word >> 7 & 31], 4, lambda cpu, address: (cpu.read(base) + offset) & ~1)


def _auipc(word: int) -> Simulation:
    rd, offset = GENERAL[word >> 7 & 31], _signed(word & 0xFFFFF000, 32)

    def simulate(cpu: Any, address: int) -> int:
        if rd != "zero":
            cpu.write(rd, address + offset & _MASK)
        return address + 4

    return simulate


def _add(rd: str, rs: str, value: int, size: int) -> Simulation:
    def simulate(cpu: Any, address: int) -> int:
        if rd != "zero":
            cpu.write(rd, cpu.read(rs) + value & _MASK)
        return address + size

    return simulate


def _immediate(word: int) -> Simulation | None:
    if word >> 12 & 7:
        return None
    return _add(GENERAL[word >> 7 & 31], GENERAL[word >> 15 & 31], _signed(word >> 20, 12), 4)  # addi


def _immediate_32(word: int) -> Simulation | None:
    if word >> 12 & 7:
        return None
    return _add_32(GENERAL[word >> 7 & 31], GENERAL[word >> 15 & 31], _signed(word >> 20, 12), 4)  # addiw


def _add_32(rd: str, rs: str, value: int, size: int) -> Simulation:
    """The sum of the lower halves, with its sign."""

    def simulate(cpu: Any, address: int) -> int:
        if rd != "zero":
            cpu.write(rd, _signed(cpu.read(rs) + value & 0xFFFFFFFF, 32) & _MASK)
        return address + size

    return simulate


def _lui(word: int) -> Simulation:
    return _add(GENERAL[word >> 7 & 31], "zero", _signed(word & 0xFFFFF000, 32), 4)


def _registers(word: int) -> Simulation | None:
    """add and sub."""
    if word & 0xFE00707F not in (_ADD, _SUB):
        return None
    a, b = GENERAL[word >> 15 & 31], GENERAL[word >> 20 & 31]
    return _sum(GENERAL[word >> 7 & 31], a, b, 1 if word & 0xFE00707F == _ADD else -1, 4)


def _sum(rd: str, a: str, b: str, sign: int, size: int) -> Simulation:
    def simulate(cpu: Any, address: int) -> int:
        if rd != "zero":
            cpu.write(rd, cpu.read(a) + sign * cpu.read(b) & _MASK)
        return address + size

    return simulate


_CONDITIONS: dict[int, Callable[[int, int], bool]] = {
    0: lambda a, b: a == b,
    1: lambda a, b: a != b,
    4: lambda a, b: _signed(a, 64) < _signed(b, 64),
    5: lambda a, b: _signed(a, 64) >= _signed(b, 64),
    6: lambda a, b: a < b,
    7: lambda a, b: a >= b,
}


def _branch(word: int) -> Simulation | None:
    condition = _CONDITIONS.get(word >> 12 & 7)
    if condition is None:
        return None
    a, b = GENERAL[word >> 15 & 31], GENERAL[word >> 20 & 31]
    offset = _signed(_pick(word, (8, 4, 1), (25, 6, 5), (7, 1, 11), (31, 1, 12)), 13)

    def simulate(cpu: Any, address: int) -> int:
        return address + (offset if condition(cpu.read(a), cpu.read(b)) else 4) & _MASK

    return simulate


_MAKERS: dict[int, Callable[[int], Simulation | None]] = {
    _JAL: _jal, _JALR: _jalr, _AUIPC: _auipc, _BRANCH: _branch, _IMMEDIATE: _immediate, _IMMEDIATE_32: _immediate_32,
    _LUI: _lui, _ADD: _registers,
}  # fmt: skip


def _compressed(word: int) -> Simulation | None:
    quadrant, function = word & 3, word >> 13
    if quadrant == 0:
        return _compressed_stack_address(word) if function == 0 else None
    if quadrant == 1 and function == 5:  # c.j
        pieces = ((3, 3, 1), (11, 1, 4), (2, 1, 5), (7, 1, 6), (6, 1, 7), (9, 2, 8), (8, 1, 10), (12, 1, 11))
        offset = _signed(_pick(word, *pieces), 12)
        return _jump("zero", 2, lambda cpu, address: address + offset)
    if quadrant == 1 and function >= 6:  # c.beqz, c.bnez
        return _compressed_branch(word, function == 6)
    base = GENERAL[word >> 7 & 31]
    constant = _signed(_pick(word, (2, 5, 0), (12, 1, 5)), 6)
    if quadrant == 1 and function in (0, 2):  # c.addi, c.li
        return _add(base, "zero" if function else base, constant, 2)
    if quadrant == 1 and function == 1 and base != "zero":  # c.addiw
        return _add_32(base, base, constant, 2)
    if quadrant == 1 and function == 3 and base not in ("sp", "zero") and constant:  # c.lui
        return _add(base, "zero", constant << 12, 2)
    if quadrant == 2 and function == 4 and word >> 2 & 31:  # c.mv, c.add
        return _sum(base, base if word >> 12 & 1 else "zero", GENERAL[word >> 2 & 31], 1, 2)
    if quadrant == 1 and function == 3 and base == "sp":  # c.addi16sp
        scattered = ((6, 1, 4), (2, 1, 5), (5, 1, 6), (3, 2, 7), (12, 1, 9))
        return _add(base, base, _signed(_pick(word, *scattered), 10), 2)
    if quadrant == 2 and function == 4 and not word >> 2 & 31 and base != "zero":  # c.jr, c.jalr
        return _jump("ra" if word >> 12 & 1 else "zero", 2, lambda cpu, address: cpu.read(base) & ~1)
    return None


def _compressed_stack_address(word: int) -> Simulation | None:
    """c.addi4spn"""
    offset = _pick(word, (11, 2, 4), (7, 4, 6), (6, 1, 2), (5, 1, 3))
    return _add(GENERAL[8 + (word >> 2 & 7)], "sp", offset, 2) if offset else None


def _compressed_branch(word: int, if_zero: bool) -> Simulation:
    register = GENERAL[8 + (word >> 7 & 7)]
    offset = _signed(_pick(word, (3, 2, 1), (10, 2, 3), (2, 1, 5), (5, 2, 6), (12, 1, 8)), 9)

    def simulate(cpu: Any, address: int) -> int:
        return address + (offset if (cpu.read(register) == 0) is if_zero else 2) & _MASK

    return simulate
