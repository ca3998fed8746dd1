"""Places of structure members in the running kernel's memory, from the image's own debug information, looked
up once each."""

from __future__ import annotations

import struct
from typing import Any

_FORMATS = {1: "B", 2: "H", 4: "I", 8: "Q"}


class Layout:
    """Offsets and sizes of structure members. ``member`` may be a path: ``thread.sp``."""

    def __init__(self, description: Any) -> None:
        self._description = description
        self._order = "<" if description.little_endian else ">"
        self.word = description.pointer_size
        self._sizes: dict[str, int] = {}
        self._unpackers: dict[str, list[tuple[str, Any, int]]] = {}
        self._members: dict[tuple[str, str], tuple[int, int]] = {}
        self._fields: dict[str, dict[str, tuple[int, int]]] = {}

    def structure(self, name: str) -> Any:
        """The type ``struct name``. KeyError where the kernel has none."""
        found = self._description.types.lookup(f"struct {name}")
        if found is None:
            raise KeyError(f"struct {name}")
        return found

    def size(self, name: str) -> int:
        found = self._sizes.get(name)
        if found is None:
            found = self._sizes[name] = self.structure(name).size
        return found

    def has(self, name: str, member: str) -> bool:
        try:
            self.member(name, member)
        except KeyError:
            return False
        return True

    def member(self, name: str, member: str) -> tuple[int, int]:
        """Offset and size in bytes of ``struct name``'s ``member``. KeyError where there is none."""
        key = (name, member)
        found = self._members.get(key)
        if found is None:
            found = self._members[key] = self._find(name, member)
        return found

    def offset(self, name: str, member: str) -> int:
        return self.member(name, member)[0]

    def _find(self, name: str, member: str) -> tuple[int, int]:
        kind, offset = self.structure(name), 0
        for part in member.split("."):
            step = kind.member(part)
            if step is None:
                raise KeyError(f"struct {name} has no {member}")
            offset += step.offset
            kind = step.type.strip()
        return offset, kind.size or 0

    def fields(self, name: str) -> dict[str, tuple[int, int]]:
        """All members of ``struct name``: offset and size by name."""
        found = self._fields.get(name)
        if found is None:
            members = self.structure(name).members
            found = {m.name: (m.offset, m.type.size or 0) for m in members if m.name}
            self._fields[name] = found
        return found

    # ------------------------------------------------------------ structures that cross the system call
    # boundary

    def pack(self, name: str, **values: int) -> bytes:
        """The bytes of ``struct name`` with these members; the rest is zero."""
        out = bytearray(self.size(name))
        fields = self.fields(name)
        for member, value in values.items():
            if member in fields:
                offset, size = fields[member]
                out[offset : offset + size] = self.integer(value, size)
        return bytes(out)

    def unpack(self, name: str, data: bytes) -> dict[str, int]:
        """The integer members of ``struct name`` in ``data``, unsigned."""
        readers = self._unpackers.get(name)
        if readers is None:
            readers = self._unpackers[name] = [
                (member, struct.Struct(self._order + _FORMATS[size]).unpack_from, offset)
                for member, (offset, size) in self.fields(name).items()
                if size in _FORMATS
            ]
        return {member: unpack(data, offset)[0] for member, unpack, offset in readers}

    def integer(self, value: int, size: int) -> bytes:
        return (value & ((1 << 8 * size) - 1)).to_bytes(size, "little" if self._order == "<" else "big")

    def words(self, values: list[int]) -> bytes:
        """An array of machine words."""
        return b"".join(self.integer(value, self.word) for value in values)

    def ints(self, data: bytes) -> tuple[int, ...]:
        """``data`` as an array of C int."""
        return struct.unpack(f"{self._order}{len(data) // 4}i", data)


class Reader:
    """Reads one member of kernel structures, by address of the structure: made once, called often."""

    __slots__ = ("_get", "offset")

    def __init__(self, memory: Any, offset: int, size: int, signed: bool = False) -> None:
        self.offset = offset
        self._get = getattr(memory, f"{'s' if signed else 'u'}{8 * size}")

    def __call__(self, address: int) -> int:
        return self._get(address + self.offset)


def reader(layout: Layout, memory: Any, name: str, member: str, signed: bool = False) -> Reader:
    offset, size = layout.member(name, member)
    return Reader(memory, offset, size, signed)
