"""The files of a session's procfs probes: read and written by the person's options, and by nobody else."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stapy.runtime.program import Probe, Procfs

STDIN = "__stdin"  # what is typed goes here, a character at a time
TYPING = 10_000_000  # nanoseconds of virtual time between two characters
VALUE = "procfs value"


@dataclass(frozen=True, slots=True)
class Access:
    """One use of a file that was asked for: ``text`` is None to read it. ``time`` is in nanoseconds of virtual time
    from the start; None for the end of a read, the start of a write."""

    path: str
    text: str | None = None
    time: int | None = None


class ProcfsFiles:
    """Calls the procfs probes of ``probes`` through ``call``; ``store`` is where their ``$value`` is kept."""

    def __init__(self, probes: list[Probe], store: dict[str, Any], call: Callable[[Probe], None]) -> None:
        self._probes = [probe for probe in probes if isinstance(probe.event, Procfs)]
        self._store = store
        self._call = call

    def paths(self) -> list[str]:
        """The names of the files, each once."""
        return sorted({probe.event.path for probe in self._probes})  # type: ignore[union-attr]

    def read(self, path: str) -> str:
        """What reading the file gives. Raises KeyError where no probe makes it."""
        self._store[VALUE] = ""
        for probe in self._of(path, write=False):
            self._call(probe)
        return self._store.pop(VALUE, "")

    def write(self, path: str, text: str) -> None:
        """Write to the file. Raises KeyError where no probe takes it."""
        for probe in self._of(path, write=True):
            self._store[VALUE] = text
            self._call(probe)
        self._store.pop(VALUE, None)

    def _of(self, path: str, write: bool) -> list[Probe]:
        found = [p for p in self._probes if p.event.path == path and p.event.write is write]  # type: ignore[union-attr]
        if not found:
            raise KeyError(path)
        return found

    @property
    def takes_typing(self) -> bool:
        return any(probe.event.path == STDIN for probe in self._probes)  # type: ignore[union-attr]


class Typing:
    """Hands standard input to the input probes, a character every so often, as long as there is any."""

    def __init__(self, files: ProcfsFiles, descriptor: int) -> None:
        self._files = files
        self._descriptor = descriptor
        self._waiting = b""
        self._ended = False

    def __call__(self, _cpu: Any = None) -> None:
        if not self._waiting and not self._ended:
            ready, _, _ = select.select([self._descriptor], [], [], 0)
            if ready:
                self._waiting = os.read(self._descriptor, 4096)
                self._ended = not self._waiting
        if self._waiting:
            char, self._waiting = self._waiting[:1], self._waiting[1:]
            self._files.write(STDIN, char.decode("latin-1"))
