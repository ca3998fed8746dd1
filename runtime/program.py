"""What the compiler hands to the runtime: a Program is data and callables, and knows no syntax."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stapy.runtime.context import Context

Handler = Callable[["Context"], None]


class ScriptError(Exception):
    """A run-time error of a script: stops the handler, can be caught by try/catch.

    ``place`` is stap's ``identifier 'x' at file:line:col``; the handler's caller fills it in from the traceback
    (Program.place_of) where the raiser did not know it. ``error("...")`` has none and sets ``placeless``.
    """

    def __init__(self, message: str, place: str | None = None, *, placeless: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.placeless = placeless


class NextProbe(Exception):  # noqa: N818 - a signal, not an error
    """``next`` in a function called from a probe: the handler ends here."""


# ---------------------------------------------------------------- events: when a handler runs


@dataclass(frozen=True, slots=True)
class Begin:
    order: int = 0


@dataclass(frozen=True, slots=True)
class End:
    order: int = 0


@dataclass(frozen=True, slots=True)
class Error:
    order: int = 0


@dataclass(frozen=True, slots=True)
class Never:
    pass


@dataclass(frozen=True, slots=True)
class Timer:
    """Every ``period`` nanoseconds of virtual time, give or take ``randomize``. ``profile`` fires on every CPU at each
    tick, with the interrupted registers."""

    period: int
    randomize: int = 0
    profile: bool = False


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A kprobe: ``address`` is where the breakpoint goes (behind the entry where the architecture says so)."""

    address: int
    symbol: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class FunctionReturn:
    """A kretprobe on the function at ``address``. ``maxactive`` 0 leaves the number to the runtime."""

    address: int
    symbol: str
    maxactive: int = 0


@dataclass(frozen=True, slots=True)
class JprobeEntry:
    """A jprobe on the function at ``address``; the handler runs as its mirror, between jprobe_return's two traps."""

    address: int
    symbol: str


@dataclass(frozen=True, slots=True)
class Watchpoint:
    """Writes to the ``length`` bytes at ``address``, with ``reads`` also reads. Handlers run once a write is done."""

    address: int
    length: int
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Procfs:
    """A read of the script's file ``path``, or with ``write`` a write to it; at most ``size`` - 1 characters, 0 for
    what a string holds."""

    path: str
    write: bool
    size: int = 0


Event = Begin | End | Error | Never | Timer | Breakpoint | FunctionReturn | JprobeEntry | Watchpoint | Procfs


@dataclass(slots=True)
class Probe:
    """One probe instance: an event and what to do then."""

    event: Event
    handler: Handler
    name: str  # what pn() gives: the alias the script used, or its own spelling
    point: str  # what pp() gives: the resolved probe point, kernel.function("do_fork@kernel/fork.c:12").call
    entry: Handler | None = None  # of FunctionReturn: runs at the call, saves @entry values in c.instance
    condition: Callable[[], Any] | None = None  # `if (...)`: the probe is armed while this is true
    index: int = 0
    hits: int = field(default=0, compare=False)
    skipped: int = field(default=0, compare=False)


@dataclass(slots=True)
class Global:
    """A global variable of the script, as the session and library users see it."""

    name: str
    get: Callable[[], Any]  # int, str, or a runtime.values object
    set: Callable[[Any], None]
    written_never_read: bool = False  # printed at exit
    pointer: bool = False  # a long that came from a pointer: printed in hexadecimal


@dataclass(slots=True)
class Program:
    """A compiled script, ready to run on one kernel."""

    probes: list[Probe]
    globals: list[Global]
    source: str  # the generated Python, for -p3 and -k
    limits: dict[str, int]  # MAXACTION, MAXERRORS, ... as -D left them; see runtime.limits for the defaults
    place_of: Callable[[BaseException], str | None]  # the script's place an exception came from
    needs_kernel: bool = True  # false where no handler asks for the machine
    module_name: str = "stapy_script"
