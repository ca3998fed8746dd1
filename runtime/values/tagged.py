"""The tagged automaton that stap makes of a regular expression: what each group matched.

Laurikari's construction: a state is a list of instructions reached, each with the tags that the way there has set.
Where two ways meet, the one with the higher priority stays. Priorities are binary fractions that every fork refines.
stap spreads them anew at each character, but an instruction that is reached without a further step keeps its old one,
and a new state is merged with an older one that has the same instructions, whatever the priorities there. What groups
hold follows from all this, so it is done here in the same order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

Instruction = tuple[Any, ...]
Priority = tuple[int, int]  # the fraction's digits as a number, and how many there are
Versions = dict[int, int]  # which of the remembered positions of each tag a way has

MOST_STATES = 200  # beyond them the automaton is given up


class TooManyStatesError(Exception):
    """The automaton grows too large."""


class Point:
    """An instruction reached: how, and with which tags.

    ``origin`` is the number of the point in the state before, -1 at the start; ``passed`` are the tags set since.
    """

    __slots__ = ("at", "origin", "parents", "passed", "priority", "versions")

    def __init__(self, at: int, priority: Priority, versions: Versions, origin: int, passed: frozenset[int],
                 parents: frozenset[int]) -> None:
        self.at = at
        self.priority = priority
        self.versions = versions
        self.origin = origin
        self.passed = passed
        self.parents = parents


class State:
    """A state of the automaton; ``moves`` are its transitions by class of character."""

    __slots__ = ("accepting", "moves", "points")

    def __init__(self, points: list[Point], accepting: int | None) -> None:
        self.points = points
        self.accepting = accepting  # the number of the point that accepts, None where there is none
        self.moves: list[tuple[State, list[tuple[int, frozenset[int]]]] | None] = []


def compare(one: Priority, other: Priority) -> int:
    """Which of two priorities is higher: 1, 0 or -1. Of zeros, the one with fewer digits."""
    x, y = one[0], other[0]
    if one[1] > other[1]:
        y <<= one[1] - other[1]
    else:
        x <<= other[1] - one[1]
    if x == 0 and y == 0:
        return (one[1] < other[1]) - (one[1] > other[1])
    return (x > y) - (x < y)


class Heap:
    """A binary heap that orders equal items as the C++ library's does; ``before`` says that one item is to go below."""

    def __init__(self, before: Callable[[Any, Any], bool]) -> None:
        self._items: list[Any] = []
        self._before = before

    def __len__(self) -> int:
        return len(self._items)

    def push(self, item: Any) -> None:
        self._items.append(item)
        self._rise(len(self._items) - 1, item)

    def _rise(self, hole: int, item: Any) -> None:
        items = self._items
        while hole > 0 and self._before(items[(hole - 1) // 2], item):
            items[hole] = items[(hole - 1) // 2]
            hole = (hole - 1) // 2
        items[hole] = item

    def pop(self) -> Any:
        items = self._items
        top = items[0]
        last = items.pop()
        size = len(items)
        if not size:
            return top
        hole = child = 0
        while child < (size - 1) // 2:
            child = 2 * child + 2
            if self._before(items[child], items[child - 1]):
                child -= 1
            items[hole] = items[child]
            hole = child
        if size % 2 == 0 and child == (size - 2) // 2:
            items[hole] = items[2 * child + 1]
            hole = 2 * child + 1
        self._rise(hole, last)
        return top


def spread(points: list[Point]) -> list[tuple[Point, Priority]]:
    """The points with fresh priorities in the order of their old ones, the lowest first."""
    by_priority = Heap(lambda a, b: compare(a.priority, b.priority) > 0)
    for point in reversed(points):
        by_priority.push(point)
    fresh = Heap(lambda a, b: a[1] > b[1])
    fresh.push((0, 0))
    while len(fresh) < len(points):
        digits, count = fresh.pop()
        fresh.push((2 * digits + 1, count + 1))
        fresh.push((2 * digits, count + 1))
    ordered = Heap(lambda a, b: compare(a, b) > 0)
    for _ in points:
        ordered.push(fresh.pop())
    return [(by_priority.pop(), ordered.pop()) for _ in points]


class Closure:
    """All points reached from some without a character."""

    def __init__(self, code: list[Instruction], start: list[Point], initial: bool) -> None:
        self._code = code
        self._initial = initial
        self._kept: dict[int, Point] = {id(point): point for point in start}
        self._at: dict[int, list[Point]] = {}
        self._newest: Versions = {}
        for point in start:
            self._note(point)
        self._waiting = [Point(point.at, priority, point.versions, point.origin, point.passed, point.parents)
                         for point, priority in spread(start)]
        while self._waiting:
            self._step(self._waiting.pop())

    @property
    def points(self) -> list[Point]:
        return list(self._kept.values())

    def _note(self, point: Point) -> None:
        self._at.setdefault(point.at, []).append(point)
        for tag, version in point.versions.items():
            self._newest[tag] = max(version, self._newest.get(tag, 0))

    def _step(self, point: Point) -> None:
        at, priority = point.at, point.priority
        instruction = self._code[at]
        kind = instruction[0]
        if kind == "fork":
            digits, count = priority
            self._arrive(point, instruction[2], (2 * digits, count + 1))
            self._arrive(point, instruction[1], (2 * digits + 1, count + 1))
        elif kind == "jump":
            self._arrive(point, instruction[1], priority)
        elif kind == "tag":
            self._arrive(point, at + 1, priority, instruction[1])
        elif kind == "skip" or (kind == "start" and self._initial):
            self._arrive(point, at + 1, priority)

    def _arrive(self, point: Point, at: int, priority: Priority, tag: int | None = None) -> None:
        if at in point.parents:
            return
        versions, passed = point.versions, point.passed
        if tag is not None:
            self._newest[tag] = self._newest.get(tag, 0) + 1
            versions = {**versions, tag: self._newest[tag]}
            passed |= {tag}
        there = self._at.setdefault(at, [])
        beaten = [other for other in there if compare(priority, other.priority) > 0]
        for other in beaten:
            there.remove(other)
            self._kept.pop(id(other), None)
        if there:
            return
        new = Point(at, priority, versions, point.origin, passed, point.parents | {at})
        self._kept[id(new)] = new
        self._waiting.append(new)
        self._note(new)


class Automaton:
    """The whole automaton for some instructions. Raises TooManyStatesError.

    Instructions are ("set", characters), ("jump", target), ("fork", preferred, other), ("tag", number), ("start",),
    ("skip",) and ("accept", outcome); outcome 1 is a match.
    """

    def __init__(self, code: list[Instruction]) -> None:
        self._code = code
        self._classes, examples = character_classes(code)
        self._states: list[State] = []
        self._alike: dict[frozenset[int], list[State]] = {}
        first = [Point(0, (0, 0), {}, -1, frozenset(), frozenset())]
        self.first = self._add(Closure(code, first, initial=True).points)
        waiting = deque([self.first])
        while waiting:
            state = waiting.popleft()
            targets: dict[tuple[int, ...], tuple[State, list[tuple[int, frozenset[int]]]] | None] = {(): None}
            for character in examples:
                numbers = tuple(number for number, point in enumerate(state.points)
                                if code[point.at][0] == "set" and character in code[point.at][1])
                if numbers not in targets:
                    known = len(self._states)
                    targets[numbers] = self._move(state, numbers)
                    waiting.extend(self._states[known:])
                state.moves.append(targets[numbers])

    def _add(self, points: list[Point]) -> State:
        if len(self._states) >= MOST_STATES:
            raise TooManyStatesError
        accepting = next((number for number, point in enumerate(points) if self._code[point.at] == ("accept", 1)), None)
        state = State(points, accepting)
        self._states.append(state)
        self._alike.setdefault(frozenset(point.at for point in points), []).append(state)
        return state

    def _move(self, state: State, numbers: tuple[int, ...]) -> tuple[State, list[tuple[int, frozenset[int]]]]:
        """Where a character leads that the points ``numbers`` of ``state`` take; for each point there the point of
        ``state`` it comes from, and the tags passed on the way."""
        nothing: frozenset[int] = frozenset()
        start = []
        for number in numbers:
            point = state.points[number]
            start.append(Point(point.at + 1, point.priority, point.versions, number, nothing, nothing))
        points = Closure(self._code, start, initial=False).points
        by_place = {point.at: point for point in points}
        for known in self._alike.get(frozenset(by_place), ()):
            if len(known.points) == len(points) and interchangeable(known.points, by_place):
                break
        else:
            known = self._add(points)
        return known, [(by_place[point.at].origin, by_place[point.at].passed) for point in known.points]

    def tags(self, text: str) -> dict[int, int]:
        """The position of each tag that the match passed; empty for no match."""
        state = self.first
        found: dict[int, int] = {}
        carried: list[dict[int, int]] = [dict.fromkeys(point.passed, 0) for point in state.points]
        if state.accepting is not None:
            found.update(carried[state.accepting])
        for position, character in enumerate(text + "\0", 1):
            move = state.moves[self._classes.get(character, 0)]
            if move is None:
                break
            state, sources = move
            carried = [{**carried[origin], **dict.fromkeys(passed, position)} for origin, passed in sources]
            if state.accepting is not None:
                new = carried[state.accepting]
                if not found or (new[0] == found[0] and position - new[0] > found[1] - found[0]):
                    found.update(new)
        return found


def character_classes(code: list[Instruction]) -> tuple[dict[str, int], list[str]]:
    """Characters that no instruction tells apart: the class of each, and the first one of each class, in order."""
    sets = list({instruction[1]: None for instruction in code if instruction[0] == "set"})
    classes: dict[str, int] = {}
    numbers: dict[tuple[bool, ...], int] = {}
    examples: list[str] = []
    for character in map(chr, range(256)):
        membership = tuple(character in characters for characters in sets)
        if membership not in numbers:
            numbers[membership] = len(examples)
            examples.append(character)
        classes[character] = numbers[membership]
    return classes, examples


def interchangeable(known: Iterable[Point], new: dict[int, Point]) -> bool:
    """Whether the tags of new points can take the places of those of ``known`` points, one to one, by plain copies."""
    forward: dict[tuple[int, int], tuple[int, int]] = {}
    backward: dict[tuple[int, int], tuple[int, int]] = {}
    for point in known:
        theirs, ours = point.versions, new[point.at].versions
        if theirs.keys() != ours.keys():
            return False
        for tag, version in ours.items():
            one, other = (tag, version), (tag, theirs[tag])
            if forward.setdefault(one, other) != other or backward.setdefault(other, one) != one:
                return False
    return not has_cycle(forward)


def has_cycle(copies: dict[tuple[int, int], tuple[int, int]]) -> bool:
    """Whether values would have to be exchanged in a ring."""
    for start in copies:
        at = start
        for _ in range(len(copies) + 1):
            following = copies.get(at)
            if following is None or following == at:
                break
            at = following
            if at == start:
                return True
    return False
