"""A workload that makes system calls with arguments known in advance, right and wrong ones."""

from contextlib import suppress

from stapy.workload import O_APPEND, O_CREAT, O_RDONLY, O_WRONLY, SIGUSR1, Call, Procedure, System


def calls(sys: System) -> Procedure:
    file = yield sys.open("/tmp/new \"one\"\n", O_WRONLY | O_CREAT | O_APPEND, 0o640)
    yield sys.write(file, "line\twith\x01bytes\n" + "x" * 80)
    yield sys.lseek(file, 4)
    yield sys.ftruncate(file, 3)
    yield sys.close(file)
    yield from failing(sys.open("/nowhere", O_RDONLY))
    yield from failing(sys.close(99))
    yield from failing(sys.close(-1))
    yield sys.mkdir("/tmp/d", 0o755)
    yield sys.rename("/tmp/d", "/tmp/e")
    yield sys.rmdir("/tmp/e")
    yield from failing(sys.access("/etc/passwd", 7))
    yield sys.umask(0o22)
    yield sys.kill(1, 0)
    yield from failing(sys.kill(4242, SIGUSR1))
    yield sys.nanosleep(1_500_000)
    yield sys.fcntl(1, 1)
    child = yield sys.fork(child_of)
    yield sys.waitpid(child)
    yield sys.kill((yield sys.getpid()), 0)
    return 0


def child_of(sys: System) -> Procedure:
    yield sys.execve("/bin/true", ["true", "and more"], {})


def failing(call: Call) -> Procedure:
    with suppress(OSError):
        yield call
