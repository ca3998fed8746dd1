"""Limits, rights, memory calls and what /proc tells, on the built-in kernel."""

from __future__ import annotations

import pytest

from stapy.workload import (
    AT_FDCWD,
    AT_REMOVEDIR,
    MAP_PRIVATE,
    MREMAP_FIXED,
    MREMAP_MAYMOVE,
    O_CREAT,
    O_RDWR,
    PROT_READ,
    RLIMIT_CPU,
    RLIMIT_NOFILE,
    SIGXCPU,
    WTERMSIG,
)

PAGE = 4096


def test_limits(run, fails):
    def main(sys):
        assert (yield sys.getrlimit(RLIMIT_NOFILE)) == (1024, 1024)
        assert (yield sys.getrlimit(RLIMIT_CPU)) == (2**64 - 1, 2**64 - 1)
        yield sys.setrlimit(RLIMIT_NOFILE, 5, 10)
        assert (yield sys.getrlimit(RLIMIT_NOFILE, (yield sys.getpid()))) == (5, 10)
        yield sys.open("/dev/null")
        yield sys.open("/dev/null")
        with fails("EMFILE"):
            yield sys.open("/dev/null")
        with fails("EINVAL"):
            yield sys.setrlimit(RLIMIT_NOFILE, 11, 10)
        with fails("EINVAL"):
            yield sys.getrlimit(99)
        with fails("ESRCH"):
            yield sys.getrlimit(RLIMIT_NOFILE, 30000)
        yield sys.setuid(1000)
        with fails("EPERM"):
            yield sys.setrlimit(RLIMIT_NOFILE, 10, 11)
        with fails("EPERM"):
            yield sys.getrlimit(RLIMIT_NOFILE, 1)

    run(main)


def test_processor_time_is_limited(run):
    def spinner(sys):
        yield sys.setrlimit(RLIMIT_CPU, 1, 3)
        yield sys.compute(ms=5000)

    def main(sys):
        yield sys.fork(spinner)
        assert WTERMSIG((yield sys.wait())[1]) == SIGXCPU

    run(main)


def test_capabilities(run):
    def main(sys):
        everything = 2**64 - 1
        assert (yield sys.call("capget", 0))[:2] == (everything, everything)
        pid = yield sys.fork(child)
        assert (yield sys.waitpid(pid))[1] == 0

    def child(sys):
        yield sys.setuid(1000)
        assert (yield sys.call("capget", 0)) == (0, 0, 0)

    run(main)


def test_mremap_to_a_place(run, fails):
    def main(sys):
        old = yield sys.mmap(4 * PAGE)
        new = yield sys.mmap(8 * PAGE)
        yield sys.poke(old, b"first")
        yield sys.poke(old + 3 * PAGE, b"last")
        yield sys.poke(new, b"gone")
        assert (yield sys.mremap(old, 4 * PAGE, 6 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, new)) == new
        assert (yield sys.peek(new, 5)) == b"first" and (yield sys.peek(new + 3 * PAGE, 4)) == b"last"
        with fails("EINVAL"):
            yield sys.mremap(new, PAGE, PAGE, MREMAP_FIXED, old)
        with fails("EINVAL"):
            yield sys.mremap(new, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, new + PAGE)
        with fails("EFAULT"):
            yield sys.mremap(old, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, old + PAGE)

    run(main)


def test_mincore_and_mlock(run, fails):
    def main(sys):
        start = yield sys.mmap(4 * PAGE)
        yield sys.touch(start + PAGE, True)
        assert (yield sys.mincore(start, 4 * PAGE)) == [0, 1, 0, 0]
        yield sys.mlock(start + 2 * PAGE, PAGE)
        assert (yield sys.mincore(start, 4 * PAGE)) == [0, 1, 1, 0]
        yield sys.munlock(start, 4 * PAGE)
        yield sys.munmap(start, 4 * PAGE)
        with fails("ENOMEM"):
            yield sys.mincore(start, PAGE)
        with fails("ENOMEM"):
            yield sys.mlock(start, PAGE)
        fd = yield sys.open("/etc/passwd")
        mapped = yield sys.mmap(PAGE, PROT_READ, MAP_PRIVATE, fd)
        yield sys.read(fd, 1)
        assert (yield sys.mincore(mapped, PAGE)) == [1]

    run(main)


def test_files_by_directory_and_place(run, fails):
    def main(sys):
        yield sys.mkdirat(AT_FDCWD, "/tmp/d")
        directory = yield sys.open("/tmp/d")
        fd = yield sys.openat(directory, "f", O_RDWR | O_CREAT)
        yield sys.pwrite(fd, "0123456789", 0)
        assert (yield sys.pread(fd, 3, 5)) == b"567" and (yield sys.read(fd, 2)) == b"01"
        assert (yield sys.readv(fd, [3, 10])) == [b"234", b"56789"]
        yield sys.utimens("/tmp/d/f", (5 * 10**9, 7 * 10**9))
        about = yield sys.fstat(fd)
        assert (about.atime, about.mtime) == (5, 7)
        with fails("EOPNOTSUPP"):
            yield sys.call("getxattr", "/tmp/d/f", "user.x", 0, 0)
        with fails("ENOENT"):
            yield sys.call("getxattr", "/tmp/nothing", "user.x", 0, 0)
        yield sys.unlinkat(directory, "f")
        yield sys.unlinkat(AT_FDCWD, "/tmp/d", AT_REMOVEDIR)
        reader, writer = yield sys.pipe()
        with fails("ESPIPE"):
            yield sys.pread(reader, 1, 0)
        fd = yield sys.open("/etc/passwd")
        size = (yield sys.fstat(fd)).size
        assert (yield sys.sendfile(writer, fd, 10000)) == size
        assert len((yield sys.read(reader, 10000))) == size

    run(main)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("interrupts", ["CPU0", "timer"]),
        ("softirqs", ["NET_RX", "TASKLET"]),
        ("stat", ["intr", "btime", "ctxt"]),
        ("self/status", ["Threads:", "voluntary_ctxt_switches:"]),
        ("self/maps", ["[stack]"]),
    ],
)
def test_proc(run, path, words):
    def main(sys):
        text = (yield from sys.read_file(f"/proc/{path}")).decode()
        assert all(word in text for word in words), text

    run(main)
