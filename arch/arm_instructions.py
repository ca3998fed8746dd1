"""arm's instructions (ARM state), as far as probing them has to know: what is refused, what refers to its own
address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stapy.arch.architecture import InstructionError, Slot

BREAKPOINT = b"\x74\x00\x20\xe1"  # bkpt #4
NOP = b"\x00\xf0\x20\xe3"
_BRANCH, _MOVW, _MOVT, _LOAD = 0x0A000000, 0x03000000, 0x03400000, 0x05900000
ALWAYS = 14
_BOOSTED = 8  # where the boosted form is in a slot: behind the copy and its breakpoint
_REACH = 1 << 25  # of a branch, bytes
_ATOMIC_CONTEXT = 16  # instructions looked at for an exclusive sequence
_LINK, _PC = 14, 15
NAMES = (*(f"r{n}" for n in range(11)), "fp", "ip", "sp", "lr", "pc")

# (mask, value) of what may not be probed: it leaves the kernel, moves system registers, or waits.
_REFUSED = (
    (0x0F000000, 0x0F000000, "svc"),
    (0x0FF000F0, 0x01200070, "bkpt"),
    (0x0FF000F0, 0x01400070, "hvc"),
    (0x0FF000F0, 0x01600070, "smc"),
    (0x0FF000F0, 0x01200020, "bxj"),
    (0x0FF000F0, 0x07F000F0, "udf"),
    (0x0FB000F0, 0x01200000, "msr"),
    (0x0FF000F0, 0x01400000, "mrs spsr"),
    (0x0FB0F000, 0x0320F000, "msr"),
    (0x0C000000, 0x0C000000, "coprocessor instruction"),
)
_BARRIERS = (0xF57FF040, 0xF57FF050, 0xF57FF060)  # dsb, dmb, isb

Simulation = Callable[[Any, Any, int], int]  # (machine, cpu, address) -> the next PC
Moved = tuple[Simulation, Callable[[int], list[int]] | None]


@dataclass(frozen=True, slots=True)
class Substitute:
    """An instruction with another register in the place of PC: ``reads`` its value, or ``writes`` it."""

    register: str
    condition: int
    reads: bool
    writes: bool


def is_bkpt(word: int) -> bool:
    return word & 0xFFF000F0 == 0xE1200070


def _is_exclusive(word: int) -> bool:
    return word & 0x0F8000F0 == 0x01800090


def refuse_exclusive_sequence(code: bytes, start: int, address: int) -> None:
    """Between a load-exclusive and its store no exception may come. Raises InstructionError (EINVAL)."""
    place = address - start
    for at in range(place - 4, max(-1, place - 4 * _ATOMIC_CONTEXT - 1), -4):
        word = int.from_bytes(code[at : at + 4], "little")
        if _is_exclusive(word):
            if word & 0x00100000:
                raise InstructionError("EINVAL", f"{address:#x} is between a load-exclusive and its store")
            return


def literals(code: bytes, start: int) -> set[int]:
    """The addresses within a function that hold data: what its instructions load relative to PC."""
    found: set[int] = set()
    for at in range(0, len(code) - 3, 4):
        if start + at in found:
            continue
        word = int.from_bytes(code[at : at + 4], "little")
        up = 1 if word >> 23 & 1 else -1
        if word & 0x0F3F0000 == 0x051F0000 and word >> 28 != 15:  # ldr, ldrb
            found.add(start + at + 8 + up * (word & 0xFFF) & ~3)
        elif word & 0x0F7F00F0 in (0x014F00D0, 0x015F00B0, 0x015F00D0, 0x015F00F0) and word >> 28 != 15:
            place = start + at + 8 + up * (word >> 4 & 0xF0 | word & 0xF)
            found |= {place & ~3, place + 4 & ~3} if word & 0x001000F0 == 0xD0 else {place & ~3}
    return found


def _refuse(word: int, address: int) -> None:
    def no(what: str) -> InstructionError:
        return InstructionError("EINVAL", f"{what} at {address:#x} may not be probed")

    if word >> 28 == 15:
        if word & 0xFFFFFFF0 not in _BARRIERS and word & 0xFD70F000 != 0xF550F000:
            raise no("a system instruction")
        return
    for mask, value, name in _REFUSED:
        if word & mask == value:
            if name == "msr" and word & 0x0FFFFFFF == 0x0320F000:
                continue  # nop
            raise no(f"'{name}'")
    if _is_exclusive(word) or word & 0x0FB000F0 == 0x01000090:
        raise no("an exclusive access")
    if word & 0x0E400000 == 0x08400000:
        raise no("an access to user mode's registers")


def prepare(code: bytes, address: int, slot: int) -> Slot:
    """The slot of an instruction: a copy with a breakpoint behind it, and a boosted form. Raises
    InstructionError."""
    if address % 4 or len(code) < 4:
        raise InstructionError("EILSEQ", f"{address:#x} is inside an instruction")
    word = int.from_bytes(code[:4], "little")
    _refuse(word, address)
    boosted_at = slot + _BOOSTED
    moved = _branches(word, address)
    if moved is not None:
        simulation, make = moved
        boosted = _bytes(make(boosted_at)) if make is not None else None
        return Slot(slot, address, 4, NOP, boosted, simulation, _BOOSTED)
    fields, reads, writes = _places_of_pc(word)
    if not fields:
        plain = _bytes([word, _branch(boosted_at + 4, address + 4)])
        return Slot(slot, address, 4, code[:4], plain, None, _BOOSTED)
    copy, register = _without_pc(word, fields, address)
    kind = Substitute(NAMES[register], word >> 28, reads, writes)
    words = _boosted(word, address, boosted_at, reads)
    return Slot(slot, address, 4, _bytes([copy]), _bytes(words) if words else None, kind, _BOOSTED)


def _bytes(words: list[int]) -> bytes:
    return b"".join(word.to_bytes(4, "little") for word in words)


def _branch(at: int, target: int, condition: int = ALWAYS) -> int:
    distance = target - at - 8
    if not -_REACH <= distance < _REACH:
        raise InstructionError("EINVAL", f"{target:#x} is out of a slot's reach")
    return condition << 28 | _BRANCH | distance >> 2 & 0xFFFFFF


def _load_constant(register: int, value: int, condition: int = ALWAYS) -> list[int]:
    """The instructions that put a constant into a register."""
    return [
        condition << 28 | operation | (half >> 12) << 16 | register << 12 | half & 0xFFF
        for operation, half in ((_MOVW, value & 0xFFFF), (_MOVT, value >> 16))
    ]


def holds(condition: int, flags: int) -> bool:
    """Whether an instruction with this condition is executed."""
    n, z, c, v = (bool(flags >> bit & 1) for bit in (31, 30, 29, 28))
    base = (z, c, n, v, c and not z, n == v, n == v and not z, True)[condition >> 1]
    return base != bool(condition & 1) or condition >> 1 == 7


def _branches(word: int, address: int) -> Moved | None:
    """How to do without its place an instruction that only branches; None for all others."""
    condition = word >> 28
    if condition == 15:
        return None
    if word & 0x0E000000 == 0x0A000000:
        distance = (word & 0xFFFFFF) << 2
        target = address + 8 + (distance - (1 << 26) if distance >> 25 else distance) & 0xFFFFFFFF
        return _direct(condition, bool(word >> 24 & 1), target, address)
    if word & 0x0FFFFFD0 == 0x012FFF10:
        return _indirect(word, condition, bool(word & 0x20), word & 15, address)
    return None


def _direct(condition: int, link: bool, target: int, address: int) -> Moved:
    """b and bl."""

    def simulate(_machine: Any, cpu: Any, address: int) -> int:
        if not holds(condition, cpu.read("cpsr")):
            return address + 4
        if link:
            cpu.write("lr", address + 4)
        return target

    def make(at: int) -> list[int]:
        words = _load_constant(_LINK, address + 4, condition) if link else []
        end = at + 4 * len(words)
        words.append(_branch(end, target, condition))
        return words if condition == ALWAYS else [*words, _branch(end + 4, address + 4)]

    return simulate, make


def _indirect(word: int, condition: int, link: bool, register: int, address: int) -> Moved:
    """bx and blx."""

    def simulate(_machine: Any, cpu: Any, address: int) -> int:
        if not holds(condition, cpu.read("cpsr")):
            return address + 4
        target = address + 8 if register == _PC else cpu.read(NAMES[register])
        if link:
            cpu.write("lr", address + 4)
        return target

    def make(at: int) -> list[int]:
        words = _load_constant(_LINK, address + 4, condition) if link else []
        words.append(word & ~0x20)  # bx
        return words if condition == ALWAYS else [*words, _branch(at + 4 * len(words), address + 4)]

    return simulate, None if register == _PC or (link and register == _LINK) else make


# ---------------------------------------------------------------- PC as an operand

_LIST = -1  # the place of PC that is its bit in a register list


def _places_of_pc(word: int) -> tuple[list[int], bool, bool]:
    """Where an instruction names PC (the lowest bit of each field), and whether it reads and writes it. Raises
    InstructionError where it may not be probed because of that."""
    if word >> 28 == 15:
        return [], False, False
    group = word >> 25 & 7
    if group in (0, 1):
        sources, target = _data_processing(word) if not (group == 0 and word & 0x90 == 0x90) else _extra(word)
    elif group in (2, 3):
        if group == 3 and word & 0x10:  # media instructions use 15 for "none"
            return [], False, False
        target = 12 if word >> 20 & 1 else None
        sources = [16, *([] if target is not None else [12]), *([0] if group == 3 else [])]
    elif group == 4:
        return _multiple(word)
    else:
        return [], False, False
    reads = [field for field in sources if word >> field & 15 == _PC]
    writes = target is not None and word >> target & 15 == _PC
    if writes and group in (0, 1) and word >> 20 & 1:
        raise InstructionError("EINVAL", "a return from an exception may not be probed")
    if writes and target is not None:
        return sorted({*reads, target}), bool(reads), True
    return reads, bool(reads), False


def _data_processing(word: int) -> tuple[list[int], int | None]:
    """The fields of source registers, and that of the target."""
    operation, immediate = word >> 21 & 15, word >> 25 & 1
    if operation in (8, 9, 10, 11) and not word >> 20 & 1:  # what is not a comparison there
        if immediate:
            return [], 12 if operation in (8, 10) else None  # movw, movt; nop
        if word & 0x80:
            return [], None  # multiplications of halves
        return [0], 12  # clz, qadd, mrs
    sources = [] if immediate else [0] if not word & 0x10 else [0, 8]
    if operation not in (13, 15):
        sources.append(16)
    return sources, None if operation in (8, 9, 10, 11) else 12


def _extra(word: int) -> tuple[list[int], int | None]:
    """Multiplications; loads and stores of halves, bytes with sign, and pairs."""
    if word & 0x60 == 0:
        return [], None
    load = bool(word >> 20 & 1) or word & 0xF0 == 0xD0
    sources = [16] if word >> 22 & 1 else [16, 0]
    return (sources, 12) if load else ([*sources, 12], None)


def _multiple(word: int) -> tuple[list[int], bool, bool]:
    """ldm and stm."""
    if not word >> 15 & 1:
        return [], False, False
    if not word >> 20 & 1:
        raise InstructionError("EINVAL", "a store of pc among others may not be probed")
    if word >> 14 & 1 or word >> 16 & 15 == _LINK:
        raise InstructionError("EINVAL", "a load of lr and pc may not be probed")
    return [_LIST], False, True


def _without_pc(word: int, fields: list[int], address: int) -> tuple[int, int]:
    """The instruction with another register in these fields, and the register."""
    if fields == [_LIST]:
        return word & ~(1 << _PC) | 1 << _LINK, _LINK
    used = {word >> field & 15 for field in (0, 8, 12, 16)}
    # A pair's second register is in use too, and sp takes part in nothing else.
    register = next(n for n in range(12) if n not in used and n - 1 not in used)
    for field in fields:
        word = word & ~(15 << field) | register << field
    return word, register


def _boosted(word: int, address: int, at: int, reads: bool) -> list[int] | None:
    """A form that needs no step, where there is one."""
    if not reads:  # it only goes elsewhere: it can do so from anywhere
        return [word, _branch(at + 4, address + 4)]
    condition, target = word >> 28, word >> 12 & 15
    if word & 0x0F7F0000 == 0x051F0000 and target != _PC:
        offset = word & 0xFFF
        place = address + 8 + (offset if word >> 23 & 1 else -offset)
        load = condition << 28 | _LOAD | target << 16 | target << 12
        return [*_load_constant(target, place, condition), load, _branch(at + 12, address + 4)]
    return None
