"""The named workload of memory: page faults, brk, mmap, copy on write."""

from __future__ import annotations

from typing import Any

from stapy.workload import MAP_PRIVATE, PROT_READ, Procedure, System

PAGE = 4096


def memory(sys: System, pages: Any = 16) -> Procedure:
    """memory [PAGES]: touches PAGES pages (16) of new mappings, of the heap, of a file, and after a fork."""
    count = int(pages)
    start = yield sys.mmap(count * PAGE)
    for page in range(count):
        yield sys.touch(start + page * PAGE, write=page % 4 != 3)
    yield from _heap(sys, count)
    yield from _mapped_file(sys)
    pid = yield sys.fork(_writer, start, count)
    yield sys.waitpid(pid)
    assert (yield sys.peek(start, 4)) == bytes(4)
    yield sys.munmap(start, count * PAGE)
    return 0


def _heap(sys: System, count: int) -> Procedure:
    end = yield sys.brk()
    yield sys.brk(end + count * PAGE)
    for page in range(count):
        yield sys.poke(end + page * PAGE, b"heap")
    assert (yield sys.peek(end, 4)) == b"heap"
    yield sys.brk(end)


def _mapped_file(sys: System) -> Procedure:
    fd = yield sys.open("/etc/passwd")
    size = (yield sys.fstat(fd)).size
    start = yield sys.mmap(size, PROT_READ, MAP_PRIVATE, fd)
    text = yield sys.peek(start, 5)
    assert text == (yield sys.read(fd, 5))
    yield sys.munmap(start, size)
    yield sys.close(fd)


def _writer(sys: System, start: int, count: int) -> Procedure:
    """Writes to pages shared with the parent: each is copied first."""
    for page in range(count):
        yield sys.poke(start + page * PAGE, b"mine")
    return 0
