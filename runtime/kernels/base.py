"""What a kernel offers to scripts: the interface that the built-in kernel implements, and others will.

A session and the tapset talk to a kernel through this alone. Three kinds are foreseen: the built-in kernel
(runtime.kernels.builtin), a real Linux image booted on the machine, and an attached one: a Unicorn instance
that a program already has, with an ELF file that describes what runs in it. So nothing here says how user
mode comes about, where page tables lie, or that there is one CPU.

A kernel has these attributes:

``description``  symbols, types, functions, lines: runtime.debuginfo's KernelDescription of the image
``arch``         stapy.arch's Architecture
``memory``       kernel memory by virtual address: runtime.machine.memory.Memory
``machine``      the machine, or what stands for it
``cpus``         its CPUs, in order of their numbers
``clock``        virtual time in nanoseconds since boot: ``clock.now(cpu)``
``epoch``        the date at virtual time 0, in seconds since 1970
``kprobes``      the registry of breakpoints: runtime.kprobes.Kprobes
``layout``       places of structure members: runtime.kernels.layout.Layout
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

from stapy.runtime.kernels.layout import Layout

ConsoleSink = Callable[[bytes], None]


class Task:
    """A view of one ``task_struct``: every attribute is read from kernel memory when asked for.

    ``read("member.path")`` reads any integer member; the attributes below are those with a meaning of their
    own. Raises runtime.machine.memory.MemoryFault where ``address`` is none of a task.
    """

    __slots__ = ("_kernel", "address")

    def __init__(self, kernel: Kernel, address: int) -> None:
        self._kernel = kernel
        self.address = address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and other.address == self.address

    def __hash__(self) -> int:
        return hash(self.address)

    def __repr__(self) -> str:
        return f"<Task {self.comm}[{self.pid}] at {self.address:#x}>"

    def read(self, member: str, signed: bool = False) -> int:
        """An integer or pointer member of task_struct; ``member`` may be a path within it."""
        return self._kernel.member_reader("task_struct", member, signed)(self.address)

    def _through(self, pointer: str, structure: str, member: str, signed: bool = False) -> int:
        target = self.read(pointer)
        return self._kernel.member_reader(structure, member, signed)(target) if target else 0

    @property
    def pid(self) -> int:
        """The thread's id, which Linux calls pid."""
        return self.read("pid", signed=True)

    @property
    def tgid(self) -> int:
        """The process's id: what user space calls pid."""
        return self.read("tgid", signed=True)

    @property
    def comm(self) -> str:
        """The name, at most 15 characters."""
        offset, size = self._kernel.layout.member("task_struct", "comm")
        data = self._kernel.memory.read(self.address + offset, size)
        return data.split(b"\0", 1)[0].decode("latin-1")

    @property
    def state(self) -> int:
        """0 running or runnable, 1 interruptible, 2 uninterruptible sleep, 4 stopped, 64 dead, ..."""
        return self.read("state", signed=True)

    @property
    def exit_code(self) -> int:
        return self.read("exit_code", signed=True)

    @property
    def flags(self) -> int:
        return self.read("flags")

    @property
    def prio(self) -> int:
        """The dynamic priority as the kernel keeps it: 100 + 20 + nice."""
        return self.read("prio", signed=True)

    @property
    def static_prio(self) -> int:
        return self.read("static_prio", signed=True)

    @property
    def nice(self) -> int:
        """-20 to 19."""
        return self.static_prio - 120

    @property
    def parent(self) -> Task:
        return Task(self._kernel, self.read("parent"))

    @property
    def real_parent(self) -> Task:
        return Task(self._kernel, self.read("real_parent"))

    @property
    def group_leader(self) -> Task:
        return Task(self._kernel, self.read("group_leader"))

    @property
    def cpu(self) -> int:
        """The CPU it runs or last ran on."""
        kernel = self._kernel
        member = "stack" if kernel.layout.has("task_struct", "stack") else "thread_info"
        return kernel.member_reader("thread_info", "cpu", False)(self.read(member))

    def _credential(self, name: str) -> int:
        if self._kernel.layout.has("task_struct", "cred"):
            return self._through("cred", "cred", name)
        return self.read(name)

    @property
    def uid(self) -> int:
        return self._credential("uid")

    @property
    def euid(self) -> int:
        return self._credential("euid")

    @property
    def gid(self) -> int:
        return self._credential("gid")

    @property
    def egid(self) -> int:
        return self._credential("egid")

    @property
    def utime(self) -> int:
        """User time in nanoseconds."""
        return self._kernel.cputime_to_ns(self.read("utime"))

    @property
    def stime(self) -> int:
        """System time in nanoseconds."""
        return self._kernel.cputime_to_ns(self.read("stime"))

    @property
    def start_time(self) -> int:
        """When it was forked, in nanoseconds of virtual time."""
        seconds = self.read("start_time.tv_sec")
        return seconds * 10**9 + self.read("start_time.tv_nsec")

    @property
    def mm(self) -> int:
        """The address of its mm_struct; 0 of a kernel thread."""
        return self.read("mm")

    @property
    def is_kernel_thread(self) -> bool:
        return not self.mm


class Kernel(ABC):
    """A kernel that scripts can probe. See the module for its attributes."""

    description: Any
    arch: Any
    memory: Any
    machine: Any
    cpus: list[Any]
    clock: Any
    epoch: int
    kprobes: Any
    layout: Layout

    # ------------------------------------------------------------ tasks

    @abstractmethod
    def current_task(self, cpu: Any) -> int:
        """The address of the task_struct of what runs on ``cpu`` now."""

    def task(self, address: int) -> Task:
        """A view of the task_struct at ``address``."""
        return Task(self, address)

    @abstractmethod
    def tasks(self) -> Iterator[Task]:
        """All processes (not their threads), the idle task excluded, in the order of the kernel's list."""

    @abstractmethod
    def threads(self, task: int) -> Iterator[Task]:
        """The threads of the process that ``task`` (an address) belongs to, itself included."""

    @abstractmethod
    def cputime_to_ns(self, cputime: int) -> int:
        """What a ``cputime_t`` of this kernel means in nanoseconds."""

    @abstractmethod
    def member_reader(self, structure: str, member: str, signed: bool) -> Callable[[int], int]:
        """A function that reads ``struct structure``'s ``member`` given the structure's address; made
        once."""

    # ------------------------------------------------------------ user memory

    @abstractmethod
    def user_read(self, task: int, address: int, size: int) -> bytes:
        """``size`` bytes of the user memory of ``task`` (an address).

        Raises runtime.machine.memory.MemoryFault where a page is not there: a probe cannot wait for one.
        """

    @abstractmethod
    def user_write(self, task: int, address: int, data: bytes) -> None:
        """Writes user memory, as user_read reads it."""

    # ------------------------------------------------------------ running

    @abstractmethod
    def set_console(self, sink: ConsoleSink | None) -> None:
        """Where the kernel's log lines go; None drops them."""

    @abstractmethod
    def set_terminal(self, sink: ConsoleSink | None) -> None:
        """Where processes' output to their terminal goes; None drops it."""

    @abstractmethod
    def start(self, workload: Any) -> None:
        """Boots, up to the moment the workload is about to start; after this `target` is known."""

    @abstractmethod
    def run(self, until_ns: int | None = None) -> str:
        """Runs until the workload ends ("finished"), stop() was called ("stopped"), or virtual time
        ``until_ns`` is reached ("time"). Can be called again. Raises WorkloadError for a workload's mistake,
        and what a probe handler raised."""

    @abstractmethod
    def stop(self) -> None:
        """Makes run() return as soon as the machine can be left; callable from a probe handler."""

    @property
    @abstractmethod
    def target(self) -> int:
        """The pid of the command that the workload runs: stap's target(); 0 where there is none."""

    @property
    @abstractmethod
    def status(self) -> int | None:
        """The wait status of the workload's command; None until it has ended."""

    @abstractmethod
    def close(self) -> None:
        """Gives the machine's resources back."""
