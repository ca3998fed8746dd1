"""Which named workloads there are (``-c "fork 20"``), and where; a module is loaded when its name is asked
for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# The function has the name of the workload.
NAMES: dict[str, str] = {
    "fork": "processes",
    "exec": "processes",
    "threads": "processes",
    "files": "files",
    "directories": "files",
    "pipes": "pipes",
    "signals": "signals",
    "memory": "memory",
    "sleep": "sleepers",
    "sockets": "sockets",
    "locks": "locks",
    "events": "events",
    "sched": "sched",
    "semaphores": "semaphores",
    "mix": "mix",
}


def function(name: str) -> Any:
    """The process function of workload ``name``. Raises KeyError."""
    return getattr(import_module(f"stapy.workloads.{NAMES[name]}"), name)


def summary(name: str) -> str:
    """The first line of its documentation."""
    return (function(name).__doc__ or "").strip().partition("\n")[0]
