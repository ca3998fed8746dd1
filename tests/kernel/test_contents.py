"""Reading and writing files, descriptors, pipes and fifos on the built-in kernel."""

from __future__ import annotations

import pytest

from stapy.workload import O_CREAT, O_NONBLOCK, O_RDWR, O_TRUNC, O_WRONLY

O_APPEND = 0o2000
F_DUPFD, F_SETFL = 0, 4
POLLIN, POLLHUP = 1, 16


def test_holes_and_truncation(run, fails):
    def main(sys):
        fd = yield sys.open("/tmp/f", O_RDWR | O_CREAT)
        yield sys.lseek(fd, 10000, 0)
        yield sys.write(fd, "x")
        about = yield sys.fstat(fd)
        assert (about.size, about.blocks) == (10001, 8)
        yield sys.lseek(fd, 0, 0)
        assert (yield sys.read(fd, 20000)) == bytes(10000) + b"x"
        yield sys.write(fd, "y" * 3000)
        yield sys.ftruncate(fd, 5000)
        yield sys.ftruncate(fd, 9000)
        yield sys.lseek(fd, 0, 0)
        assert (yield sys.read(fd, 20000)) == bytes(9000)
        with fails("EINVAL"):
            yield sys.lseek(fd, -1, 0)
        other = yield sys.open("/tmp/f", O_WRONLY | O_TRUNC)
        assert (yield sys.fstat(fd)).size == 0
        with fails("EBADF"):
            yield sys.read(other, 1)

    run(main)


def test_append(run):
    def main(sys):
        yield from sys.write_file("/tmp/f", "aa")
        fd = yield sys.open("/tmp/f", O_WRONLY | O_APPEND)
        yield sys.lseek(fd, 0, 0)
        yield sys.write(fd, "bb")
        assert (yield from sys.read_file("/tmp/f")) == b"aabb"

    run(main)


def test_many_descriptors(run):
    def main(sys):
        opened = []
        for _ in range(100):
            opened.append((yield sys.open("/dev/null", O_RDWR)))
        assert opened == list(range(3, 103))
        yield sys.close(50)
        assert (yield sys.dup(3)) == 50
        assert (yield sys.fcntl(3, F_DUPFD, 200)) == 200

        def child(sys):
            yield sys.write(200, "inherited")

        yield sys.fork(child)
        assert (yield sys.wait())[1] == 0

    run(main)


def test_devices(run, fails):
    def main(sys):
        zero = yield sys.open("/dev/zero")
        assert (yield sys.read(zero, 5000)) == bytes(5000)
        null = yield sys.open("/dev/null", O_RDWR)
        assert (yield sys.read(null, 10)) == b""
        full = yield sys.open("/dev/full", O_WRONLY)
        with fails("ENOSPC"):
            yield sys.write(full, "x")
        yield sys.mknod("/tmp/nodev", 0o020666, 99 << 8)
        with fails("ENXIO"):
            yield sys.open("/tmp/nodev")

    run(main)


def test_a_pipe_holds_sixteen_pages(run):
    def main(sys):
        _, writer = yield sys.pipe()
        yield sys.fcntl(writer, F_SETFL, O_WRONLY | O_NONBLOCK)
        written = 0
        with pytest.raises(BlockingIOError):
            while True:
                written += yield sys.write(writer, "a" * 1024)
        assert written == 16 * 4096

    run(main)


def test_fifos(run, fails):
    def main(sys):
        yield sys.mknod("/tmp/fifo", 0o010644)
        with fails("ENXIO"):
            yield sys.open("/tmp/fifo", O_WRONLY | O_NONBLOCK)

        def writer(sys):
            fd = yield sys.open("/tmp/fifo", O_WRONLY)
            for i in range(3):
                yield sys.write(fd, f"message {i}")
                yield sys.sleep(0.01)

        yield sys.fork(writer)
        fd = yield sys.open("/tmp/fifo")
        got = []
        while data := (yield sys.read(fd, 100)):
            got.append(data)
        assert got == [b"message 0", b"message 1", b"message 2"]
        with fails("ESPIPE"):
            yield sys.lseek(fd, 0, 0)

    run(main)


def test_poll(run):
    def main(sys):
        reader, writer = yield sys.pipe()
        before = yield sys.clock_gettime()
        assert (yield sys.poll([(reader, POLLIN)], 20)) == {}
        assert 20_000_000 <= (yield sys.clock_gettime()) - before < 20_100_000

        def later(sys):
            yield sys.sleep(0.005)
            yield sys.write(writer, "x")

        yield sys.fork(later)
        assert (yield sys.poll([(reader, POLLIN)], 1000)) == {reader: POLLIN}
        yield sys.wait()
        yield sys.close(writer)
        yield sys.read(reader, 1)
        assert (yield sys.poll([(reader, POLLIN)], -1)) == {reader: POLLHUP}

    run(main)


def test_nothing_is_lost(run):
    """Objects and pages in use are the same after each round of processes, files and pipes."""

    def used(sys):
        lines = (yield from sys.read_file("/proc/slabinfo")).decode().splitlines()[1:]
        free = (yield from sys.read_file("/proc/meminfo")).decode().splitlines()[1]
        return {line.split()[0]: line.split()[1] for line in lines}, free

    def child(sys, number):
        name = f"/tmp/{number}"
        yield from sys.write_file(name, "y" * 5000)
        yield sys.mkdir(name + "d")
        yield sys.rename(name, name + "d/f")
        yield sys.unlink(name + "d/f")
        yield sys.rmdir(name + "d")
        reader, _ = yield sys.pipe()
        area = yield sys.mmap(0x10000)
        yield sys.touch(area, True)

        def writer(sys):
            yield sys.write(_, "z" * 10000)

        yield sys.fork(writer)
        yield sys.close(_)
        while (yield sys.read(reader, 4096)):
            pass
        yield sys.wait()
        yield sys.exec("/bin/true")

    def round(sys):
        for number in range(8):
            yield sys.fork(child, number)
        for _ in range(8):
            assert (yield sys.wait())[1] == 0
        yield from sys.listdir("/proc")

    def main(sys):
        yield from round(sys)
        before = yield from used(sys)
        yield from round(sys)
        yield from round(sys)
        assert (yield from used(sys)) == before

    run(main)
