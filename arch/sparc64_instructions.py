"""SPARC V9 instructions as kprobes see them: what is refused, and copies that run elsewhere.

A control transfer and the instruction in its delay slot are copied and executed as one. %g7, which the kernel's
compiler leaves alone, carries the addresses that copies go on to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stapy.arch.architecture import InstructionError, Slot

BREAKPOINT = 0x91D02070  # ta 0x70, Linux's for kprobes
STEPPED = 0x91D02071  # ta 0x71
NOP = 0x01000000
START = 0x91D0207D  # ta 0x7d, where the machine starts in a delay slot
_RETURN = 0x91D0207E
_G7, _O7 = 7, 15
_BRANCH_FORMATS = (1, 2, 3, 5, 6)  # op2 of format 2: BPcc, Bicc, BPr, FBPfcc, FBfcc
_JMPL, _RETURN_WINDOW, _TCC, _SAVE, _RESTORE, _READ_STATE, _FLUSHW = 0x38, 0x39, 0x3A, 0x3C, 0x3D, 0x28, 0x2B


@dataclass(frozen=True, slots=True)
class Transfer:
    """A branch, call or jump, for resume_execution: where it goes (None: to %g7) when the copy has come to an end
    ``taken_at`` bytes from the slot (None: always), and the register that gets its own address."""

    target: int | None
    taken_at: int | None = None
    link: int = 0


def words(*instructions: int) -> bytes:
    return b"".join(word.to_bytes(4, "big") for word in instructions)


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _op3(word: int) -> int | None:
    return word >> 19 & 63 if word >> 30 == 2 else None


def is_branch(word: int) -> bool:
    return word >> 30 == 0 and word >> 22 & 7 in _BRANCH_FORMATS


def has_delay_slot(word: int) -> bool:
    """Whether the instruction behind this one belongs to it. Of `ba,a` and `bn,a` it does not."""
    if is_branch(word):
        always = word >> 22 & 7 != 3 and word >> 25 & 7 == 0
        return not (always and word >> 29 & 1)
    return word >> 30 == 1 or _op3(word) in (_JMPL, _RETURN_WINDOW)


def refuse_delay_slot(code: bytes, start: int, address: int) -> None:
    """Raises InstructionError (EINVAL) in a delay slot: a trap there loses where the branch goes."""
    before = address - start - 4
    if before >= 0 and has_delay_slot(int.from_bytes(code[before : before + 4], "big")):
        raise InstructionError("EINVAL", f"{address:#x} is in a delay slot")


def _refuse(word: int, address: int) -> None:
    if word >> 22 == 0:
        raise InstructionError("EINVAL", f"no instruction at {address:#x}")
    op3 = _op3(word)
    if op3 in (_SAVE, _RESTORE, _RETURN_WINDOW, _FLUSHW):
        raise InstructionError("EINVAL", f"register windows are not supported: {address:#x}")
    if op3 == _READ_STATE and word >> 14 & 31 == 5:
        raise InstructionError("EINVAL", f"'rd %pc' at {address:#x} may not be probed")
    if word in (BREAKPOINT, STEPPED, _RETURN):
        raise InstructionError("EINVAL", f"a trap of the machine's at {address:#x}")


def _set(register: int, value: int) -> tuple[int, int]:
    """sethi and or: an address of the low 4 GB into a register."""
    return 0x01000000 | register << 25 | value >> 10, 0x80102000 | register << 25 | register << 14 | value & 0x3FF


def _go(target: int) -> tuple[int, int, int]:
    """sethi, jmp, nop: to an address, by %g7."""
    return 0x01000000 | _G7 << 25 | target >> 10, 0x81C02000 | _G7 << 14 | target & 0x3FF, NOP


_GO_G7 = (0x81C02000 | _G7 << 14, NOP)


def prepare(code: bytes, address: int, slot: int) -> Slot:
    """The copies of an instruction: one that ends in traps, and behind it one that goes back by itself."""
    word = int.from_bytes(code[:4], "big")
    _refuse(word, address)
    if word >> 30 != 1 and not is_branch(word) and _op3(word) != _JMPL:
        return _slot(slot, address, 4, [word, STEPPED], [word, *_go(address + 4)], None)
    delay = int.from_bytes(code[4:8], "big")
    if has_delay_slot(word):
        _refuse(delay, address + 4)
        if has_delay_slot(delay) or is_branch(delay):
            raise InstructionError("EINVAL", f"a branch in a delay slot at {address + 4:#x}")
    else:
        delay = NOP  # never executed
    if is_branch(word):
        return _branch(word, delay, address, slot)
    if word >> 30 == 1:
        link, target = _O7, address + 4 * _signed(word, 30) & 0xFFFFFFFFFFFFFFFF
        begin: tuple[int, ...] = _set(_O7, address)
        end: tuple[int, ...] = _go(target)
        kind = Transfer(target, link=link)
    else:
        link = word >> 25 & 31
        add = 0x80000000 | _G7 << 25 | word & 0x7FFFF  # the same two operands, added into %g7
        begin = (add, *(_set(link, address) if link else ()))
        end, kind = _GO_G7, Transfer(None, link=link)
    return _slot(slot, address, 8, [*begin, delay, STEPPED], [*begin, delay, *end], kind)


def _slot(
    slot: int, address: int, size: int, steps: Sequence[int], boosted: Sequence[int], kind: Transfer | None
) -> Slot:
    return Slot(slot, address, size, words(*steps), words(*steps, *boosted), kind, 4 * len(steps))


# How many bits of a branch's displacement there are, by op2; BPr has its 16 in two pieces.
_DISPLACEMENTS = {1: 19, 2: 22, 5: 19, 6: 22}


def _displacement(word: int) -> int:
    kind = word >> 22 & 7
    if kind == 3:
        return _signed((word >> 20 & 3) << 14 | word & 0x3FFF, 16)
    return _signed(word, _DISPLACEMENTS[kind])


def _with_displacement(word: int, displacement: int) -> int:
    """The same branch, some words forward."""
    kind = word >> 22 & 7
    if kind == 3:
        return word & ~(3 << 20 | 0x3FFF) | displacement
    return word & ~((1 << _DISPLACEMENTS[kind]) - 1) | displacement


def _branch(word: int, delay: int, address: int, slot: int) -> Slot:
    """A branch keeps its condition, and has in its copy two ends."""
    target = address + 4 * _displacement(word) & 0xFFFFFFFFFFFFFFFF
    steps = [_with_displacement(word, 3), delay, STEPPED, STEPPED]
    boosted = [_with_displacement(word, 5), delay, *_go(address + 8), *_go(target)]
    return _slot(slot, address, 8, steps, boosted, Transfer(target, taken_at=12))


def resume(cpu: Any, slot: Slot) -> int:
    """Where execution goes on after the trap at the end of the copy that was stepped."""
    kind = slot.kind
    if kind is None:
        return slot.original + slot.size
    if kind.taken_at is not None and cpu.read_pc() - 4 != slot.address + kind.taken_at:
        return slot.original + slot.size
    return cpu.read("g7") if kind.target is None else kind.target
