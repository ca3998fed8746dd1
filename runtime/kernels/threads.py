"""What the user engine knows of processes: their threads, the generators these run, forks under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stapy.runtime.kernels.operations import Fork

Step = Callable[[Any, "Thread", "Frame"], Any]  # (cpu, thread, frame) -> the operation's value, or IN_KERNEL

IN_KERNEL = object()  # a step's result: the kernel was entered, the rest follows when it returns

CLONE_VM = 0x100


class Frame:
    """A generator that runs, and where in user text it waits: the program itself, or a signal handler over
    it."""

    __slots__ = ("calling", "expected", "generator", "is_handler", "then")

    def __init__(self, generator: Any, is_handler: bool = False) -> None:
        self.generator = generator
        self.is_handler = is_handler
        self.expected = 0  # the user ip at which `then` goes on
        self.then: Step | None = None
        self.calling = False  # a system call is under way: it may have to be made again


class Process:
    """What the threads of one address space share."""

    __slots__ = ("argv", "environment", "handlers", "name", "pages", "slots", "system")

    def __init__(self, name: str, argv: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.argv = argv
        self.environment = environment
        self.handlers: dict[int, Callable[..., Any]] = {}  # by signal
        self.pages: set[int] = set()  # text pages known to be mapped
        self.slots: set[int] = {0}  # scratch slots in use
        self.system: Any = None

    def take_slot(self) -> int:
        """A scratch slot that no thread of the process uses."""
        slot = min(set(range(len(self.slots) + 1)) - self.slots)
        self.slots.add(slot)
        return slot


class Thread:
    """One task of the kernel, as far as user mode goes."""

    __slots__ = ("frames", "is_clone", "pid", "process", "slot", "task")

    def __init__(self, task: int, pid: int, process: Process, slot: int = 0, is_clone: bool = False) -> None:
        self.task = task
        self.pid = pid
        self.process = process
        self.slot = slot
        self.is_clone = is_clone  # shares its memory: it ends alone
        self.frames: list[Frame] = []

    @property
    def name(self) -> str:
        """For messages: the program's name and the pid."""
        return f"{self.process.name}[{self.pid}]"

    def close(self) -> None:
        """Ends the generators of a dead thread: `finally` runs, but can ask nothing of the kernel."""
        for frame in reversed(self.frames):
            try:
                if frame.generator is not None:
                    frame.generator.close()
            except Exception:
                continue  # it yielded or failed while being closed: the process is gone all the same
        self.frames.clear()


class PendingFork:
    """A fork between its call and the first instructions of parent and child."""

    __slots__ = ("child_pid", "operation", "parent", "seen_by_child", "slot")

    def __init__(self, parent: Thread, operation: Fork, slot: int) -> None:
        self.parent = parent
        self.operation = operation
        self.slot = slot  # of the child's scratch memory
        self.child_pid: int | None = None
        self.seen_by_child = False
