"""A script's array: keys to values in order of insertion, with a limit, and with stap's sorting and slices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stapy.runtime.program import ScriptError
from stapy.runtime.values.statistics import Statistics

FEW = 30  # up to this limit a sorted foreach only selects the first ones, and leaves the rest as it finds them


class Array(dict[Any, Any]):
    """A dict from keys (an int, a str, or a tuple of them for several indices) to int, str or Statistics.

    Reading a key that is not there gives ``default`` and inserts nothing. ``put`` keeps to ``limit``: a further key is
    an error, or pushes out the oldest element where ``wrap`` is set. A key inserted again after deletion goes last.
    ``sized`` tells that the script set the limit itself, for the error's text; ``make`` makes new statistics.
    """

    __slots__ = ("default", "limit", "make", "sized", "wrap")

    def __init__(self, limit: int = 2048, wrap: bool = False, default: int | str | None = 0, sized: bool = False,
                 make: Callable[[], Statistics] = Statistics) -> None:
        self.limit = limit
        self.wrap = wrap
        self.default = default
        self.sized = sized
        self.make = make

    def __missing__(self, key: Any) -> Any:
        return self.default

    def put(self, key: Any, value: Any) -> None:
        """Write ``self[key]``; a full array raises ScriptError or drops its oldest element."""
        if len(self) >= self.limit and key not in self:
            self._make_room()
        self[key] = value

    def statistics(self, key: Any) -> Statistics:
        """The statistics at ``key``, made where there are none."""
        found = self.get(key)
        if found is None:
            found = self.make()
            self.put(key, found)
        return found

    def _make_room(self) -> None:
        if not self.wrap:
            check = f"size limit ({self.limit})" if self.sized else "MAXMAPENTRIES"
            raise ScriptError(f"Array overflow, check {check}")
        if self:
            del self[next(iter(self))]

    # ------------------------------------------------------------ slices; None in a pattern stands for any key

    def matching(self, pattern: tuple[Any, ...]) -> list[Any]:
        """The keys that fit ``pattern``, in order."""
        return self._matching(self, pattern)

    def contains(self, pattern: tuple[Any, ...]) -> bool:
        fixed = [(place, key) for place, key in enumerate(pattern) if key is not None]
        if len(pattern) == 1:
            return fixed[0][1] in self if fixed else bool(self)
        return any(all(keys[place] == key for place, key in fixed) for keys in self)

    def delete(self, pattern: tuple[Any, ...]) -> None:
        for key in self.matching(pattern):
            del self[key]

    @staticmethod
    def _matching(keys: Iterable[Any], pattern: tuple[Any, ...]) -> list[Any]:
        fixed = [(place, key) for place, key in enumerate(pattern) if key is not None]
        if not fixed:
            return list(keys)
        if len(pattern) == 1:
            wanted = fixed[0][1]
            return [key for key in keys if key == wanted]
        return [key for key in keys if all(key[place] == wanted for place, wanted in fixed)]

    # ------------------------------------------------------------ foreach

    def ordered(self, column: int, direction: int, aggregate: str | None = None, limit: int | None = None,
                pattern: tuple[Any, ...] | None = None) -> list[Any]:
        """The keys in the order foreach visits them.

        ``column`` 0 sorts by value, n by the n-th key; ``direction`` is 1 (ascending), -1 or 0 (as inserted);
        ``aggregate`` names the statistic to sort by (count, sum, min, max, avg). Sorting reorders the array itself, as
        stap's does: a later unsorted loop sees that order. ``limit`` counts the keys that ``pattern`` passes over, too.
        """
        if direction and len(self) > 1:
            self._sort(column, direction, aggregate, limit)
        keys = list(self)
        if limit is not None:
            keys = keys[:limit] if limit > 0 else []
        return keys if pattern is None else self._matching(keys, pattern)

    def _sort(self, column: int, direction: int, aggregate: str | None, limit: int | None) -> None:
        measure = self._measure(column, aggregate)
        if limit is None or limit == 0 or limit > FEW:
            order = sorted(self, key=measure, reverse=direction < 0)
        else:
            order = _first_ones(list(self), measure, direction < 0, limit)
        values = [(key, self[key]) for key in order]
        self.clear()
        self.update(values)

    def _measure(self, column: int, aggregate: str | None) -> Callable[[Any], Any]:
        if column == 0:
            if isinstance(next(iter(self.values())), Statistics):
                of = _MEASURES[aggregate or "count"]
                return lambda key: of(self[key])
            return self.__getitem__
        if isinstance(next(iter(self)), tuple):
            return lambda key: key[column - 1]
        return lambda key: key


_MEASURES: dict[str, Callable[[Statistics], int]] = {
    "count": lambda statistics: statistics.count,
    "sum": lambda statistics: statistics.sum,
    "min": lambda statistics: statistics.least,
    "max": lambda statistics: statistics.greatest,
    "avg": lambda statistics: statistics.average(),
}


def _first_ones(order: list[Any], measure: Callable[[Any], Any], descending: bool, limit: int) -> list[Any]:
    """``order`` with the ``limit`` first ones sorted to its front, as stap selects them.

    The first ``limit`` are sorted (stably); then each later one is inserted among them if it belongs there, and the
    last of them moves out, to the front of the rest.
    """
    size = max(1, min(limit, len(order)))
    front = sorted(order[:size], key=measure, reverse=descending)
    # One that moves out stays where the list has it: right behind the front, before what was passed over earlier.
    passed: list[Any] = []
    for key in order[size:]:
        value = measure(key)
        place = len(front)
        if descending:
            while place and measure(front[place - 1]) < value:
                place -= 1
        else:
            while place and measure(front[place - 1]) > value:
                place -= 1
        if place == len(front):
            passed.append(key)
        else:
            front.insert(place, key)
            passed.insert(0, front.pop())
    return front + passed
