"""The registers of Unicorn's sparc64 CPU that its interface leaves out, saved and put back with all the others.

Unicorn 2.1's contexts hold nothing of this CPU, and it has no access to the condition codes and %y. They are in the
structure that its general registers are part of. Where that lies is found out by writing to these registers; what
is found is checked before anything relies on it.
"""

from __future__ import annotations

import ctypes
from typing import Any

# In Unicorn's CPUSPARCState, bytes.
_WINDOW_POINTER, _WINDOW, _XCC = 64, 440, 0x1C40
_SIZE = _WINDOW + 24 * 8  # from %g0 to %i7 of the only register window, all other state between them
_SEARCHED = 0x40000  # how much of an object to look through
_MARK = 0x5CA1AB1E00000000


class RegisterFile:
    """All registers of the CPU in ``engine``. Raises RuntimeError where they are not found."""

    def __init__(self, engine: Any) -> None:
        self._address = _find(engine)
        self._xcc = ctypes.c_uint32.from_address(self._address + _XCC)

    def save(self) -> tuple[bytes, int]:
        return ctypes.string_at(self._address, _SIZE), self._xcc.value

    def restore(self, state: tuple[bytes, int]) -> None:
        registers, self._xcc.value = state
        ctypes.memmove(self._address, registers, _SIZE)


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
            if _confirmed(engine, address, numbers[0]):
                return address
    finally:
        for number, value in zip(numbers, before, strict=True):
            engine.reg_write(number, value)
    raise RuntimeError("Unicorn's sparc64 registers are not where version 2.1 has them")


def _search(handle: int, pattern: bytes) -> list[int]:
    """Addresses 8 bytes below the pattern, in objects that the engine's structure points to."""
    regions = _writable()
    found = []
    for at in range(handle, handle + min(4096, _room(regions, handle)), 8):
        pointer = ctypes.c_uint64.from_address(at).value
        size = min(_SEARCHED, _room(regions, pointer))
        place = ctypes.string_at(pointer, size).find(pattern) if size else -1
        if place >= 8 and place + _XCC < size:
            found.append(pointer + place - 8)
    return found


def _confirmed(engine: Any, address: int, number: int) -> bool:
    engine.reg_write(number, _MARK + 0x77)
    live = ctypes.c_uint64.from_address(address + 8).value == _MARK + 0x77
    window = ctypes.c_uint64.from_address(address + _WINDOW_POINTER).value
    return live and window == address + _WINDOW


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
