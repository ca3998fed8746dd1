"""Path names, directories, links, mounts and permissions of the built-in kernel."""

from __future__ import annotations

from stapy.workload import O_CREAT, O_DIRECTORY, O_EXCL, O_RDWR, O_WRONLY

O_NOFOLLOW = 0o400000


def test_symbolic_links_and_dots(run, fails):
    def main(sys):
        yield sys.mkdir("/tmp/d1")
        yield sys.mkdir("/tmp/d1/d2")
        yield from sys.write_file("/tmp/d1/d2/f", "abc")
        yield sys.symlink("d1/d2", "/tmp/l")
        yield sys.symlink("/tmp/l/f", "/tmp/lf")
        yield sys.symlink("loop", "/tmp/loop")
        for path in "/tmp/l/f", "/tmp/lf", "/tmp/l/../d2/./f", "/../tmp//lf":
            assert (yield from sys.read_file(path)) == b"abc"
        assert (yield sys.lstat("/tmp/l")).mode & 0o170000 == 0o120000
        with fails("ELOOP"):
            yield sys.open("/tmp/loop")
        with fails("ELOOP"):
            yield sys.open("/tmp/lf", O_NOFOLLOW)
        with fails("ENOTDIR"):
            yield sys.open("/tmp/lf/x")
        with fails("ENOTDIR"):
            yield sys.open("/tmp/lf/")
        with fails("ENAMETOOLONG"):
            yield sys.open("/tmp/" + "x" * 300, O_CREAT | O_WRONLY)
        yield sys.symlink("/tmp/target", "/tmp/dangling")
        with fails("EEXIST"):
            yield sys.open("/tmp/dangling", O_CREAT | O_EXCL | O_WRONLY)
        yield from sys.write_file("/tmp/dangling", "through the link")
        assert (yield from sys.read_file("/tmp/target")) == b"through the link"

    run(main)


def test_working_directory(run):
    def main(sys):
        yield sys.mkdir("/tmp/a")
        yield sys.mkdir("/tmp/a/b")
        yield sys.symlink("a/b", "/tmp/l")
        yield sys.chdir("/tmp/l")
        assert (yield sys.getcwd()) == "/tmp/a/b"
        yield sys.chdir("..")
        assert (yield sys.getcwd()) == "/tmp/a"
        yield sys.rename("/tmp/a", "/tmp/" + "long" * 10)
        assert (yield sys.getcwd()) == "/tmp/" + "long" * 10
        yield sys.chdir("/../..")
        assert (yield sys.getcwd()) == "/"

    run(main)


def test_links_and_renames(run, fails):
    def main(sys):
        yield sys.mkdir("/tmp/d1")
        yield sys.mkdir("/tmp/d1/d2")
        yield from sys.write_file("/tmp/d1/d2/f", "abc")
        yield sys.link("/tmp/d1/d2/f", "/tmp/h")
        assert (yield sys.stat("/tmp/h")).nlink == 2
        assert (yield sys.stat("/tmp/d1")).nlink == 3
        for error, call in (
            ("EPERM", sys.link("/tmp/d1", "/tmp/hd")),
            ("ENOTEMPTY", sys.rmdir("/tmp/d1")),
            ("EISDIR", sys.unlink("/tmp/d1")),
            ("ENOTDIR", sys.rmdir("/tmp/h")),
            ("EINVAL", sys.rename("/tmp/d1", "/tmp/d1/d2/x")),
            ("ENOTEMPTY", sys.rename("/tmp/d1/d2", "/tmp/d1")),
            ("EEXIST", sys.mkdir("/tmp/d1")),
            ("EBUSY", sys.rmdir("/")),
        ):
            with fails(error):
                yield call
        yield sys.rename("/tmp/d1/d2", "/tmp/moved")
        assert (yield from sys.read_file("/tmp/moved/f")) == b"abc"
        assert (yield sys.stat("/tmp/d1")).nlink == 2
        yield from sys.write_file("/tmp/other", "old")
        yield sys.rename("/tmp/h", "/tmp/other")
        assert (yield from sys.read_file("/tmp/other")) == b"abc"
        yield sys.rmdir("/tmp/d1")
        with fails("ENOENT"):
            yield sys.stat("/tmp/d1")

    run(main)


def test_long_and_short_names_change_places(run):
    def main(sys):
        short, long = "/tmp/s", "/tmp/" + "b" * 70
        yield from sys.write_file(long, "1")
        yield sys.rename(long, short)
        yield from sys.write_file(long, "2")
        yield from sys.write_file("/tmp/t", "3")
        yield sys.rename("/tmp/t", long)
        assert (yield from sys.read_file(short)) == b"1"
        assert (yield from sys.read_file(long)) == b"3"

    run(main)


def test_directories_are_read_in_order_of_creation(run):
    def main(sys):
        yield sys.mkdir("/tmp/many")
        expected = [f"file{i}" for i in range(40)]
        for name in expected:
            yield from sys.write_file(f"/tmp/many/{name}", "")
        fd = yield sys.open("/tmp/many", O_DIRECTORY)
        got = []
        while entries := (yield sys.getdents(fd, 100)):
            got += [entry.name for entry in entries]
        assert got == [".", "..", *expected]
        yield sys.unlink("/tmp/many/file7")
        yield sys.lseek(fd, 0, 0)
        assert len((yield sys.getdents(fd, 4096))) == 41

    run(main)


def test_an_unlinked_file_lives_until_it_is_closed(run):
    def main(sys):
        yield from sys.write_file("/tmp/a", "still here")
        fd = yield sys.open("/tmp/a", O_RDWR)
        yield sys.unlink("/tmp/a")
        assert (yield sys.fstat(fd)).nlink == 0
        assert (yield sys.read(fd, 99)) == b"still here"
        assert (yield sys.readlink(f"/proc/self/fd/{fd}")) == "/tmp/a (deleted)"

    run(main)


def test_permissions(run, fails):
    def main(sys):
        yield from sys.write_file("/tmp/secret", "s")
        yield sys.chmod("/tmp/secret", 0o600)
        yield sys.mkdir("/tmp/private", 0o700)

        def user(sys):
            yield sys.setgid(100)
            yield sys.setuid(1000)
            for error, call in (
                ("EACCES", sys.open("/tmp/secret")),
                ("EACCES", sys.open("/tmp/private/x", O_CREAT | O_WRONLY)),
                ("EACCES", sys.mkdir("/new")),
                ("EACCES", sys.access("/tmp/secret", 4)),
                ("EPERM", sys.chmod("/tmp/secret", 0o666)),
                ("EPERM", sys.unlink("/tmp/secret")),
                ("EPERM", sys.chown("/tmp", 1000, 100)),
            ):
                with fails(error):
                    yield call
            yield from sys.write_file("/tmp/mine", "m")
            about = yield sys.stat("/tmp/mine")
            assert (about.uid, about.gid, about.mode & 0o777) == (1000, 100, 0o644)

        yield sys.fork(user)
        assert (yield sys.wait())[1] == 0

    run(main)


def test_mounts(run, fails):
    def main(sys):
        yield sys.mkdir("/tmp/m")
        yield sys.mount("none", "/tmp/m", "tmpfs")
        yield from sys.write_file("/tmp/m/a", "1")
        assert (yield from sys.listdir("/tmp/m")) == ["a"]
        with fails("EXDEV"):
            yield sys.rename("/tmp/m/a", "/tmp/a")
        with fails("EBUSY"):
            yield sys.rmdir("/tmp/m")
        yield sys.chdir("/tmp/m")
        assert (yield sys.getcwd()) == "/tmp/m"
        with fails("EBUSY"):
            yield sys.call("umount", "/tmp/m", 0)
        yield sys.chdir("..")
        assert (yield sys.getcwd()) == "/tmp"
        yield sys.call("umount", "/tmp/m", 0)
        assert (yield from sys.listdir("/tmp/m")) == []
        with fails("ENODEV"):
            yield sys.mount("none", "/tmp/m", "nofs")

    run(main)


def test_proc(run):
    def main(sys):
        pid = yield sys.getpid()
        fields = (yield from sys.read_file("/proc/self/stat")).split()
        assert (int(fields[0]), fields[1], fields[2]) == (pid, b"(id)", b"R")
        status = (yield from sys.read_file(f"/proc/{pid}/status")).decode()
        assert f"Pid:\t{pid}\n" in status and "VmRSS:" in status
        assert (yield from sys.read_file("/proc/self/cmdline")).split(b"\0")[0] == b"id"
        assert (yield sys.readlink("/proc/self/exe")) == "/usr/bin/id"
        assert (yield sys.readlink("/proc/self")) == str(pid)
        assert {"1", str(pid), "meminfo"} <= set((yield from sys.listdir("/proc")))
        assert b"proc /proc proc" in (yield from sys.read_file("/proc/mounts"))

    run(main)
