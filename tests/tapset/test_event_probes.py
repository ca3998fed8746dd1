"""Tracepoints, watchpoints, processes, and the aliases made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from stapy.arch import names

WORKLOAD = str(Path(__file__).with_name("data") / "threads.py") + ":threads"


@pytest.fixture(params=names())
def on_each(request, run):
    return lambda script, *options, **more: run(script, "-a", request.param, *options, **more)


# ---------------------------------------------------------------- tracepoints


def test_a_tracepoint_and_its_arguments(on_each) -> None:
    text = on_each('probe kernel.trace("sched_process_fork") { printf("%s %s %d %s\\n", $$name, pp(), '
                   '$parent->pid == pid(), kernel_string($child->comm)) }', "-c", "fork 1")
    assert text == 'sched_process_fork kernel.trace("sched:sched_process_fork") 1 fork\n'


def test_tracepoints_by_system(run) -> None:
    text = run('global n probe kernel.trace("irq:irq_handler_*") { n[$$name, $irq]++ } probe timer.ms(500) { exit() }')
    assert 'n["irq_handler_entry",0]=' in text and 'n["irq_handler_exit",0]=' in text


def test_no_such_tracepoint(run) -> None:
    said = run('probe kernel.trace("sched_swich") {}', status=1)
    assert "no match (similar tracepoints: sched_switch" in said
    assert run('probe kernel.trace("nothing") ?, begin { print(1) exit() }') == "1"
    assert run('probe kernel.trace("nothing") !, begin { print(2) exit() }') == "2"


# ---------------------------------------------------------------- watchpoints


def test_a_watchpoint_sees_who_writes_and_what(on_each) -> None:
    text = on_each('global last probe kernel.data("jiffies_64").write { now = @var("jiffies_64") '
                   'if (last && now >= last) good++ last = now if (good == 3) { println(symname(addr()), " ", pp()) '
                   'exit() } } global good')
    assert text == 'do_timer kernel.data("jiffies_64").write\n'


def test_reads_are_watched_where_asked(run) -> None:
    script = 'global n probe kernel.data("jiffies_64").%s { n++ } probe timer.ms(200) { println(n) exit() }'
    assert int(run(script % "rw")) > int(run(script % "write")) > 10


def test_a_watchpoint_at_an_address(run) -> None:
    text = run('probe kernel.data("jiffies_64").length(4).write { println(pp()) exit() }')
    assert text == 'kernel.data("jiffies_64").length(4).write\n'


def test_watchpoints_that_cannot_be(run) -> None:
    assert "has no symbol 'nothing_here'" in run('probe kernel.data("nothing_here").write {}', status=1)
    assert "1, 2, 4 or 8 bytes" in run('probe kernel.data(4096).length(3).rw { println(1) }', status=1)


# ---------------------------------------------------------------- processes


def test_processes_begin_and_end(run) -> None:
    text = run('probe process.begin, process.end { printf("%s %s\\n", pp(), execname()) }', "-c", "cat /etc/hostname")
    lines = text.splitlines()
    assert "process.begin cat" in lines and "process.end cat" in lines


def test_a_program_and_its_system_calls(run) -> None:
    text = run('probe process("/bin/cat").syscall { if ($syscall == 3) printf("close(%d)", $arg1) } '
               'probe process("cat").syscall.return { if ($syscall == 3) printf("=%d\\n", $return) }', "-c",
               "cat /etc/hostname")
    assert text.endswith("close(3)=0\n")


def test_a_process_by_its_number(run) -> None:
    script = 'probe process(6).syscall { n++ } probe process(999999).syscall { m++ } ' \
             'probe end { printf("%d %d", n > 0, m) } global n, m'
    assert run(script, "-c", "fork 1") == "1 0"


def test_threads(run) -> None:
    text = run('probe process.thread.begin { b++ } probe process.thread.end { e++ } '
               'probe end { printf("%d %d", b > 0, b == e) } global b, e', "-c", WORKLOAD)
    assert text == "1 1"


def test_code_of_user_programs_is_not_seen(run) -> None:
    said = run('probe process("/bin/cat").function("main") {}', status=1)
    assert "user programs are Python here" in said


# ---------------------------------------------------------------- aliases of the tapset


ALIASES = (
    ('probe scheduler.ctxswitch { printf("%d %s", prev_tid != next_tid, prev_task_name) exit() }', "fork 1", "1 fork"),
    ('probe scheduler.process_fork { printf("%d", child_pid > parent_pid) }', "fork 1", "1"),
    ('probe kprocess.exec { println(filename) }', "cat /etc/hostname", '"/bin/cat"\n'),
    ('probe kprocess.exec_complete { printf("%d %d", errno, success) }', "cat /etc/hostname", "0 1"),
    ('probe vfs.read.return { if (execname() == "cat") printf("%d %s\\n", bytes_read, pathname) }',
     "cat /etc/hostname", "6 /etc/hostname\n0 /etc/hostname\n"),
    ('probe signal.send { if (sig_name == "SIGCHLD") { println(sig, " ", pid_name) exit() } }', "fork 1",
     "17 fork\n"),
    ('probe vm.pagefault.return { if (vm_fault_contains(fault_type, VM_FAULT_MINOR)) { print("minor") exit() } }',
     "cat /etc/hostname", "minor"),
    ('probe irq_handler.entry { println(kernel_string(dev_name)) exit() }', "sleep 1", "timer\n"),
    ('probe timer.profile { n++ } global n probe end { print(n > 10) }', "sleep 1", "1"),
    ('probe oneshot { print("once") }', "fork 1", "once"),
)


@pytest.mark.parametrize(("script", "workload", "expected"), ALIASES)
def test_aliases(run, script, workload, expected) -> None:
    text = run(script, "-c", workload)
    assert text.replace("stapy\n", "") == expected


@pytest.mark.parametrize(("point", "reason"), (
    ("ioblock.request", "no block layer"), ("tcp.sendmsg", "no such network protocols"), ("nfs.proc.read", "no NFS"),
    ("java(1).class(\"x\").method(\"y\")", "no Java"), ("perf.hw.cycles", "not to be had on an emulated machine"),
    ("netdev.receive", "no network devices"),
))
def test_families_there_cannot_be(run, point, reason) -> None:
    said = run(f"probe {point} {{}}", status=1)
    assert "no match: " in said and reason in said
    assert run(f"probe {point} ?, begin {{ print(1) exit() }}") == "1"
