"""The named workload of locks: threads that take turns by a futex, processes by locks on files."""

from __future__ import annotations

from typing import Any

from stapy.workload import (
    F_UNLCK,
    F_WRLCK,
    FUTEX_PRIVATE,
    FUTEX_WAIT,
    FUTEX_WAKE,
    LOCK_EX,
    LOCK_NB,
    LOCK_UN,
    O_CREAT,
    O_RDWR,
    Procedure,
    System,
)

# Four equal bytes, which are the same word in either byte order.
FREE, HELD, WAITED_FOR = (bytes([number]) * 4 for number in range(3))


def locks(sys: System, workers: Any = 4, rounds: Any = 5) -> Procedure:
    """locks [WORKERS [ROUNDS]]: WORKERS (4) threads take a mutex ROUNDS (5) times each; as many processes lock a
    file, whole and in parts."""
    count, turns = int(workers), int(rounds)
    yield from _threads(sys, count, turns)
    fd = yield sys.open("/tmp/shared", O_RDWR | O_CREAT)
    for number in range(count):
        yield sys.fork(_locker, number, turns)
    for _ in range(count):
        _, status = yield sys.wait()
        assert status == 0
    assert len((yield sys.read(fd, 4096))) == 8 * count
    yield sys.close(fd)
    yield sys.unlink("/tmp/shared")
    return 0


# ---------------------------------------------------------------- a mutex, as a C library makes it of a futex


def _mutex_lock(sys: System, word: int) -> Procedure:
    """Takes the mutex, and sleeps while somebody has it."""
    if (yield sys.peek(word, 4)) == FREE:
        yield sys.poke(word, HELD)
        return
    while (yield sys.peek(word, 4)) != FREE:
        yield sys.poke(word, WAITED_FOR)
        try:
            yield sys.futex(word, FUTEX_WAIT | FUTEX_PRIVATE, int.from_bytes(WAITED_FOR, "big"))
        except BlockingIOError:
            continue
    yield sys.poke(word, WAITED_FOR)


def _mutex_unlock(sys: System, word: int) -> Procedure:
    state = yield sys.peek(word, 4)
    yield sys.poke(word, FREE)
    if state == WAITED_FOR:
        yield sys.futex(word, FUTEX_WAKE | FUTEX_PRIVATE, 1)


def _threads(sys: System, count: int, turns: int) -> Procedure:
    word = yield sys.mmap(4096)
    yield sys.poke(word, FREE)
    inside: list[int] = []
    done: list[int] = []
    for number in range(count):
        yield sys.thread(_contender, word, number, turns, inside, done)
    while len(done) < count:
        yield sys.sleep(0.001)
    yield sys.munmap(word, 4096)


def _contender(sys: System, word: int, number: int, turns: int, inside: list[int], done: list[int]) -> Procedure:
    for _ in range(turns):
        yield from _mutex_lock(sys, word)
        assert not inside
        inside.append(number)
        yield sys.sleep(0.0002)
        yield sys.compute(us=100)
        inside.remove(number)
        yield from _mutex_unlock(sys, word)
        yield sys.compute(us=50)
    done.append(number)
    return 0


# ---------------------------------------------------------------- locks on a file


def _locker(sys: System, number: int, turns: int) -> Procedure:
    fd = yield sys.open("/tmp/shared", O_RDWR)
    for turn in range(turns):
        yield sys.lock(fd, F_WRLCK, 8 * number, 8)
        yield sys.pwrite(fd, f"{number:4}{turn:4}", 8 * number)
        yield sys.lock(fd, F_UNLCK, 8 * number, 8)
        try:
            yield sys.flock(fd, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            yield sys.flock(fd, LOCK_EX)
        yield sys.sleep(0.0003)
        yield sys.flock(fd, LOCK_UN)
    yield sys.close(fd)
    return 0
