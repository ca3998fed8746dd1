"""One run on several architectures (``-a all``): what they say alike once, what differs side by side."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from shutil import get_terminal_size
from typing import BinaryIO

WIDTH = 160  # of side-by-side output that does not go to a terminal
GAP = " | "


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run printed (latin-1, a character a byte) and its exit status; a signal's is 128 and its number."""

    architecture: str
    output: str
    messages: str
    status: int


@dataclass(frozen=True, slots=True)
class Group:
    """Architectures that printed the same lines."""

    architectures: list[str]
    lines: list[str]

    @property
    def name(self) -> str:
        return " ".join(self.architectures)


def run_each(architectures: Sequence[str], run: Callable[[str], int]) -> list[Outcome]:
    """Call ``run(architecture)`` in a process of its own for each, as many at a time as there are processors.

    The outcomes are in the order of ``architectures``. ``run`` writes to standard output and error, and gives the
    exit status.
    """
    waiting = list(architectures)
    running: dict[int, _Process] = {}
    outcomes: dict[str, Outcome] = {}
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                process = _Process(waiting.pop(0))
                running[process.start(run)] = process
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)  # ^C may come here: it stays to be waited for
            assert ended is not None
            status = os.waitpid(ended.si_pid, 0)[1]
            if ended.si_pid in running:
                process = running.pop(ended.si_pid)
                outcomes[process.architecture] = process.outcome(status)
    except KeyboardInterrupt:  # the terminal told the processes as well: their runs end, and print what they have
        for pid, process in running.items():
            outcomes[process.architecture] = process.outcome(os.waitpid(pid, 0)[1])
        if waiting:
            print(f"Interrupted before {' '.join(waiting)}.", file=sys.stderr)
    return [outcomes[name] for name in architectures if name in outcomes]


class _Process:
    """A run in a process of its own, and the files that its output and its messages go to."""

    def __init__(self, architecture: str) -> None:
        self.architecture = architecture
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by outcome()
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - closed by outcome()

    def start(self, run: Callable[[str], int]) -> int:
        """Call ``run(architecture)`` there. Returns the process id."""
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            os.dup2(self._output.fileno(), 1)
            os.dup2(self._messages.fileno(), 2)
            status = run(self.architecture)
        except KeyboardInterrupt:
            status = 130
        finally:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def outcome(self, status: int) -> Outcome:
        """What there is when the process has ended with wait status ``status``."""
        texts = []
        for file in (self._output, self._messages):
            with file:
                file.seek(0)
                texts.append(file.read().decode("latin-1"))
        return Outcome(self.architecture, texts[0], texts[1], _exit_status(status))


def _exit_status(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def groups(texts: Sequence[tuple[str, str]]) -> list[Group]:
    """Architectures with their texts, put together where the texts are equal; the largest group first."""
    found: dict[str, list[str]] = {}
    for architecture, text in texts:
        found.setdefault(text, []).append(architecture)
    return sorted((Group(names, text.splitlines()) for text, names in found.items()),
                  key=lambda group: -len(group.architectures))


def side_by_side(alike: Sequence[Group], width: int) -> Iterator[str]:
    """The lines that show ``alike``: common ones once, others in columns, or one below the other where ``width``
    characters are not enough for columns."""
    if len(alike) == 1:
        yield from alike[0].lines
        return
    rows = _rows([group.lines for group in alike])
    differing = [row for row in rows if not _same(row)]
    widths = [max(len(group.name), *(len(row[i] or "") for row in differing)) for i, group in enumerate(alike)]
    if sum(widths) + len(GAP) * (len(widths) - 1) <= width:
        yield _columns([group.name for group in alike], widths)
        yield "-+-".join("-" * column for column in widths)
        for row in rows:
            yield row[0] or "" if _same(row) else _columns(row, widths)
        return
    margin = max(len(group.name) for group in alike)
    for row in rows:
        if _same(row):
            yield row[0] or ""
            continue
        for group, line in zip(alike, row, strict=True):
            if line is not None:
                yield f"{group.name:>{margin}}{GAP}{line}"


def _same(row: Sequence[str | None]) -> bool:
    return all(line == row[0] for line in row)


def _columns(row: Sequence[str | None], widths: Sequence[int]) -> str:
    return GAP.join((line or "").ljust(width) for line, width in zip(row, widths, strict=True)).rstrip()


def _rows(texts: Sequence[list[str]]) -> list[tuple[str | None, ...]]:
    """The texts' lines, aligned on those of the first: a row has a line of each, or None where it has none there."""
    first = texts[0]
    beside: list[list[list[str | None]]] = []  # of each text: of each line of the first, what stands there
    before: list[list[list[str]]] = []  # and what it has in addition before it (and at the end)
    for text in texts:
        here: list[list[str | None]] = [[None] for _ in first]
        extra: list[list[str]] = [[] for _ in range(len(first) + 1)]
        for tag, start, end, low, high in SequenceMatcher(None, first, text, autojunk=len(first) > 1000).get_opcodes():
            if tag == "delete":
                continue
            paired = min(end - start, high - low)
            for offset in range(paired):
                here[start + offset] = [text[low + offset]]
            extra[end if tag != "insert" else start] += text[low + paired:high]
        beside.append(here)
        before.append(extra)
    rows: list[tuple[str | None, ...]] = []
    for index in range(len(first) + 1):
        added = [extra[index] for extra in before]
        for line in range(max(map(len, added))):
            rows.append(tuple(lines[line] if line < len(lines) else None for lines in added))
        if index < len(first):
            rows.append(tuple(here[index][0] for here in beside))
    return rows


def show(outcomes: Sequence[Outcome], output: BinaryIO) -> int:
    """Write what ``outcomes`` have in common and where they differ to ``output``, messages and a closing line to
    standard error. Returns the exit status: the greatest one."""
    terminal = output.isatty()
    width = get_terminal_size().columns if terminal else WIDTH
    alike = groups([(outcome.architecture, outcome.output) for outcome in outcomes])
    for line in side_by_side(alike, width):
        output.write(line.encode("latin-1") + b"\n")
    output.flush()
    messages = groups([(outcome.architecture, outcome.messages) for outcome in outcomes])
    for line in side_by_side(messages, width):
        print(line, file=sys.stderr)
    statuses = groups([(outcome.architecture, str(outcome.status)) for outcome in outcomes])
    if len(statuses) > 1:
        print("exit status: " + ", ".join(f"{group.lines[0]} on {group.name}" for group in statuses), file=sys.stderr)
    if len(alike) == 1:
        print(f"The same output on {alike[0].name}.", file=sys.stderr)
    else:
        print(f"{len(alike)} different outputs: " + "; ".join(group.name for group in alike) + ".", file=sys.stderr)
    return max((outcome.status for outcome in outcomes), default=130)
