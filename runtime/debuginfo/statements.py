"""Source statements as probe points name them: which address stands for a line of a function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from stapy.runtime.debuginfo.functions import Function, InlineInstance
from stapy.runtime.debuginfo.lines import file_matches

if TYPE_CHECKING:
    from stapy.runtime.debuginfo.description import KernelDescription


class Statement(NamedTuple):
    """A line of a function at an address. ``owner`` is whose variables are in scope: the function the code
    is in, or the copy of an inlined one; code of an inlined function gives a statement of both."""

    owner: Function | InlineInstance
    file: str
    line: int
    address: int

    @property
    def function(self) -> Function:
        return self.owner.function if isinstance(self.owner, InlineInstance) else self.owner


def find(
    description: KernelDescription, pattern: str, file: str, lines: int | tuple[int, int] | None = None
) -> list[Statement]:
    """The statements of ``FUNCTION@FILE:LINE``, as SystemTap chooses them.

    ``lines`` is one line, a range with both ends, or None for all (``:*``). One line means, in each
    function and each inlined copy, the first address of its code; a range or all of them leave out a line
    whose first address another line has already. Empty where there is no such function or no code for the
    line.
    """
    search = _Search(description, pattern, file)
    return list(search.line(lines) if isinstance(lines, int) else search.several(lines))


def neighbours(
    description: KernelDescription, pattern: str, file: str, line: int
) -> tuple[int | None, int | None]:
    """The closest lines with code before and after one without, for "(try :12 or :14)"."""
    known = sorted({line for owner in _Search(description, pattern, file).starts for line in owner[1]})
    before = max((other for other in known if other < line), default=None)
    after = min((other for other in known if other > line), default=None)
    return (
        (before, after) if after is not None else (None, None)
    )  # behind the last line, stap suggests nothing


def nearest(description: KernelDescription, pattern: str, file: str, line: int) -> int | None:
    """The line that ``.nearest`` means: the line itself if it has code, else the closer neighbour, of two
    the later."""
    if find(description, pattern, file, line):
        return line
    before, after = neighbours(description, pattern, file, line)
    if before is None or after is None:
        return after
    return before if line - before < after - line else after


class _Search:
    def __init__(self, description: KernelDescription, pattern: str, file: str) -> None:
        self.description = description
        self.file = file
        functions = description.functions(pattern, file)
        owners: list[Function | InlineInstance] = [f for f in functions if not f.is_inlined_only]
        owners += [instance for function in functions for instance in function.inlined]
        # (owner, {line: first address})
        self.starts = [(owner, self._first_addresses(owner)) for owner in owners]

    def _first_addresses(self, owner: Function | InlineInstance) -> dict[int, int]:
        found: dict[int, int] = {}
        ranges = owner.ranges if isinstance(owner, Function) else owner.scope.ranges
        for low, high in ranges:
            for row in self.description.lines.rows(low, high):
                if row.line and file_matches(row.file, self.file):
                    found[row.line] = min(row.address, found.get(row.line, row.address))
        return found

    def line(self, line: int) -> Iterator[Statement]:
        addresses = dict.fromkeys(starts[line] for _, starts in self.starts if line in starts)
        for address in addresses:
            yield from self._at(address, line)

    def several(self, lines: tuple[int, int] | None) -> Iterator[Statement]:
        used: set[int] = set()
        for owner, starts in self.starts:
            low, high = lines if lines is not None else (self._first_line(owner), max(starts, default=0))
            for line in sorted(starts):
                if low <= line <= high and starts[line] not in used:
                    used.add(starts[line])
                    yield from self._at(starts[line], line)

    def _first_line(self, owner: Function | InlineInstance) -> int:
        """``:*`` begins with the line that the first instruction belongs to, behind what declares the
        function. (Where that instruction comes from an inlined function of another file, stap finds no line
        at all.)"""
        entry = owner.low_pc if isinstance(owner, Function) else owner.address
        function = owner.function if isinstance(owner, InlineInstance) else owner
        place = self.description.lines.at(entry)
        return place[1] if place is not None and place[0] == function.file else function.decl_line

    def _at(self, address: int, line: int) -> Iterator[Statement]:
        place = self.description.lines.at(address)
        for owner, _ in self.starts:
            if owner.contains(address):
                yield Statement(owner, place[0] if place is not None else "", line, address)
