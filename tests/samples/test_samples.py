"""Every sample prints what stands beside it, on every architecture."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def expected_error(sample: Path) -> str:
    """NAME.err, of the few that are meant to warn."""
    warning = sample.with_name(f"{sample.name}.err")
    return warning.read_text("latin-1") if warning.exists() else ""


def expected_output(sample: Path, architecture: str) -> str:
    """NAME.ARCH.out where the word size or the addresses show, else NAME.out, which is what most print."""
    own = sample.with_name(f"{sample.name}.{architecture}.out")
    return (own if own.exists() else sample.with_name(f"{sample.name}.out")).read_text("latin-1")


def runs() -> Iterator[Any]:
    """Each sample on x86_64 and one other architecture, all of which get their turn; on the rest it is slow."""
    others = [name for name in ARCHITECTURES if name != "x86_64"]
    for position, sample in enumerate(SAMPLES):
        quick = ("x86_64", others[position % len(others)])
        for architecture in ARCHITECTURES:
            marks = () if architecture in quick else pytest.mark.slow
            yield pytest.param(sample, architecture, id=f"{sample.name}-{architecture}", marks=marks)


@pytest.mark.parametrize(("sample", "architecture"), list(runs()))
def test_sample(sample: Path, architecture: str) -> None:
    result = run_sample(sample, architecture)
    assert result.err == expected_error(sample)
    assert result.out == expected_output(sample, architecture)
    assert result.status == 0
