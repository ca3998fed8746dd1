"""Workloads for SystemTap's examples: processes that do what a script waits for and the default workload does not."""

from __future__ import annotations

from typing import Any

from stapy.workload import FUTEX_WAIT, FUTEX_WAKE, O_CREAT, O_RDONLY, O_WRONLY, Procedure, System


def descriptors(sys: System) -> Procedure:
    """Open a file until there are no descriptors left, then sleep and be woken."""
    try:
        while True:
            yield sys.open("/etc/passwd", O_RDONLY)
    except OSError:
        pass
    for _ in range(5):
        yield sys.sleep(0.1)
    return 0


def archives(sys: System) -> Procedure:
    """Make and read archives among other files."""
    for path in ("/tmp/notes.txt", "/tmp/backup.tar.gz", "/tmp/pictures.zip"):
        file = yield sys.open(path, O_CREAT | O_WRONLY, 0o644)
        yield sys.write(file, "data")
        yield sys.close(file)
        file = yield sys.open(path, O_RDONLY)
        yield sys.read(file, 100)
        yield sys.close(file)
    return 0


def long(sys: System, seconds: Any = 12) -> Procedure:
    """Open and read a file every tenth of a second, for longer than the default workload lasts."""
    for _ in range(int(seconds) * 10):
        file = yield sys.open("/etc/passwd", O_RDONLY)
        yield sys.read(file, 100)
        yield sys.close(file)
        child = yield sys.fork(_child)
        yield sys.waitpid(child)
        yield sys.sleep(0.1)
    return 0


def _child(sys: System) -> Procedure:
    yield sys.compute(us=300)
    return 0


def locks(sys: System) -> Procedure:
    """Two threads that wait for each other by a futex, and then by a set of semaphores."""
    word = yield sys.mmap(4096)
    yield sys.poke(word, bytes(4))
    semaphores = yield sys.semget(0, 2)
    yield sys.thread(_waiter, word, semaphores)
    for _ in range(3):
        yield sys.sleep(0.01)
        yield sys.futex(word, FUTEX_WAKE, 1)
        yield sys.semop(semaphores, (0, 1), (1, 1))
    yield sys.sleep(0.01)
    return 0


def _waiter(sys: System, word: int, semaphores: int) -> Procedure:
    for _ in range(3):
        yield sys.futex(word, FUTEX_WAIT, 0)
        yield sys.semop(semaphores, (0, -1), (1, -1))
    return 0
