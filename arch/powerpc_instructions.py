"""PowerPC instructions out of line: what cannot be probed, and what branches do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stapy.arch.architecture import InstructionError, Slot

TRAP, NOP = 0x7FE00008, 0x60000000
RETURN = 0xFC000090  # fmr 0, 0, which stands for rfid

# Primary opcodes, and extended ones of 19 and 31.
_PREFIX, _TDI, _TWI, _BC, _SC, _B, _19, _31 = 1, 2, 3, 16, 17, 18, 19, 31
_RFID, _RFI, _HRFID, _BCLR, _BCCTR = 18, 50, 274, 16, 528
_TW, _TD, _MTMSR, _MTMSRD = 4, 68, 146, 178
_LINK, _ABSOLUTE = 1, 2

Simulate = Callable[[Any, int], int]  # (cpu, address of the instruction) -> where execution goes on


def is_trap(word: int) -> bool:
    """Whether an instruction may cause a program check of the kind that a breakpoint does."""
    extended = word >> 1 & 0x3FF
    return word >> 26 in (_TDI, _TWI) or (word >> 26 == _31 and extended in (_TW, _TD))


def prepare(arch: Any, word: int, address: int, slot: int) -> Slot:
    """The slot of the instruction ``word`` at ``address``: see Architecture.prepare."""
    _refuse(word, address)
    opcode, extended = word >> 26, word >> 1 & 0x3FF
    if opcode in (_B, _BC) or (opcode == _19 and extended in (_BCLR, _BCCTR)):
        # Behind the breakpoint at the slot's start, which stands for the branch where it is stepped.
        boosted = _boosted_branch(arch, word, address, slot + 4)
        return Slot(slot, address, 4, b"", boosted, _simulation(word), 4)
    copy = arch.word_bytes(word)
    back = _branch(slot + 12, address + 4)
    boosted = None if back is None else copy + arch.word_bytes(back)
    return Slot(slot, address, 4, copy, boosted, None, 8)


def _refuse(word: int, address: int) -> None:
    opcode, extended = word >> 26, word >> 1 & 0x3FF
    if word == TRAP:
        raise InstructionError("EILSEQ", f"a breakpoint that is not ours at {address:#x}")
    if is_trap(word):
        raise InstructionError("EINVAL", f"a trap at {address:#x}")
    if opcode == _31 and extended in (_MTMSR, _MTMSRD):
        raise InstructionError("EINVAL", f"the machine state is set at {address:#x}")
    if opcode == _19 and extended in (_RFID, _RFI, _HRFID):
        raise InstructionError("EINVAL", f"a return from an exception at {address:#x}")
    if opcode == _PREFIX:
        raise InstructionError("EINVAL", f"a prefixed instruction at {address:#x}")
    if opcode == _SC or opcode == 63:
        raise InstructionError("EOPNOTSUPP", f"a call of the machine at {address:#x}")


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> bits - 1 else value


def _target(word: int, address: int) -> int:
    """Where an immediate branch goes."""
    if word >> 26 == _B:
        distance = _signed(word & 0x03FFFFFC, 26)
    else:
        distance = _signed(word & 0xFFFC, 16)
    return distance if word & _ABSOLUTE else address + distance


def _branch(at: int, to: int) -> int | None:
    """The branch from ``at`` to ``to``; None where that is too far."""
    distance = to - at
    return _B << 26 | distance & 0x03FFFFFC if -(1 << 25) <= distance < 1 << 25 else None


def _boosted_branch(arch: Any, word: int, address: int, at: int) -> bytes | None:
    """A branch that does the same at ``at``; None for those that leave their own address in the link register."""
    if word & _LINK:
        return None
    if word >> 26 == _B:
        moved = _branch(at, _target(word, address))
        return None if moved is None else arch.word_bytes(moved)
    if word >> 26 == _19:
        back = _branch(at + 4, address + 4)
        return None if back is None else arch.word_bytes(word, back)
    # The condition decides between two branches behind it.
    back, taken = _branch(at + 4, address + 4), _branch(at + 8, _target(word, address))
    if back is None or taken is None:
        return None
    return arch.word_bytes(word & 0xFFFF0000 | 8, back, taken)


def _simulation(word: int) -> Simulate:
    """What does the work of a branch."""
    opcode, register = word >> 26, ""
    if opcode == _19:
        register = "link" if word >> 1 & 0x3FF == _BCLR else "ctr"

    def simulate(cpu: Any, address: int) -> int:
        target = _target(word, address) if not register else cpu.read(register) & ~3
        taken = opcode == _B or _condition(cpu, word)
        if word & _LINK:
            cpu.write("link", address + 4)
        return target if taken else address + 4

    return simulate


def _condition(cpu: Any, word: int) -> bool:
    """Whether a conditional branch is taken; counts the counter down where the branch does."""
    options, bit = word >> 21 & 31, word >> 16 & 31
    counted = True
    if not options & 4:
        counter = cpu.read("ctr") - 1 & cpu.arch.mask
        cpu.write("ctr", counter)
        counted = (counter != 0) != bool(options & 2)
    holds = bool(options & 16) or bool(cpu.read("ccr") >> 31 - bit & 1) == bool(options & 8)
    return counted and holds
