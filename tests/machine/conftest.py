"""Fixtures for tests of the machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tiny_kernel import Tiny


@pytest.fixture(params=["x86_64", "i386"])
def tiny(request: pytest.FixtureRequest) -> Tiny:
    return Tiny(request.param)
