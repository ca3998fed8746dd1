"""``--monitor``: a live view of a run: globals, probes with their hits and costs, and what the script prints.

The run goes at the pace of the clock on the wall. Keys are ``stap --monitor``'s: c clears the globals, s sorts, t
turns a probe off or on, p pauses, r goes on, x hides or shows the output, h helps, q ends the run; Tab, the arrows,
PgUp, PgDn, Home and End move in the lists.
"""

from __future__ import annotations

import io
import os
import re
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stapy.runtime.program import Global, Probe
from stapy.runtime.session import RUNNING, Session
from stapy.runtime.values import Array, Statistics

POLL = 0.05  # seconds between two looks at the keyboard
SHOWN_KEYS = 200  # elements of an array that are looked at
TALL = 16  # lines, for frames around the lists
ROOMY = 60  # columns, for all that is known of a probe
PROBE_HEADS = ("probe", "hits", "min", "avg", "max", "point")
NARROW_PROBE_HEADS = ("probe", "hits", "avg", "point")
SORTS = ("index", "hits", "average")  # of the list of probes
HELP = """\
c  clear the globals          p, r  pause, go on
s  sort the probes            x     hide or show the output
t  turn a probe off or on     q     end the run
Tab, arrows, PgUp, PgDn, Home, End: move in the lists     h: this text"""

_WIDTHS = {"probe": 6, "hits": 4, "avg": 4}  # of columns, at least: a long point gives way
KEYS = {"\x1b[A": "up", "\x1b[B": "down", "\x1b[5~": "page up", "\x1b[6~": "page down", "\x1b[H": "home",
        "\x1b[F": "end", "\x1b[1~": "home", "\x1b[4~": "end", "\t": "tab"}


class MonitorSession(Session):
    """A Session that shows itself on the terminal every ``interval`` seconds, and keeps the output for the end."""

    interval = 1.0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._final_output = self.output
        self.output = self._printed = io.BytesIO()
        self._console = Console(file=sys.stdout, force_terminal=True)
        self._initial: dict[str, Any] = {}
        self._off: set[int] = set()  # of probes, by index
        self._sort = 0
        self._focus = 0  # 0 globals, 1 probes
        self._offsets = [0, 0]
        self._paused = self._helping = self._hidden = False
        self._number = ""  # of the probe to turn off or on, while it is being typed
        self._typing = False
        self._started = 0.0
        self.observers.append((int(min(self.interval, POLL * 2) * 1e9), self._tick))
        self._next_drawing = 0.0

    # ------------------------------------------------------------ the run

    def run(self) -> int:
        with _keyboard(), _screen():
            self._started = time.monotonic()
            status = super().run()
            self._draw()
        self._final_output.write(self._printed.getvalue())
        self._final_output.flush()
        return status

    def arm(self) -> None:
        self._initial = {variable.name: variable.get() for variable in self.program.globals
                         if not isinstance(variable.get(), (Array, Statistics))}
        super().arm()

    def _measured(self, probe: Probe) -> Any:
        handler = self._timed(probe)
        index = self.program.probes.index(probe)

        def measured(c: Any) -> None:
            if index not in self._off:
                handler(c)

        return measured

    def _tick(self, _cpu: Any) -> None:
        """Now and then: keep to the clock on the wall, look at the keyboard, draw."""
        ahead = self.time(None) / 1e9 - (time.monotonic() - self._started)
        if ahead > 0:
            self._wait(ahead)
        self._draw_when_due()
        while self._paused and self.state == RUNNING:
            paused = time.monotonic()
            self._wait(POLL)
            self._draw_when_due()
            self._started += time.monotonic() - paused

    def _wait(self, seconds: float) -> None:
        """Let time pass, with an eye on the keyboard."""
        end = time.monotonic() + seconds
        while self.state == RUNNING:
            left = end - time.monotonic()
            ready, _, _ = select.select([sys.stdin], [], [], max(0.0, min(left, POLL)))
            if ready:
                for key in _keys(os.read(sys.stdin.fileno(), 64).decode("latin-1")):
                    self._press(key)
                self._draw()
            if left <= 0:
                return

    # ------------------------------------------------------------ keys

    def _press(self, key: str) -> None:
        if self._typing and key not in ("q", "\x1b"):
            self._type(key)
            return
        self._typing = False
        actions = {
            "c": self._clear, "s": self._sort_otherwise, "t": self._ask_for_probe, "p": self._pause, "r": self._go_on,
            "x": self._hide, "h": self._help, "q": self.exit, "tab": self._change_focus,
        }
        if key in actions:
            actions[key]()
        elif key in KEYS.values():
            self._move(key)

    def _type(self, key: str) -> None:
        if key.isdigit():
            self._number += key
        elif key in ("\x7f", "\b"):
            self._number = self._number[:-1]
        elif key in ("\r", "\n"):
            self._typing = False
            if self._number and int(self._number[:9]) < len(self.program.probes):
                self._off ^= {int(self._number)}

    def _clear(self) -> None:
        for variable in self.program.globals:
            value = variable.get()
            if isinstance(value, (Array, Statistics)):
                value.clear()
            else:
                variable.set(self._initial.get(variable.name, value))

    def _sort_otherwise(self) -> None:
        self._sort = (self._sort + 1) % len(SORTS)

    def _ask_for_probe(self) -> None:
        self._typing, self._number = True, ""

    def _pause(self) -> None:
        self._paused = not self._paused

    def _go_on(self) -> None:
        self._paused = False

    def _hide(self) -> None:
        self._hidden = not self._hidden

    def _help(self) -> None:
        self._helping = not self._helping

    def _change_focus(self) -> None:
        self._focus = 1 - self._focus

    def _move(self, key: str) -> None:
        page = max(1, self._console.height // 3)
        step = {"up": -1, "down": 1, "page up": -page, "page down": page, "home": -1 << 30, "end": 1 << 30}[key]
        rows = len(self._global_rows()) if self._focus == 0 else len(self.program.probes)
        self._offsets[self._focus] = max(0, min(rows - 1, self._offsets[self._focus] + step))

    # ------------------------------------------------------------ the picture

    def _draw_when_due(self) -> None:
        if time.monotonic() >= self._next_drawing:
            self._next_drawing = time.monotonic() + self.interval
            self._draw()

    def _draw(self) -> None:
        """Draw the whole screen, from its upper left corner."""
        height = self._console.height
        framed = height >= TALL
        left = height - 2 - (6 if framed else 2)  # without status, the cursor's line, heads and frames
        shown = [] if self._hidden else self._tail(max(0, min(height // 4, left - 2)))
        left -= len(shown)
        heads = PROBE_HEADS if self._console.width >= ROOMY else NARROW_PROBE_HEADS
        values, probes = self._global_rows(), self._probe_rows(heads)
        below = max(1, min(len(probes), max(left // 2, left - len(values))))
        tables = [self._table(values, ("global", "value"), max(1, left - below), 0),
                  self._table(probes, heads, below, 1)]
        parts: list[Any] = [self._status()]
        if self._helping:
            parts.append(Text(HELP))
        for which, table in enumerate(tables):
            style = "bold" if self._focus == which else "dim"
            parts.append(Panel(table, border_style=style) if framed else table)
        parts += [Text(line, no_wrap=True, overflow="crop") for line in shown]
        with self._console.capture() as capture:
            self._console.print(Group(*parts), height=height - 1, crop=True)
        lines = capture.get().split("\n")[: height - 1]
        sys.stdout.write("\033[H" + "".join(f"{line}\033[K\r\n" for line in lines) + "\033[J")
        sys.stdout.flush()

    def _status(self) -> Text:
        seconds = self.time(None) // 10**9
        words = [f"uptime {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"]
        if self._paused:
            words.append("PAUSED")
        if self._typing:
            words.append(f"probe to turn off or on: {self._number}_")
        words += [f"module {self.program.module_name}", f"probes {len(self.program.probes)}",
                  f"sorted by {SORTS[self._sort]}"]
        return Text("  ".join([*words, "(h for help)"]), style="bold", no_wrap=True, overflow="crop")

    def _table(self, rows: list[tuple[str, ...]], heads: tuple[str, ...], height: int, which: int) -> Table:
        """``height`` of the rows, from where the list has been moved to."""
        table = Table(box=None, padding=(0, 1), expand=True)
        for head in heads:
            table.add_column(head, no_wrap=True, overflow="crop", min_width=_WIDTHS.get(head, 1),
                             justify="right" if head in ("hits", "min", "avg", "max") else "left")
        start = min(self._offsets[which], max(0, len(rows) - 1))
        for row in rows[start : start + height]:
            table.add_row(*(Text(cell) for cell in row))
        return table

    def _global_rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for variable in self.program.globals:
            rows += _rows_of(variable)
        return rows

    def _probe_rows(self, heads: tuple[str, ...]) -> list[tuple[str, ...]]:
        numbered = list(enumerate(self.program.probes))
        if self._sort == 1:
            numbered.sort(key=lambda entry: -entry[1].hits)
        elif self._sort == 2:
            numbered.sort(key=lambda entry: -self._average(entry[1]))
        rows = [dict(zip(PROBE_HEADS, self._probe_row(index, probe), strict=True)) for index, probe in numbered]
        return [tuple(row[head] for head in heads) for row in rows]

    def _average(self, probe: Probe) -> int:
        times = self._times.get(id(probe))
        return times.average() if times is not None and times.count else 0

    def _probe_row(self, index: int, probe: Probe) -> tuple[str, ...]:
        times = self._times.get(id(probe))
        costs: tuple[str, ...] = ("", "", "")
        if times is not None and times.count:
            costs = str(times.minimum()), str(times.average()), str(times.maximum())
        state = " off" if index in self._off else ""
        return (f"{index}{state}", str(probe.hits), *costs, probe.point)

    def _tail(self, height: int) -> list[str]:
        """The last lines of what the script printed."""
        self.flush()
        if not height:
            return []
        text = bytes(self._printed.getbuffer()[-height * 500 :]).decode("latin-1")
        return [_plain(line) for line in _CONTROL_SEQUENCE.sub("", text).splitlines()][-height:]


def _rows_of(variable: Global) -> Iterator[tuple[str, str]]:
    """The lines for a global: one, or one an element."""
    value = variable.get()
    if not isinstance(value, Array):
        yield variable.name, _text(value)
        return
    elements = list(value.items())[:SHOWN_KEYS]
    elements.sort(key=lambda element: _weight(element[1]), reverse=True)
    for key, element in elements:
        parts = key if isinstance(key, tuple) else (key,)
        yield f"{variable.name}[{','.join(map(str, parts))}]", _text(element)
    if not elements:
        yield variable.name, "(empty)"


def _weight(value: Any) -> Any:
    if isinstance(value, Statistics):
        return value.count
    return value if isinstance(value, int) else 0


def _text(value: Any) -> str:
    if isinstance(value, Statistics):
        if not value.count:
            return "count 0"
        return f"count {value.count}  min {value.least}  avg {value.average()}  max {value.greatest}  sum {value.sum}"
    return _plain(str(value))


_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]")  # colours, cursor movements


def _plain(text: str) -> str:
    """Without what would move the terminal's cursor."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)


def _keys(typed: str) -> Iterator[str]:
    """The keys in what the terminal sent."""
    while typed:
        for sequence, name in KEYS.items():
            if typed.startswith(sequence):
                yield name
                typed = typed[len(sequence) :]
                break
        else:
            yield typed[0]
            typed = typed[1:]


@contextmanager
def _keyboard() -> Iterator[None]:
    """Keys come as they are pressed, and are not shown."""
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


@contextmanager
def _screen() -> Iterator[None]:
    """The terminal's other screen, without a cursor; what stood on the first comes back."""
    sys.stdout.write("\033[?1049h\033[?25l\033[2J")
    try:
        yield
    finally:
        sys.stdout.write("\033[?25h\033[?1049l")
        sys.stdout.flush()
