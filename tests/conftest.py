"""What the tests share: running stapy as a user does, and reading what it printed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

# The same cases every time, and no clock: machines are noisy.
settings.register_profile("stapy", deadline=None, derandomize=True)
settings.load_profile("stapy")

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Result:
    """What one run of the command left behind."""

    out: str
    err: str
    status: int


def run_stapy(*arguments: str, stdin: str = "", cwd: Path = ROOT, timeout: float = 60) -> Result:
    """Run the command in a process of its own; bytes are read as latin-1, as stapy writes them."""
    environment = dict(os.environ, PYTHONPATH=str(ROOT), TZ="UTC", STAPY_RC=os.environ.get("STAPY_RC", ""))
    done = subprocess.run(
        [sys.executable, "-m", "stapy", *arguments],
        input=stdin.encode("latin-1"), capture_output=True, cwd=cwd, env=environment, timeout=timeout, check=False,
    )
    return Result(done.stdout.decode("latin-1"), done.stderr.decode("latin-1"), done.returncode)


@pytest.fixture
def stapy() -> Callable[..., Result]:
    """``stapy("-e", "probe begin { ... }")`` runs the command."""
    return run_stapy
