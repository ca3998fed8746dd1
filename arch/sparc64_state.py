"""The registers of Unicorn's sparc64 CPU that its interface leaves out: all saved and put back, some by name.

Unicorn 2.1's contexts hold nothing of this CPU, and it has no access to nPC, the condition codes and %y. They are in
the structure that its general registers are part of. Where that lies is found out by writing to these registers; what
is found is checked before anything relies on it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

# In Unicorn's CPUSPARCState, bytes.
_G6, _WINDOW_POINTER, _PC, _NPC, _Y = 48, 64, 72, 80, 88
_CC_SOURCE, _CC_SOURCE2, _CC_RESULT, _CC_OPERATION, _ICC, _WINDOW, _XCC = 96, 104, 112, 120, 136, 440, 0x1C40
_SIZE = _WINDOW + 24 * 8  # from %g0 to %i7 of the only register window, all other state between them
_SEARCHED = 0x10000  # how much of an object to look through
_MARK = 0x5CA1AB1E00000000
_NOT_THERE = "Unicorn's sparc64 registers are not where versions 2.1.3 and 2.1.4 have them"
_SCRATCH = 0x10000
_TRIAL = (0x8580205A, 0x81802007, 0x91D02070)  # wr 0x5a, %ccr; wr 7, %y; ta 0x70

# TSTATE: the kernel's mode with interrupts (PSTATE.PRIV and .IE), and Linux's place for the interrupt level.
_KERNEL, _PIL_SHIFT, _PIL = 0x600, 20, 15

# What the condition codes come from, in Unicorn: they are made of operands and a result only when they are needed.
_FLAGS, _DIVIDE, _ADD, _ADD_CARRY, _TAGGED_ADD = 1, 2, 3, 4, 5
_SUBTRACT, _SUBTRACT_CARRY, _TAGGED_SUBTRACT, _LOGIC = 7, 8, 9, 11
_ADDITIONS, _SUBTRACTIONS = (3, 4, 5, 6), (7, 8, 9, 10)


class RegisterFile:
    """All registers of the CPU in ``engine``. Raises RuntimeError where they are not found.

    A run begins with nPC behind PC, as Unicorn has it: start() goes by a trap at ``stub``, if that is not 0, where
    another nPC is needed, and started() is what has to be called there.
    """

    def __init__(self, engine: Any) -> None:
        self._address = _find(engine)
        self._pc = self._word(_PC)
        self._npc = self._word(_NPC)
        self._y = self._word(_Y)
        self._g6 = self._word(_G6)
        self._operands = [self._word(at) for at in (_CC_SOURCE, _CC_SOURCE2, _CC_RESULT)]
        self._operation, self._icc, self._xcc = (
            ctypes.c_uint32.from_address(self._address + at) for at in (_CC_OPERATION, _ICC, _XCC)
        )
        self.stub = 0
        self._begin = (0, 0)
        self.registers: Mapping[str, tuple[Callable[[], int], Callable[[int], None]]] = {
            "tnpc": (lambda: self._npc.value, lambda value: _assign(self._npc, value)),
            "y": (lambda: self._y.value, lambda value: _assign(self._y, value & 0xFFFFFFFF)),
            "tstate": (self._tstate, self._set_tstate),
        }

    def _word(self, at: int) -> ctypes.c_uint64:
        return ctypes.c_uint64.from_address(self._address + at)

    def save(self) -> tuple[bytes, int]:
        return ctypes.string_at(self._address, _SIZE), self._xcc.value

    def restore(self, state: tuple[bytes, int]) -> None:
        registers, self._xcc.value = state
        ctypes.memmove(self._address, registers, _SIZE)

    def start(self) -> int:
        """Where to start Unicorn so that it goes on at PC and nPC."""
        pc, npc = self._pc.value, self._npc.value
        if npc == pc + 4 or not self.stub:
            return pc
        self._begin = pc, npc
        return self.stub

    def started(self) -> None:
        self._pc.value, self._npc.value = self._begin

    def _tstate(self) -> int:
        return self._condition_codes() << 32 | (self._g6.value & _PIL) << _PIL_SHIFT | _KERNEL

    def _set_tstate(self, value: int) -> None:
        codes = value >> 32
        self._g6.value = value >> _PIL_SHIFT & _PIL
        self._operation.value, self._icc.value, self._xcc.value = _FLAGS, (codes & 15) << 20, (codes >> 4 & 15) << 20

    def _condition_codes(self) -> int:
        """%ccr: N, Z, V, C of 64 bits and of 32 bits."""
        operation = self._operation.value
        if operation <= _FLAGS:
            return self._xcc.value >> 20 << 4 | self._icc.value >> 20
        a, b, result = (word.value for word in self._operands)
        return _codes(operation, a, b, result, 64) << 4 | _codes(operation, a, b, result, 32)


def shown_at_trap(engine: Any) -> int:
    """How far behind a trap PC is when ``engine``, a new one, tells of it. Raises RuntimeError where its registers are
    not what RegisterFile takes them for."""
    from unicorn import UC_HOOK_INTR, sparc_const

    shown: list[int] = []

    def on_trap(uc: Any, number: int, data: Any) -> None:
        shown.append(uc.reg_read(sparc_const.UC_SPARC_REG_PC))
        uc.emu_stop()

    engine.mem_map(_SCRATCH, 0x2000)
    engine.mem_write(_SCRATCH, b"".join(word.to_bytes(4, "big") for word in _TRIAL))
    registers = RegisterFile(engine).registers
    engine.hook_add(UC_HOOK_INTR, on_trap)
    engine.emu_start(_SCRATCH, 0xFFFFFFFFFFFFFFF0)
    trap = _SCRATCH + 4 * (len(_TRIAL) - 1)
    values = [registers[name][0]() for name in ("tnpc", "y")]
    if values != [trap + 4, 7] or registers["tstate"][0]() >> 32 != 0x5A or shown[0] - trap not in (0, 4):
        raise RuntimeError(_NOT_THERE)
    return shown[0] - trap


def _assign(word: ctypes.c_uint64, value: int) -> None:
    word.value = value


def _codes(operation: int, a: int, b: int, result: int, bits: int) -> int:
    """N, Z, V, C after an operation on ``bits`` bits, as Unicorn keeps operands and result."""
    mask, top = (1 << bits) - 1, 1 << bits - 1
    overflow = carry = False
    tagged = bool((a | b) & 3) and bits == 32 and operation in (_TAGGED_ADD, _TAGGED_SUBTRACT)
    if operation == _DIVIDE:
        overflow = bool(b) and bits == 32
    a, b, result = a & mask, b & mask, result & mask
    if operation in _ADDITIONS:
        overflow = tagged or bool(~(a ^ b) & (a ^ result) & top)
        carry = bool((a & b | ~result & (a | b)) & top)
    elif operation in _SUBTRACTIONS:
        overflow = tagged or bool((a ^ b) & (a ^ result) & top)
        carry = bool((~a & b | result & (~a | b)) & top)
    return (result >> bits - 1) << 3 | (result == 0) << 2 | overflow << 1 | carry


def _find(engine: Any) -> int:
    """The address of the CPU's state: where seven words in a row are what %g1 to %g7 have been set to."""
    from unicorn import sparc_const

    numbers = [getattr(sparc_const, f"UC_SPARC_REG_G{n}") for n in range(1, 8)]
    before = [engine.reg_read(number) for number in numbers]
    for n, number in enumerate(numbers):
        engine.reg_write(number, _MARK + n)
    pattern = b"".join((_MARK + n).to_bytes(8, "little") for n in range(7))
    try:
        for address in _search(engine._uch.value, pattern):
            if _confirmed(engine, address, numbers[0], sparc_const.UC_SPARC_REG_PC):
                return address
    finally:
        for number, value in zip(numbers, before, strict=True):
            engine.reg_write(number, value)
    raise RuntimeError(_NOT_THERE)


def _search(handle: int, pattern: bytes) -> list[int]:
    """Addresses 8 bytes below the pattern, in objects that the engine's structure points to."""
    regions = _writable()
    words = min(4096, _room(regions, handle)) // 8
    found = []
    for pointer in dict.fromkeys((ctypes.c_uint64 * words).from_address(handle)):
        size = min(_SEARCHED, _room(regions, pointer))
        place = ctypes.string_at(pointer, size).find(pattern) if size else -1
        if place >= 8 and place + _XCC < size:
            found.append(pointer + place - 8)
    return found


def _confirmed(engine: Any, address: int, number: int, pc: int) -> bool:
    """Whether a general register, PC and nPC are live there, and the window is where it should be."""
    before = engine.reg_read(pc)
    engine.reg_write(number, _MARK + 0x77)
    engine.reg_write(pc, _MARK + 0x78)
    words = {at: ctypes.c_uint64.from_address(address + at).value for at in (8, _WINDOW_POINTER, _PC, _NPC)}
    engine.reg_write(pc, before)
    expected = {8: _MARK + 0x77, _WINDOW_POINTER: address + _WINDOW, _PC: _MARK + 0x78, _NPC: _MARK + 0x7C}
    return words == expected


def _writable() -> list[tuple[int, int]]:
    regions = []
    with open("/proc/self/maps") as maps:
        for line in maps:
            place, permissions = line.split()[:2]
            if permissions.startswith("rw"):
                start, _, end = place.partition("-")
                regions.append((int(start, 16), int(end, 16)))
    return regions


def _room(regions: list[tuple[int, int]], address: int) -> int:
    """Bytes that can be read from an address on; 0 for one that is none."""
    return next((end - address for start, end in regions if start <= address < end), 0)
