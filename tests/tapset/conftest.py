"""What the tapset's tests run scripts with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stapy import cli


@pytest.fixture
def run(capfdbinary) -> Callable[..., str]:
    """Runs a script by the command line; gives its standard output, and fails where the exit status is not 0."""
    def runner(script: str, *options: str, status: int = 0) -> str:
        found = cli.main([*options, "-e", script])
        captured = capfdbinary.readouterr()
        assert found == status, captured.err.decode()
        return (captured.out if status == 0 else captured.err).decode("latin-1")

    return runner
