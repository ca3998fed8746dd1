"""Reads what the machine needs of a kernel's ELF image: segments to load, symbols, sections."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path


class ImageError(Exception):
    """A file that is not a kernel image this program can load."""


@dataclass(frozen=True, slots=True)
class Segment:
    address: int
    data: bytes
    size: int  # in memory; what is beyond the data is zero


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int


@dataclass(frozen=True, slots=True)
class Symbol:
    name: str
    address: int
    size: int
    type: int  # STT_*: 0 none, 1 object, 2 function, 3 section, 4 file
    binding: int
    section: int


SHF_EXECINSTR = 4
_PT_LOAD, _SHT_SYMTAB = 1, 2
_MACHINES = {
    3: "i386", 62: "x86_64", 40: "arm", 183: "arm64", 8: "mips64", 21: "ppc64", 243: "riscv64", 22: "s390x",
    43: "sparc64", 50: "ia64",
}  # fmt: skip


class Image:
    """An ELF executable. Raises ImageError, or OSError from ``open``."""

    def __init__(self, data: bytes, name: str = "image") -> None:
        if data[:4] != b"\x7fELF" or len(data) < 64:
            raise ImageError(f"{name}: not an ELF file")
        self.data = data
        self.name = name
        self.bits = 64 if data[4] == 2 else 32
        self.little_endian = data[5] == 1
        self._order = "<" if self.little_endian else ">"
        self._wide = self.bits == 64
        form = "16xHHIQQQIHHHHHH" if self._wide else "16xHHIIIIIHHHHHH"
        head = struct.unpack_from(self._order + form, data)
        self.machine, self.entry = head[1], head[3]
        self._phoff, self._shoff = head[4], head[5]
        self._phentsize, self._phnum, self._shentsize, self._shnum, self._shstrndx = head[8:13]

    @classmethod
    def open(cls, path: str | Path) -> Image:
        return cls(Path(path).read_bytes(), str(path))

    @property
    def arch(self) -> str:
        """The architecture's name as in stapy.arch. Raises ImageError for one that is not known."""
        name = _MACHINES.get(self.machine)
        if name is None:
            raise ImageError(f"{self.name}: ELF machine {self.machine} is not supported")
        return "ppc64le" if name == "ppc64" and self.little_endian else name

    @cached_property
    def segments(self) -> list[Segment]:
        """What PT_LOAD asks to be loaded."""
        found = []
        for i in range(self._phnum):
            at = self._phoff + i * self._phentsize
            if self._wide:
                kind, _flags, offset, address, _paddr, filesz, memsz = struct.unpack_from(
                    self._order + "IIQQQQQ", self.data, at
                )
            else:
                kind, offset, address, _paddr, filesz, memsz = struct.unpack_from(
                    self._order + "IIIIII", self.data, at
                )
            if kind == _PT_LOAD and memsz:
                found.append(Segment(address, self.data[offset : offset + filesz], memsz))
        return found

    @cached_property
    def sections(self) -> list[Section]:
        form = struct.Struct(self._order + ("IIQQQQI" if self._wide else "IIIIIII"))
        heads = [
            form.unpack_from(self.data, self._shoff + i * self._shentsize) for i in range(self._shnum)
        ]  # name, type, flags, address, offset, size, link
        if not heads:
            return []
        names = heads[self._shstrndx][4]
        return [Section(self._string(names + head[0]), *head[1:]) for head in heads]

    def section(self, name: str) -> Section | None:
        return next((section for section in self.sections if section.name == name), None)

    def _string(self, at: int) -> str:
        return self.data[at : self.data.index(b"\0", at)].decode("latin-1")

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """Symbols by name; of several with one name, a global one, else the first."""
        found: dict[str, Symbol] = {}
        for symbol in self.all_symbols:
            if symbol.type > 2 or not symbol.name:
                continue
            before = found.get(symbol.name)
            if before is None or (before.binding == 0 and symbol.binding != 0):
                found[symbol.name] = symbol
        return found

    @cached_property
    def all_symbols(self) -> list[Symbol]:
        table = next((section for section in self.sections if section.type == _SHT_SYMTAB), None)
        if table is None:
            return []
        names = self.sections[table.link].offset
        data = self.data[table.offset : table.offset + table.size]
        found = []
        if self._wide:
            for name, info, _other, shndx, value, size in struct.iter_unpack(self._order + "IBBHQQ", data):
                found.append(Symbol(self._string(names + name), value, size, info & 15, info >> 4, shndx))
        else:
            for name, value, size, info, _other, shndx in struct.iter_unpack(self._order + "IIIBBH", data):
                found.append(Symbol(self._string(names + name), value, size, info & 15, info >> 4, shndx))
        descriptors = self.section(".opd")
        found = [symbol for symbol in found if symbol.section != 0]
        return found if descriptors is None else [self._code_of(symbol, descriptors) for symbol in found]

    def _code_of(self, symbol: Symbol, descriptors: Section) -> Symbol:
        """A function's symbol at its code, where it is that of a descriptor (ppc64)."""
        offset = symbol.address - descriptors.address
        if symbol.type != 2 or not 0 <= offset < descriptors.size:
            return symbol
        (address,) = struct.unpack_from(self._order + "Q", self.data, descriptors.offset + offset)
        return replace(symbol, address=address)

    @cached_property
    def text_ranges(self) -> list[tuple[int, int]]:
        """[start, end) of the sections with instructions."""
        return [
            (section.address, section.address + section.size)
            for section in self.sections
            if section.flags & SHF_EXECINSTR and section.size
        ]
