"""Fixtures for tests of the machine."""

from __future__ import annotations

import pytest
from tiny_kernel import Tiny


@pytest.fixture(params=["x86_64", "i386"])
def tiny(request: pytest.FixtureRequest) -> Tiny:
    return Tiny(request.param)
