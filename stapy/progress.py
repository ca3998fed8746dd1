"""A line on the terminal that says how far a long run is, while its output goes elsewhere."""

from __future__ import annotations

import time
from typing import Any, TextIO

PERIOD = 100_000_000  # nanoseconds of virtual time between two looks at the clock on the wall
PATIENCE = 1.0  # seconds before anything is shown, and between two changes a fifth of it


class Progress:
    """Shows virtual time on ``terminal``; ``look`` is for a session's timers, ``clear`` takes the line away."""

    def __init__(self, terminal: TextIO, now: Any) -> None:
        self._terminal = terminal
        self._now = now
        self._next = time.monotonic() + PATIENCE
        self._shown = False

    def look(self, _cpu: Any = None) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PATIENCE / 5
        self._shown = True
        self._terminal.write(f"\r\033[K{self._now() / 1e9:.1f} s of virtual time")
        self._terminal.flush()

    def clear(self) -> None:
        if self._shown:
            self._shown = False
            self._terminal.write("\r\033[K")
            self._terminal.flush()
