"""What a misspelt name may have meant: the nearest of the known ones."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 5
LONGEST = 64  # longer names are compared by their beginnings


def distance(name: str, other: str) -> int:
    """How far apart two names are, as stap measures it: each character put in or left out before the first one that
    stays costs one; further on that costs two, and so does a character exchanged, but for a change of case, one."""
    row = list(range(len(other) + 1))
    for number, character in enumerate(name, 1):
        diagonal = row[0]
        left = row[0] = number
        for place, known in enumerate(other, 1):
            above = row[place]
            if character == known:
                left = diagonal
            elif character.lower() == known.lower():
                left = min(diagonal + 1, above + 2, left + 2)
            else:
                left = min(diagonal, above, left) + 2
            row[place] = left
            diagonal = above
    return row[-1]


def places(name: str) -> dict[str, int]:
    """Where in ``name`` each of its characters stands, a bit for a place."""
    found: dict[str, int] = {}
    for place, character in enumerate(name):
        found[character] = found.get(character, 0) | 1 << place
    return found


def least_distance(name: str, standing: dict[str, int], other: str) -> int:
    """What ``distance`` is at least: all characters but the longest common subsequence, which is found a row of the
    table at a time, the row being the bits of a number (Crochemore and others, 2001). ``standing`` is places(name)."""
    every = (1 << len(name)) - 1
    row = every
    for character in other:
        matching = row & standing.get(character, 0)
        row = (row + matching | row - matching) & every
    return len(other) - len(name) + 2 * row.bit_count()


def similar(name: str, candidates: Iterable[str], most: int = MOST) -> list[str]:
    """The ``most`` candidates nearest to ``name``, nearest first, those as near by the alphabet."""
    start = name[:LONGEST]
    standing = places(start.lower())
    found: list[tuple[int, str]] = []
    # The true distance is slow to find: it is asked for only of those that may be near enough.
    bounds = sorted((least_distance(start, standing, other[:LONGEST].lower()), other) for other in candidates if other)
    for bound, candidate in bounds:
        if len(found) >= most and bound > found[most - 1][0]:
            break
        found.append((distance(start, candidate[:LONGEST]), candidate))
        found.sort()
    return [candidate for _, candidate in found[:most]]
