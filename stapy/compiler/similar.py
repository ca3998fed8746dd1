"""What a misspelt name may have meant: the nearest of the known ones."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 5
LONGEST = 64  # longer names are compared by their beginnings


def places(name: str) -> dict[str, int]:
    """Where in ``name`` each of its characters stands, a bit for a place."""
    found: dict[str, int] = {}
    for place, character in enumerate(name[:LONGEST]):
        found[character] = found.get(character, 0) | 1 << place
    return found


def distance(name: str, standing: dict[str, int], other: str) -> int:
    """How far apart two names are, ``standing`` being places(name): insertions and deletions count one each, and so a
    substitution two, as in stap. That is all characters but the longest common subsequence, which is found a row of
    the table at a time, the row being the bits of a number (Crochemore and others, 2001)."""
    name, other = name[:LONGEST], other[:LONGEST]
    every = (1 << len(name)) - 1
    row = every
    for character in other:
        matching = row & standing.get(character, 0)
        row = (row + matching | row - matching) & every
    return len(other) - len(name) + 2 * row.bit_count()


def similar(name: str, candidates: Iterable[str], most: int = MOST) -> list[str]:
    """The ``most`` candidates nearest to ``name``, nearest first, short ones before long ones."""
    standing = places(name)
    scores = ((distance(name, standing, candidate), len(candidate), candidate) for candidate in candidates if candidate)
    return [candidate for _, _, candidate in sorted(scores)[:most]]
