"""Walks the kernel's software page tables, as the hardware of the machine would: user addresses to kernel
addresses.

The tables' layout is one for all architectures (docs/machine.md): 64-bit machines have three levels of 512
entries, 32-bit ones two levels of 1024; an entry is a physical address with the flags below.
"""

from __future__ import annotations

from typing import Any, Literal

PRESENT, RW, USER, ACCESSED, DIRTY = 0x1, 0x2, 0x4, 0x20, 0x40
PAGE_SIZE = 4096
OFFSET_MASK = PAGE_SIZE - 1

# Error code bits of a page fault.
PROTECTION, WRITE, FROM_USER, INSTRUCTION = 1, 2, 4, 16


class PageFault(Exception):  # noqa: N818 - the processor's name for it
    """A user address that cannot be accessed now; ``error_code`` is what the processor would push."""

    def __init__(self, address: int, error_code: int) -> None:
        super().__init__(f"page fault at {address:#x}")
        self.address = address
        self.error_code = error_code


class PageTables:
    """Address translation over ``memory``. Every method takes ``pgd``, the kernel address of a top-level
    table."""

    def __init__(self, memory: Any, bits: int, little_endian: bool, page_offset: int) -> None:
        self._order: Literal["little", "big"] = "little" if little_endian else "big"
        self._page_offset = page_offset
        self._memory = memory
        self._entry = memory.u64 if bits == 64 else memory.u32
        self._entry_size = 8 if bits == 64 else 4
        self._levels = (30, 21, 12) if bits == 64 else (22, 12)
        self._index_mask = 511 if bits == 64 else 1023
        self._limit = 1 << 39 if bits == 64 else page_offset

    def translate(self, pgd: int, address: int, error_code: int = FROM_USER) -> int:
        """The kernel address of user ``address``; ``error_code`` tells the kind of access (WRITE,
        INSTRUCTION).

        Sets the accessed and dirty bits. Raises PageFault.
        """
        if not pgd or not 0 <= address < self._limit:
            raise PageFault(address, error_code)
        table, entry, slot = pgd, 0, 0
        for shift in self._levels:
            slot = table + ((address >> shift) & self._index_mask) * self._entry_size
            entry = self._entry(slot)
            if not entry & PRESENT:
                raise PageFault(address, error_code)
            table = (entry & ~OFFSET_MASK) + self._page_offset
        if not entry & USER or (error_code & WRITE and not entry & RW):
            raise PageFault(address, error_code | PROTECTION)
        marks = ACCESSED | DIRTY if error_code & WRITE else ACCESSED
        if entry & marks != marks:
            self._mark(slot, entry | marks)
        return table + (address & OFFSET_MASK)

    def _mark(self, slot: int, entry: int) -> None:
        self._memory.write(slot, entry.to_bytes(self._entry_size, self._order))

    def read(self, pgd: int, address: int, size: int) -> bytes:
        """``size`` bytes of user memory. Raises PageFault at the first page that is not there."""
        parts = []
        while size > 0:
            n = min(size, PAGE_SIZE - (address & OFFSET_MASK))
            parts.append(self._memory.read(self.translate(pgd, address), n))
            address += n
            size -= n
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def write(self, pgd: int, address: int, data: bytes) -> None:
        """Writes ``data`` to user memory; checks every page before the first byte is written. Raises
        PageFault."""
        start, pieces = 0, []
        while start < len(data):
            n = min(len(data) - start, PAGE_SIZE - (address & OFFSET_MASK))
            pieces.append((self.translate(pgd, address, FROM_USER | WRITE), start, n))
            address += n
            start += n
        for place, begin, n in pieces:
            self._memory.write(place, data[begin : begin + n])

    def cstring(self, pgd: int, address: int, limit: int = PAGE_SIZE) -> bytes:
        """The bytes before the first NUL at ``address``, at most ``limit``. Raises PageFault."""
        out = b""
        while len(out) < limit:
            n = min(limit - len(out), PAGE_SIZE - (address & OFFSET_MASK))
            piece = self.read(pgd, address, n)
            end = piece.find(b"\0")
            if end >= 0:
                return out + piece[:end]
            out += piece
            address += n
        return out
