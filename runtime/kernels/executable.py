"""Writes the ELF executables of user programs, and says what lies where in them.

A program's code is a Python generator, so the text segment is a set of places that the user engine recognises
by the instruction pointer: the entry point, one place for each system call, one for each ``fork`` in
progress, one for each signal's handler. The kernel maps, pages in and protects all this like any other
program's text.

All programs share this layout (offsets from the start of the text)::

    0x0000  ELF header, then the entry points, 4 bytes apart, one for each program
    0x1000  system calls, 8 bytes apart, by number
    0x2000  forks in progress, 8 bytes apart
    0x3000  signal handlers, 16 bytes apart, by signal; from 0x3800 the places that compute and access memory
    0x10000 data: 256 bytes from the file, then zeros; scratch memory of system calls
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

PAGE = 4096
ENTRIES = 0x400
CALLS = 0x1000
FORKS = 0x2000
HANDLERS = 0x3000
COMPUTE = 0x3800
ACCESS = 0x3900
RESTORER = 0x3A00
TEXT_SIZE = 0x4000
DATA = 0x10000
DATA_FILE_SIZE = 0x100
DATA_SIZE = 0x200000

CALL_STEP = 8
FORK_STEP = 8
FORK_SITES = (HANDLERS - FORKS) // FORK_STEP
HANDLER_STEP = 16
PROGRAMS = (CALLS - ENTRIES) // 4
SCRATCH = DATA + PAGE  # where system call buffers start, page by page untouched until used
SCRATCH_SLOT = 0x10000  # of each thread that shares the memory

PT_LOAD = 1
PF_X, PF_W, PF_R = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Target:
    """What differs between the executables of the architectures: taken from the kernel's own ELF header."""

    bits: int
    little_endian: bool
    machine: int
    flags: int
    text: int  # address of the text segment
    syscall: bytes = b""  # the system call instruction

    @property
    def order(self) -> str:
        return "<" if self.little_endian else ">"


def target_of(image: bytes, text: int, syscall: bytes = b"") -> Target:
    """The target whose kernel image starts with ``image`` (64 bytes are enough)."""
    if image[:4] != b"\x7fELF":
        raise ValueError("not an ELF image")
    bits = 64 if image[4] == 2 else 32
    little = image[5] == 1
    order = "<" if little else ">"
    (machine,) = struct.unpack_from(order + "H", image, 18)
    (flags,) = struct.unpack_from(order + "I", image, 48 if bits == 64 else 36)
    return Target(bits, little, machine, flags, text, syscall)


def entry_address(target: Target, index: int) -> int:
    """The entry point of program number ``index``."""
    if not 0 <= index < PROGRAMS:
        raise ValueError(f"too many programs: {index + 1} (at most {PROGRAMS})")
    return target.text + ENTRIES + 4 * index


def text_segment(target: Target) -> bytes:
    """The text all programs have in common, without the header: system call instructions at their places."""
    text = bytearray(TEXT_SIZE)
    instruction = target.syscall
    if 0 < len(instruction) <= CALL_STEP:
        for start, end, step in ((CALLS, FORKS, CALL_STEP), (FORKS, HANDLERS, FORK_STEP)):
            for place in range(start, end, step):
                text[place : place + len(instruction)] = instruction
        text[RESTORER : RESTORER + len(instruction)] = instruction
    return bytes(text)


def executable(target: Target, text: bytes, index: int, name: str) -> bytes:
    """The ELF file of program number ``index``. ``text`` is what text_segment() gave."""
    header = _header(target, entry_address(target, index))
    data = name.encode("latin-1", "replace")[: DATA_FILE_SIZE - 1].ljust(DATA_FILE_SIZE, b"\0")
    return header + text[len(header) :] + data


def _header(target: Target, entry: int) -> bytes:
    wide = target.bits == 64
    ehsize, phentsize = (64, 56) if wide else (52, 32)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if target.little_endian else 2, 1]) + bytes(9)
    address = "Q" if wide else "I"
    header = ident + struct.pack(
        f"{target.order}HHI{address * 3}IHHHHHH",
        2,  # ET_EXEC
        target.machine,
        1,
        entry,
        ehsize,  # program headers follow this one
        0,
        target.flags,
        ehsize,
        phentsize,
        2,
        0,
        0,
        0,
    )
    base = target.text
    header += _segment(target, PF_R | PF_X, 0, base, TEXT_SIZE, TEXT_SIZE)
    return header + _segment(target, PF_R | PF_W, TEXT_SIZE, base + DATA, DATA_FILE_SIZE, DATA_SIZE)


def _segment(target: Target, flags: int, offset: int, address: int, filesz: int, memsz: int) -> bytes:
    if target.bits == 64:
        fields = (PT_LOAD, flags, offset, address, address, filesz, memsz, PAGE)
        return struct.pack(target.order + "IIQQQQQQ", *fields)
    return struct.pack(target.order + "8I", PT_LOAD, offset, address, address, filesz, memsz, flags, PAGE)
