"""The built-in kernel as sessions see it: tasks, user memory, starting and stopping."""

from __future__ import annotations

import pytest

from stapy import workload
from stapy.runtime.kernels.builtin import BuiltinKernel
from stapy.runtime.machine.memory import MemoryFault

SECOND = 1_000_000_000


@pytest.fixture
def kernel(arch_name):
    made = BuiltinKernel(arch_name)
    yield made
    made.close()


def test_tasks(kernel):
    kernel.start(workload.load())
    assert kernel.run(SECOND) == "time" and kernel.clock.now() == SECOND
    tasks = {task.comm: task for task in kernel.tasks()}
    init, cron = tasks["init"], tasks["cron"]
    assert (init.pid, init.tgid, cron.parent, cron.real_parent) == (1, 1, init, init)
    assert (cron.uid, cron.euid, cron.gid, cron.egid, cron.nice, cron.prio) == (0, 0, 0, 0, 0, 120)
    assert cron.state == 1 and cron.mm and not cron.is_kernel_thread
    assert tasks["kthreadd"].is_kernel_thread and tasks["buildd"].nice == 5
    assert 0 < init.start_time < cron.start_time < SECOND
    assert tasks["syslogd"].pid == 5 and cron.cpu == 0
    assert [thread.pid for thread in kernel.threads(cron.address)] == [cron.pid]
    assert cron.read("pid") == cron.pid


def test_current_task_and_times(kernel):
    def spin(sys):
        yield sys.compute(ms=500)

    made = workload.load("id")
    made.programs["/usr/bin/id"] = workload.Program("/usr/bin/id", spin)
    kernel.start(made)
    kernel.run(SECOND // 4)
    task = kernel.task(kernel.current_task(kernel.cpus[0]))
    assert (task.comm, task.pid) == ("id", kernel.target)
    assert 0.2 * SECOND < task.utime < 0.25 * SECOND
    assert kernel.run() == "finished" and kernel.status == 0


def test_user_memory(kernel):
    def main(sys):
        address = yield sys.mmap(4096)
        yield sys.poke(address, b"user text\0")
        places.append(address)
        yield sys.pause()

    places = []
    made = workload.load("id")
    made.programs["/usr/bin/id"] = workload.Program("/usr/bin/id", main)
    kernel.start(made)
    with pytest.raises(workload.WorkloadError, match=r"nothing is left to happen: init\[1\], id\[\d+\] wait for ever"):
        kernel.run()
    (task,) = [task.address for task in kernel.tasks() if task.pid == kernel.target]
    assert kernel.user_read(task, places[0], 4) == b"user"
    assert kernel.user_string(task, places[0]) == b"user text"
    kernel.user_write(task, places[0], b"USER")
    assert kernel.user_read(task, places[0], 9) == b"USER text"
    with pytest.raises(MemoryFault):
        kernel.user_read(task, 0x10, 1)


def test_stop_and_go_on(kernel):
    kernel.start(workload.load("sleep 3"))
    started = kernel.clock.now()
    kernel.clock.at(started + SECOND, lambda cpu: kernel.stop())
    assert kernel.run() == "stopped"
    assert kernel.run(started + 2 * SECOND) == "time"
    assert kernel.run() == "finished"
    assert 3 * SECOND <= kernel.clock.now() - started < 3.01 * SECOND


def test_the_target_is_known_before_it_executes(kernel):
    kernel.start(workload.load("sh -c 'sleep 1; true'"))
    (task,) = [task for task in kernel.tasks() if task.pid == kernel.target]
    assert task.comm == "init"
    kernel.run(SECOND // 2)
    assert task.comm == "sh"
    assert kernel.run() == "finished"


def test_the_kernels_log_is_apart_from_terminals(kernel):
    log, output = [], []
    kernel.set_console(log.append)
    kernel.set_terminal(output.append)
    kernel.start(workload.load("echo hello"))
    kernel.run()
    assert b"".join(output) == b"hello\n"
    assert b"Linux version 2.6.32-stapy" in b"".join(log)
