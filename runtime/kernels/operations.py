"""What a user process may ask for: the values its generator yields to the user engine, and what a workload
consists of.

Workloads do not build these by hand; the ``sys`` object of stapy.workload does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

ProgramFunction = Callable[..., Any]


class WorkloadError(Exception):
    """A mistake in a workload (or in asking for one): the message names the workload's file and line where
    known."""


# ---------------------------------------------------------------- operations


@dataclass(frozen=True, slots=True)
class Call:
    """A system call by its kernel name without ``sys_``; arguments as runtime.kernels.calls encodes them."""

    name: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Fork:
    """fork, vfork or clone; the child runs ``function(sys, *arguments)``."""

    call: str
    function: ProgramFunction
    arguments: tuple[Any, ...] = ()
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Execute:
    path: str | bytes
    argv: tuple[str | bytes, ...]
    environment: Mapping[str, str] | None = None  # None: the caller's own


@dataclass(frozen=True, slots=True)
class Exit:
    code: int = 0
    group: bool = True  # the whole process; False: this thread


@dataclass(frozen=True, slots=True)
class Compute:
    """User time: the processor is kept busy for ``ns`` nanoseconds, and can be interrupted and preempted."""

    ns: int


@dataclass(frozen=True, slots=True)
class Access:
    """Reads ``size`` bytes of the process's memory, or writes ``data``."""

    address: int
    size: int = 0
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """Sets the action of a signal; ``handler`` is a function of (sys, number), or SIG_DFL (0), or SIG_IGN
    (1)."""

    number: int
    handler: ProgramFunction | int
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Ready:
    """The system is up: Kernel.start() returns here. ``target`` makes the caller the process that -c
    names."""

    target: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """The workload is done: Kernel.run() returns here. ``status`` is its wait status."""

    status: int = 0


Operation = Call | Fork | Execute | Exit | Compute | Access | Signal | Ready | Finish


# ---------------------------------------------------------------- what a workload consists of


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the file system: ``function(sys, *argv[1:])`` runs when ``path`` is executed."""

    path: str
    function: ProgramFunction


@dataclass(frozen=True, slots=True)
class File:
    """A file of the initramfs. ``mode`` carries type bits for anything but a regular file."""

    data: bytes = b""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    device: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Workload:
    """What runs on a kernel: programs and files by path, and ``/sbin/init`` among the programs.

    ``system`` makes the ``sys`` object of a process: it is called with the process's name, arguments and
    environment.
    """

    programs: dict[str, Program]
    files: dict[str, File]
    system: Callable[[str, list[str], dict[str, str]], Any]
    init: str = "/sbin/init"
    arguments: list[str] = field(default_factory=list)  # of init, on the kernel's command line
    has_target: bool = False  # it runs a command: target() is its process
