"""What a misspelt name may have meant: the nearest of the known ones."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 5
LONGEST = 64  # longer names are compared by their beginnings


def distance(one: str, other: str) -> int:
    """How far apart two names are: insertions and deletions count one each, and so a substitution two, as in stap."""
    one, other = one[:LONGEST], other[:LONGEST]
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], diagonal if a == b else 1 + min(row[j], row[j - 1])
    return row[-1]


def similar(name: str, candidates: Iterable[str], most: int = MOST) -> list[str]:
    """The ``most`` candidates nearest to ``name``, nearest first, short ones before long ones."""
    scores = ((distance(name, candidate), len(candidate), candidate) for candidate in candidates if candidate)
    return [candidate for _, _, candidate in sorted(scores)[:most]]
