"""The named workload of sockets: servers and clients over TCP, UDP and within the machine."""

from __future__ import annotations

from typing import Any

from stapy.workload import (
    AF_INET,
    AF_UNIX,
    SHUT_WR,
    SO_REUSEADDR,
    SOCK_DGRAM,
    SOCK_STREAM,
    Address,
    Procedure,
    System,
)

TCP: Address = ("127.0.0.1", 8080)
UDP: Address = ("127.0.0.1", 5353)
LOCAL: Address = "/tmp/server.sock"


def sockets(sys: System, clients: Any = 3, blocks: Any = 4) -> Procedure:
    """sockets [CLIENTS [BLOCKS]]: CLIENTS (3) send BLOCKS (4) of 1 KB to an echo server, over TCP and a local
    socket, and as many datagrams."""
    count = int(clients)
    for family, address in ((AF_INET, TCP), (AF_UNIX, LOCAL)):
        listener = yield sys.socket(family, SOCK_STREAM)
        yield sys.setsockopt(listener, SO_REUSEADDR, 1)
        yield sys.bind(listener, address)
        yield sys.listen(listener, 4)
        yield sys.fork(_server, listener, count)
        yield sys.close(listener)
        for number in range(count):
            yield sys.fork(_client, family, address, number, int(blocks))
        for _ in range(count + 1):
            _, status = yield sys.wait()
            assert status == 0
    yield sys.unlink("/tmp/server.sock")
    yield from _datagrams(sys, count * int(blocks))
    client = yield sys.socket(AF_INET, SOCK_STREAM)
    try:
        yield sys.connect(client, TCP)
    except ConnectionRefusedError:
        return 0
    return 1


def _server(sys: System, listener: int, count: int) -> Procedure:
    for _ in range(count):
        connection = yield sys.accept(listener)
        while data := (yield sys.recv(connection, 1024)):
            yield sys.compute(us=30)
            yield sys.send(connection, data.upper())
        yield sys.close(connection)
    return 0


def _client(sys: System, family: int, address: Address, number: int, blocks: int) -> Procedure:
    fd = yield sys.socket(family, SOCK_STREAM)
    yield sys.connect(fd, address)
    for _ in range(blocks):
        block = bytes([97 + number]) * 1024
        yield sys.send(fd, block)
        received = b""
        while len(received) < len(block):
            received += yield sys.recv(fd, 1024)
        assert received == block.upper()
    yield sys.shutdown(fd, SHUT_WR)
    assert (yield sys.recv(fd, 1)) == b""
    yield sys.close(fd)
    return 0


def _datagrams(sys: System, count: int) -> Procedure:
    server = yield sys.socket(AF_INET, SOCK_DGRAM)
    yield sys.bind(server, UDP)
    pid = yield sys.fork(_asker, count)
    for _ in range(count):
        question, sender = yield sys.recvfrom(server, 512)
        yield sys.sendto(server, question[::-1], sender)
    yield sys.waitpid(pid)
    yield sys.close(server)


def _asker(sys: System, count: int) -> Procedure:
    fd = yield sys.socket(AF_INET, SOCK_DGRAM)
    for number in range(count):
        question = f"question {number}"
        yield sys.sendto(fd, question, UDP)
        answer, _ = yield sys.recvfrom(fd, 512)
        assert answer.decode() == question[::-1]
    return 0
