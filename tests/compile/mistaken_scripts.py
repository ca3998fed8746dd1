"""Scripts with mistakes in their meaning: those of data/mistakes.txt, and right scripts with something exchanged."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from . import typed_scripts

CASES = Path(__file__).parent / "data/mistakes.txt"


def systematic() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The cases of data/mistakes.txt: a script a line, options of stap's and " ! " before it if it is given any."""
    for line in CASES.read_text().splitlines():
        if line and not line.startswith("## "):
            words, separator, script = line.partition(" ! ")
            if separator and line.startswith("-"):
                yield script + "\n", tuple(words.split())
            else:
                yield line + "\n", ()


# ruff: noqa: SIM905 (words in a row read better)
_WORD = re.compile(r'"(?:\\.|[^"\\])*"|\w+')
_KEYWORDS = frozenset(
    "probe global function if else for foreach in limit while break continue next return delete try catch string long"
    " begin end never error oneshot timer s ms us ns hz".split()
)


def spoilt(seed: int, count: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """``count`` right scripts with a name or literal replaced by another one of the script, or misspelt."""
    drawn = random.Random(seed)
    for number in range(count):
        text = typed_scripts.script(seed * 1_000_000 + number)
        body = text.find("{")
        words = [w for w in _WORD.finditer(text) if w.start() > body and w[0] not in _KEYWORDS]
        if not words:
            continue
        victim = drawn.choice(words)
        other = drawn.choice(words)[0] if drawn.random() < 0.8 else victim[0][:-1] + "q"
        if victim[0].startswith('"') and not other.startswith('"') and "%" in victim[0]:
            continue  # a format
        yield text[: victim.start()] + other + text[victim.end() :], (("-v",), ())[number % 2]
