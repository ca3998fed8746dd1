"""Sockets on the built-in kernel: TCP, UDP and local ones, and their mistakes."""

from __future__ import annotations

import pytest

from stapy.workload import (
    AF_INET,
    AF_UNIX,
    MSG_DONTWAIT,
    MSG_PEEK,
    O_NONBLOCK,
    POLLHUP,
    POLLIN,
    POLLOUT,
    SHUT_WR,
    SIG_IGN,
    SIGPIPE,
    SO_ERROR,
    SO_RCVBUF,
    SO_SNDBUF,
    SO_TYPE,
    SOCK_DGRAM,
    SOCK_STREAM,
)

F_SETFL = 4
SERVER = ("127.0.0.1", 7000)


def listen(sys, family, address):
    fd = yield sys.socket(family, SOCK_STREAM)
    yield sys.bind(fd, address)
    yield sys.listen(fd, 2)
    return fd


@pytest.mark.parametrize(("family", "address"), [(AF_INET, SERVER), (AF_UNIX, "/tmp/s"), (AF_UNIX, "\0hidden")])
def test_a_connection(run, family, address):
    def client(sys):
        fd = yield sys.socket(family, SOCK_STREAM)
        yield sys.connect(fd, address)
        assert (yield sys.getpeername(fd)) == address
        yield sys.send(fd, "hello")
        yield sys.sleep(0.001)
        yield sys.writev(fd, ["a", "b" * 5000])
        assert (yield sys.read(fd, 100)) == b"bye"
        assert (yield sys.read(fd, 100)) == b""
        return 0

    def main(sys):
        listener = yield from listen(sys, family, address)
        yield sys.fork(client)
        fd = yield sys.accept(listener)
        assert (yield sys.getsockname(fd)) == address
        assert (yield sys.recv(fd, 3, MSG_PEEK)) == b"hel"
        assert (yield sys.recv(fd, 100)) == b"hello"
        got = b""
        while len(got) < 5001:
            got += yield sys.recv(fd, 2000)
        assert got == b"a" + b"b" * 5000
        yield sys.send(fd, "bye")
        yield sys.close(fd)
        assert (yield sys.wait())[1] == 0

    run(main)


def test_mistakes(run, fails):
    def main(sys):
        with fails("EAFNOSUPPORT"):
            yield sys.socket(17, SOCK_STREAM)
        with fails("EPROTONOSUPPORT"):
            yield sys.socket(AF_INET, SOCK_STREAM, 17)
        with fails("EINVAL"):
            yield sys.socket(AF_INET, 77)
        with fails("ENOTSOCK"):
            yield sys.listen(0)
        with fails("EBADF"):
            yield sys.accept(99)
        fd = yield sys.socket(AF_INET, SOCK_STREAM)
        with fails("EADDRNOTAVAIL"):
            yield sys.bind(fd, ("10.0.0.1", 80))
        with fails("ENETUNREACH"):
            yield sys.connect(fd, ("10.0.0.1", 80))
        with fails("ECONNREFUSED"):
            yield sys.connect(fd, SERVER)
        with fails("EINVAL"):
            yield sys.accept(fd)
        with fails("ENOTCONN"):
            yield sys.getpeername(fd)
        with fails("ENOTCONN"):
            yield sys.recv(fd, 1)
        yield sys.signal(SIGPIPE, SIG_IGN)
        with fails("ENOTCONN"):
            yield sys.shutdown(fd)
        with fails("EINVAL"):  # the attempt to connect gave it a port
            yield sys.bind(fd, SERVER)
        fd = yield sys.socket(AF_INET, SOCK_STREAM)
        yield sys.bind(fd, SERVER)
        other = yield sys.socket(AF_INET, SOCK_STREAM)
        with fails("EADDRINUSE"):
            yield sys.bind(other, SERVER)
        local = yield sys.socket(AF_UNIX, SOCK_STREAM)
        with fails("ENOENT"):
            yield sys.connect(local, "/tmp/nothing")
        with fails("ECONNREFUSED"):
            yield sys.connect(local, "/etc/passwd")
        with fails("EADDRINUSE"):
            yield sys.bind(local, "/etc/passwd")
        yield sys.setuid(1000)
        with fails("EACCES"):
            yield sys.bind(other, ("127.0.0.1", 80))

    run(main)


def test_who_writes_to_a_closed_connection_is_told(run):
    def main(sys):
        a, b = yield sys.socketpair()
        yield sys.close(b)
        yield sys.signal(SIGPIPE, SIG_IGN)
        with pytest.raises(BrokenPipeError):
            yield sys.write(a, "x")
        assert (yield sys.read(a, 1)) == b""

    run(main)


def test_half_closed(run):
    def main(sys):
        listener = yield from listen(sys, AF_INET, SERVER)
        client = yield sys.socket(AF_INET, SOCK_STREAM)
        yield sys.connect(client, SERVER)
        server = yield sys.accept(listener)
        yield sys.send(client, "question")
        yield sys.shutdown(client, SHUT_WR)
        assert (yield sys.recv(server, 100)) == b"question"
        assert (yield sys.recv(server, 100)) == b""
        yield sys.send(server, "answer")
        assert (yield sys.recv(client, 100)) == b"answer"
        yield sys.close(server)
        assert (yield sys.recv(client, 100)) == b""

    run(main)


def test_unread_data_resets(run, fails):
    def main(sys):
        listener = yield from listen(sys, AF_INET, SERVER)
        client = yield sys.socket(AF_INET, SOCK_STREAM)
        yield sys.connect(client, SERVER)
        server = yield sys.accept(listener)
        yield sys.send(client, "never read")
        yield sys.close(server)
        with fails("ECONNRESET"):
            yield sys.recv(client, 1)

    run(main)


def test_a_full_socket_blocks(run):
    def reader(sys, fd):
        yield sys.sleep(0.02)
        total = 0
        while total < 200_000:
            total += len((yield sys.read(fd, 8192)))
        return 0

    def main(sys):
        a, b = yield sys.socketpair()
        yield sys.fcntl(a, F_SETFL, O_NONBLOCK)
        sent = 0
        with pytest.raises(BlockingIOError):
            while True:
                sent += yield sys.write(a, "x" * 4096)
        assert 65536 <= sent <= 80000
        assert (yield sys.poll([(a, POLLOUT)], 0)) == {}
        yield sys.fcntl(a, F_SETFL, 0)
        yield sys.fork(reader, b)
        before = yield sys.clock_gettime()
        while sent < 200_000:
            sent += yield sys.write(a, "x" * min(4096, 200_000 - sent))
        assert (yield sys.clock_gettime()) - before >= 20_000_000
        assert (yield sys.wait())[1] == 0

    run(main)


def test_datagrams(run, fails):
    def main(sys):
        a = yield sys.socket(AF_INET, SOCK_DGRAM)
        b = yield sys.socket(AF_INET, SOCK_DGRAM)
        yield sys.bind(a, SERVER)
        yield sys.sendto(b, "one", SERVER)
        yield sys.sendto(b, "two two", SERVER)
        data, sender = yield sys.recvfrom(a, 100)
        assert data == b"one" and sender[0] == "127.0.0.1" and sender[1] >= 32768
        assert (yield sys.recvfrom(a, 3))[0] == b"two"
        with pytest.raises(BlockingIOError):
            yield sys.recvfrom(a, 1, MSG_DONTWAIT)
        with fails("EDESTADDRREQ"):
            yield sys.send(b, "x")
        yield sys.connect(b, ("127.0.0.1", 9))
        yield sys.send(b, "to nobody")
        with fails("ECONNREFUSED"):
            yield sys.send(b, "again")
        with fails("EOPNOTSUPP"):
            yield sys.listen(a)

    run(main)


def test_local_datagrams(run):
    def main(sys):
        server = yield sys.socket(AF_UNIX, SOCK_DGRAM)
        yield sys.bind(server, "/tmp/log")
        client = yield sys.socket(AF_UNIX, SOCK_DGRAM)
        yield sys.connect(client, "/tmp/log")
        yield sys.sendmsg(client, ["a ", "message"])
        assert (yield sys.recvmsg(server, 100)) == b"a message"
        assert (yield sys.stat("/tmp/log")).mode & 0o170000 == 0o140000
        yield sys.close(server)
        with pytest.raises(ConnectionRefusedError):
            yield sys.send(client, "x")

    run(main)


def test_options_and_poll(run, fails):
    def main(sys):
        listener = yield from listen(sys, AF_INET, SERVER)
        assert (yield sys.getsockopt(listener, SO_TYPE)) == SOCK_STREAM
        yield sys.setsockopt(listener, SO_SNDBUF, 10000)
        assert (yield sys.getsockopt(listener, SO_SNDBUF)) == 20000
        assert (yield sys.getsockopt(listener, SO_RCVBUF)) == 65536
        with fails("ENOPROTOOPT"):
            yield sys.setsockopt(listener, 999, 1)
        assert (yield sys.poll([(listener, POLLIN)], 0)) == {}
        client = yield sys.socket(AF_INET, SOCK_STREAM)
        yield sys.connect(client, SERVER)
        assert (yield sys.poll([(listener, POLLIN)], 0)) == {listener: POLLIN}
        server = yield sys.accept(listener)
        assert (yield sys.poll([(client, POLLIN | POLLOUT)], 0)) == {client: POLLOUT}
        assert (yield sys.getsockopt(client, SO_ERROR)) == 0
        yield sys.send(server, "x")
        assert (yield sys.poll([(client, POLLIN)], -1)) == {client: POLLIN}
        yield sys.recv(client, 1)
        yield sys.close(server)
        assert (yield sys.poll([(client, POLLIN)], -1)) == {client: POLLIN}
        yield sys.close(client)
        a, b = yield sys.socketpair()
        yield sys.close(b)
        assert (yield sys.poll([(a, POLLIN)], -1)) == {a: POLLIN | POLLHUP}

    run(main)


def test_nothing_of_sockets_is_lost(run):
    """As many objects are in use after the second and third round as after the first."""

    def used(sys):
        lines = (yield from sys.read_file("/proc/slabinfo")).decode().splitlines()[1:]
        return {line.split()[0]: line.split()[1] for line in lines}

    def main(sys):
        counts = []
        for _ in range(3):
            for family, address in ((AF_INET, SERVER), (AF_UNIX, "/tmp/s")):
                listener = yield from listen(sys, family, address)
                ends = []
                for _ in range(3):
                    ends.append((yield sys.socket(family, SOCK_STREAM)))
                    yield sys.connect(ends[-1], address)
                ends.append((yield sys.accept(listener)))
                yield sys.send(ends[0], "left unread")
                yield sys.send(ends[1], "left unread too")
                for fd in (*ends, listener):
                    yield sys.close(fd)
            yield sys.unlink("/tmp/s")
            a = yield sys.socket(AF_INET, SOCK_DGRAM)
            yield sys.bind(a, SERVER)
            yield sys.sendto(a, "to myself", SERVER)
            yield sys.close(a)
            counts.append((yield from used(sys)))
        assert counts[0] == counts[1] == counts[2]

    run(main)
