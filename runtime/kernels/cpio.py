"""Writes the initramfs: a cpio archive in the "newc" format, as the kernel unpacks it at boot."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass

TRAILER = "TRAILER!!!"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive. ``path`` has no leading slash; ``mode`` carries the type bits (stat.S_IFREG
    ...)."""

    path: str
    data: bytes = b""
    mode: int = stat.S_IFREG | 0o644
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    device: tuple[int, int] = (0, 0)  # major and minor of a device node


def directory(path: str, mode: int = 0o755) -> Entry:
    return Entry(path, mode=stat.S_IFDIR | mode)


def device(path: str, kind: int, major: int, minor: int, mode: int = 0o666) -> Entry:
    """A device node; ``kind`` is stat.S_IFCHR or stat.S_IFBLK."""
    return Entry(path, mode=kind | mode, device=(major, minor))


def symlink(path: str, target: str) -> Entry:
    return Entry(path, target.encode("latin-1"), stat.S_IFLNK | 0o777)


def archive(entries: Iterable[Entry]) -> bytes:
    """The archive's bytes. Directories have to come before what is in them; inodes are numbered in order."""
    out: list[bytes] = []
    for inode, entry in enumerate(entries, start=1):
        _append(out, entry, inode)
    _append(out, Entry(TRAILER, mode=0), 0)
    return b"".join(out)


def _append(out: list[bytes], entry: Entry, inode: int) -> None:
    name = entry.path.encode("latin-1") + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    fields = (
        inode,
        entry.mode,
        entry.uid,
        entry.gid,
        links,
        entry.mtime,
        len(entry.data),
        0,  # the device the file was on
        0,
        *entry.device,
        len(name),
        0,  # checksum, unused in this format
    )
    out.append(b"070701" + b"%08X" * len(fields) % fields)
    out.append(name + bytes(-(110 + len(name)) % 4))
    out.append(entry.data + bytes(-len(entry.data) % 4))
