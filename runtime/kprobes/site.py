"""A breakpoint and the probes that share it: Linux's aggr_kprobe, and what each of its handlers does for all
of them."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stapy.arch.architecture import Slot
    from stapy.runtime.kprobes.probes import Kprobe
    from stapy.runtime.kprobes.ptregs import PtRegs, SavedRegs


class Site:
    """One breakpoint. ``probes`` are in Linux's order: the newest first, and a jprobe last."""

    __slots__ = ("address", "armed", "delayed", "opcode", "probes", "slot")

    def __init__(self, address: int, opcode: bytes, slot: Slot, delayed: bool) -> None:
        self.address = address
        self.opcode = opcode  # the bytes under the breakpoint
        self.slot = slot
        self.delayed = delayed  # in a delay slot
        self.probes: list[Kprobe] = []
        self.armed = False

    @property
    def disabled(self) -> bool:
        return all(probe.disabled for probe in self.probes)

    @property
    def boosted(self) -> bool:
        """Whether the copy may run on its own, back into the function, or need not run at all: nobody wants to
        know when it is done. In a delay slot it does not know where to go on."""
        if self.delayed or (self.slot.boosted is None and self.slot.emulate is None):
            return False
        return not any(probe.post_handler or probe.fault_handler for probe in self.probes)

    def add(self, probe: Kprobe) -> bool:
        """Adds a probe; False where it is a second jprobe."""
        if not probe.break_handler:
            self.probes.insert(0, probe)
        elif any(other.break_handler for other in self.probes):
            return False
        else:
            self.probes.append(probe)
        return True

    # -- handlers; ``block.instance`` is the probe among several whose handler runs

    def pre(self, block: ControlBlock, regs: Any) -> int:
        for probe in self.probes:
            if probe.flags:
                continue
            probe.hits += 1
            handler = probe.pre_handler
            if handler is not None:
                block.instance = probe
                if handler(probe, regs):
                    return 1
                block.instance = None
        return 0

    def post(self, block: ControlBlock, regs: Any) -> None:
        for probe in self.probes:
            handler = probe.post_handler
            if handler is not None and not probe.flags:
                block.instance = probe
                handler(probe, regs, 0)
                block.instance = None

    def fault(self, block: ControlBlock, regs: Any, trap: int) -> int:
        """Asks the probe whose handler runs, or all of them when the instruction itself faulted."""
        for probe in self.probes if block.instance is None else [block.instance]:
            if probe.fault_handler is not None and probe.fault_handler(probe, regs, trap):
                return 1
        return 0

    def missed(self) -> None:
        for probe in self.probes:
            probe.nmissed += 1


class Status(Enum):
    """Where the handling of a hit is."""

    HIT_ACTIVE = auto()  # a pre-handler runs
    HIT_SS = auto()  # the instruction is single-stepped
    HIT_SSDONE = auto()  # a post-handler runs
    REENTER = auto()  # an instruction is single-stepped that was hit while a handler ran


class ControlBlock:
    """What a CPU knows of the hit it is at: struct kprobe_ctlblk."""

    __slots__ = (
        "instance", "jprobe", "jprobe_regs", "jprobe_stack", "jprobe_state", "previous", "regs", "returning", "running",
        "saved", "status",
    )  # fmt: skip

    def __init__(self, regs: PtRegs) -> None:
        self.regs = regs
        self.running: Site | None = None
        self.status = Status.HIT_ACTIVE
        self.saved: Any = None  # of the architecture's single_step
        self.instance: Kprobe | None = None
        self.previous: tuple[Site | None, Status, Any] | None = None
        self.returning: int | None = None  # where the call returns to whose return handler runs
        self.jprobe: Any = None  # the one whose entry handler runs
        self.jprobe_state: Any = None  # the registers to put back
        self.jprobe_regs: SavedRegs | None = None  # the same for a handler that wants to see them
        self.jprobe_stack = b""

    def push(self, site: Site) -> None:
        """A hit within a hit: remembers the outer one."""
        self.previous = (self.running, self.status, self.saved)
        self.running, self.status = site, Status.REENTER

    def pop(self) -> None:
        assert self.previous is not None
        self.running, self.status, self.saved = self.previous
        self.previous = None

    def save(self) -> tuple[Any, ...]:
        """The state of a hit, for restore(): what began in a call that is given up ends with it."""
        return tuple(getattr(self, name) for name in _STATE)

    def restore(self, state: tuple[Any, ...]) -> None:
        for name, value in zip(_STATE, state, strict=True):
            setattr(self, name, value)


_STATE = tuple(name for name in ControlBlock.__slots__ if name != "regs")
