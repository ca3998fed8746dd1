"""That the benchmarks run; what they measure is for people to read."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


def measured(*sections: str) -> str:
    done = subprocess.run([sys.executable, "-m", "benchmarks.run", "--size", "0.002", *sections], cwd=ROOT,
                          capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_compiler_s_figures() -> None:
    out = measured("compiling", "loops")
    assert "KB/s" in out
    assert "written by hand" in out


@pytest.mark.slow
def test_the_others() -> None:
    out = measured("starting", "hits", "machine")
    assert "empty process" in out
    assert "empty hook" in out
    assert "armed probes, 0 hits" in out


def test_an_unknown_section_is_refused() -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks.run", "nosuch"], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 2
    assert "no section nosuch" in done.stderr
