"""The file an image's debug information is kept in, so that a run does not parse DWARF.

Layout: 8 bytes magic, then u32 little-endian: the format's number, the directory's length, the checksum
(CRC-32) of all that follows the header; the image's fingerprint, which ties the file to it; the directory
(marshalled ((section, length), ...)); the sections, each marshalled and deflated. The same image always
gives the same bytes.

An index is looked for next to the image (``NAME.index`` beside ``NAME.elf``), then in the user's cache, and
otherwise made and put there.
"""

from __future__ import annotations

import marshal
import os
import struct
import zlib
from pathlib import Path
from typing import Any

MAGIC = b"stapyidx"
FORMAT = 4
GROUP = 32  # functions whose details are packed together
_HEADER = struct.Struct("<8sIII16s")


class Index:
    """An image's tables; a section is unpacked at its first use. See reader.py for the shapes."""

    def __init__(self, data: bytes, directory: dict[str, tuple[int, int]]) -> None:
        self._data = data
        self._directory = directory
        self._sections: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        section = self._sections.get(name)
        if section is None:
            start, length = self._directory[name]
            section = self._sections[name] = marshal.loads(
                zlib.decompress(self._data[start : start + length])
            )
        return section

    @classmethod
    def parse(cls, data: bytes, digest: bytes) -> Index | None:
        """The index in ``data`` if it is one of the image with that digest, and whole."""
        if len(data) < _HEADER.size:
            return None
        magic, number, length, checksum, image = _HEADER.unpack_from(data)
        if (magic, number, image) != (MAGIC, FORMAT, digest) or zlib.crc32(data[_HEADER.size :]) != checksum:
            return None
        at = _HEADER.size + length
        directory = {}
        for name, size in marshal.loads(data[_HEADER.size : at]):
            directory[name] = (at, size)
            at += size
        return cls(data, directory)

    @classmethod
    def load(cls, path: Path, digest: bytes) -> Index | None:
        """The index in the file, None where there is no fitting one."""
        try:
            data = path.read_bytes()
        except OSError:
            return None
        return cls.parse(data, digest)


def serialize(tables: dict[str, Any], digest: bytes) -> bytes:
    """An index file's content. Marshal's version 2 keeps no references, so equal tables give equal bytes."""
    sections = {name: zlib.compress(marshal.dumps(table, 2), 6) for name, table in tables.items()}
    directory = marshal.dumps(tuple((name, len(packed)) for name, packed in sections.items()), 2)
    body = directory + b"".join(sections.values())
    return _HEADER.pack(MAGIC, FORMAT, len(directory), zlib.crc32(body), digest) + body


def group(details: list[Any]) -> tuple[bytes, ...]:
    """Packs what is the bulk of an index so that one function does not cost the unpacking of all."""
    parts = [tuple(details[start : start + GROUP]) for start in range(0, len(details), GROUP)]
    return tuple(zlib.compress(marshal.dumps(part, 2), 6) for part in parts)


def ungroup(packed: bytes) -> tuple[Any, ...]:
    """A group as it was."""
    part: tuple[Any, ...] = marshal.loads(zlib.decompress(packed))
    return part


def fingerprint(image: bytes) -> bytes:
    """What tells one image from another, 16 bytes: its length and two checksums. (Not hashlib: importing
    OpenSSL takes longer than all the rest of opening an index, and nobody gains by forging an index of his
    own image.)"""
    return struct.pack("<QII", len(image), zlib.crc32(image), zlib.adler32(image))


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base and os.path.isabs(base) else Path.home() / ".cache") / "stapy"


def beside(image: Path) -> Path:
    """Where an index is shipped with its image."""
    return image.with_suffix(".index")


def open_index(image: Path) -> Index:
    """The index of an ELF file, from wherever it can be had. Raises OSError if the image cannot be read, and
    elftools.common.exceptions.ELFError if it is no ELF file."""
    data = image.read_bytes()
    digest = fingerprint(data)
    cached = _cached(digest)
    for path in (beside(image), cached):
        index = Index.load(path, digest) if path is not None else None
        if index is not None:
            return index
    made = make_index(data, digest)
    if cached is not None:
        write(cached, made)
    index = Index.parse(made, digest)
    assert index is not None
    return index


def make_index(image: bytes, digest: bytes | None = None) -> bytes:
    """Reads an ELF image and gives the content of its index file."""
    import io

    from stapy.runtime.debuginfo.reader import read_image

    return serialize(read_image(io.BytesIO(image)), digest or fingerprint(image))


def _cached(digest: bytes) -> Path | None:
    try:
        return cache_folder() / f"{digest.hex()}-{FORMAT}.index"
    except RuntimeError:  # no home directory
        return None


def write(path: Path, data: bytes) -> bool:
    """Puts an index into a file in one step, so that nobody reads half of one. False if that place cannot
    be written; a cache may be missing."""
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(name, 0o644)  # mkstemp's is private, and an installed index is everybody's
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise
    except OSError:
        return False
    return True
