"""What the real stap prints for pass 2 of generated scripts and of mistakes, recorded: ours has to be equal.

``python -m tests.compile.against_stap record`` writes the records where stap is installed.
"""

from __future__ import annotations

import pytest

from .against_stap import ours, recorded

GENERATED = list(recorded("generated"))
MISTAKES = list(recorded("mistakes"))


@pytest.mark.parametrize("number", range(len(GENERATED)))
def test_right_scripts(number: int) -> None:
    script, options, theirs = GENERATED[number]
    assert ours(script, options).text() == theirs.text()


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_mistakes(number: int) -> None:
    script, options, theirs = MISTAKES[number]
    assert ours(script, options).text() == theirs.text()
