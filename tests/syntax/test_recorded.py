"""Our first pass against what the real stap 4.8 printed: trees and messages, to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.syntax import against_stap

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize("name", ["hand_made", "generated", "spoilt"])
def test_recorded_answers(name: str) -> None:
    differing = []
    for line in (DATA / f"{name}.jsonl").read_text().splitlines():
        case = json.loads(line)
        out, err = against_stap.ours(case["script"], args=tuple(case["args"]), guru=case["guru"])
        if (out, err) != (case["out"], case["err"]):
            differing.append(f"{case['script']}\n--- stap\n{case['out']}{case['err']}\n--- stapy\n{out}{err}")
    assert not differing, f"{len(differing)} differ, the first:\n" + differing[0]


@pytest.mark.skipif(not against_stap.available(), reason="stap is not installed")
def test_new_programs_against_stap() -> None:
    """A few programs no one has seen; `python -m tests.syntax.against_stap` does it at length."""
    assert against_stap.compare_generated(seed=4242, rounds=1) == 0
    assert against_stap.compare_spoilt(seed=4242, rounds=1) == 0
