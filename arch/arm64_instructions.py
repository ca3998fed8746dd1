"""arm64's instructions, as far as probing them has to know: what is refused, what depends on its own address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stapy.arch.architecture import InstructionError, Slot

BREAKPOINT = b"\x80\x00\x20\xd4"  # brk #4, Linux's for kprobes
NOP = b"\x1f\x20\x03\xd5"
_NOP, _BRANCH, _BRANCH_REGISTER, _LOAD_X, _LOAD_W, _LOAD_SW = (
    0xD503201F, 0x14000000, 0xD61F0000, 0xF9400000, 0xB9400000, 0xB9800000,
)  # fmt: skip
_MOVZ, _MOVK = 0xD2800000, 0xF2800000
_BOOSTED = 8  # where the boosted form is in a slot: behind the copy and its breakpoint
_REACH = 1 << 27  # of a branch, bytes
_ATOMIC_CONTEXT = 32  # instructions an exclusive sequence may have, in Linux
_LINK = 30

# (mask, value) of what Linux refuses: it would leave the kernel, change the exception state, or wait.
_REFUSED = (
    (0xFFE0001F, 0xD4000001, "svc"),
    (0xFFE0001F, 0xD4000002, "hvc"),
    (0xFFE0001F, 0xD4000003, "smc"),
    (0xFFE0001F, 0xD4200000, "brk"),
    (0xFFE0001F, 0xD4400000, "hlt"),
    (0xFFE0001C, 0xD4A00000, "dcps"),
    (0xFFFFFFFF, 0xD69F03E0, "eret"),
    (0xFFFFFFFF, 0xD6BF03E0, "drps"),
    (0xFFF8F01F, 0xD500401F, "msr"),
    (0xFFF00000, 0xD5100000, "msr"),
    (0xFFFFFFE0, 0xD53B4220, "mrs daif"),
)

Simulation = Callable[[Any, Any, int], int]  # (machine, cpu, address) -> the next PC


def is_brk(word: int) -> bool:
    return word & 0xFFE0001F == 0xD4200000


def _is_exclusive(word: int) -> bool:
    return word & 0x3F000000 == 0x08000000 and not word & 0x00800000


def _is_exclusive_load(word: int) -> bool:
    return _is_exclusive(word) and bool(word & 0x00400000)


def refuse_exclusive_sequence(code: bytes, start: int, address: int) -> None:
    """Between a load-exclusive and its store no exception may come. Raises InstructionError (EINVAL)."""
    place = address - start
    for at in range(place - 4, max(-1, place - 4 * _ATOMIC_CONTEXT - 1), -4):
        word = int.from_bytes(code[at : at + 4], "little")
        if _is_exclusive(word):
            if _is_exclusive_load(word):
                raise InstructionError("EINVAL", f"{address:#x} is between a load-exclusive and its store")
            return


def _refuse(word: int, address: int) -> None:
    for mask, value, name in _REFUSED:
        if word & mask == value:
            raise InstructionError("EINVAL", f"'{name}' at {address:#x} may not be probed")
    if word & 0xFFFFF01F == 0xD503201F and word != _NOP:
        raise InstructionError("EINVAL", f"a hint at {address:#x} may not be probed")
    if _is_exclusive(word):
        raise InstructionError("EINVAL", f"an exclusive access at {address:#x} may not be probed")
    if word & 0x3F000000 == 0x1C000000 or word & 0xFF000000 == 0xD8000000:
        raise InstructionError("EINVAL", f"the literal at {address:#x} cannot be loaded from elsewhere")
    if not word >> 25 & 0xF:
        raise InstructionError("EINVAL", f"no instruction at {address:#x}")


def _signed(word: int, low: int, bits: int) -> int:
    value = word >> low & (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def prepare(code: bytes, address: int, slot: int) -> Slot:
    """The slot of an instruction: a copy with a breakpoint behind it, and a boosted form. Raises
    InstructionError."""
    if address % 4 or len(code) < 4:
        raise InstructionError("EILSEQ", f"{address:#x} is inside an instruction")
    word = int.from_bytes(code[:4], "little")
    _refuse(word, address)
    moved = _move(word, address)
    boosted_at = slot + _BOOSTED
    if moved is None:
        back = _branch(boosted_at + 4, address + 4)
        return Slot(slot, address, 4, code[:4], _bytes([word, back]), None, _BOOSTED)
    simulation, make = moved
    boosted = _bytes(make(boosted_at)) if make is not None else None
    return Slot(slot, address, 4, NOP, boosted, simulation, _BOOSTED)


def _bytes(words: list[int]) -> bytes:
    return b"".join(word.to_bytes(4, "little") for word in words)


def _branch(at: int, target: int) -> int:
    distance = target - at
    if not -_REACH <= distance < _REACH:
        raise InstructionError("EINVAL", f"{target:#x} is out of a slot's reach")
    return _BRANCH | distance >> 2 & 0x3FFFFFF


def _load_address(register: int, value: int) -> list[int]:
    """The instructions that put a constant into a register."""
    words = [_MOVZ | (value & 0xFFFF) << 5 | register]
    for part in (1, 2, 3):
        words.append(_MOVK | part << 21 | (value >> 16 * part & 0xFFFF) << 5 | register)
    return words


def _read(cpu: Any, register: int) -> int:
    return 0 if register == 31 else cpu.read(f"x{register}")


def _write(cpu: Any, register: int, value: int) -> None:
    if register != 31:
        cpu.write(f"x{register}", value & 0xFFFFFFFFFFFFFFFF)


Moved = tuple[Simulation, Callable[[int], list[int]] | None]


def _move(word: int, address: int) -> Moved | None:
    """How to do without its place an instruction that refers to it; None for all others."""
    if word & 0x7C000000 == 0x14000000:
        return _immediate_branch(word, address)
    if word & 0xFF000010 == 0x54000000:
        return _conditional(word, address, 19, _condition(word & 0xF))
    if word & 0x7E000000 == 0x34000000:
        return _conditional(word, address, 19, _compare(word))
    if word & 0x7E000000 == 0x36000000:
        return _conditional(word, address, 14, _test(word))
    if word & 0xFFFFFC1F in (0xD61F0000, 0xD63F0000, 0xD65F0000):
        return _register_branch(word, address)
    if word & 0x1F000000 == 0x10000000:
        return _address(word, address)
    if word & 0xBF000000 == 0x18000000 or word & 0xFF000000 == 0x98000000:
        return _literal(word, address)
    return None


def _immediate_branch(word: int, address: int) -> Moved:
    target = address + 4 * _signed(word, 0, 26)
    link = word >> 31

    def simulate(_machine: Any, cpu: Any, address: int) -> int:
        if link:
            _write(cpu, _LINK, address + 4)
        return target

    def make(at: int) -> list[int]:
        words = _load_address(_LINK, address + 4) if link else []
        return [*words, _branch(at + 4 * len(words), target)]

    return simulate, make


def _register_branch(word: int, address: int) -> Moved:
    register = word >> 5 & 31
    link = word & 0xFFFFFC1F == 0xD63F0000

    def simulate(_machine: Any, cpu: Any, address: int) -> int:
        target = _read(cpu, register)
        if link:
            _write(cpu, _LINK, address + 4)
        return target

    def make(_at: int) -> list[int]:
        if not link:
            return [word]
        return [*_load_address(_LINK, address + 4), _BRANCH_REGISTER | register << 5]

    return simulate, None if link and register == _LINK else make


def _conditional(word: int, address: int, bits: int, holds: Callable[[Any], bool]) -> Moved:
    target = address + 4 * _signed(word, 5, bits)
    field = (1 << bits) - 1 << 5

    def simulate(_machine: Any, cpu: Any, address: int) -> int:
        return target if holds(cpu) else address + 4

    def make(at: int) -> list[int]:
        """The same condition over two branches."""
        return [word & ~field | 2 << 5, _branch(at + 4, address + 4), _branch(at + 8, target)]

    return simulate, make


def _condition(condition: int) -> Callable[[Any], bool]:
    def holds(cpu: Any) -> bool:
        flags = cpu.read("pstate")
        n, z, c, v = (bool(flags >> bit & 1) for bit in (31, 30, 29, 28))
        base = (z, c, n, v, c and not z, n == v, n == v and not z, True)[condition >> 1]
        return base != bool(condition & 1) or condition >> 1 == 7

    return holds


def _compare(word: int) -> Callable[[Any], bool]:
    """cbz and cbnz."""
    register, wide, nonzero = word & 31, word >> 31, word >> 24 & 1

    def holds(cpu: Any) -> bool:
        value = _read(cpu, register)
        return bool(value if wide else value & 0xFFFFFFFF) == bool(nonzero)

    return holds


def _test(word: int) -> Callable[[Any], bool]:
    """tbz and tbnz."""
    register, bit, nonzero = word & 31, word >> 31 << 5 | word >> 19 & 31, word >> 24 & 1
    return lambda cpu: _read(cpu, register) >> bit & 1 == nonzero


def _address(word: int, address: int) -> Moved:
    """adr and adrp."""
    offset = _signed(word, 5, 19) << 2 | word >> 29 & 3
    value = (address & ~0xFFF) + (offset << 12) if word >> 31 else address + offset
    register = word & 31

    def simulate(_machine: Any, cpu: Any, address: int) -> int:
        _write(cpu, register, value)
        return address + 4

    def make(at: int) -> list[int]:
        return [*_load_address(register, value), _branch(at + 16, address + 4)]

    return simulate, make


def _literal(word: int, address: int) -> Moved:
    """ldr and ldrsw of a word near the instruction."""
    place, register = address + 4 * _signed(word, 5, 19), word & 31
    load = _LOAD_SW if word >> 31 else _LOAD_X if word >> 30 else _LOAD_W

    def simulate(machine: Any, cpu: Any, address: int) -> int:
        value = machine.memory.u64(place) if load == _LOAD_X else machine.memory.u32(place)
        if load == _LOAD_SW and value >> 31:
            value -= 1 << 32
        _write(cpu, register, value)
        return address + 4

    def make(at: int) -> list[int]:
        load_it = load | register << 5 | register
        return [*_load_address(register, place), load_it, _branch(at + 20, address + 4)]

    return simulate, None if register == 31 else make
