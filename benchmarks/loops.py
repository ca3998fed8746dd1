"""Compiled loops against Python written by hand that does the same arithmetic of 64 bits."""

from __future__ import annotations

import io
from collections.abc import Callable

from benchmarks.measuring import Row, side_by_side, times_of

SIGN, MASK = 1 << 63, (1 << 64) - 1


def counting(n: int) -> int:
    total = i = 0
    while i < n:
        total = ((total + i * 3) + SIGN & MASK) - SIGN
        i += 1
    return total


def hashing(n: int) -> int:
    x = 1
    i = 0
    while i < n:
        x = ((x * 31 + i) + SIGN & MASK) - SIGN
        x ^= x >> 7
        i += 1
    return x


def branching(n: int) -> int:
    odd = even = i = 0
    while i < n:
        if i & 1:
            odd += 1
        elif i % 3 == 0:
            even = (even + i + SIGN & MASK) - SIGN
        i += 1
    return odd + even


def arrays(n: int) -> int:
    counts: dict[int, int] = {}
    i = 0
    while i < n:
        key = i & 255
        counts[key] = (counts.get(key, 0) + i + SIGN & MASK) - SIGN
        i += 1
    return counts[7]


def pairs(n: int) -> int:
    counts: dict[tuple[str, int], int] = {}
    i = 0
    while i < n:
        key = ("cat", i & 63)
        counts[key] = counts.get(key, 0) + 1
        i += 1
    return counts["cat", 7]


def statistics(n: int) -> int:
    count = total = 0
    least, most = SIGN, -SIGN
    i = 0
    while i < n:
        count += 1
        total = (total + i + SIGN & MASK) - SIGN
        least = min(least, i)
        most = max(most, i)
        i += 1
    return total // count + least + most


def strings(n: int) -> int:
    length = i = 0
    while i < n:
        text = ("%d:%s" % (i, "abc"))[:511]  # noqa: UP031 (as the compiled code does it)
        length += len(text)
        i += 1
    return length


def calls(n: int) -> int:
    def add(x: int, y: int) -> int:
        return (x + y + SIGN & MASK) - SIGN

    total = i = 0
    while i < n:
        total = add(total, i)
        i += 1
    return total


CASES: tuple[tuple[str, Callable[[int], int], str], ...] = (
    ("counting", counting, "x = x + i * 3"),
    ("hashing", hashing, "if (i == 0) x = 1; x = x * 31 + i; x = x ^ (x >> 7)"),
    ("branching", branching, "if (i & 1) odd++; else if (i % 3 == 0) x = x + i"),
    ("an array by number", arrays, "a[i & 255] += i"),
    ("an array by string and number", pairs, 'b["cat", i & 63]++'),
    ("a statistic", statistics, "s <<< i"),
    ("sprintf and strlen", strings, 'x += strlen(sprintf("%d:%s", i, "abc"))'),
    ("a function", calls, "x = add(x, i)"),
)
SCRIPT = """\
global a, b, s, result
function add:long(x:long, y:long) { return x + y }
probe begin { x = 0; odd = 0; for (i = 0; i < N; i++) { BODY } result = x + odd exit() }
probe never {
  a[1] = 1; b["x", 1] = 1; s <<< 1
  println(a[1], b["x", 1], @count(s), @min(s), @max(s), @avg(s), result, add(1, 2))
}
"""  # what stands in "probe never" is used, and so not elided


def rows(size: float) -> list[Row]:
    """Loops, with MAXACTION checked as ever."""
    turns = max(1000, round(200_000 * size))
    found = []
    for what, by_hand, body in CASES:
        compiled = _compiled(SCRIPT.replace("BODY", body).replace("N", str(turns)), turns)
        ours, theirs = side_by_side(compiled, lambda by_hand=by_hand: by_hand(turns))
        found.append(Row(f"a loop of {what}", f"{ours / turns * 1e9:.0f} ns a turn",
                         times_of(ours, theirs, "written by hand")))
    return found


def _compiled(script: str, turns: int) -> Callable[[], None]:
    """A script's run, compiled once."""
    from stapy.compiler import passes
    from stapy.compiler.analysis import CompileOptions
    from stapy.compiler.diagnostics import Reporter
    from stapy.runtime.session import Session

    options = CompileOptions(defines={"MAXACTION": str(100 * turns)})
    messages = io.StringIO()
    program = passes.compile_text(script, None, options, Reporter(messages))

    def run() -> None:
        status = Session(program, None, io.BytesIO()).run()
        assert status == 0

    return run
