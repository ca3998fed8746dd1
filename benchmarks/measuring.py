"""Taking times on a machine that others use too: processor time, the least of several, and ratios within one run."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what was measured, how much, and against what."""

    what: str
    value: str
    ratio: str = ""


def processor_seconds(work: Callable[[], object], times: int = 3) -> float:
    """The least processor time, in seconds, that ``work()`` took."""
    least = float("inf")
    for _ in range(times):
        gc.collect()
        started = time.process_time()
        work()
        least = min(least, time.process_time() - started)
    return least


def side_by_side(one: Callable[[], object], other: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """The least processor time of each, taken in turns."""
    least = [float("inf"), float("inf")]
    for _ in range(times):
        for index, work in enumerate((one, other)):
            least[index] = min(least[index], processor_seconds(work, 1))
    return least[0], least[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took, in seconds: on the clock, and of the processor."""

    wall: float
    processor: float


def process(*words: str, times: int = 3) -> Cost:
    """The least that a Python process with these words took, from shell to exit, its modules compiled before."""
    wall = processor = float("inf")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir(), "stapy-benchmarks"))
    for number in range(times + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
        if number == 0:  # compiles what has changed
            continue
        wall = min(wall, time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        processor = min(processor, used)
    return Cost(wall, processor)


def times_of(one: float, other: float, what: str) -> str:
    """``1.8 x what``"""
    return f"{one / other:.2f} x {what}" if other > 0 else ""


def table(rows: list[Row]) -> str:
    """The rows as a table in Markdown."""
    cells = [("what", "cost", "ratio"), *((row.what, row.value, row.ratio) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(3)]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
             for line in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
