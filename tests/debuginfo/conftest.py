"""Descriptions of the sample images, each made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from stapy.runtime.debuginfo import KernelDescription

from .running import DATA


@pytest.fixture(scope="session")
def describe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], KernelDescription]]:
    """Describes ``NAME.elf`` of the data folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield cache(lambda name: KernelDescription.from_elf(DATA / f"{name}.elf"))
