"""Fixtures for tests of kprobes: a machine with a few functions to probe, on each architecture."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stapy.runtime import kprobes

sys.path.insert(0, str(Path(__file__).parent))

from probed_kernel import FUNCTIONS, Probed


@pytest.fixture(params=["x86_64", "i386"])
def tiny(request: pytest.FixtureRequest) -> Iterator[Probed]:
    machine = Probed(request.param)
    for name, (wide, narrow) in FUNCTIONS.items():
        machine.c_function(name, wide, narrow)
    with kprobes.use(machine.kernel):
        yield machine
