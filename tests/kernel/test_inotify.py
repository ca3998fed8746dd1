"""inotify on the built-in kernel: what processes are told of files they watch."""

from __future__ import annotations

import pytest

from stapy.workload import (
    IN_ALL_EVENTS,
    IN_ATTRIB,
    IN_CLOSE_WRITE,
    IN_CREATE,
    IN_DELETE,
    IN_DELETE_SELF,
    IN_IGNORED,
    IN_ISDIR,
    IN_MODIFY,
    IN_MOVED_FROM,
    IN_MOVED_TO,
    IN_OPEN,
    O_NONBLOCK,
)


def test_a_directory(run):
    def main(sys):
        fd = yield sys.inotify()
        watch = yield sys.inotify_add_watch(fd, "/tmp", IN_ALL_EVENTS)
        yield from sys.write_file("/tmp/a", "text")
        yield sys.mkdir("/tmp/d")
        yield sys.rename("/tmp/a", "/tmp/b")
        yield sys.chmod("/tmp/b", 0o600)
        yield sys.unlink("/tmp/b")
        happened = yield sys.inotify_read(fd)
        assert {number for number, _, _, _ in happened} == {watch}
        assert [(mask, name) for _, mask, _, name in happened] == [
            (IN_CREATE, "a"),
            (IN_OPEN, "a"),
            (IN_MODIFY, "a"),
            (IN_CLOSE_WRITE, "a"),
            (IN_CREATE | IN_ISDIR, "d"),
            (IN_MOVED_FROM, "a"),
            (IN_MOVED_TO, "b"),
            (IN_ATTRIB, "b"),
            (IN_DELETE, "b"),
        ]
        moves = [cookie for _, mask, cookie, _ in happened if mask in (IN_MOVED_FROM, IN_MOVED_TO)]
        assert moves[0] == moves[1] != 0

    run(main)


def test_a_file_and_mistakes(run, fails):
    def main(sys):
        fd = yield sys.inotify(O_NONBLOCK)
        yield from sys.write_file("/tmp/f", "x")
        watch = yield sys.inotify_add_watch(fd, "/tmp/f", IN_DELETE_SELF)
        with pytest.raises(BlockingIOError):
            yield sys.inotify_read(fd)
        with fails("EINVAL"):
            yield sys.inotify_add_watch(fd, "/tmp/f", 0)
        with fails("ENOENT"):
            yield sys.inotify_add_watch(fd, "/tmp/nothing", IN_OPEN)
        with fails("EINVAL"):
            yield sys.inotify_add_watch(0, "/tmp/f", IN_OPEN)
        with fails("EINVAL"):
            yield sys.inotify_rm_watch(fd, watch + 1)
        yield sys.unlink("/tmp/f")
        assert [mask for _, mask, _, _ in (yield sys.inotify_read(fd))] == [IN_DELETE_SELF, IN_IGNORED]
        with fails("EINVAL"):
            yield sys.inotify_rm_watch(fd, watch)
        yield from sys.write_file("/tmp/g", "x")
        yield sys.inotify_add_watch(fd, "/tmp/g", IN_OPEN)
        with fails("EINVAL"):  # no room for an event
            yield sys.close((yield sys.open("/tmp/g")))
            yield sys.inotify_read(fd, 8)
        yield sys.close(fd)
        yield sys.open("/tmp/g")

    run(main)
