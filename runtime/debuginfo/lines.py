"""Source lines and the addresses they were compiled to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from stapy.runtime.debuginfo.symbols import unpack

_STATEMENT, _END, _PROLOGUE_END = 1, 2, 4


class Row(NamedTuple):
    """One row of the line table: from ``address`` on the code belongs to ``line`` of ``file``."""

    address: int
    file: str
    line: int
    is_statement: bool  # a recommended place for a breakpoint
    prologue_end: bool


def file_matches(name: str, pattern: str) -> bool:
    """Whether a source file is meant by a probe point's ``@pattern``: shell wildcards, and any tail of the
    path at a slash will do (``fork.c`` and ``kernel/fork.c`` for ``kernel/fork.c``)."""
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"*/{pattern}")


class LineTable:
    """All line tables of an image in one, by address."""

    def __init__(self, section: tuple[Any, ...], files: tuple[str, ...]) -> None:
        addresses, numbers, lines, self._flags = section
        self._addresses = unpack("Q", addresses)
        self._files = unpack("I", numbers)
        self._lines = unpack("I", lines)
        self.files = files
        self._by_line: dict[int, list[int]] | None = None  # the rows of each line, once asked for

    def __len__(self) -> int:
        return len(self._addresses)

    def at(self, address: int) -> tuple[str, int] | None:
        """The source line an address was compiled from: (file, line), None outside of known code."""
        number = bisect_right(self._addresses, address) - 1
        # Of several rows for one address the last one counts; line 0 says that the code belongs to no line.
        while number >= 0 and self._lines[number] == 0 and not self._flags[number] & _END:
            number -= 1
        if number < 0 or self._flags[number] & _END:
            return None
        return self.files[self._files[number]], self._lines[number]

    def rows(self, low: int, high: int) -> Iterator[Row]:
        """The rows from ``low`` up to below ``high``."""
        for number in range(bisect_left(self._addresses, low), bisect_left(self._addresses, high)):
            if not self._flags[number] & _END:
                yield self._row(number)

    def addresses_for(self, file: str, line: int) -> list[int]:
        """Where the code of a line starts: one address for each of its stretches, lowest first. ``file`` as
        file_matches takes it."""
        if self._by_line is None:
            self._by_line = {}
            for number, current in enumerate(self._lines):
                self._by_line.setdefault(current, []).append(number)
        wanted = self._file_numbers(file)
        rows = self._by_line.get(line, ())
        return sorted({self._addresses[n] for n in rows if self._files[n] in wanted and self._starts(n)})

    def nearest(self, file: str, line: int) -> int | None:
        """The first line at or after ``line`` that has code in that file."""
        wanted = self._file_numbers(file)
        later = [
            current
            for number, current in enumerate(self._lines)
            if current >= line and self._files[number] in wanted and self._starts(number)
        ]
        return min(later, default=None)

    def lines_of(self, file: str) -> list[int]:
        """The lines of a file that have code."""
        wanted = self._file_numbers(file)
        rows = range(len(self._lines))
        return sorted({self._lines[n] for n in rows if self._files[n] in wanted and self._starts(n)})

    def source_files(self) -> list[str]:
        """The files that have code."""
        return sorted(self.files[number] for number in set(self._files))

    def statement_addresses(self, low: int, high: int) -> list[int]:
        """The addresses in a stretch of code where a statement starts."""
        return sorted({row.address for row in self.rows(low, high) if row.is_statement and row.line})

    def prologue_end(self, low: int, high: int) -> int:
        """Where a function's frame is set up: the row marked so, or the second line's start; ``low`` if
        neither is there. Code compiled with -O0 has its parameters in place only from here on."""
        rows = [row for row in self.rows(low, high) if row.line]
        marked = [row.address for row in rows if row.prologue_end]
        if marked:
            return min(marked)
        return next((row.address for row in rows[1:] if row.address > low), low)

    def _starts(self, number: int) -> bool:
        """Whether a row begins a stretch of its line: a statement, not only the continuation of the row
        before."""
        flags = self._flags[number]
        if not flags & _STATEMENT or flags & _END or not self._lines[number]:
            return False
        if number == 0 or self._flags[number - 1] & _END:
            return True
        return (
            self._lines[number - 1] != self._lines[number] or self._files[number - 1] != self._files[number]
        )

    def _file_numbers(self, pattern: str) -> set[int]:
        return {number for number, name in enumerate(self.files) if name and file_matches(name, pattern)}

    def _row(self, number: int) -> Row:
        flags = self._flags[number]
        file = self.files[self._files[number]]
        return Row(
            self._addresses[number], file, self._lines[number], bool(flags & 1), bool(flags & _PROLOGUE_END)
        )
