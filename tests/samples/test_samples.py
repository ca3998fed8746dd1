"""Every sample prints what stands beside it, on every architecture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT, run_stapy

SAMPLES = sorted(p for p in (ROOT / "samples").iterdir() if p.suffix in (".stp", ".py"))
ARCHITECTURES = ("x86_64", "i386")


def expected_output(sample: Path, architecture: str) -> str:
    """NAME.ARCH.out where the word size or the addresses show, else NAME.out."""
    own = sample.with_name(f"{sample.name}.{architecture}.out")
    return (own if own.exists() else sample.with_name(f"{sample.name}.out")).read_text("latin-1")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.name)
def test_sample(sample: Path, architecture: str) -> None:
    result = run_stapy("-a", architecture, f"samples/{sample.name}")
    assert result.err == ""
    assert result.out == expected_output(sample, architecture)
    assert result.status == 0
