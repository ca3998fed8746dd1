"""The core of the built-in kernel: boot, scheduling, signals, timers, oopses, as processes and its log see them."""

from __future__ import annotations

import itertools
import re

import pytest

from stapy.workload import (
    SIG_BLOCK,
    SIGALRM,
    SIGCHLD,
    SIGKILL,
    SIGSEGV,
    SIGTERM,
    SIGUSR1,
    WEXITSTATUS,
    WNOHANG,
    WTERMSIG,
    WUNTRACED,
)

from .conftest import built, run_process

SIGCONT, SIGSTOP, SIGTSTP = 18, 19, 20
MACHINES = {"arm": "armv7l", "arm64": "aarch64"}  # what uname says, where it is not the architecture's name
WCONTINUED = 8


def stopped_by(status):
    return status >> 8 if status & 0xFF == 0x7F else None


# ---------------------------------------------------------------- boot


def test_the_boot_log_names_the_kernel_and_carries_times(boot, arch_name):
    def main(sys):
        yield sys.getpid()

    log, machine = boot(main).log, MACHINES.get(arch_name, arch_name)
    assert re.match(rf"\[    0\.000\d{{3}}\] Linux version 2\.6\.32-stapy \({machine}\) #1 SMP", log)
    assert all(re.match(r"\[ *\d+\.\d{6}\] ", line) for line in log.splitlines())


def test_kernel_threads_have_their_numbers(boot):
    seen = {}

    def main(sys):
        for pid in range(1, 6):
            seen[pid] = (yield from sys.read_file(f"/proc/{pid}/stat")).split()[1]

    assert boot(main).status == 0
    assert [seen[pid] for pid in (2, 3, 4)] == [b"(kthreadd)", b"(ksoftirqd/0)", b"(events/0)"]


def test_the_end_of_init_is_the_end_of_the_machine(boot):
    def main(sys):
        return 0
        yield

    run = boot(main)
    assert run.status == 0
    assert "Oops" not in run.log


# ---------------------------------------------------------------- signals


def test_stop_and_continue(boot):
    ran = []

    def child(sys):
        while True:
            ran.append((yield sys.time()))
            yield sys.sleep(0.001)

    def main(sys):
        pid = yield sys.fork(child)
        yield sys.sleep(0.01)
        yield sys.kill(pid, SIGSTOP)
        assert stopped_by((yield sys.waitpid(pid, WUNTRACED))[1]) == SIGSTOP
        before = len(ran)
        yield sys.sleep(0.02)
        assert len(ran) == before
        yield sys.kill(pid, SIGCONT)
        assert (yield sys.waitpid(pid, WCONTINUED)) == (pid, 0xFFFF)
        yield sys.sleep(0.01)
        assert len(ran) > before
        yield sys.kill(pid, SIGKILL)
        assert WTERMSIG((yield sys.waitpid(pid))[1]) == SIGKILL

    assert boot(main).status == 0


def test_a_stopped_process_dies_of_sigkill_but_keeps_sigterm_for_later(boot):
    def child(sys):
        yield sys.pause()

    def main(sys):
        pid = yield sys.fork(child)
        yield sys.sleep(0.001)
        yield sys.kill(pid, SIGTSTP)
        yield sys.waitpid(pid, WUNTRACED)
        yield sys.kill(pid, SIGTERM)
        yield sys.sleep(0.01)
        assert (yield sys.waitpid(pid, WNOHANG)) == (0, 0)
        yield sys.kill(pid, SIGCONT)
        assert WTERMSIG((yield sys.waitpid(pid))[1]) == SIGTERM
        pid = yield sys.fork(child)
        yield sys.sleep(0.001)
        yield sys.kill(pid, SIGSTOP)
        yield sys.waitpid(pid, WUNTRACED)
        yield sys.kill(pid, SIGKILL)
        assert WTERMSIG((yield sys.waitpid(pid))[1]) == SIGKILL

    assert boot(main).status == 0


def test_sigsuspend_waits_with_another_mask_and_restores_the_old_one(boot):
    seen = []

    def main(sys):
        yield sys.signal(SIGUSR1, lambda sys, number: seen.append(number))
        yield sys.sigprocmask(SIG_BLOCK, 1 << (SIGUSR1 - 1))
        yield sys.kill((yield sys.getpid()), SIGUSR1)
        assert seen == []
        with pytest.raises(InterruptedError):
            yield sys.sigsuspend(0)
        assert seen == [SIGUSR1]
        assert (yield sys.sigprocmask(SIG_BLOCK, 0)) & (1 << (SIGUSR1 - 1))
        yield sys.kill((yield sys.getpid()), SIGUSR1)
        assert seen == [SIGUSR1]

    assert boot(main).status == 0


def test_a_sleep_goes_on_after_a_stop(boot):
    took = []

    def child(sys):
        before = yield sys.clock_gettime(1)
        yield sys.sleep(0.05)
        took.append((yield sys.clock_gettime(1)) - before)

    def main(sys):
        pid = yield sys.fork(child)
        yield sys.sleep(0.01)
        yield sys.kill(pid, SIGSTOP)
        yield sys.sleep(0.005)
        yield sys.kill(pid, SIGCONT)
        yield sys.waitpid(pid)

    assert boot(main).status == 0
    assert len(took) == 1


def test_orphans_go_to_init(boot):
    parents = []

    def grandchild(sys):
        yield sys.sleep(0.01)
        parents.append((yield sys.getppid()))

    def child(sys):
        yield sys.fork(grandchild)

    def main(sys):
        yield sys.wait4((yield sys.fork(child)))
        yield sys.sleep(0.03)

    assert boot(main).status == 0
    assert parents == [1]


def test_ignored_children_leave_no_zombies(boot):
    def child(sys):
        yield sys.getpid()

    def main(sys):
        yield sys.signal(SIGCHLD, 1)
        yield sys.fork(child)
        yield sys.sleep(0.01)
        with pytest.raises(ChildProcessError):
            yield sys.wait4(-1, WNOHANG)

    assert boot(main).status == 0


def test_a_signal_that_kills_ends_all_threads(boot):
    def thread(sys):
        yield sys.pause()

    def child(sys):
        for _ in range(3):
            yield sys.thread(thread)
        yield sys.pause()

    def main(sys):
        pid = yield sys.fork(child)
        yield sys.sleep(0.01)
        yield sys.kill(pid, SIGTERM)
        assert WTERMSIG((yield sys.waitpid(pid))[1]) == SIGTERM
        with pytest.raises(ProcessLookupError):
            yield sys.kill(pid, 0)

    assert boot(main).status == 0


def test_exec_in_a_thread_leaves_one_thread_with_the_process_id(boot):
    def sleeper(sys):
        yield sys.pause()

    def other(sys):
        yield sys.exec("/bin/true")

    def child(sys):
        yield sys.thread(sleeper)
        yield sys.thread(other)
        yield sys.pause()

    def main(sys):
        pid = yield sys.fork(child)
        assert WEXITSTATUS((yield sys.waitpid(pid))[1]) == 0

    assert boot(main).status == 0


# ---------------------------------------------------------------- time


def test_sleeps_end_on_time_and_in_order(boot):
    order = []

    def child(sys, ms):
        yield sys.sleep(ms / 1000)
        order.append(ms)

    def main(sys):
        for ms in (30, 10, 20, 5):
            yield sys.fork(child, ms)
        for _ in range(4):
            yield sys.wait()

    run = boot(main)
    assert run.status == 0
    assert order == [5, 10, 20, 30]
    assert 30_000_000 < run.now < 31_000_000


def test_an_idle_kernel_skips_time(boot):
    def main(sys):
        yield sys.sleep(15)

    run = boot(main)
    assert run.status == 0
    assert 15_000_000_000 < run.now < 15_001_000_000


def test_alarms_come_when_due(boot):
    times = []

    def main(sys):
        yield sys.signal(SIGALRM, lambda sys, number: times.append(number))
        yield sys.alarm(2)
        assert (yield sys.alarm(3)) == 2
        with pytest.raises(InterruptedError):
            yield sys.pause()

    run = boot(main)
    assert times == [SIGALRM]
    assert 3_000_000_000 < run.now < 3_001_000_000


# ---------------------------------------------------------------- scheduling


def test_nice_levels_share_the_processor_unequally(boot):
    done = {}

    def child(sys, nice):
        yield from sys.nice(nice)
        rounds = 0
        while (yield sys.clock_gettime(1)) < 400_000_000:
            yield sys.compute(ms=1)
            rounds += 1
        done[nice] = rounds

    def main(sys):
        yield sys.fork(child, 0)
        yield sys.fork(child, 5)
        yield sys.wait()
        yield sys.wait()

    assert boot(main).status == 0
    assert 2 < done[0] / done[5] < 5  # three to one by weight


def test_equals_share_alike_and_in_turn(boot):
    turns = []

    def child(sys, name):
        for _ in range(40):
            yield sys.compute(ms=1)
            turns.append(name)

    def main(sys):
        for name in "abc":
            yield sys.fork(child, name)
        for _ in range(3):
            yield sys.wait()

    assert boot(main).status == 0
    runs = [len(list(group)) for _, group in itertools.groupby(turns)]
    assert len(turns) == 120
    assert len(runs) > 20
    assert max(runs) <= 12


# ---------------------------------------------------------------- trouble in the kernel


def break_function(name, code):
    def prepare(kernel):
        kernel.machine.memory.write_code(kernel.machine.symbol(name), code)

    return prepare


# Code, and the length of its first instruction.
NULL_DEREFERENCES = {
    "x86_64": (b"\x31\xc0\x48\x8b\x40\x10", 2),
    "i386": (b"\x31\xc0\x8b\x40\x10", 2),
    "arm": (b"\x00\x00\xa0\xe3\x10\x00\x90\xe5", 4),
    "arm64": (b"\x00\x00\x80\xd2\x00\x08\x40\xf9", 4),
    "mips64": (b"\x64\x02\x00\x00\xdc\x42\x00\x10", 4),
    "riscv64": (b"\x01\x45\x08\x69", 2),
    "ppc64": (b"\x39\x20\x00\x00\xe9\x29\x00\x10", 4),
    "ppc64le": (b"\x00\x00\x20\x39\x10\x00\x29\xe9", 4),
    "s390x": (b"\xa7\x29\x00\x00\xe3\x20\x20\x10\x00\x04", 4),
    "sparc64": (b"\x82\x10\x20\x00\xc2\x58\x60\x10", 4),
}
INVALID_INSTRUCTIONS = {
    "x86_64": (b"\x0f\x0b", "invalid opcode: 0000 [#1]"),
    "i386": (b"\x0f\x0b", "invalid opcode: 0000 [#1]"),
    "arm": (b"\xf0\x00\xf0\xe7", "undefined instruction: 0000 [#1]"),
    "arm64": (b"\x00\x00\x00\x00", "undefined instruction: 02000000 [#1]"),
    "mips64": (b"\x00\x00\x00\x0e", "Reserved instruction in kernel code: 000a [#1]"),
    "riscv64": (b"\xff\xff\xff\xff", "illegal instruction: 0002 [#1]"),
    "ppc64": (b"\x00\x00\x00\x00", "Program check: 0004 [#1]"),
    "ppc64le": (b"\x00\x00\x00\x00", "Program check: 0004 [#1]"),
    "s390x": (b"\x00\x00", "illegal operation: 0001 [#1]"),
    "sparc64": (b"\x00\x00\x00\x00", "Illegal instruction: 0010 [#1]"),
}


def test_a_null_dereference_in_the_kernel_is_an_oops_and_ends_the_task(boot, arch_name):
    """sys_getsid is replaced by: a register becomes 0, the word 16 bytes behind it is loaded."""
    load, size = NULL_DEREFERENCES[arch_name]

    def child(sys):
        yield sys.call("getsid", 0)

    def main(sys):
        pid = yield sys.fork(child)
        assert WTERMSIG((yield sys.waitpid(pid))[1]) == SIGSEGV

    run = boot(main, break_function("sys_getsid", load))
    assert run.status == 0
    assert re.search(r"BUG: unable to handle kernel NULL pointer dereference at 0+10\n", run.log)
    assert re.search(rf"(IP|PC|TPC|epc|PSW): \[<[0-9a-f]+>\] sys_getsid\+{size:#x}/0x", run.log)
    assert re.search(r"Oops: [0-9a-f]{4,} \[#1\]", run.log)
    assert "Call Trace:" in run.log or "Call trace:" in run.log


def test_an_invalid_instruction_in_the_kernel(boot, arch_name):
    code, message = INVALID_INSTRUCTIONS[arch_name]

    def child(sys):
        yield sys.call("getsid", 0)

    def main(sys):
        pid = yield sys.fork(child)
        assert WTERMSIG((yield sys.waitpid(pid))[1]) == SIGSEGV

    run = boot(main, break_function("sys_getsid", code))
    assert run.status == 0
    assert message in run.log


# ---------------------------------------------------------------- the same everywhere


def test_virtual_time_is_the_same_on_all_architectures():
    def child(sys):
        yield sys.compute(us=150)
        fd = yield sys.open("/etc/passwd")
        while (yield sys.read(fd, 100)):
            pass

    def main(sys):
        for _ in range(5):
            yield sys.fork(child)
        reader, writer = yield sys.pipe()
        yield sys.write(writer, b"x" * 300)
        yield sys.read(reader, 300)
        for _ in range(5):
            yield sys.wait()
        yield sys.print((yield sys.clock_gettime(1)))

    outputs = {run_process(arch, main).output for arch in built()}
    assert len(outputs) == 1
