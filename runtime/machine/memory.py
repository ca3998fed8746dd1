"""Guest memory: plain buffers that every CPU has mapped and that Python reads in place."""

from __future__ import annotations

import ctypes
import mmap
import struct
from collections.abc import Callable
from typing import Any, Literal


class MemoryFault(Exception):  # noqa: N818 - the machine's name for it
    """A kernel address with nothing behind it."""

    def __init__(self, address: int, size: int = 1, *, write: bool = False) -> None:
        super().__init__(f"{'write' if write else 'read'} of {size} bytes at {address:#x}")
        self.address = address
        self.size = size
        self.write = write


class Region:
    """``size`` bytes of memory from ``address``."""

    def __init__(self, address: int, size: int) -> None:
        self.address = address
        self.size = size
        self.buffer = mmap.mmap(-1, size)
        self._export = ctypes.c_char.from_buffer(self.buffer)

    @property
    def pointer(self) -> int:
        """Where the buffer lies in this process, for uc_mem_map_ptr."""
        return ctypes.addressof(self._export)


Reader = Callable[[int], int]
Writer = Callable[[int, int], None]

_FORMATS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "s8": "b", "s16": "h", "s32": "i", "s64": "q"}


class Memory:
    """The kernel's linear mapping and what else lies in its address space.

    ``u8 u16 u32 u64 s8 s16 s32 s64`` read a number at a kernel address (unsigned, or the same bits as a
    negative number); they raise MemoryFault where nothing is mapped. Reads may cross from one region to the
    next. ``write_u32 write_u64 write_word`` store one.
    """

    u8: Reader
    u16: Reader
    u32: Reader
    u64: Reader
    s8: Reader
    s16: Reader
    s32: Reader
    s64: Reader
    word: Reader  # an unsigned number as wide as a pointer
    write_u32: Writer
    write_u64: Writer
    write_word: Writer

    def __init__(self, address: int, size: int, *, bits: int, endian: Literal["little", "big"]) -> None:
        self.ram = Region(address, size)
        self.regions = [self.ram]
        self.cpus: list[Any] = []  # those that have it mapped: told about new regions and changed code
        self.mask = (1 << bits) - 1
        self.endian = endian
        self.word_size = bits // 8
        order = "<" if endian == "little" else ">"
        for name, code in _FORMATS.items():
            setattr(self, name, self._reader(struct.Struct(order + code)))
        self.word = self.u64 if bits == 64 else self.u32
        self.write_u32 = self._writer(struct.Struct(order + "I"))
        self.write_u64 = self._writer(struct.Struct(order + "Q"))
        self.write_word = self.write_u64 if bits == 64 else self.write_u32

    def _reader(self, form: struct.Struct) -> Reader:
        buffer, base, size = self.ram.buffer, self.ram.address, form.size
        last = self.ram.size - size
        unpack, slow = form.unpack_from, self.read

        def read(address: int) -> int:
            offset = address - base
            if 0 <= offset <= last:
                return unpack(buffer, offset)[0]
            return unpack(slow(address, size))[0]

        return read

    def _writer(self, form: struct.Struct) -> Writer:
        buffer, base, size = self.ram.buffer, self.ram.address, form.size
        last, mask = self.ram.size - size, (1 << 8 * size) - 1
        pack_into, pack, slow = form.pack_into, form.pack, self.write

        def write(address: int, value: int) -> None:
            offset = address - base
            if 0 <= offset <= last:
                pack_into(buffer, offset, value & mask)
            else:
                slow(address, pack(value & mask))

        return write

    def add_region(self, address: int, size: int) -> Region:
        """More memory, zeroed, in every CPU's view. ``address`` and ``size`` are whole pages."""
        region = Region(address, size)
        self.regions.append(region)
        for cpu in self.cpus:
            cpu.map(region)
        return region

    def mapped(self, address: int, size: int = 1) -> bool:
        """Whether ``size`` bytes at ``address`` are there."""
        try:
            self.read(address, size)
        except MemoryFault:
            return False
        return True

    def read(self, address: int, size: int) -> bytes:
        """``size`` bytes. Raises MemoryFault with the first address that is not there."""
        address &= self.mask
        for region in self.regions:
            offset = address - region.address
            if 0 <= offset < region.size:
                data = region.buffer[offset : offset + size]
                if len(data) == size:
                    return data
                try:
                    return data + self.read(region.address + region.size, size - len(data))
                except MemoryFault as fault:
                    raise MemoryFault(fault.address, size) from None
        raise MemoryFault(address, size)

    def write(self, address: int, data: bytes) -> None:
        """Stores ``data``, which must lie in one region. Raises MemoryFault."""
        address &= self.mask
        size = len(data)
        for region in self.regions:
            offset = address - region.address
            if offset >= 0 and offset + size <= region.size:
                region.buffer[offset : offset + size] = data
                return
        raise MemoryFault(address, size, write=True)

    def write_code(self, address: int, data: bytes) -> None:
        """Stores instructions: CPUs forget what they had translated there."""
        self.write(address, data)
        for cpu in self.cpus:
            cpu.flush(address, len(data))

    def cstring(self, address: int, limit: int = 4096) -> bytes:
        """The bytes before the first NUL at ``address``, at most ``limit`` of them. Raises MemoryFault."""
        address &= self.mask
        for region in self.regions:
            offset = address - region.address
            if 0 <= offset < region.size:
                stop = min(offset + limit, region.size)
                end = region.buffer.find(b"\0", offset, stop)
                if end >= 0:
                    return region.buffer[offset:end]
                if stop == offset + limit:
                    return region.buffer[offset:stop]
                break
        raise MemoryFault(address, limit)


class CodeArea:
    """Guest memory for instructions that are not the kernel's: slots, trampolines, stubs."""

    def __init__(self, memory: Memory, address: int, size: int = 4 << 20) -> None:
        self.region = memory.add_region(address, size)
        self._next = address
        self._free: dict[int, list[int]] = {}

    def __contains__(self, address: int) -> bool:
        return self.region.address <= address < self.region.address + self.region.size

    def allocate(self, size: int) -> int:
        """The address of ``size`` bytes, aligned to 16. Raises MemoryError when the area is full."""
        size = (size + 15) & ~15
        if self._free.get(size):
            return self._free[size].pop()
        address = self._next
        if address + size > self.region.address + self.region.size:
            raise MemoryError("no room for more instruction slots")
        self._next = address + size
        return address

    def free(self, address: int, size: int) -> None:
        """Gives back what allocate(size) returned."""
        self._free.setdefault((size + 15) & ~15, []).append(address)
