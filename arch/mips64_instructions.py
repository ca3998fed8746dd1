"""MIPS64 instructions (release 2) as kprobes see them: what is refused, and copies that run elsewhere.

A branch or jump and the instruction in its delay slot are copied and executed as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stapy.arch.architecture import InstructionError, Slot

# The numbers of the general registers by their names in the 64-bit ABI.
GENERAL = (
    "zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2", "t3", "s0", "s1", "s2",
    "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "fp", "ra",
)  # fmt: skip

_MASK = (1 << 64) - 1
_SPECIAL, _REGIMM, _J, _JAL, _COP0, _COP1, _COP2, _JALX = 0, 1, 2, 3, 16, 17, 18, 29
_CONDITIONAL = (4, 5, 6, 7, 20, 21, 22, 23)  # beq, bne, blez, bgtz, and the same likely
_LINKED, _CONDITIONAL_SAVES = (48, 52), (56, 60)  # ll, lld; sc, scd
_JR, _JALR, _SYSCALL, _BREAK = 8, 9, 12, 13  # of SPECIAL
_BRANCHES = (0, 1, 2, 3, 16, 17, 18, 19)  # of REGIMM: bltz, bgez, and likely; from 16 on they link
_LINKS = 0x10
_RA = 31


def system_call(code: int) -> int:
    """`syscall`, by whose code the machine tells its traps apart."""
    return code << 6 | _SYSCALL


# Linux's codes for kprobes, of `break` there: but where a break was Unicorn does not say.
BREAKPOINT = system_call(515)
STEPPED = system_call(516)
NOP = 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """A branch or jump whose delay slot's instruction is stepped, for resume_execution: where it goes (None: to what
    the register ``to`` has), the register that gets the return address, and, of a condition, how many bytes from the
    slot the copy ends where it holds."""

    target: int | None
    to: int = 0
    link: int = 0
    taken_at: int | None = None


def words(*instructions: int) -> bytes:
    return b"".join(word.to_bytes(4, "big") for word in instructions)


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _function(word: int) -> int | None:
    return word & 63 if word >> 26 == _SPECIAL else None


def _is_conditional(word: int) -> bool:
    operation = word >> 26
    if operation == _REGIMM:
        return word >> 16 & 31 in _BRANCHES
    return operation in _CONDITIONAL or (operation in (_COP1, _COP2) and word >> 21 & 31 == 8)


def has_delay_slot(word: int) -> bool:
    """Whether the instruction behind this one belongs to it."""
    return word >> 26 in (_J, _JAL, _JALX) or _function(word) in (_JR, _JALR) or _is_conditional(word)


def branch_target(word: int, address: int) -> int | None:
    """Where a branch or jump at ``address`` leads, if it is taken; None for other instructions, and jumps through
    registers."""
    if word >> 26 in (_J, _JAL):
        return (address + 4 & ~0xFFFFFFF | (word & 0x3FFFFFF) << 2) & _MASK
    return address + 4 + 4 * _signed(word, 16) & _MASK if _is_conditional(word) else None


def jump_register(word: int) -> int | None:
    """The register that an instruction jumps through; None for other instructions."""
    return word >> 21 & 31 if _function(word) in (_JR, _JALR) else None


def check_place(code: bytes, start: int, address: int) -> None:
    """Raises InstructionError (EINVAL) in a delay slot, where a trap loses where the branch goes, and from a linked
    load to its conditional store, which would fail for ever. ``code`` is the function's, from ``start``."""
    before, linked = 0x25, False
    for at in range(0, address - start + 1, 4):
        word = int.from_bytes(code[at : at + 4], "big")
        operation = word >> 26
        if start + at == address:
            if has_delay_slot(before):
                raise InstructionError("EINVAL", f"{address:#x} is in a delay slot")
            if linked or operation in _LINKED:
                raise InstructionError("EINVAL", f"{address:#x} is in an atomic sequence")
        if operation in _LINKED or operation in _CONDITIONAL_SAVES:
            linked = operation in _LINKED
        before = word


def _refuse(word: int, address: int) -> None:
    operation = word >> 26
    if operation in _LINKED or operation in _CONDITIONAL_SAVES:
        raise InstructionError("EINVAL", f"a linked load or conditional store at {address:#x}")
    if _function(word) in (_SYSCALL, _BREAK):
        raise InstructionError("EINVAL", f"a trap at {address:#x}")
    if operation == _COP0 and word >> 25 & 1:
        raise InstructionError("EINVAL", f"a return from an exception, or a wait, at {address:#x}")
    if operation == _JALX:
        raise InstructionError("EINVAL", f"a change to another instruction set at {address:#x}")


def prepare(code: bytes, address: int, slot: int) -> Slot:
    """The copies of an instruction: one that ends in traps, and behind it one that goes back by itself."""
    word = int.from_bytes(code[:4], "big")
    _refuse(word, address)
    if not has_delay_slot(word):
        return _slot(slot, address, 4, [word, STEPPED], [word, *_go(address + 4)], None)
    delay = int.from_bytes(code[4:8], "big")
    _refuse(delay, address + 4)
    if has_delay_slot(delay):
        raise InstructionError("EINVAL", f"a branch in a delay slot at {address + 4:#x}")
    return _branch(word, delay, address, slot) if _is_conditional(word) else _jump(word, delay, address, slot)


def _slot(
    slot: int, address: int, size: int, steps: Sequence[int], boosted: Sequence[int], kind: Transfer | None
) -> Slot:
    return Slot(slot, address, size, words(*steps), words(*steps, *boosted), kind, 4 * len(steps))


def _to(target: int) -> int:
    """`j`: slots are in the same 256 MB as the kernel."""
    return _J << 26 | target >> 2 & 0x3FFFFFF


def _go(target: int) -> tuple[int, int]:
    return _to(target), NOP


def _set(register: int, value: int) -> tuple[int, int]:
    """lui and ori: an address of the kernel's, which is the sign extension of 32 bits."""
    return 0x3C000000 | register << 16 | value >> 16 & 0xFFFF, (
        0x34000000 | register << 21 | register << 16 | value & 0xFFFF
    )


def _jump(word: int, delay: int, address: int, slot: int) -> Slot:
    """The link register is set before the delay slot's instruction, as the CPU does it."""
    if word >> 26 == _SPECIAL:
        to, link = word >> 21 & 31, word >> 11 & 31 if word & 63 == _JALR else 0
        if link == to:
            raise InstructionError("EINVAL", f"a jump through its own link register at {address:#x}")
        kind, jump = Transfer(None, to, link), to << 21 | _JR
    else:
        target = branch_target(word, address)
        assert target is not None
        kind, jump = Transfer(target, link=_RA if word >> 26 == _JAL else 0), _to(target)
    begin = _set(kind.link, address + 8) if kind.link else ()
    return _slot(slot, address, 8, [delay, STEPPED], [*begin, jump, delay], kind)


def _branch(word: int, delay: int, address: int, slot: int) -> Slot:
    """A branch keeps its condition, and has in its copy two ends; if it links it does so before."""
    target = branch_target(word, address)
    assert target is not None
    link = _RA if word >> 26 == _REGIMM and word >> 16 & _LINKS else 0
    begin: tuple[int, ...] = ()
    if link:
        if word >> 21 & 31 == link:
            raise InstructionError("EINVAL", f"a branch that depends on its own link register at {address:#x}")
        begin, word = _set(link, address + 8), word & ~(_LINKS << 16)
    branch = word & ~0xFFFF
    steps = [*begin, branch | 2, delay, STEPPED, STEPPED]
    boosted = [*begin, branch | 3, delay, *_go(address + 8), *_go(target)]
    return _slot(slot, address, 8, steps, boosted, Transfer(target, taken_at=4 * len(begin) + 12))


def begin_step(cpu: Any, slot: Slot) -> int | None:
    """Sends the CPU to the copy; returns where a jump will go to."""
    kind = slot.kind
    target = None
    if kind is not None and kind.taken_at is None:
        target = kind.target if kind.target is not None else cpu.register(kind.to)
        if kind.link:
            cpu.set_register(kind.link, slot.original + 8)
    cpu.write_pc(slot.address)
    return target


def end_step(cpu: Any, slot: Slot, target: int | None) -> int:
    """Where execution goes on after the trap at the end of the copy."""
    if target is not None:
        return target
    kind = slot.kind
    if kind is not None and kind.taken_at is not None and cpu.read_pc() - 4 == slot.address + kind.taken_at:
        return kind.target
    return slot.original + slot.size
