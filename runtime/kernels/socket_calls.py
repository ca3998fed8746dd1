"""The system calls of sockets: how addresses and messages go into user memory and come out of it.

An address is a path (AF_UNIX; one that begins with NUL is abstract), or (host, port) with the host as four numbers
and dots (AF_INET).
"""

from __future__ import annotations

import struct
from typing import Any

from stapy.runtime.kernels.calls import NAMES, Arena, Encoded, Text, as_bytes, as_text, call

AF_UNIX, AF_INET = 1, 2
ADDRESS_SIZE = 128

Address = Text | tuple[str, int]

# i386 and s390x have the newer call alone, beside socketcall().
NAMES["accept"] = ("sys_accept", "sys_accept4")
NAMES["send"] = NAMES["sendto"] = ("sys_sendto",)
NAMES["recv"] = NAMES["recvfrom"] = ("sys_recvfrom",)


def _order(arena: Arena) -> str:
    return "<" if arena.layout.integer(1, 2)[0] else ">"


def pack_address(arena: Arena, address: Address) -> bytes:
    """The bytes of a sockaddr. ValueError for a host that is none."""
    if isinstance(address, tuple):
        host, port = address
        numbers = [int(part) for part in host.split(".")]
        if len(numbers) != 4 or not all(0 <= number < 256 for number in numbers) or not 0 <= port < 65536:
            raise ValueError(f"{host}:{port} is no address")
        return struct.pack(_order(arena) + "H", AF_INET) + struct.pack(">H4B8x", port, *numbers)
    path = as_bytes(address)
    return struct.pack(_order(arena) + "H", AF_UNIX) + path + (b"" if path[:1] == b"\0" else b"\0")


def unpack_address(arena: Arena, data: bytes) -> Any:
    """The address in a sockaddr of that length; "" where it has no name."""
    if len(data) < 2:
        return ""
    (family,) = struct.unpack_from(_order(arena) + "H", data)
    if family == AF_INET:
        port, *numbers = struct.unpack_from(">H4B", data, 2)
        return ".".join(map(str, numbers)), port
    path = data[2:]
    return as_text(path if path[:1] == b"\0" else path.partition(b"\0")[0])


def _room(arena: Arena) -> tuple[int, int]:
    """Memory for an address and its length."""
    return arena.reserve(ADDRESS_SIZE), arena.store(arena.layout.integer(ADDRESS_SIZE, 4))


def _address_at(arena: Arena, place: int, length: int) -> Any:
    (size,) = arena.layout.ints(arena.load(length, 4))
    return unpack_address(arena, arena.load(place, min(size, ADDRESS_SIZE)))


@call("bind")
def _bind(arena: Arena, fd: int, address: Address) -> Encoded:
    data = pack_address(arena, address)
    return (fd, arena.store(data), len(data)), None


@call("connect")
def _connect(arena: Arena, fd: int, address: Address) -> Encoded:
    return _bind(arena, fd, address)


@call("accept")
def _accept(arena: Arena, fd: int) -> Encoded:
    return (fd, 0, 0, 0), None


@call("socketpair")
def _socketpair(arena: Arena, family: int, kind: int, protocol: int) -> Encoded:
    ends = arena.reserve(8)
    return (family, kind, protocol, ends), lambda _result: arena.layout.ints(arena.load(ends, 8))


@call("getsockname")
def _getsockname(arena: Arena, fd: int) -> Encoded:
    place, length = _room(arena)
    return (fd, place, length), lambda _result: _address_at(arena, place, length)


@call("getpeername")
def _getpeername(arena: Arena, fd: int) -> Encoded:
    return _getsockname(arena, fd)


@call("send")
def _send(arena: Arena, fd: int, data: Text, flags: int) -> Encoded:
    data = as_bytes(data)
    return (fd, arena.store(data), len(data), flags, 0, 0), None


@call("recv")
def _recv(arena: Arena, fd: int, size: int, flags: int) -> Encoded:
    buffer = arena.reserve(size)
    return (fd, buffer, size, flags, 0, 0), lambda result: arena.load(buffer, min(result, size))


@call("sendto")
def _sendto(arena: Arena, fd: int, data: Text, address: Address, flags: int) -> Encoded:
    data, to = as_bytes(data), pack_address(arena, address)
    return (fd, arena.store(data), len(data), flags, arena.store(to), len(to)), None


@call("recvfrom")
def _recvfrom(arena: Arena, fd: int, size: int, flags: int) -> Encoded:
    buffer = arena.reserve(size)
    place, length = _room(arena)

    def message(result: int) -> tuple[bytes, Any]:
        return arena.load(buffer, min(result, size)), _address_at(arena, place, length)

    return (fd, buffer, size, flags, place, length), message


@call("setsockopt")
def _setsockopt(arena: Arena, fd: int, level: int, option: int, value: int) -> Encoded:
    return (fd, level, option, arena.store(arena.layout.integer(value, 4)), 4), None


@call("getsockopt")
def _getsockopt(arena: Arena, fd: int, level: int, option: int) -> Encoded:
    place, length = arena.reserve(4), arena.store(arena.layout.integer(4, 4))
    return (fd, level, option, place, length), lambda _result: arena.layout.ints(arena.load(place, 4))[0]


@call("sendmsg")
def _sendmsg(arena: Arena, fd: int, parts: tuple[Text, ...], flags: int) -> Encoded:
    vectors = [as_bytes(part) for part in parts]
    words = [word for part in vectors for word in (arena.store(part), len(part))]
    header = arena.layout.pack("msghdr", msg_iov=arena.store(arena.layout.words(words)), msg_iovlen=len(vectors))
    return (fd, arena.store(header), flags), None


@call("recvmsg")
def _recvmsg(arena: Arena, fd: int, size: int, flags: int) -> Encoded:
    buffer = arena.reserve(size)
    vector = arena.store(arena.layout.words([buffer, size]))
    header = arena.store(arena.layout.pack("msghdr", msg_iov=vector, msg_iovlen=1))
    return (fd, header, flags), lambda result: arena.load(buffer, min(result, size))
