"""z/Architecture instructions as kprobes see them: their length, branches, what refers to its own place, what is
refused; and the memory that one accesses, which Unicorn does not tell when that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from stapy.arch.architecture import InstructionError, Slot

BREAKPOINT = b"\x00\x02"  # no instruction
NOPR = b"\x07\x07"

# In a slot: the copy and its breakpoint, the boosted form, and a word that is not zero after a branch not taken.
_BOOSTED, _MARK, SLOT_SIZE = 16, 40, 48
_MASK = (1 << 64) - 1


def length(first: int) -> int:
    """Bytes in an instruction, by its first byte."""
    return (2, 4, 4, 6)[first >> 6]


def starts(code: bytes) -> Iterator[int]:
    """Where the instructions in ``code`` begin."""
    at = 0
    while at < len(code):
        yield at
        at += length(code[at])


def is_breakpoint_at(memory: Any, address: int) -> bool:
    """Whether there is a breakpoint at ``address``, which may be anywhere."""
    return _read(memory, address, 2) == BREAKPOINT


def _read(memory: Any, address: int, size: int) -> bytes | None:
    """Bytes from memory; None where it has none."""
    if any(r.address <= address and address + size <= r.address + r.size for r in memory.regions):
        return bytes(memory.read(address, size))
    return None


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> bits - 1 & 1 else value


# ------------------------------------------------------------ what may not be probed

# Linux's: instructions that change the addressing mode or the address space, or whose own copy would not do.
_REFUSED_1 = {
    0x0B: "bsm", 0x0C: "bassm", 0x44: "ex", 0x82: "lpsw", 0x83: "diag", 0xAC: "stnsm", 0xAD: "stosm",
}  # fmt: skip
_REFUSED_2 = {
    0x0101: "pr", 0xB218: "pc", 0xB228: "pt", 0xB240: "bakr", 0xB258: "bsg", 0xB25A: "bsa", 0xB2B2: "lpswe",
    0xB98D: "epsw",
}  # fmt: skip


def _is_exrl(code: bytes) -> bool:
    return code[0] == 0xC6 and not code[1] & 15


def _refuse(code: bytes, address: int) -> None:
    if code[0] == 0:
        raise InstructionError("EILSEQ", f"a breakpoint that is not ours, or no instruction, at {address:#x}")
    name = _REFUSED_1.get(code[0]) or _REFUSED_2.get(code[0] << 8 | code[1])
    if name is None and _is_exrl(code):
        name = "exrl"
    if name is not None:
        raise InstructionError("EINVAL", f"{name} at {address:#x}")
    if code[0] == 0x0A:
        raise InstructionError("EOPNOTSUPP", f"a call of the machine at {address:#x}")


def refuse_executed(code: bytes, start: int, address: int) -> None:
    """Raises InstructionError for the target of an ``exrl``: a breakpoint there would be executed in the place of
    that. ``code`` is the function's, from ``start``."""
    for at in starts(code):
        if _is_exrl(code[at : at + 6]) and start + at + _distance_32(code[at : at + 6]) == address:
            raise InstructionError("EINVAL", f"{address:#x} is executed by another instruction")


# ------------------------------------------------------------ slots


def _distance_32(code: bytes) -> int:
    """Bytes from the instruction to the place it refers to, of those with 32 bits for it."""
    return 2 * _signed(int.from_bytes(code[2:6], "big"), 32)


def _distance_16(code: bytes) -> int:
    return 2 * _signed(int.from_bytes(code[2:4], "big"), 16)


def _relative(head: bytes, at: int, to: int) -> bytes:
    """A six-byte instruction at ``at`` that refers to ``to``; its first two bytes are ``head``."""
    return head + ((to - at) // 2).to_bytes(4, "big", signed=True)


def _jump(at: int, to: int) -> bytes:
    return _relative(b"\xc0\xf4", at, to)


class Branch:
    """A conditional branch: stepped as one that skips the mark. ``target`` says where it goes, before it does."""

    def __init__(self, target: Callable[[Any, int], int | None]) -> None:
        self._target = target

    def begin(self, cpu: Any, slot: Slot) -> int | None:
        cpu.memory.write_u32(slot.address + _MARK, 0)
        return self._target(cpu, slot.original)

    def end(self, cpu: Any, slot: Slot, target: int | None) -> int:
        if target is None or cpu.memory.u32(slot.address + _MARK):
            return slot.original + slot.size
        return target


class Call:
    """What leaves the address behind it in a register, and perhaps goes elsewhere."""

    def __init__(self, register: int, target: Callable[[Any, int], int | None]) -> None:
        self._register = f"r{register}"
        self._target = target

    def begin(self, cpu: Any, slot: Slot) -> int | None:
        return self._target(cpu, slot.original)

    def end(self, cpu: Any, slot: Slot, target: int | None) -> int:
        behind = slot.original + slot.size
        cpu.write(self._register, behind)
        return behind if target is None else target


def prepare(code: bytes, address: int, slot: int) -> Slot:
    """The slot of the instruction at ``address``: see Architecture.prepare."""
    size = length(code[0])
    code = code[:size]
    _refuse(code, address)
    call = _call(code)
    if call is not None:
        return Slot(slot, address, size, b"", None, call)
    skipping = _skipping(code)
    if skipping is not None:
        return _branch(code, skipping, address, slot)
    boosted_at = slot + _BOOSTED
    back = _jump(boosted_at + size, address + size)
    if code[0] in (0xC4, 0xC6) or (code[0] == 0xC0 and not code[1] & 15):  # relative loads and stores, larl
        to = address + _distance_32(code)
        data, boosted = _relative(code[:2], slot, to), _relative(code[:2], boosted_at, to)
        return Slot(slot, address, size, data, boosted + back, None, _BOOSTED)
    return Slot(slot, address, size, code, code + back, None, _BOOSTED)


def _branch(code: bytes, skipping: Callable[[int], bytes], address: int, slot: int) -> Slot:
    """``skipping(n)`` is the same branch, going n bytes on."""
    size, target = len(code), _target(code)
    length_here = len(skipping(0))
    mark = _relative(b"\xc4\xff", slot + length_here, slot + _MARK)  # strl %r15
    data = skipping(length_here + len(mark)) + mark
    at = slot + _BOOSTED
    to = _fixed_target(code, address)
    if to is None:  # by registers: it can be what it is
        boosted = code + _jump(at + size, address + size)
    else:
        boosted = skipping(length_here + 6) + _jump(at + length_here, address + size)
        boosted += _jump(at + len(boosted), to)
    return Slot(slot, address, size, data, boosted, Branch(target), _BOOSTED)


# ------------------------------------------------------------ branches

# Compare and branch, by the last byte: relative ones, and (with the bit 0x80) those by registers.
_COMPARE_RELATIVE = frozenset((0x64, 0x65, 0x76, 0x77, 0x7C, 0x7D, 0x7E, 0x7F))
_COMPARE_REGISTER = frozenset(0x80 | last for last in _COMPARE_RELATIVE)
_INDEX_RELATIVE = (0x44, 0x45)  # brxhg, brxlg


def _call(code: bytes) -> Call | None:
    first, r1, low = code[0], code[1] >> 4, code[1] & 15
    if first in (0x05, 0x0D):  # balr, basr
        return Call(r1, _register_target(low))
    if first in (0x45, 0x4D):  # bal, bas
        return Call(r1, _indexed_target(code))
    if first == 0xA7 and low == 5:  # bras
        return Call(r1, lambda _cpu, address: address + _distance_16(code))
    if first == 0xC0 and low == 5:  # brasl
        return Call(r1, lambda _cpu, address: address + _distance_32(code))
    return None


def _skipping(code: bytes) -> Callable[[int], bytes] | None:
    """A conditional branch as a relative one over a distance in bytes; None for other instructions."""
    first, second, last = code[0], code[1], code[-1]
    head, tail = b"", b""
    if (first == 0xA7 and second & 15 in (4, 6, 7)) or first in (0x84, 0x85):  # brc, brct, brctg; brxh, brxle
        head = code[:2]
    elif first == 0xC0 and second & 15 == 4:  # brcl
        head = bytes((0xA7, second))
    elif first in (0x07, 0x47):  # bcr, bc
        head = bytes((0xA7, second & 0xF0 | 4))
    elif first in (0x06, 0x46):  # bctr, bct
        head = bytes((0xA7, second & 0xF0 | 6))
    elif code[:2] == b"\xb9\x46":  # bctgr
        head = bytes((0xA7, code[3] & 0xF0 | 7))
    elif first == 0xE3 and last == 0x46:  # bctg
        head = bytes((0xA7, second & 0xF0 | 7))
    elif first in (0x86, 0x87):  # bxh, bxle
        head = bytes((first - 2, second))
    elif first == 0xEB and last in _INDEX_RELATIVE:  # bxhg, bxleg
        head, tail = bytes((0xEC, second)), bytes((0, last))
    elif first == 0xEC and last in (*_COMPARE_RELATIVE, *_COMPARE_REGISTER, *_INDEX_RELATIVE):
        head, tail = code[:2], bytes((code[4], last & 0x7F))
    if not head:
        return None
    return lambda distance: head + (distance // 2).to_bytes(2, "big") + tail


def _fixed_target(code: bytes, address: int) -> int | None:
    """Where a branch with a relative address goes; None for those by registers."""
    if code[0] == 0xC0:
        return address + _distance_32(code)
    if code[0] in (0xA7, 0x84, 0x85) or (code[0] == 0xEC and not code[5] & 0x80):
        return address + _distance_16(code)
    return None


def _target(code: bytes) -> Callable[[Any, int], int | None]:
    """What tells, on a CPU and for an address, where the branch goes; that tells None where it never does."""
    first = code[0]
    if _fixed_target(code, 0) is not None:
        return lambda _cpu, address: _fixed_target(code, address)
    if first in (0x06, 0x07, 0xB9):
        return _register_target(code[-1] & 15)
    if first in (0x46, 0x47):
        return _indexed_target(code)
    if first == 0xE3:
        return lambda cpu, _at: _long_address(cpu, code) + _index(cpu, code) & _MASK
    if first == 0xEB:
        return lambda cpu, _at: _long_address(cpu, code)
    return lambda cpu, _at: _address(cpu, code, 2)  # bxh and bxle; compare and branch


def _register_target(register: int) -> Callable[[Any, int], int | None]:
    if not register:  # stands for not branching
        return lambda _cpu, _at: None
    return lambda cpu, _at: cpu.read(f"r{register}") & ~1


def _indexed_target(code: bytes) -> Callable[[Any, int], int | None]:
    return lambda cpu, _at: _address(cpu, code, 2) + _index(cpu, code) & _MASK


# ------------------------------------------------------------ operands in memory


def _value(cpu: Any, register: int) -> int:
    """A register as part of an address: r0 stands for none."""
    return cpu.read(f"r{register}") if register else 0


def _index(cpu: Any, code: bytes) -> int:
    return _value(cpu, code[1] & 15)


def _address(cpu: Any, code: bytes, at: int) -> int:
    """Base and 12 bits of displacement, at ``code[at]``."""
    return _value(cpu, code[at] >> 4) + ((code[at] & 15) << 8 | code[at + 1]) & _MASK


def _long_address(cpu: Any, code: bytes) -> int:
    """Base and 20 bits of displacement."""
    displacement = _signed(code[4] << 12 | (code[2] & 15) << 8 | code[3], 20)
    return _value(cpu, code[2] >> 4) + displacement & _MASK


# What writes to its operand in memory, by the opcode, which is one byte or the first and the last.
_STORES = frozenset(
    (0x40, 0x42, 0x50, 0x60, 0x70, 0x90, 0x92, 0x94, 0x96, 0x97, 0xAC, 0xAD, 0xBA, 0xBB, 0xBE,
     0xE324, 0xE32F, 0xE33E, 0xE33F, 0xE350, 0xE370, 0xE372, 0xEB14, 0xEB24, 0xEB26, 0xEB2C, 0xEB2D, 0xEB30, 0xEB31,
     0xEB3E, 0xEB52, 0xEB54, 0xEB56, 0xEB57, 0xEB6A, 0xEB6E, 0xEB7A, 0xEB7E, 0xEB90)
)  # fmt: skip
_RELATIVE_STORES = (7, 11, 15)  # the second half of C4's second byte
_IMMEDIATE_STORES = (0x44, 0x48, 0x4C)  # the second byte of E5
_ONLY_READ = (0xD5, 0xD9, 0xF9)  # of the instructions with two operands in memory
_LOAD_MULTIPLE = {0x90: 4, 0x98: 4, 0xEB04: 8, 0xEB24: 8, 0xEB26: 4, 0xEB90: 4, 0xEB96: 4, 0xEB98: 4}
_LONG_MOVES = (0x0E, 0x0F, 0xA8, 0xA9)  # and compares: their operands' addresses are in registers
_REGISTER_STRINGS = (0x55, 0x57, 0x5D, 0x5E)  # mvst, cuse, clst, srst: the second byte of B2


def _opcode(code: bytes) -> int:
    return code[0] << 8 | code[5] if code[0] in (0xE3, 0xEB) else code[0]


def _accesses(cpu: Any, code: bytes, at: int) -> Iterator[tuple[int, int, bool]]:
    """(address, bytes, whether written) of an instruction's operands in memory, those written first."""
    first, opcode = code[0], _opcode(code)
    store = opcode in _STORES
    if first in (0xC4, 0xC6):
        yield at + _distance_32(code) & _MASK, 1, first == 0xC4 and code[1] & 15 in _RELATIVE_STORES
    elif first in _LONG_MOVES:
        yield cpu.read(f"r{code[1] >> 4}"), 1, first in (0x0E, 0xA8)
        yield cpu.read(f"r{code[1] & 15}"), 1, False
    elif first == 0xB2 and code[1] in _REGISTER_STRINGS:
        yield cpu.read(f"r{code[3] >> 4}"), 1, code[1] == 0x55
        yield cpu.read(f"r{code[3] & 15}"), 1, False
    elif first == 0xE3:
        yield _long_address(cpu, code) + _index(cpu, code) & _MASK, 1, store
    elif first == 0xEB:
        yield _long_address(cpu, code), _extent(code, opcode), store
    elif first == 0xE5:
        yield _address(cpu, code, 2), 1, code[1] in _IMMEDIATE_STORES
    elif 0xD0 <= first <= 0xDF or (first >= 0xE8 and first not in (0xEC, 0xED)):
        yield _address(cpu, code, 2), code[1] + 1, first not in _ONLY_READ
        yield _address(cpu, code, 4), code[1] + 1, False
    elif 0x40 <= first < 0x80:
        yield _address(cpu, code, 2) + _index(cpu, code) & _MASK, 1, store
    elif 0x80 <= first < 0xC0 and first not in (0xA5, 0xA7, 0xB3, 0xB9):
        yield _address(cpu, code, 2), _extent(code, opcode), store


def _extent(code: bytes, opcode: int) -> int:
    """Bytes that an instruction with a range of registers accesses; 1 for others."""
    count = ((code[1] & 15) - (code[1] >> 4) & 15) + 1
    return _LOAD_MULTIPLE[opcode] * count if opcode in _LOAD_MULTIPLE else 1


def failed_access(memory: Any, cpu: Any, at: int) -> tuple[int, str] | None:
    """(address, 'read', 'write' or 'fetch') of what the instruction at ``at`` accesses and is not there; None where
    all is."""
    first = _read(memory, at, 1)
    code = _read(memory, at, length(first[0])) if first else None
    if code is None:
        return at, "fetch"
    for address, size, store in _accesses(cpu, code, at):
        for end in (address, address + size - 1 & _MASK):
            if _read(memory, end, 1) is None:
                return end, "write" if store else "read"
    return None


_DIVIDES = frozenset((0x1D, 0x5D, 0xE30D, 0xE31D, 0xE387, 0xE397))
_DIVIDES_BY_REGISTER = (0x0D, 0x1D, 0x87, 0x97)  # the second byte of B9


def divides(memory: Any, at: int) -> bool:
    """Whether there is a division at ``at``."""
    code = memory.read(at, length(memory.u8(at)))
    return _opcode(code) in _DIVIDES or (code[0] == 0xB9 and code[1] in _DIVIDES_BY_REGISTER)
