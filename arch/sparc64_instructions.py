"""SPARC V9 instructions as kprobes see them: what is refused, and copies that run elsewhere.

A control transfer is executed without its delay slot, which comes next in its own place, with nPC where the transfer
leads: it may be probed as well. %g7, which the kernel's compiler leaves alone, carries the addresses that copies go
on to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from stapy.arch.architecture import InstructionError, Slot

BREAKPOINT = 0x91D02070  # ta 0x70, Linux's for kprobes
STEPPED = 0x91D02071  # ta 0x71
NOP = 0x01000000
ILLTRAP = 0x00000070  # illtrap 0x70, the breakpoint in delay slots
START = 0x91D0207D  # ta 0x7d, where the machine starts in a delay slot
# With ta 0x7e, which stands for retry, and ta 0x7f, the machine call.
_MACHINE_TRAPS = frozenset({BREAKPOINT, STEPPED, START, 0x91D0207E, 0x91D0207F})
_CALL_ON = 0x40000002  # call .+8
_G7, _O7 = 7, 15
_MASK = 0xFFFFFFFFFFFFFFFF
_BRANCH_FORMATS = (1, 2, 3, 5, 6)  # op2 of format 2: BPcc, Bicc, BPr, FBPfcc, FBfcc
_JMPL, _RETURN_WINDOW, _TCC, _SAVE, _RESTORE, _READ_STATE, _FLUSHW = 0x38, 0x39, 0x3A, 0x3C, 0x3D, 0x28, 0x2B
_PC_STATE = 5  # of `rd`
# nPC at the trap at the end of a branch's copy, from the copy's start.
_NOT_TAKEN, _NOT_TAKEN_ANNULLED, _TAKEN, _TAKEN_ANNULLED = 8, 12, 16, 20


@dataclass(frozen=True, slots=True)
class Branch:
    """For resume_execution: where a branch goes if it is taken."""

    target: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """A call or jump: where it goes (None: where its copy went), and the register that gets its own address."""

    target: int | None
    link: int


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """`rd %pc`, and the register that gets its address."""

    link: int


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


def refuse_between_branches(code: bytes, start: int, address: int) -> None:
    """Raises InstructionError (EINVAL) where the first of two branches in a row leads: the second has its delay slot
    there, which cannot be told from other instructions. No compiler makes such code."""
    if address in _between_branches(code, start):
        raise InstructionError("EINVAL", f"{address:#x} may be the delay slot of a branch elsewhere")


@lru_cache(maxsize=64)
def _between_branches(code: bytes, start: int) -> frozenset[int]:
    instructions = [int.from_bytes(code[at : at + 4], "big") for at in range(0, len(code), 4)]
    return frozenset(
        _target(first, start + 4 * n)
        for n, (first, second) in enumerate(pairwise(instructions))
        if has_delay_slot(first) and has_delay_slot(second) and _op3(first) is None
    )


def _target(word: int, address: int) -> int:
    """Where a branch or call goes."""
    displacement = _signed(word, 30) if word >> 30 == 1 else _displacement(word)
    return address + 4 * displacement & _MASK


def _refuse(word: int, address: int) -> None:
    if word >> 22 == 0:
        raise InstructionError("EINVAL", f"no instruction at {address:#x}")
    op3 = _op3(word)
    if op3 in (_SAVE, _RESTORE, _RETURN_WINDOW, _FLUSHW):
        raise InstructionError("EINVAL", f"register windows are not supported: {address:#x}")
    if word in _MACHINE_TRAPS:
        raise InstructionError("EOPNOTSUPP", f"a trap of the machine's at {address:#x}")


def _set(register: int, value: int) -> tuple[int, int]:
    """sethi and or: an address of the low 4 GB into a register."""
    return 0x01000000 | register << 25 | value >> 10, 0x80102000 | register << 25 | register << 14 | value & 0x3FF


def _go(target: int) -> tuple[int, int, int]:
    """sethi, jmp, nop: to an address, by %g7."""
    return 0x01000000 | _G7 << 25 | target >> 10, 0x81C02000 | _G7 << 14 | target & 0x3FF, NOP


def prepare(word: int, address: int, slot: int) -> Slot:
    """The copies of an instruction: one that ends in traps, and behind it one that goes back by itself."""
    _refuse(word, address)
    link = word >> 25 & 31
    if is_branch(word):
        return _branch(word, address, slot)
    if word >> 30 == 1:
        return _stepped(slot, address, [_CALL_ON, STEPPED], Transfer(_target(word, address), link=_O7))
    if _op3(word) == _JMPL:
        return _stepped(slot, address, [word, STEPPED], Transfer(None, link=link))
    if _op3(word) == _READ_STATE and word >> 14 & 31 == _PC_STATE:
        return _stepped(slot, address, [word, STEPPED], OwnAddress(link))
    data = words(word, STEPPED)
    return Slot(slot, address, 4, data, data + words(word, *_go(address + 4)), None, len(data))


def _stepped(slot: int, address: int, steps: Sequence[int], kind: Branch | Transfer | OwnAddress) -> Slot:
    return Slot(slot, address, 4, words(*steps), None, kind)


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


def _branch(word: int, address: int, slot: int) -> Slot:
    """A branch keeps its condition. Its copy ends in its delay slot, behind that if the slot is annulled, or where it
    goes if that is so at once (`ba,a`): nPC tells them apart."""
    steps = [_with_displacement(word, _TAKEN // 4), STEPPED, STEPPED, STEPPED, STEPPED]
    return _stepped(slot, address, steps, Branch(_target(word, address)))


def resume(cpu: Any, slot: Slot, npc: int) -> tuple[int, int]:
    """PC and nPC after the trap at the end of the copy that was stepped, ``npc`` being what nPC was before it."""
    kind, end = slot.kind, cpu.read("tnpc")
    if isinstance(kind, Branch):
        went = {
            _NOT_TAKEN: (npc, npc + 4),
            _NOT_TAKEN_ANNULLED: (npc + 4, npc + 8),
            _TAKEN: (npc, kind.target),
            _TAKEN_ANNULLED: (kind.target, kind.target + 4),
        }
        return went[end - slot.address]
    if kind is not None and kind.link:
        cpu.set_register(kind.link, slot.original)
    if isinstance(kind, Transfer):
        return npc, end if kind.target is None else kind.target
    return npc, npc + 4
