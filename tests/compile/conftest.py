"""Compiling and running small scripts, with and without the built-in kernel's description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.compile.compiled_script import Compiled


@pytest.fixture
def compiled() -> Callable[..., Compiled]:
    return Compiled


@pytest.fixture
def printed() -> Callable[..., str]:
    """The output of a script's text."""
    return lambda text, **options: Compiled(text, **options).run()


@pytest.fixture(scope="session")
def description() -> Any:
    """The built-in x86_64 kernel's."""
    from stapy.runtime.kernels.builtin import describe

    return describe("x86_64")
