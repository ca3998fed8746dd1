"""Every sample prints what stands beside it, on every architecture."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from stapy import arch
from tests.conftest import ROOT, Result, run_stapy

SAMPLES = sorted(p for p in (ROOT / "samples").iterdir() if p.suffix in (".stp", ".py"))
ARCHITECTURES = arch.names()


def run_sample(sample: Path, architecture: str) -> Result:
    """Run it with the options in NAME.args, if there are any."""
    options = sample.with_name(f"{sample.name}.args")
    words = shlex.split(options.read_text()) if options.exists() else []
    return run_stapy("-a", architecture, *words, f"samples/{sample.name}")


def expected_output(sample: Path, architecture: str) -> str:
    """NAME.ARCH.out where the word size or the addresses show, else NAME.out, which is what most print."""
    own = sample.with_name(f"{sample.name}.{architecture}.out")
    return (own if own.exists() else sample.with_name(f"{sample.name}.out")).read_text("latin-1")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.name)
def test_sample(sample: Path, architecture: str) -> None:
    result = run_sample(sample, architecture)
    assert result.err == ""
    assert result.out == expected_output(sample, architecture)
    assert result.status == 0
