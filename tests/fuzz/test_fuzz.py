"""A short run of the fuzzer with inputs that are always the same, and the inputs that once broke something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.inputs import KINDS, draw
from tests.fuzz.trial import trial

INPUTS = 400
FOUND = sorted((Path(__file__).parent / "found").glob("*.stp"))


def test_nothing_is_found_in_a_short_run() -> None:
    kinds, stages = set(), set()
    for number in range(INPUTS):
        kind, data = draw(0, number)
        outcome = trial(data, seed=number)
        assert outcome.finding is None or outcome.finding.what == "slow", (number, kind, outcome.finding.detail)
        kinds.add(kind)
        stages.add(outcome.stage)
    assert kinds == set(KINDS)
    assert {0, 1, 4, 5} <= stages  # refused by each of the first passes, compiled, ran


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_stays_mended(path: Path) -> None:
    for seed in range(4):  # each with other options
        outcome = trial(path.read_bytes(), seed=seed)
        assert outcome.finding is None or outcome.finding.what == "slow", outcome.finding.detail
