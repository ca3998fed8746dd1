"""A CPU as the machine and the probes see it: registers by name, run, stop, and where its traps go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from stapy.arch import Architecture
    from stapy.runtime.machine.memory import Memory, Region


class MachineError(Exception):
    """The emulated machine cannot go on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why run() came back.

    ``stopped``: stop() was called. ``fault``: a memory access that nothing answers, at ``address``.
    ``opcode``: an instruction that is none. ``halt``: the CPU waits for an interrupt.
    """

    reason: Literal["stopped", "fault", "opcode", "halt"]
    access: Literal["", "read", "write", "fetch"] = ""
    address: int = 0


STOPPED = Stop("stopped")

Breakpoint = Callable[["Cpu"], None]


class Cpu(ABC):
    """One CPU. Register names are those of its architecture's ``registers``; values are unsigned.

    Traps come while the CPU stands still between two instructions: ``breakpoints`` maps the PC that the
    architecture shows at a breakpoint to what happens then; every other trap, and a breakpoint not found
    there, goes to ``trap``. Both may change any register, the PC included, or call stop(). What they raise
    ends run(), which raises it anew.
    """

    read_pc: Callable[[], int]
    write_pc: Callable[[int], None]  # the same as assigning to pc, quicker

    def __init__(
        self,
        arch: Architecture,
        memory: Memory,
        number: int = 0,
        breakpoints: dict[int, Breakpoint] | None = None,
    ) -> None:
        self.arch = arch
        self.memory = memory
        self.number = number
        self.user_mode = False  # the registers are a user process's
        self.halted = False  # it waits for an interrupt
        self.breakpoints = {} if breakpoints is None else breakpoints
        self.trap: Callable[[Cpu, int], None] = _no_trap
        self.kprobe: Any = None  # runtime.kprobes keeps its control block here

    @abstractmethod
    def read(self, name: str) -> int:
        """The value of a register. Raises KeyError for a name that is none."""

    @abstractmethod
    def write(self, name: str, value: int) -> None:
        """Sets a register."""

    @abstractmethod
    def register(self, number: int) -> int:
        """The value of the register with this DWARF number. Raises KeyError."""

    @abstractmethod
    def set_register(self, number: int, value: int) -> None:
        """Sets the register with this DWARF number."""

    @property
    def pc(self) -> int:
        return self.read(self.arch.pc)

    @pc.setter
    def pc(self, value: int) -> None:
        self.write(self.arch.pc, value)

    @property
    def sp(self) -> int:
        return self.read(self.arch.sp)

    @sp.setter
    def sp(self, value: int) -> None:
        self.write(self.arch.sp, value)

    @abstractmethod
    def run(self) -> Stop:
        """Executes from the PC until something stops it. May be called again from within a trap."""

    @abstractmethod
    def stop(self) -> None:
        """Makes run() return after the trap being handled (or soon, when called from another thread)."""

    @abstractmethod
    def save(self) -> Any:
        """All registers, for restore(), which takes each saved state once."""

    @abstractmethod
    def restore(self, state: Any) -> None:
        """Puts back what save() returned."""

    @abstractmethod
    def map(self, region: Region) -> None:
        """Makes a region of memory visible to the CPU."""

    @abstractmethod
    def flush(self, address: int, size: int) -> None:
        """Forgets translations of code that has changed."""


def _no_trap(cpu: Cpu, number: int) -> None:
    raise MachineError(f"CPU {cpu.number}: trap {number:#x} at {cpu.pc:#x}, and nothing to handle it")
