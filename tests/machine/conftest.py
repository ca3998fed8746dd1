"""Fixtures for tests of the machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from machine_sources import SOURCES
from tiny_kernel import Tiny


@pytest.fixture(params=sorted(SOURCES))
def tiny(request: pytest.FixtureRequest) -> Tiny:
    return Tiny(request.param)
