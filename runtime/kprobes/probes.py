"""The structures that users of kprobes fill in: struct kprobe, kretprobe and jprobe."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stapy.runtime.kprobes.errors import KprobeError

if TYPE_CHECKING:
    from stapy.runtime.kprobes.site import Site

KPROBE_FLAG_GONE, KPROBE_FLAG_DISABLED = 1, 2
KRETPROBE_MAX_DATA_SIZE = 4096

PreHandler = Callable[["Kprobe", Any], "int | None"]
PostHandler = Callable[["Kprobe", Any, int], None]
FaultHandler = Callable[["Kprobe", Any, int], "int | None"]
BreakHandler = Callable[["Kprobe", Any], "int | None"]


class Kprobe:
    """A breakpoint at ``addr``, or at ``offset`` bytes into the function ``symbol_name``, and what to do
    there.

    ``pre_handler(p, regs)`` runs before the instruction; not 0 says that it has changed the instruction
    pointer: the instruction is not executed. ``post_handler(p, regs, flags)`` runs after it.
    ``fault_handler(p, regs, trapnr)`` is asked when the instruction faults while it is single-stepped, or a
    handler does; not 0 says that it is dealt with. ``break_handler(p, regs)`` answers a breakpoint in what a
    handler sent execution to.

    ``nmissed`` counts the hits that could not be handled, ``hits`` the others.
    """

    kind = "k"

    def __init__(
        self,
        symbol_name: str | None = None,
        offset: int = 0,
        *,
        addr: int | None = None,
        pre_handler: PreHandler | None = None,
        post_handler: PostHandler | None = None,
        fault_handler: FaultHandler | None = None,
        break_handler: BreakHandler | None = None,
        flags: int = 0,
    ) -> None:
        self.symbol_name = symbol_name
        self.offset = offset
        self.addr = addr
        self.pre_handler = pre_handler
        self.post_handler = post_handler
        self.fault_handler = fault_handler
        self.break_handler = break_handler
        self.flags = flags
        self.nmissed = 0
        self.hits = 0
        self.site: Site | None = None  # set while registered

    @property
    def disabled(self) -> bool:
        return bool(self.flags & KPROBE_FLAG_DISABLED)

    @property
    def gone(self) -> bool:
        return bool(self.flags & KPROBE_FLAG_GONE)

    def __repr__(self) -> str:
        place = self.symbol_name or (f"{self.addr:#x}" if isinstance(self.addr, int) else "?")
        behind = f"+{self.offset:#x}" if isinstance(self.offset, int) and self.offset else ""
        return f"<{type(self).__name__} {place}{behind}>"


def check_handler(owner: Any, name: str) -> None:
    """Raises KprobeError (EINVAL) where what is to be called cannot be."""
    handler = getattr(owner, name)
    if handler is not None and not callable(handler):
        raise KprobeError("EINVAL", f"the {name} of {owner!r} cannot be called")


class KretprobeInstance:
    """One call of a function with a return probe: ``ret_addr`` is where it will return to, ``task`` whose
    call it is.

    ``data`` is the user's, made anew for each call; any other attribute may be set as well.
    """

    def __init__(self, rp: Kretprobe, task: int, frame: int, ret_addr: int) -> None:
        self.rp: Kretprobe | None = rp  # None once the probe is unregistered
        self.task = task
        self.fp = frame
        self.ret_addr = ret_addr
        self.data: Any = bytearray(rp.data_size) if rp.data_size else None


class Kretprobe:
    """A probe at the returns of a function: ``handler(instance, regs)`` runs where it returns to.

    ``entry_handler(instance, regs)`` runs at the call; not 0: this call's return is of no interest.
    ``maxactive`` is how many calls can be followed at a time (0: enough for most), ``nmissed`` how many could
    not. ``data_size`` bytes of ``instance.data`` are the user's.
    """

    def __init__(
        self,
        symbol_name: str | None = None,
        *,
        kp: Kprobe | None = None,
        addr: int | None = None,
        handler: Callable[[KretprobeInstance, Any], Any] | None = None,
        entry_handler: Callable[[KretprobeInstance, Any], Any] | None = None,
        maxactive: int = 0,
        data_size: int = 0,
    ) -> None:
        self.kp = kp or Kprobe(symbol_name, addr=addr)
        self.kp.kind = "r"
        self.handler = handler
        self.entry_handler = entry_handler
        self.maxactive = maxactive
        self.data_size = data_size
        self.nmissed = 0
        self.active = 0  # instances in use
        self.registered = False

    def __repr__(self) -> str:
        return f"<Kretprobe {self.kp!r}>"


class Jprobe:
    """A probe on a function's entry whose ``entry`` is called like the function: with its arguments.

    ``entry`` has to end with jprobe_return(). With ``mirror`` off it is called as entry(kp, regs) instead,
    and its return is enough.
    """

    def __init__(
        self,
        symbol_name: str | None = None,
        *,
        kp: Kprobe | None = None,
        addr: int | None = None,
        entry: Callable[..., Any] | None = None,
        mirror: bool = True,
    ) -> None:
        self.kp = kp or Kprobe(symbol_name, addr=addr)
        self.kp.kind = "j"
        self.entry = entry
        self.mirror = mirror
        self.stub = 0  # where the guest's part of it lies, while registered

    def __repr__(self) -> str:
        return f"<Jprobe {self.kp!r}>"
