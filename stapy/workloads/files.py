"""Named workloads of the file system: files, directories."""

from __future__ import annotations

from typing import Any

from stapy.workload import (
    O_CREAT,
    O_DIRECTORY,
    O_RDONLY,
    O_RDWR,
    O_TRUNC,
    O_WRONLY,
    SEEK_SET,
    Procedure,
    System,
)


def files(sys: System, count: Any = 10) -> Procedure:
    """files [COUNT]: creates COUNT files (10), writes, reads, seeks, renames and removes them."""
    for number in range(int(count)):
        path = f"/tmp/file{number}"
        fd = yield sys.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
        block = bytes([65 + number % 26]) * (512 + 700 * (number % 8))
        yield from sys.write_all(fd, block)
        yield sys.lseek(fd, 0, SEEK_SET)
        data = yield from sys.read_all(fd)
        assert data == block
        yield sys.fstat(fd)
        yield sys.close(fd)
        yield sys.stat(path)
        yield sys.rename(path, path + ".old")
        try:
            yield sys.open(path, O_RDONLY)
        except FileNotFoundError:
            yield sys.unlink(path + ".old")
    return 0


def directories(sys: System, count: Any = 5) -> Procedure:
    """directories [COUNT]: makes COUNT directories (5) with files in them, lists them, and removes all."""
    names = [f"/tmp/dir{number}" for number in range(int(count))]
    for name in names:
        yield sys.mkdir(name, 0o755)
        for leaf in ("a", "b", "c"):
            yield sys.close((yield sys.open(f"{name}/{leaf}", O_WRONLY | O_CREAT)))
    for name in names:
        fd = yield sys.open(name, O_RDONLY | O_DIRECTORY)
        while (yield sys.getdents(fd)):
            pass
        yield sys.close(fd)
        try:
            yield sys.rmdir(name)
        except OSError:  # not empty
            for leaf in ("a", "b", "c"):
                yield sys.unlink(f"{name}/{leaf}")
        yield sys.rmdir(name)
    return 0
