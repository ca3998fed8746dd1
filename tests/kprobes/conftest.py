"""Fixtures for tests of kprobes: a machine with a few functions to probe, on each architecture."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stapy.runtime import kprobes

sys.path.insert(0, str(Path(__file__).parent))

from probed_kernel import Probed
from sources import SOURCES


@pytest.fixture(params=sorted(SOURCES))
def tiny(request: pytest.FixtureRequest) -> Iterator[Probed]:
    machine = Probed(request.param)
    with kprobes.use(machine.kernel):
        yield machine
