"""Processes on the built-in kernel: what their system calls do, and what becomes of their mistakes."""

from __future__ import annotations

import pytest

from stapy.workload import (
    CLONE_VM,
    MAP_PRIVATE,
    O_CREAT,
    O_DIRECTORY,
    O_EXCL,
    O_NONBLOCK,
    O_RDWR,
    O_TRUNC,
    O_WRONLY,
    PROT_READ,
    SEEK_END,
    SEEK_SET,
    SIG_BLOCK,
    SIG_IGN,
    SIG_UNBLOCK,
    SIGALRM,
    SIGCHLD,
    SIGKILL,
    SIGPIPE,
    SIGSEGV,
    SIGTERM,
    SIGUSR1,
    SIGUSR2,
    WEXITSTATUS,
    WNOHANG,
    WTERMSIG,
    WorkloadError,
    names,
)

# ---------------------------------------------------------------- files


def test_files(run):
    def main(sys):
        fd = yield sys.open("/tmp/a", O_RDWR | O_CREAT | O_EXCL, 0o640)
        assert (yield sys.write(fd, "hello world")) == 11
        assert (yield sys.lseek(fd, 6, SEEK_SET)) == 6
        assert (yield sys.read(fd, 100)) == b"world"
        assert (yield sys.read(fd, 100)) == b""
        assert (yield sys.lseek(fd, 0, SEEK_END)) == 11
        about = yield sys.fstat(fd)
        assert (about.size, about.mode & 0o7777, about.nlink) == (11, 0o640, 1)
        yield sys.close(fd)
        assert (yield sys.stat("/tmp/a")).ino == about.ino
        yield sys.rename("/tmp/a", "/tmp/b")
        with pytest.raises(FileNotFoundError) as error:
            yield sys.open("/tmp/a")
        assert error.value.errno == 2 and error.value.filename == "/tmp/a"
        with pytest.raises(FileExistsError):
            yield sys.open("/tmp/b", O_CREAT | O_EXCL | O_WRONLY)
        with pytest.raises(IsADirectoryError):
            yield sys.open("/tmp", O_WRONLY)
        with pytest.raises(NotADirectoryError):
            yield sys.open("/etc/passwd/x")
        with pytest.raises(OSError, match="Bad file descriptor"):
            yield sys.read(77, 1)
        yield sys.unlink("/tmp/b")
        return 3

    assert run(main).status == 3 << 8


def test_big_files_cross_pages(run):
    data = bytes(range(256)) * 80

    def main(sys):
        yield from sys.write_file("/tmp/big", data)
        assert (yield from sys.read_file("/tmp/big")) == data
        fd = yield sys.open("/tmp/big")
        assert (yield sys.read(fd, 20480)) == data

    assert run(main).status == 0


def test_directories(run):
    def main(sys):
        yield sys.mkdir("/tmp/d", 0o755)
        for name in "xyz":
            yield sys.close((yield sys.creat(f"/tmp/d/{name}")))
        assert sorted((yield from sys.listdir("/tmp/d"))) == ["x", "y", "z"]
        yield sys.chdir("/tmp/d")
        assert (yield sys.getcwd()) == "/tmp/d"
        assert (yield sys.stat("x")).size == 0
        with pytest.raises(OSError, match="not empty"):
            yield sys.rmdir("/tmp/d")
        for name in "xyz":
            yield sys.unlink(name)
        yield sys.rmdir("/tmp/d")
        with pytest.raises(NotADirectoryError):
            yield sys.open("/etc/passwd", O_DIRECTORY)

    assert run(main).status == 0


def test_pipes_block_and_end(run):
    def writer(sys, fd, other):
        yield sys.close(other)
        yield sys.sleep(0.01)
        yield sys.write(fd, "late")
        return 0

    def main(sys):
        reader, sink = yield sys.pipe()
        yield sys.fork(writer, sink, reader)
        yield sys.close(sink)
        before = yield sys.clock_gettime()
        assert (yield sys.read(reader, 10)) == b"late"
        assert (yield sys.clock_gettime()) - before >= 10_000_000
        assert (yield sys.read(reader, 10)) == b""
        yield sys.wait()

    assert run(main).status == 0


def test_writing_to_a_pipe_nobody_reads(run):
    def main(sys):
        reader, sink = yield sys.pipe()
        yield sys.close(reader)
        yield sys.signal(SIGPIPE, SIG_IGN)
        with pytest.raises(BrokenPipeError):
            yield sys.write(sink, "x")
        yield sys.signal(SIGPIPE, 0)
        yield sys.write(sink, "x")

    assert WTERMSIG(run(main).status) == SIGPIPE


def test_dup_and_nonblocking(run):
    def main(sys):
        fd = yield sys.open("/tmp/out", O_WRONLY | O_CREAT | O_TRUNC)
        assert (yield sys.dup2(fd, 9)) == 9
        yield sys.write(9, "a")
        yield sys.write(fd, "b")
        assert (yield from sys.read_file("/tmp/out")) == b"ab"
        reader, _ = yield sys.pipe()
        yield sys.fcntl(reader, 4, O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            yield sys.read(reader, 1)

    assert run(main).status == 0


# ---------------------------------------------------------------- processes


def test_fork_and_wait(run):
    def child(sys, number):
        yield sys.compute(us=10)
        return number

    def main(sys):
        me = yield sys.getpid()
        pids = []
        for number in range(5):
            pids.append((yield sys.fork(child, number)))
        assert len(set(pids)) == 5 and me not in pids
        found = {}
        for _ in pids:
            pid, status = yield sys.wait()
            found[pid] = WEXITSTATUS(status)
        assert found == {pid: number for number, pid in enumerate(pids)}
        with pytest.raises(ChildProcessError):
            yield sys.wait()
        return 0

    assert run(main).status == 0


def test_wait_without_hanging(run):
    def child(sys):
        yield sys.sleep(0.01)

    def main(sys):
        yield sys.fork(child)
        assert (yield sys.wait4(-1, WNOHANG))[0] == 0
        yield sys.sleep(0.02)
        assert (yield sys.wait4(-1, WNOHANG))[0] > 0

    assert run(main).status == 0


def test_memory_is_copied_by_fork_and_shared_by_clone(run):
    def writer(sys, address, data):
        yield sys.poke(address, data)

    def main(sys):
        address = yield sys.mmap(8192)
        yield sys.poke(address, b"old")
        yield sys.fork(writer, address, b"new")
        yield sys.wait()
        assert (yield sys.peek(address, 3)) == b"old"
        yield sys.clone(CLONE_VM | SIGCHLD, writer, address, b"new")
        yield sys.wait()
        assert (yield sys.peek(address, 3)) == b"new"
        yield sys.vfork(writer, address, b"3rd")
        assert (yield sys.peek(address, 3)) == b"3rd"
        yield sys.wait()

    assert run(main).status == 0


def test_threads_share_a_process(run):
    seen = []

    def thread(sys, number):
        seen.append(((yield sys.getpid()), (yield sys.gettid()), number))
        yield sys.sleep(0.001)

    def main(sys):
        for number in range(3):
            yield sys.thread(thread, number)
        yield sys.sleep(0.01)
        me = yield sys.getpid()
        assert {pid for pid, _, _ in seen} == {me}
        assert len({tid for _, tid, _ in seen} | {me}) == 4

    assert run(main).status == 0


def test_exec_passes_arguments_and_environment(run):
    result = run("sh -c 'echo one \"two three\" | cat'")
    assert result.output == b"one two three\r\n" or result.output == b"one two three\n"


def test_exec_of_what_is_no_program(run):
    def main(sys):
        with pytest.raises(FileNotFoundError):
            yield sys.exec("/bin/nothing")
        with pytest.raises(PermissionError):
            yield sys.exec("/etc/passwd")
        with pytest.raises(OSError, match="Exec format error"):
            yield sys.chmod("/etc/passwd", 0o755)
            yield sys.exec("/etc/passwd")
        return (yield from sys.run("/bin/false"))

    assert WEXITSTATUS(run(main).status) == 1


def test_who_and_when(run):
    def main(sys):
        assert (yield sys.getuid()) == 0
        yield sys.setuid(1000)
        assert (yield sys.geteuid()) == 1000
        with pytest.raises(PermissionError):
            yield sys.open("/etc/shadow")
        start = yield sys.clock_gettime()
        yield sys.sleep(1.5)
        assert 1_500_000_000 <= (yield sys.clock_gettime()) - start < 1_510_000_000
        assert (yield sys.time()) >= 1259812281
        assert (yield sys.uname()).sysname == "Linux"

    assert run(main).status == 0


def test_computing_takes_time_and_is_shared(run):
    ends = {}

    def worker(sys, name):
        yield sys.compute(ms=50)
        ends[name] = yield sys.clock_gettime()

    def main(sys):
        start = yield sys.clock_gettime()
        for name in "ab":
            yield sys.fork(worker, name)
        yield sys.wait()
        yield sys.wait()
        assert all(end - start > 75_000_000 for end in ends.values()), "they took turns"
        assert max(ends.values()) - start < 115_000_000
        assert sum((yield sys.times())) > 0

    assert run(main).status == 0


# ---------------------------------------------------------------- signals


def test_handlers(run):
    seen = []

    def on_usr1(sys, number):
        seen.append((number, (yield sys.getpid())))

    def main(sys):
        yield sys.signal(SIGUSR1, on_usr1)
        me = yield sys.getpid()
        yield sys.kill(me, SIGUSR1)
        assert seen == [(SIGUSR1, me)]
        yield sys.sigprocmask(SIG_BLOCK, 1 << SIGUSR1 - 1)
        yield sys.kill(me, SIGUSR1)
        assert len(seen) == 1
        yield sys.sigprocmask(SIG_UNBLOCK, 1 << SIGUSR1 - 1)
        assert len(seen) == 2

    assert run(main).status == 0


def test_handlers_interrupt_calls_or_restart_them(run):
    def child(sys, pid, fd):
        for _ in range(2):
            yield sys.sleep(0.01)
            yield sys.kill(pid, SIGUSR1)
        yield sys.sleep(0.01)
        yield sys.write(fd, "x")

    def main(sys):
        reader, sink = yield sys.pipe()
        yield sys.fork(child, (yield sys.getpid()), sink)
        yield sys.signal(SIGUSR1, lambda sys, number: None, flags=0)
        with pytest.raises(InterruptedError):
            yield sys.read(reader, 1)
        yield sys.signal(SIGUSR1, lambda sys, number: None)  # SA_RESTART
        assert (yield sys.read(reader, 1)) == b"x"

    assert run(main).status == 0


def test_handlers_run_in_computation_and_nest(run):
    seen = []

    def outer(sys, number):
        seen.append("outer")
        yield sys.kill((yield sys.getpid()), SIGUSR2)
        seen.append("outer ends")

    def inner(sys, number):
        seen.append("inner")
        yield sys.compute(us=100)

    def child(sys, pid):
        yield sys.sleep(0.005)
        yield sys.kill(pid, SIGUSR1)

    def main(sys):
        yield sys.signal(SIGUSR1, outer)
        yield sys.signal(SIGUSR2, inner)
        yield sys.fork(child, (yield sys.getpid()))
        yield sys.compute(ms=20)
        seen.append("computed")

    assert run(main).status == 0
    assert seen == ["outer", "inner", "outer ends", "computed"]


def test_handlers_are_inherited_by_fork_and_reset_by_exec(run):
    seen = []

    def child(sys):
        yield sys.kill((yield sys.getpid()), SIGUSR1)
        yield sys.exec("/bin/true")

    def main(sys):
        yield sys.signal(SIGUSR1, lambda sys, number: seen.append(number))
        pid = yield sys.fork(child)
        _, status = yield sys.waitpid(pid)
        assert seen == [SIGUSR1] and status == 0

    assert run(main).status == 0


def test_kill(run):
    def forever(sys):
        try:
            while True:
                yield sys.compute(ms=1)
        finally:
            cleaned.append(True)

    def sleeper(sys):
        yield sys.pause()

    cleaned = []

    def main(sys):
        for victim, signal in ((forever, SIGKILL), (sleeper, SIGTERM), (sleeper, SIGKILL)):
            pid = yield sys.fork(victim)
            yield sys.sleep(0.01)
            yield sys.kill(pid, signal)
            assert WTERMSIG((yield sys.waitpid(pid))[1]) == signal
        pid = yield sys.fork(forever)
        yield sys.kill(pid, SIGKILL)
        yield sys.wait()
        with pytest.raises(ProcessLookupError):
            yield sys.kill(pid, 0)

    assert run(main).status == 0
    assert cleaned


def test_alarm(run):
    seen = []

    def main(sys):
        yield sys.signal(SIGALRM, lambda sys, number: seen.append(number))
        yield sys.alarm(1)
        with pytest.raises(InterruptedError):
            yield sys.pause()

    assert run(main).status == 0
    assert seen == [SIGALRM]


# ---------------------------------------------------------------- memory


def test_memory(run):
    def main(sys):
        start = yield sys.mmap(4 * 4096)
        assert (yield sys.peek(start + 4090, 12)) == bytes(12)
        yield sys.poke(start + 4090, b"across pages")
        assert (yield sys.peek(start + 4090, 12)) == b"across pages"
        fd = yield sys.open("/etc/passwd")
        text = yield sys.mmap(4096, PROT_READ, MAP_PRIVATE, fd)
        assert (yield sys.peek(text, 6)) == b"root:x"
        heap = yield sys.brk()
        assert (yield sys.brk(heap + 8192)) == heap + 8192
        yield sys.touch(heap + 8000, write=True)
        yield sys.munmap(start, 4 * 4096)
        yield sys.touch(start)

    assert WTERMSIG(run(main).status) == SIGSEGV


def test_a_handler_for_segmentation_faults_can_mend_them(run):
    def on_segv(sys, number):
        yield sys.mmap(4096, flags=0x32, address=0x10000000)

    def main(sys):
        yield sys.signal(SIGSEGV, on_segv)
        yield sys.poke(0x10000000, b"mended")
        assert (yield sys.peek(0x10000000, 6)) == b"mended"

    assert run(main).status == 0


# ---------------------------------------------------------------- mistakes


def test_an_error_nobody_catches_ends_the_process(run):
    def main(sys):
        yield sys.open("/no/such/file")

    result = run(main)
    assert WEXITSTATUS(result.status) == 1
    assert b"/no/such/file: No such file or directory" in result.output


def test_a_bug_in_a_workload_ends_the_run_and_names_the_line(run):
    def main(sys):
        yield sys.getpid()
        raise KeyError("oops")

    with pytest.raises(WorkloadError, match=r"test_processes.py:\d+: in main: KeyError: 'oops' \(process"):
        run(main)


def test_yielding_what_is_no_call_is_explained(run):
    def main(sys):
        yield sys.read_file("/etc/passwd")

    with pytest.raises(WorkloadError, match=r"test_processes.py:\d+: .* which is no system call; write `yield from`"):
        run(main)


def test_wrong_arguments_are_explained(run):
    def main(sys, needed):
        yield sys.getpid()

    with pytest.raises(WorkloadError, match=r"test_processes.py:\d+: .*missing 1 required"):
        run(main)


# ---------------------------------------------------------------- workloads


@pytest.mark.parametrize("name", sorted(names()))
def test_named_workloads_end_well(run, name):
    assert run(name).status == 0


def test_command_lines(run):
    text = b"root:x:0:0:root:/root:/bin/sh"
    assert run("cat /etc/passwd | grep root").output.replace(b"\r", b"").strip() == text
    assert run("cat /nothing || echo no > /tmp/x ; cat /tmp/x").output.replace(b"\r", b"").endswith(b"no\n")
    assert WEXITSTATUS(run("false").status) == 1
    assert WEXITSTATUS(run("sh -c 'exit 7'").status) == 7


def test_a_function_of_a_file(run, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        'files = {"/etc/mine": "my own\\n"}\n\n'
        "def show(sys, *names):\n"
        "    for name in names:\n"
        "        yield sys.write(1, (yield from sys.read_file(name)))\n"
        "    return 4\n"
    )
    result = run(f"{path}:show /etc/mine /etc/mine")
    assert result.output.replace(b"\r", b"") == b"my own\nmy own\n"
    assert WEXITSTATUS(result.status) == 4
