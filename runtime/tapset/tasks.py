"""Tasks: who runs, and what the kernel knows of any task_struct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.control import STAPIO_PID
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.values.strings import to_signed

# Begin and end probes run in no process of the machine, but in stapio, as they do under stap. There cpu is None.


def current(c: Context) -> int:
    """The address of the current task's task_struct, unsigned; 0 outside the machine."""
    if c.cpu is None:
        return 0
    task = c.task
    if not task:
        task = c.task = c.kernel.current_task(c.cpu)
    return task


class Readers:
    """What scripts ask of the current task at nearly every hit, as functions of its address that are made once."""

    def __init__(self, kernel: Any) -> None:
        memory, layout = kernel.memory, kernel.layout

        def number(member: str, structure: str = "task_struct") -> Callable[[int], int]:
            offset, size = layout.member(structure, member)
            read = getattr(memory, f"s{8 * size}")
            return lambda address: read(address + offset)

        def pointer(member: str) -> Callable[[int], int]:
            offset, word = layout.offset("task_struct", member), memory.word
            return lambda task: word(task + offset)

        def credential(member: str) -> Callable[[int], int]:
            if not layout.has("task_struct", "cred"):  # before 2.6.29
                return number(member)
            credentials, read = pointer("cred"), number(member, "cred")
            return lambda task: read(credentials(task))

        name, longest = layout.member("task_struct", "comm")
        cstring = memory.cstring
        self.comm: Callable[[int], str] = lambda task: cstring(task + name, longest).decode("latin-1")
        self.tgid = number("tgid")
        self.pid = number("pid")
        self.parent = pointer("real_parent" if layout.has("task_struct", "real_parent") else "parent")
        self.uid, self.euid = credential("uid"), credential("euid")
        self.gid, self.egid = credential("gid"), credential("egid")


def _readers(c: Context) -> Readers:
    store = c.session.store
    return store.get("task readers") or store.setdefault("task readers", Readers(c.kernel))


def _current_task(c: Context) -> Any:
    return c.kernel.task(current(c))


@tapset_function(pure=True, needs_kernel=True, at_begin=True)
def execname(c: Context) -> str:
    """The name of the current task."""
    return _readers(c).comm(c.task or current(c)) if c.cpu is not None else "stapio"


@tapset_function(pure=True, needs_kernel=True, at_begin=True)
def pexecname(c: Context) -> str:
    """The name of the current task's parent."""
    if c.cpu is None:
        return "staprun"
    readers = _readers(c)
    return readers.comm(readers.parent(c.task or current(c)))


@tapset_function("pid", "ns_pid", pure=True, needs_kernel=True, at_begin=True)
def pid(c: Context) -> int:
    """The process id of the current task."""
    return _readers(c).tgid(c.task or current(c)) if c.cpu is not None else STAPIO_PID


@tapset_function("tid", "ns_tid", pure=True, needs_kernel=True, at_begin=True)
def tid(c: Context) -> int:
    """The thread id of the current task."""
    return _readers(c).pid(c.task or current(c)) if c.cpu is not None else STAPIO_PID


@tapset_function("ppid", "ns_ppid", pure=True, needs_kernel=True, at_begin=True)
def ppid(c: Context) -> int:
    """The process id of the current task's parent."""
    if c.cpu is None:
        return STAPIO_PID - 1
    readers = _readers(c)
    return readers.tgid(readers.parent(c.task or current(c)))


def _group_number(c: Context, kind: int, members: tuple[str, ...]) -> int:
    """The process group's (kind 1) or session's (kind 2) id of the current task.

    Linux keeps it in a struct pid that the group leader links to; before 2.6.24 it was a number in ``signal_struct``.
    """
    if c.cpu is None:
        return STAPIO_PID - 1
    kernel, layout = c.kernel, c.kernel.layout
    task = _current_task(c)
    if layout.has("task_struct", "pids"):
        link = task.group_leader.address + layout.offset("task_struct", "pids") + kind * layout.size("pid_link")
        pid_structure = kernel.member_reader("pid_link", "pid", False)(link)
        return kernel.member_reader("upid", "nr", True)(pid_structure + layout.offset("pid", "numbers"))
    for member in members:
        if layout.has("signal_struct", member):
            return kernel.member_reader("signal_struct", member, True)(task.read("signal"))
    return task.tgid


@tapset_function("pgrp", "ns_pgrp", pure=True, needs_kernel=True, at_begin=True)
def pgrp(c: Context) -> int:
    """The process group id of the current task."""
    return _group_number(c, 1, ("__pgrp", "pgrp"))


@tapset_function("sid", "ns_sid", pure=True, needs_kernel=True, at_begin=True)
def sid(c: Context) -> int:
    """The session id of the current task."""
    return _group_number(c, 2, ("__session", "session"))


@tapset_function("uid", "ns_uid", pure=True, needs_kernel=True, at_begin=True)
def uid(c: Context) -> int:
    """The user id of the current task."""
    return _readers(c).uid(c.task or current(c)) if c.cpu is not None else 0


@tapset_function("euid", "ns_euid", pure=True, needs_kernel=True, at_begin=True)
def euid(c: Context) -> int:
    """The effective user id of the current task."""
    return _readers(c).euid(c.task or current(c)) if c.cpu is not None else 0


@tapset_function("gid", "ns_gid", pure=True, needs_kernel=True, at_begin=True)
def gid(c: Context) -> int:
    """The group id of the current task."""
    return _readers(c).gid(c.task or current(c)) if c.cpu is not None else 0


@tapset_function("egid", "ns_egid", pure=True, needs_kernel=True, at_begin=True)
def egid(c: Context) -> int:
    """The effective group id of the current task."""
    return _readers(c).egid(c.task or current(c)) if c.cpu is not None else 0


@tapset_function(pure=True)
def is_myproc() -> int:
    """1 if the current process belongs to the user who runs the script: always, as root."""
    return 1


@tapset_function("cpu", "cpuid", pure=True, needs_kernel=True, at_begin=True)
def cpu(c: Context) -> int:
    """The number of the current CPU."""
    return c.kernel.cpus.index(c.cpu) if c.cpu is not None else 0


@tapset_function(pure=True)
def user_mode(c: Context) -> int:
    """1 if the probe fired in user mode, else 0."""
    return 1 if c.user_mode else 0


@tapset_function(pure=True, needs_kernel=True, at_begin=True)
def task_current(c: Context) -> int:
    """The address of the current task_struct; 0 in a begin or end probe."""
    return to_signed(current(c))


# ---------------------------------------------------------------- any task


def _task(c: Context, address: int) -> Any:
    """A view of the task at ``address``; a null pointer faults as any other would."""
    if c.kernel is None:
        raise ScriptError(f"read fault [man error::fault] at {address & 0xFFFFFFFFFFFFFFFF:#x}")
    return c.kernel.task(address & 0xFFFFFFFFFFFFFFFF if c.kernel.description.pointer_size == 8
                         else address & 0xFFFFFFFF)


@tapset_function("task_pid", "task_ns_pid", pure=True, needs_kernel=True)
def task_pid(c: Context, task: int) -> int:
    """The process id of ``task``."""
    return _task(c, task).tgid


@tapset_function("task_tid", "task_ns_tid", pure=True, needs_kernel=True)
def task_tid(c: Context, task: int) -> int:
    """The thread id of ``task``."""
    return _task(c, task).pid


@tapset_function(pure=True, needs_kernel=True)
def task_execname(c: Context, task: int) -> str:
    """The name of ``task``."""
    return _task(c, task).comm


@tapset_function(pure=True, needs_kernel=True)
def task_parent(c: Context, task: int) -> int:
    """The address of the task_struct of ``task``'s parent."""
    return to_signed(_task(c, task).real_parent.address)


@tapset_function(pure=True, needs_kernel=True)
def task_state(c: Context, task: int) -> int:
    """The state of ``task``: 0 running, 1 interruptible sleep, 2 uninterruptible sleep, 4 stopped, 8 traced, ..."""
    return _task(c, task).state


@tapset_function(pure=True, needs_kernel=True)
def task_prio(c: Context, task: int) -> int:
    """The priority of ``task``: 0 to 39 for ordinary tasks, negative for real-time ones."""
    return _task(c, task).prio - 100


@tapset_function(pure=True, needs_kernel=True)
def task_nice(c: Context, task: int) -> int:
    """The nice value of ``task``, -20 to 19."""
    return _task(c, task).nice


@tapset_function(pure=True, needs_kernel=True)
def task_cpu(c: Context, task: int) -> int:
    """The CPU that ``task`` runs or last ran on."""
    return _task(c, task).cpu


@tapset_function("task_uid", "task_ns_uid", pure=True, needs_kernel=True)
def task_uid(c: Context, task: int) -> int:
    """The user id of ``task``."""
    return _task(c, task).uid


@tapset_function("task_euid", "task_ns_euid", pure=True, needs_kernel=True)
def task_euid(c: Context, task: int) -> int:
    """The effective user id of ``task``."""
    return _task(c, task).euid


@tapset_function("task_gid", "task_ns_gid", pure=True, needs_kernel=True)
def task_gid(c: Context, task: int) -> int:
    """The group id of ``task``."""
    return _task(c, task).gid


@tapset_function("task_egid", "task_ns_egid", pure=True, needs_kernel=True)
def task_egid(c: Context, task: int) -> int:
    """The effective group id of ``task``."""
    return _task(c, task).egid


@tapset_function(pure=True, needs_kernel=True)
def pid2task(c: Context, pid: int) -> int:
    """The address of the task_struct of the thread ``pid``; 0 where there is none."""
    if c.kernel is not None:
        for task in c.kernel.tasks():
            if task.pid == pid:
                return to_signed(task.address)
    return 0


@tapset_function(pure=True, needs_kernel=True)
def pid2execname(c: Context, pid: int) -> str:
    """The name of the thread ``pid``; empty where there is none."""
    task = pid2task(c, pid)
    return task_execname(c, task) if task else ""


@tapset_function(pure=True, needs_kernel=True)
def task_ancestry(c: Context, task: int, with_time: int) -> str:
    """The names and process ids of ``task`` and its ancestors, the oldest first: ``init(1)=>sh(5)=>cat(9)``.

    ``with_time`` adds how long each has lived, in seconds.
    """
    found = _task(c, task)
    line: list[str] = []
    while True:
        age = ""
        if with_time:
            lived = c.session.time(c.cpu) - found.start_time
            age = f"+{lived // 1000000000}.{lived // 1000000 % 1000:03}s" if lived >= 0 else ""
        line.append(f"{found.comm}({found.tgid}{age})")
        parent = found.real_parent
        if not parent.address or parent.address == found.address or parent.tgid == 0:
            break
        found = parent
    return "=>".join(reversed(line))[:c.session.maximum_string]


@tapset_function(needs_kernel=True)
def pstrace(c: Context, task: int) -> str:
    """The names and process ids of ``task`` and its ancestors: ``cat(9)<-sh(5)<-init(1)``."""
    names = task_ancestry(c, task, 0).split("=>")
    return "<-".join(reversed(names))


# ---------------------------------------------------------------- CPU time


def _time_of(c: Context, number: int, member: str) -> int:
    task = pid2task(c, number)
    return _task(c, task).read(member) if task else 0


@tapset_function(pure=True, needs_kernel=True)
def task_utime(c: Context) -> int:
    """The user time of the current task, in the kernel's cputime units; see cputime_to_msecs()."""
    return _current_task(c).read("utime") if c.cpu is not None else 0


@tapset_function("task_utime", "task_utime_tid", pure=True, needs_kernel=True)
def task_utime_of(c: Context, tid: int) -> int:
    """The user time of the thread with this id, in the kernel's cputime units; 0 where there is none."""
    return _time_of(c, tid, "utime")


@tapset_function(pure=True, needs_kernel=True)
def task_stime(c: Context) -> int:
    """The system time of the current task, in the kernel's cputime units; see cputime_to_msecs()."""
    return _current_task(c).read("stime") if c.cpu is not None else 0


@tapset_function("task_stime", "task_stime_tid", pure=True, needs_kernel=True)
def task_stime_of(c: Context, tid: int) -> int:
    """The system time of the thread with this id, in the kernel's cputime units; 0 where there is none."""
    return _time_of(c, tid, "stime")


@tapset_function(pure=True, needs_kernel=True)
def task_start_time(c: Context, tid: int) -> int:
    """When the thread with this id was forked, in nanoseconds since the machine started; 0 where there is none."""
    task = pid2task(c, tid)
    return _task(c, task).start_time if task else 0


def _times(c: Context, user: int, system: int) -> str:
    from stapy.runtime.tapset.times import cputime_to_string

    return f"usr: {cputime_to_string(c, user)}, sys: {cputime_to_string(c, system)}"


@tapset_function(pure=True, needs_kernel=True)
def task_time_string(c: Context) -> str:
    """The CPU time of the current task: ``usr: 0m0.012s, sys: 0m0.034s``."""
    return _times(c, task_utime(c), task_stime(c))


@tapset_function(pure=True, needs_kernel=True)
def task_time_string_tid(c: Context, tid: int) -> str:
    """The CPU time of the thread with this id, as task_time_string() writes it."""
    return _times(c, task_utime_of(c, tid), task_stime_of(c, tid))
