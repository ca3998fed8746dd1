"""Named workloads of processes: fork, exec, threads."""

from __future__ import annotations

from typing import Any

from stapy.workload import CLONE_VM, WEXITSTATUS, Procedure, System


def _child(sys: System, number: int) -> Procedure:
    yield sys.getpid()
    yield sys.compute(us=100)
    return number & 0x7F


def fork(sys: System, count: Any = 10) -> Procedure:
    """fork [COUNT]: forks COUNT children one after the other (10) and waits for each."""
    for number in range(int(count)):
        pid = yield sys.fork(_child, number)
        ended, status = yield sys.waitpid(pid)
        assert ended == pid and WEXITSTATUS(status) == number & 0x7F
    return 0


def exec(sys: System, count: Any = 10) -> Procedure:
    """exec [COUNT]: runs COUNT programs (10) with fork, vfork and execve in turn, now and then one that is
    not there."""
    commands = [("/bin/true",), ("/bin/echo", "hello"), ("/bin/cat", "/etc/passwd"), ("/no/such/program",)]
    for number in range(int(count)):
        path, *arguments = commands[number % len(commands)]
        start = sys.vfork if number % 2 else sys.fork
        pid = yield start(_become, path, arguments)
        yield sys.waitpid(pid)
    return 0


def _become(sys: System, path: str, arguments: list[str]) -> Procedure:
    null = yield sys.open("/dev/null", 1)
    yield sys.dup2(null, 1)
    try:
        yield sys.exec(path, *arguments)
    except FileNotFoundError:
        yield sys.exit(127)


def _worker(sys: System, start: int, pages: int) -> Procedure:
    for page in range(pages):
        yield sys.touch(start + page * 4096, write=True)
        yield sys.compute(us=50)
    return 0


def threads(sys: System, count: Any = 4) -> Procedure:
    """threads [COUNT]: COUNT threads (4) by clone that share memory and touch its pages."""
    pages = 4
    start = yield sys.mmap(int(count) * pages * 4096)
    for number in range(int(count)):
        # A task that shares memory but can be waited for: the exit signal is SIGCHLD.
        yield sys.clone(CLONE_VM | 17, _worker, start + number * pages * 4096, pages)
    for _ in range(int(count)):
        yield sys.wait()
    return 0
