"""What a handler sees of the moment it runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stapy.runtime.program import Probe


class Context:
    """The moment of one handler call: one object a CPU, filled anew at each hit.

    ``cpu`` is None while no machine runs (begin and end probes). ``registers`` of the probed moment are read through
    ``cpu`` unless ``regs`` holds a saved set (a return probe sees the machine as the function left it, a jprobe as it
    was entered). ``instance`` is the kretprobe instance of a return handler, with the values saved at entry.
    """

    __slots__ = ("address", "cpu", "instance", "kernel", "probe", "regs", "session", "task", "user_mode")

    def __init__(self, session: Any, kernel: Any) -> None:
        self.session = session
        self.kernel = kernel
        self.cpu: Any = None
        self.probe: Probe | None = None
        self.address = 0  # of the probe point; 0 for begin, end, timers
        self.regs: Any = None
        self.instance: Any = None
        self.task = 0  # the current task_struct's address, once a function has asked; 0 anew at each hit
        self.user_mode = False
