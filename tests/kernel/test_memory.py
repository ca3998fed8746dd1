"""Address spaces on the built-in kernel: page faults, copy on write, mappings, the heap, the stack."""

from __future__ import annotations

import pytest

from stapy.workload import MAP_PRIVATE, PROT_READ, PROT_WRITE, SIGKILL, SIGSEGV, WTERMSIG

from .conftest import built, run_process

MAP_SHARED, MAP_ANONYMOUS = 1, 0x20
READ_WRITE = PROT_READ | PROT_WRITE
PAGE = 4096
SIGBUS = 7


def dies_of(sys, address, write=False):
    """The signal that a child gets from touching the address; 0 when it lives."""

    def child(sys):
        yield sys.touch(address, write)

    yield sys.fork(child)
    _, status = (yield sys.wait())[:2]
    return WTERMSIG(status)


def areas(sys):
    lines = (yield from sys.read_file("/proc/self/maps")).decode().splitlines()
    return {int(line.split("-")[0], 16): line.split() for line in lines}


def faults(sys):
    return int((yield from sys.read_file("/proc/self/stat")).split()[9])


def test_fork_copies_on_write(run):
    def main(sys):
        private = yield sys.mmap(4 * PAGE)
        shared = yield sys.mmap(PAGE, flags=MAP_SHARED | MAP_ANONYMOUS)
        yield sys.poke(private, b"parent")
        yield sys.touch(private + PAGE)

        def child(sys):
            assert (yield sys.peek(private, 6)) == b"parent"
            yield sys.poke(private, b"child!")
            yield sys.poke(private + PAGE, b"child!")
            yield sys.poke(shared, b"shared")

        yield sys.fork(child)
        assert (yield sys.wait())[1] == 0
        assert (yield sys.peek(private, 6)) == b"parent"
        assert (yield sys.peek(private + PAGE, 6)) == bytes(6)
        assert (yield sys.peek(shared, 6)) == b"shared"
        before = yield from faults(sys)
        yield sys.poke(private, b"mine")  # nobody shares it any more: a fault, but no copy
        assert (yield from faults(sys)) >= before + 1

    run(main)


def test_unmapping_a_part(run):
    def main(sys):
        area = yield sys.mmap(16 * PAGE)
        yield sys.touch(area + 5 * PAGE, True)
        yield sys.munmap(area + 4 * PAGE, 4 * PAGE)
        for page, signal in (3, 0), (4, SIGSEGV), (7, SIGSEGV), (8, 0), (16, SIGSEGV):
            assert (yield from dies_of(sys, area + page * PAGE)) == signal, page
        assert (yield from dies_of(sys, 0)) == SIGSEGV
        assert (yield sys.mmap(4 * PAGE)) == area + 4 * PAGE
        assert (yield from areas(sys))[area][0].endswith(f"-{area + 16 * PAGE:08x}")

    run(main)


def test_protection(run, fails):
    def main(sys):
        area = yield sys.mmap(4 * PAGE)
        yield sys.poke(area, b"kept")
        yield sys.mprotect(area, 2 * PAGE, PROT_READ)
        assert (yield from dies_of(sys, area)) == 0
        assert (yield from dies_of(sys, area, write=True)) == SIGSEGV
        assert (yield from dies_of(sys, area + 2 * PAGE, write=True)) == 0
        yield sys.mprotect(area, 2 * PAGE, READ_WRITE)
        assert (yield sys.peek(area, 4)) == b"kept"
        yield sys.poke(area, b"new")
        assert (yield from areas(sys))[area][0].endswith(f"-{area + 4 * PAGE:08x}")
        yield from sys.write_file("/tmp/f", "x")
        fd = yield sys.open("/tmp/f")
        with fails("EACCES"):
            yield sys.mmap(PAGE, READ_WRITE, MAP_SHARED, fd)
        with fails("ENOMEM"):
            yield sys.mprotect(area + 8 * PAGE, PAGE, PROT_READ)

    run(main)


def test_mapped_files(run):
    def main(sys):
        yield from sys.write_file("/tmp/f", b"0123456789" * 1000)
        fd = yield sys.open("/tmp/f", 2)
        private = yield sys.mmap(10000, READ_WRITE, MAP_PRIVATE, fd)
        shared = yield sys.mmap(10000, READ_WRITE, MAP_SHARED, fd)
        assert (yield sys.peek(private + 5000, 4)) == b"0123"
        yield sys.poke(private, b"PRIVATE")
        yield sys.poke(shared + 10, b"SHARED")
        assert (yield sys.read(fd, 20)) == b"0123456789SHARED6789"
        long = yield sys.mmap(0x8000, PROT_READ, MAP_SHARED, fd)
        assert (yield from dies_of(sys, long + 0x4000)) == SIGBUS

    run(main)


def test_heap(run):
    def main(sys):
        start = yield sys.brk(0)
        assert (yield sys.brk(start + 5 * PAGE)) == start + 5 * PAGE
        yield sys.poke(start + 4 * PAGE, b"gone")
        yield sys.brk(start + PAGE)
        assert (yield from dies_of(sys, start + 4 * PAGE)) == SIGSEGV
        yield sys.brk(start + 5 * PAGE)
        assert (yield sys.peek(start + 4 * PAGE, 4)) == bytes(4)
        assert (yield sys.brk(1)) == start + 5 * PAGE

    run(main)


def test_the_stack_grows_to_its_limit(run):
    def main(sys):
        bottom = next(at for at, area in (yield from areas(sys)).items() if area[-1] == "[stack]")
        yield sys.touch(bottom - 3 * PAGE, True)
        assert bottom - 3 * PAGE in (yield from areas(sys))
        assert (yield from dies_of(sys, bottom - 0x2000000, write=True)) == SIGSEGV

    run(main)


def test_moving_a_mapping(run):
    def main(sys):
        area = yield sys.mmap(2 * PAGE)
        yield sys.mmap(PAGE)
        yield sys.poke(area, b"moved")
        moved = yield sys.call("mremap", area, 2 * PAGE, 100 * PAGE, 1, 0)
        assert (yield sys.peek(moved, 5)) == b"moved"
        assert moved == area or (yield from dies_of(sys, area)) == SIGSEGV
        assert (yield sys.call("mremap", moved, 100 * PAGE, PAGE, 0, 0)) == moved
        assert (yield from dies_of(sys, moved + PAGE)) == SIGSEGV

    run(main)


def test_bad_addresses_in_system_calls(run, fails):
    def main(sys):
        with fails("EFAULT"):
            yield sys.call("pipe2", 0x1000, 0)
        read_only = yield sys.mmap(PAGE, PROT_READ)
        with fails("EFAULT"):
            yield sys.call("pipe2", read_only, 0)

    run(main)


def test_running_programs_cannot_be_written(run, fails):
    def main(sys):
        with fails("ETXTBSY"):
            yield sys.open("/usr/bin/id", 1)

    run(main)


def test_out_of_memory(run):
    def main(sys):
        def hog(sys):
            size = 0x6000000
            area = yield sys.mmap(size)
            for offset in range(0, size, PAGE):
                yield sys.touch(area + offset, True)

        free = (yield from sys.read_file("/proc/meminfo")).split()[4]
        yield sys.fork(hog)
        assert WTERMSIG((yield sys.wait())[1]) == SIGKILL
        assert abs(int((yield from sys.read_file("/proc/meminfo")).split()[4]) - int(free)) < 500

    run(main)


@pytest.mark.skipif(len(built()) < 2, reason="needs two architectures")
def test_time_is_the_same_on_every_architecture():
    def main(sys):
        area = yield sys.mmap(64 * PAGE)
        for page in range(64):
            yield sys.touch(area + page * PAGE, True)
        yield from sys.write_file("/tmp/f", "x" * 10000)
        yield sys.rename("/tmp/f", "/tmp/g")

        def child(sys):
            yield sys.poke(area, b"copy")
            yield sys.exec("/bin/true")

        yield sys.fork(child)
        yield sys.wait()

    assert len({run_process(name, main).clock.now() for name in built()}) == 1
