"""The system calls of waiting, timers, locks, limits and memory: their structures in user memory."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from stapy.runtime.kernels.calls import NAMES, Arena, Encoded, Text, as_bytes, call

NAMES["lock"] = NAMES["lock_test"] = ("sys_fcntl",)
NAMES["pread"], NAMES["pwrite"] = ("sys_preadv",), ("sys_pwritev",)
NAMES["futex_wait"] = NAMES["futex_call"] = ("sys_futex",)
NAMES["sigqueue"] = ("sys_rt_sigqueueinfo",)
NAMES["sigtimedwait"] = ("sys_rt_sigtimedwait",)
NAMES["rlimits"] = ("sys_prlimit64",)
NAMES["semop"] = ("sys_semop", "sys_semtimedop")
NAMES["sendfile"] = ("sys_sendfile64", "sys_sendfile")
NAMES["timerfd_read"] = NAMES["inotify_read"] = ("sys_read",)

EPOLL_EVENT = "epoll_event"


def _order(arena: Arena) -> str:
    return "<" if arena.layout.integer(1, 2)[0] else ">"


def _number(arena: Arena, data: bytes) -> int:
    return int.from_bytes(data, "little" if _order(arena) == "<" else "big")


def _itimerspec(arena: Arena, first: int, interval: int) -> int:
    """An itimerspec of two times in ns."""
    parts = (interval, first)
    return arena.store(
        b"".join(arena.layout.pack("timespec", tv_sec=ns // 10**9, tv_nsec=ns % 10**9) for ns in parts)
    )


# ---------------------------------------------------------------- waiting


@call("futex_wait")
def _futex_wait(arena: Arena, address: int, operation: int, value: int, timeout: int | None) -> Encoded:
    return (address, operation, value, 0 if timeout is None else arena.timespec(timeout), 0, 0), None


@call("futex_call")
def _futex_call(
    _arena: Arena, address: int, operation: int, value: int, value2: int, address2: int, value3: int
) -> Encoded:
    return (address, operation, value, value2, address2, value3), None


@call("epoll_ctl")
def _epoll_ctl(arena: Arena, epfd: int, operation: int, fd: int, events: int) -> Encoded:
    return (epfd, operation, fd, arena.store(arena.layout.pack(EPOLL_EVENT, events=events, data=fd))), None


@call("epoll_wait")
def _epoll_wait(arena: Arena, epfd: int, most: int, timeout: int) -> Encoded:
    size = arena.layout.size(EPOLL_EVENT)
    buffer = arena.reserve(size * most)

    def happened(result: int) -> dict[int, int]:
        data = arena.load(buffer, result * size)
        events = [arena.layout.unpack(EPOLL_EVENT, data[at : at + size]) for at in range(0, len(data), size)]
        return {event["data"]: event["events"] for event in events}

    return (epfd, buffer, most, timeout), happened


@call("timerfd_settime")
def _timerfd_settime(arena: Arena, fd: int, flags: int, first: int, interval: int) -> Encoded:
    return (fd, flags, _itimerspec(arena, first, interval), 0), None


@call("timerfd_read")
def _timerfd_read(arena: Arena, fd: int) -> Encoded:
    buffer = arena.reserve(8)
    return (fd, buffer, 8), lambda _result: _number(arena, arena.load(buffer, 8))


def _bits(arena: Arena, fds: Sequence[int]) -> int:
    """A set of descriptors, as words."""
    bits = sum(1 << fd for fd in set(fds))
    word = 8 * arena.layout.word
    return arena.store(arena.layout.words([bits >> at & ((1 << word) - 1) for at in range(0, 1024, word)]))


@call("select")
def _select(
    arena: Arena, readers: Sequence[int], writers: Sequence[int], others: Sequence[int], timeout: int | None
) -> Encoded:
    count = max([*readers, *writers, *others, -1]) + 1
    places = [_bits(arena, fds) for fds in (readers, writers, others)]
    limit = 0
    if timeout is not None:
        limit = arena.store(
            arena.layout.pack("timeval", tv_sec=timeout // 10**9, tv_usec=timeout % 10**9 // 1000)
        )

    def ready(_result: int) -> tuple[list[int], list[int], list[int]]:
        found = []
        for place, fds in zip(places, (readers, writers, others), strict=True):
            data, size = arena.load(place, 128), arena.layout.word
            words = [_number(arena, data[at : at + size]) for at in range(0, 128, size)]
            found.append([fd for fd in fds if words[fd // (8 * size)] >> fd % (8 * size) & 1])
        return found[0], found[1], found[2]

    return (count, *places, limit), ready


@call("ppoll")
def _ppoll(arena: Arena, requests: Sequence[tuple[int, int]], timeout: int | None, mask: int | None) -> Encoded:
    data = b"".join(struct.pack(_order(arena) + "ihh", fd, events, 0) for fd, events in requests)
    buffer = arena.store(data)
    limit = 0 if timeout is None else arena.timespec(timeout)
    sigmask = 0 if mask is None else arena.store(arena.layout.integer(mask, 8))

    def ready(_result: int) -> dict[int, int]:
        answered = struct.iter_unpack(_order(arena) + "ihh", arena.load(buffer, len(data)))
        return {fd: revents for fd, _events, revents in answered if revents}

    return (buffer, len(requests), limit, sigmask, 8), ready


@call("inotify_add_watch")
def _inotify_add_watch(arena: Arena, fd: int, path: Text, mask: int) -> Encoded:
    return (fd, arena.string(path), mask), None


@call("inotify_read")
def _inotify_read(arena: Arena, fd: int, size: int) -> Encoded:
    buffer = arena.reserve(size)

    def events(result: int) -> list[tuple[int, int, int, str]]:
        data, found = arena.load(buffer, result), []
        while data:
            wd, mask, cookie, length = struct.unpack_from(_order(arena) + "iIII", data)
            found.append((wd, mask, cookie, data[16 : 16 + length].rstrip(b"\0").decode("utf-8", "surrogateescape")))
            data = data[16 + length :]
        return found

    return (fd, buffer, size), events


# ---------------------------------------------------------------- timers and signals


@call("timer_create")
def _timer_create(arena: Arena, clock: int, signal: int) -> Encoded:
    place = arena.reserve(4)
    event = arena.store(arena.layout.pack("sigevent", sigev_signo=signal, sigev_notify=0))
    return (clock, event, place), lambda _result: arena.layout.ints(arena.load(place, 4))[0]


@call("timer_settime")
def _timer_settime(arena: Arena, timer: int, flags: int, first: int, interval: int) -> Encoded:
    return (timer, flags, _itimerspec(arena, first, interval), 0), None


@call("setitimer")
def _setitimer(arena: Arena, which: int, first: int, interval: int) -> Encoded:
    values = b"".join(
        arena.layout.pack("timeval", tv_sec=ns // 10**9, tv_usec=ns % 10**9 // 1000) for ns in (interval, first)
    )
    return (which, arena.store(values), 0), None


@call("sigqueue")
def _sigqueue(arena: Arena, pid: int, signal: int, value: int) -> Encoded:
    """struct siginfo with SI_QUEUE (-1), whose sender and value the caller says himself."""
    start, word = arena.layout.offset("siginfo", "_sifields"), arena.layout.word
    info = bytearray(arena.layout.size("siginfo"))
    struct.pack_into(_order(arena) + "iii", info, 0, signal, 0, -1)
    at = start + 8
    info[at : at + word] = arena.layout.integer(value, word)
    return (pid, signal, arena.store(bytes(info))), None


@call("sigtimedwait")
def _sigtimedwait(arena: Arena, mask: int, timeout: int | None) -> Encoded:
    limit = 0 if timeout is None else arena.timespec(timeout)
    return (arena.store(arena.layout.integer(mask, 8)), 0, limit, 8), None


# ---------------------------------------------------------------- files


@call("lock")
def _lock(arena: Arena, fd: int, command: int, kind: int, start: int, length: int) -> Encoded:
    flock = arena.layout.pack("flock", l_type=kind, l_whence=0, l_start=start, l_len=length)
    return (fd, command, arena.store(flock)), None


@call("lock_test")
def _lock_test(arena: Arena, fd: int, kind: int, start: int, length: int) -> Encoded:
    size = arena.layout.size("flock")
    place = arena.store(arena.layout.pack("flock", l_type=kind, l_whence=0, l_start=start, l_len=length))

    def holder(_result: int) -> int:
        flock = arena.layout.unpack("flock", arena.load(place, size))
        return 0 if flock["l_type"] == 2 else flock["l_pid"]

    return (fd, 5, place), holder


@call("readv")
def _readv(arena: Arena, fd: int, sizes: Sequence[int]) -> Encoded:
    buffers = [arena.reserve(size) for size in sizes]
    words = [word for pair in zip(buffers, sizes, strict=True) for word in pair]

    def data(result: int) -> list[bytes]:
        found = []
        for buffer, size in zip(buffers, sizes, strict=True):
            found.append(arena.load(buffer, min(size, result)))
            result -= len(found[-1])
        return found

    return (fd, arena.store(arena.layout.words(words)), len(sizes)), data


@call("writev")
def _writev(arena: Arena, fd: int, parts: Sequence[Text]) -> Encoded:
    vectors = [as_bytes(part) for part in parts]
    words = [word for part in vectors for word in (arena.store(part), len(part))]
    return (fd, arena.store(arena.layout.words(words)), len(vectors)), None


def _position(arena: Arena, offset: int) -> tuple[int, int]:
    bits = 8 * arena.layout.word
    return offset & ((1 << bits) - 1), offset >> bits


@call("pread")
def _pread(arena: Arena, fd: int, size: int, offset: int) -> Encoded:
    buffer = arena.reserve(size)
    vector = arena.store(arena.layout.words([buffer, size]))
    return (fd, vector, 1, *_position(arena, offset)), lambda result: arena.load(buffer, result)


@call("pwrite")
def _pwrite(arena: Arena, fd: int, data: Text, offset: int) -> Encoded:
    data = as_bytes(data)
    vector = arena.store(arena.layout.words([arena.store(data), len(data)]))
    return (fd, vector, 1, *_position(arena, offset)), None


@call("sendfile")
def _sendfile(_arena: Arena, out: int, source: int, count: int) -> Encoded:
    return (out, source, 0, count), None


@call("statfs")
def _statfs(arena: Arena, path: Text) -> Encoded:
    size = arena.layout.size("statfs")
    name, buffer = arena.string(path), arena.reserve(size)
    return (name, buffer), lambda _result: arena.layout.unpack("statfs", arena.load(buffer, size))


@call("utimensat")
def _utimensat(arena: Arena, directory: int, path: Text, times: tuple[int, int] | None, flags: int) -> Encoded:
    place = 0
    if times is not None:
        pair = (arena.layout.pack("timespec", tv_sec=ns // 10**9, tv_nsec=ns % 10**9) for ns in times)
        place = arena.store(b"".join(pair))
    return (directory, arena.string(path), place, flags), None


def _at(name: str, paths: int) -> None:
    """A call whose first arguments are ``paths`` pairs of directory and path."""

    @call(name)
    def encode(arena: Arena, *arguments: Any) -> Encoded:
        out = [
            arena.string(value) if number % 2 and number < 2 * paths else value
            for number, value in enumerate(arguments)
        ]
        return tuple(out), None


for _name in ("openat", "mkdirat", "unlinkat", "fchmodat", "fchownat", "faccessat", "mknodat"):
    _at(_name, 1)
for _name in ("renameat", "linkat"):
    _at(_name, 2)


def _strings(name: str, count: int) -> None:
    """A call whose first ``count`` arguments are strings and the others numbers."""

    @call(name)
    def encode(arena: Arena, *arguments: Any) -> Encoded:
        return tuple(arena.string(v) if n < count else v for n, v in enumerate(arguments)), None


for _name, _count in {"getxattr": 2, "setxattr": 2, "listxattr": 1, "removexattr": 2}.items():
    _strings(_name, _count)


# ---------------------------------------------------------------- System V's semaphores and messages


@call("semop")
def _semop(arena: Arena, identifier: int, operations: Sequence[tuple[int, int, int]]) -> Encoded:
    """(semaphore, change, flags) each; some machines have the call with a time alone, which is none here."""
    data = b"".join(struct.pack(_order(arena) + "Hhh", *operation) for operation in operations)
    return (identifier, arena.store(data), len(operations), 0), None


@call("msgsnd")
def _msgsnd(arena: Arena, identifier: int, kind: int, text: Text, flags: int) -> Encoded:
    data = as_bytes(text)
    return (identifier, arena.store(arena.layout.words([kind]) + data), len(data), flags), None


@call("msgrcv")
def _msgrcv(arena: Arena, identifier: int, size: int, kind: int, flags: int) -> Encoded:
    word = arena.layout.word
    buffer = arena.reserve(word + size)

    def message(result: int) -> tuple[int, bytes]:
        data = arena.load(buffer, word + result)
        return _number(arena, data[:word]), data[word:]

    return (identifier, buffer, size, kind, flags), message


# ---------------------------------------------------------------- limits, memory and the system


@call("rlimits")
def _rlimits(arena: Arena, resource: int, pid: int) -> Encoded:
    place = arena.reserve(16)

    def limits(_result: int) -> tuple[int, int]:
        data = arena.load(place, 16)
        return _number(arena, data[:8]), _number(arena, data[8:])

    return (pid, resource, 0, place), limits


@call("setrlimit")
def _setrlimit(arena: Arena, resource: int, soft: int, hard: int) -> Encoded:
    return (resource, arena.store(arena.layout.words([soft, hard]))), None


@call("getrusage")
def _getrusage(arena: Arena, who: int) -> Encoded:
    size = arena.layout.size("rusage")
    buffer = arena.reserve(size)

    def usage(_result: int) -> dict[str, int]:
        data = arena.load(buffer, size)
        out = {name: value for name, value in arena.layout.unpack("rusage", data).items() if name not in _TIMES}
        for name in _TIMES:
            at = arena.layout.offset("rusage", name)
            time = arena.layout.unpack("timeval", data[at : at + arena.layout.size("timeval")])
            out[name] = time["tv_sec"] * 10**9 + time["tv_usec"] * 1000
        return out

    return (who, buffer), usage


_TIMES = ("ru_utime", "ru_stime")


@call("sysinfo")
def _sysinfo(arena: Arena) -> Encoded:
    size = arena.layout.size("sysinfo")
    buffer = arena.reserve(size)
    return (buffer,), lambda _result: arena.layout.unpack("sysinfo", arena.load(buffer, size))


@call("mincore")
def _mincore(arena: Arena, address: int, size: int) -> Encoded:
    pages = (size + 4095) // 4096
    place = arena.reserve(pages)
    return (address, size, place), lambda _result: list(arena.load(place, pages))


@call("sched_setscheduler")
def _sched_setscheduler(arena: Arena, pid: int, policy: int, priority: int) -> Encoded:
    return (pid, policy, arena.store(arena.layout.integer(priority, 4))), None


@call("getrandom")
def _getrandom(arena: Arena, size: int, flags: int) -> Encoded:
    buffer = arena.reserve(size)
    return (buffer, size, flags), lambda result: arena.load(buffer, result)


@call("waitid")
def _waitid(arena: Arena, kind: int, pid: int, options: int) -> Encoded:
    return (kind, pid, 0, options, 0), None


@call("capget")
def _capget(arena: Arena, pid: int) -> Encoded:
    header = arena.store(struct.pack(_order(arena) + "Ii", 0x20080522, pid))
    place = arena.reserve(24)

    def sets(_result: int) -> tuple[int, int, int]:
        words = struct.unpack(_order(arena) + "6I", arena.load(place, 24))
        effective, permitted, inheritable = (words[at] | words[at + 3] << 32 for at in range(3))
        return effective, permitted, inheritable

    return (header, place), sets
