"""The table of system calls: how arguments go into user memory and how results come out of it.

A call's encoder is given an Arena (the calling thread's scratch memory) and the arguments as the workload
wrote them. It returns the argument registers, and where the result is more than a number a function that
decodes it. Neither touches user memory itself: the user engine stores and loads, taking the page faults that
this takes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from stapy.runtime.kernels.layout import Layout

Decoder = Callable[[int], Any]
Encoded = tuple[tuple[int, ...], Decoder | None]
Text = str | bytes


def as_bytes(text: Text) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def as_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


class Stat(NamedTuple):
    """What stat(), lstat() and fstat() give; times are in seconds since 1970."""

    dev: int
    ino: int
    mode: int
    nlink: int
    uid: int
    gid: int
    rdev: int
    size: int
    blksize: int
    blocks: int
    atime: int
    mtime: int
    ctime: int


class DirectoryEntry(NamedTuple):
    name: str
    ino: int


class Uname(NamedTuple):
    sysname: str
    nodename: str
    release: str
    version: str
    machine: str
    domainname: str = ""


class Arena:
    """Scratch memory for the buffers of one call: remembers what to store there before the call."""

    __slots__ = ("_base", "_next", "_size", "layout", "load", "stores")

    def __init__(self, layout: Layout, base: int, size: int, load: Callable[[int, int], bytes]) -> None:
        self.layout = layout
        self.load = load  # (address, size) -> bytes of user memory
        self.stores: list[tuple[int, bytes]] = []
        self._base = base
        self._size = size
        self._next = 0

    def reserve(self, size: int) -> int:
        """The address of ``size`` bytes. ValueError where the scratch memory is too small."""
        start = self._next
        if size < 0 or start + size > self._size:
            raise ValueError(f"a buffer of {size} bytes does not fit (at most {self._size} for all of a call)")
        self._next = (start + size + 15) & ~15
        return self._base + start

    def store(self, data: bytes) -> int:
        address = self.reserve(len(data))
        if data:
            self.stores.append((address, data))
        return address

    def string(self, text: Text) -> int:
        return self.store(as_bytes(text) + b"\0")

    def strings(self, texts: Sequence[Text]) -> int:
        """A NULL-terminated array of strings, as execve takes it."""
        return self.store(self.layout.words([self.string(text) for text in texts] + [0]))

    def timespec(self, ns: int) -> int:
        return self.store(self.layout.pack("timespec", tv_sec=ns // 10**9, tv_nsec=ns % 10**9))


Encoder = Callable[..., Encoded]
_ENCODERS: dict[str, Encoder] = {}

# Kernel names of a call, tried in order, where they are more or others than sys_NAME.
NAMES: dict[str, tuple[str, ...]] = {
    "fork": ("sys_fork", "stub_fork", "ptregs_fork"),
    "vfork": ("sys_vfork", "stub_vfork", "ptregs_vfork"),
    "clone": ("sys_clone", "stub_clone", "ptregs_clone"),
    "execve": ("sys_execve", "stub_execve", "ptregs_execve"),
    "rt_sigreturn": ("sys_rt_sigreturn", "stub_rt_sigreturn", "ptregs_rt_sigreturn"),
    "sigreturn": ("sys_sigreturn", "ptregs_sigreturn"),
    "stat": ("sys_newstat", "sys_stat"),
    "lstat": ("sys_newlstat", "sys_lstat"),
    "fstat": ("sys_newfstat", "sys_fstat"),
    "uname": ("sys_newuname", "sys_uname"),
    "mmap_pgoff": ("sys_mmap_pgoff", "sys_mmap2"),
    "umount": ("sys_umount", "sys_oldumount"),
    "select": ("sys_select", "sys_newselect"),
}


def kernel_names(call: str) -> tuple[str, ...]:
    """The functions in the kernel's table that ``call`` may be."""
    return NAMES.get(call, (f"sys_{call}",))


def encoder(name: str) -> Encoder:
    """The encoder of call ``name``; calls that take and give plain numbers need none of their own."""
    return _ENCODERS.get(name, _plain)


def call(name: str) -> Callable[[Encoder], Encoder]:
    def register(function: Encoder) -> Encoder:
        _ENCODERS[name] = function
        return function

    return register


def _plain(_arena: Arena, *arguments: int) -> Encoded:
    return tuple(arguments), None


def _path_first(arena: Arena, path: Text, *rest: int) -> Encoded:
    return (arena.string(path), *rest), None


def _two_paths(arena: Arena, old: Text, new: Text) -> Encoded:
    return (arena.string(old), arena.string(new)), None


for _name in (
    *("open", "creat", "unlink", "truncate", "mknod", "chmod", "chown", "lchown", "access"),
    *("chdir", "chroot", "mkdir", "rmdir", "umount"),
):
    _ENCODERS[_name] = _path_first
for _name in ("link", "rename", "symlink"):
    _ENCODERS[_name] = _two_paths


# ---------------------------------------------------------------- files


@call("read")
def _read(arena: Arena, fd: int, size: int) -> Encoded:
    buffer = arena.reserve(size)
    return (fd, buffer, size), lambda result: arena.load(buffer, result)


@call("write")
def _write(arena: Arena, fd: int, data: Text) -> Encoded:
    data = as_bytes(data)
    return (fd, arena.store(data), len(data)), None


@call("pipe")
def _pipe(arena: Arena) -> Encoded:
    ends = arena.reserve(8)
    return (ends,), lambda _result: arena.layout.ints(arena.load(ends, 8))


@call("getdents")
def _getdents(arena: Arena, fd: int, size: int) -> Encoded:
    buffer = arena.reserve(size)
    return (fd, buffer, size), lambda result: _entries(arena.layout, arena.load(buffer, result))


def _entries(layout: Layout, data: bytes) -> list[DirectoryEntry]:
    fields = layout.fields("linux_dirent")
    order = "little" if layout.integer(1, 2)[0] else "big"
    (ino, ino_size), (length, length_size) = fields["d_ino"], fields["d_reclen"]
    name = fields["d_name"][0]
    found, place = [], 0
    while place < len(data):
        record = data[place:]
        number = int.from_bytes(record[ino : ino + ino_size], order)  # type: ignore[arg-type]
        end = record.index(b"\0", name)
        found.append(DirectoryEntry(as_text(record[name:end]), number))
        place += int.from_bytes(record[length : length + length_size], order)  # type: ignore[arg-type]
    return found


def _stat_result(arena: Arena, buffer: int, size: int) -> Stat:
    fields = arena.layout.unpack("stat", arena.load(buffer, size))
    return Stat(*(fields.get(f"st_{name}", 0) for name in Stat._fields))


@call("stat")
def _stat(arena: Arena, path: Text) -> Encoded:
    size = arena.layout.size("stat")
    name, buffer = arena.string(path), arena.reserve(size)
    return (name, buffer), lambda _result: _stat_result(arena, buffer, size)


_ENCODERS["lstat"] = _stat


@call("fstat")
def _fstat(arena: Arena, fd: int) -> Encoded:
    size = arena.layout.size("stat")
    buffer = arena.reserve(size)
    return (fd, buffer), lambda _result: _stat_result(arena, buffer, size)


@call("readlink")
def _readlink(arena: Arena, path: Text, size: int) -> Encoded:
    name, buffer = arena.string(path), arena.reserve(size)
    return (name, buffer, size), lambda result: as_text(arena.load(buffer, result))


@call("getcwd")
def _getcwd(arena: Arena, size: int) -> Encoded:
    buffer = arena.reserve(size)
    return (buffer, size), lambda result: as_text(arena.load(buffer, result).rstrip(b"\0"))


@call("mount")
def _mount(arena: Arena, source: Text, target: Text, kind: Text, flags: int) -> Encoded:
    return (arena.string(source), arena.string(target), arena.string(kind), flags, 0), None


@call("poll")
def _poll(arena: Arena, requests: Sequence[tuple[int, int]], timeout: int) -> Encoded:
    order = "<" if arena.layout.integer(1, 2)[0] else ">"
    data = b"".join(struct.pack(order + "ihh", fd, events, 0) for fd, events in requests)
    buffer = arena.store(data)

    def ready(_result: int) -> dict[int, int]:
        answered = struct.iter_unpack(order + "ihh", arena.load(buffer, len(data)))
        return {fd: revents for fd, _events, revents in answered if revents}

    return (buffer, len(requests), timeout), ready


@call("mmap_pgoff")
def _mmap_pgoff(_arena: Arena, address: int, size: int, prot: int, flags: int, fd: int, offset: int) -> Encoded:
    return (address, size, prot, flags, fd, offset >> 12), None


# ---------------------------------------------------------------- processes


@call("wait4")
def _wait4(arena: Arena, pid: int, options: int) -> Encoded:
    status = arena.reserve(4)
    return (pid, status, options, 0), lambda result: (result, arena.layout.ints(arena.load(status, 4))[0])


@call("execve")
def _execve(arena: Arena, path: Text, argv: Sequence[Text], environment: Sequence[Text]) -> Encoded:
    return (arena.string(path), arena.strings(argv), arena.strings(environment)), None


@call("rt_sigaction")
def _rt_sigaction(arena: Arena, number: int, handler: int, flags: int, restorer: int) -> Encoded:
    action = arena.layout.pack("sigaction", sa_handler=handler, sa_flags=flags, sa_restorer=restorer, sa_mask=0)
    return (number, arena.store(action), 0, 8), None


@call("rt_sigprocmask")
def _rt_sigprocmask(arena: Arena, how: int, mask: int) -> Encoded:
    new, old = arena.store(arena.layout.integer(mask, 8)), arena.reserve(8)
    order = "little" if arena.layout.integer(1, 2)[0] else "big"
    return (how, new, old, 8), lambda _result: int.from_bytes(arena.load(old, 8), order)  # type: ignore[arg-type]


@call("rt_sigsuspend")
def _rt_sigsuspend(arena: Arena, mask: int) -> Encoded:
    return (arena.store(arena.layout.integer(mask, 8)), 8), None


# ---------------------------------------------------------------- time and the system


@call("nanosleep")
def _nanosleep(arena: Arena, ns: int) -> Encoded:
    return (arena.timespec(ns), 0), None


@call("time")
def _time(_arena: Arena) -> Encoded:
    return (0,), None


@call("gettimeofday")
def _gettimeofday(arena: Arena) -> Encoded:
    size = arena.layout.size("timeval")
    buffer = arena.reserve(size)

    def seconds(_result: int) -> tuple[int, int]:
        fields = arena.layout.unpack("timeval", arena.load(buffer, size))
        return fields["tv_sec"], fields["tv_usec"]

    return (buffer, 0), seconds


@call("clock_gettime")
def _clock_gettime(arena: Arena, clock: int) -> Encoded:
    size = arena.layout.size("timespec")
    buffer = arena.reserve(size)

    def nanoseconds(_result: int) -> int:
        fields = arena.layout.unpack("timespec", arena.load(buffer, size))
        return fields["tv_sec"] * 10**9 + fields["tv_nsec"]

    return (clock, buffer), nanoseconds


@call("times")
def _times(arena: Arena) -> Encoded:
    size = arena.layout.size("tms")
    buffer = arena.reserve(size)

    def ticks(_result: int) -> tuple[int, int, int, int]:
        fields = arena.layout.unpack("tms", arena.load(buffer, size))
        return fields["tms_utime"], fields["tms_stime"], fields["tms_cutime"], fields["tms_cstime"]

    return (buffer,), ticks


@call("uname")
def _uname(arena: Arena) -> Encoded:
    size = arena.layout.size("new_utsname")
    buffer = arena.reserve(size)

    def names(_result: int) -> Uname:
        data = arena.load(buffer, size)
        return Uname(*(as_text(data[at : at + 65].split(b"\0")[0]) for at in range(0, size - 64, 65)))

    return (buffer,), names


@call("sethostname")
def _sethostname(arena: Arena, name: Text) -> Encoded:
    data = as_bytes(name)
    return (arena.store(data), len(data)), None


@call("syslog")
def _syslog(arena: Arena, action: int, size: int) -> Encoded:
    buffer = arena.reserve(size)
    return (action, buffer, size), lambda result: arena.load(buffer, result)
