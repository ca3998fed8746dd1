"""The index of an image: found beside it, cached, made anew; never trusted where it does not fit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stapy.runtime.debuginfo import KernelDescription, index
from stapy.runtime.debuginfo.__main__ import main

from .running import DATA


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Path(shutil.copy(DATA / "sample.x86_64.elf", tmp_path / "sample.elf"))


@pytest.fixture
def no_reading(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def fail(*_: object) -> bytes:
        raise AssertionError("the image was read again")

    monkeypatch.setattr(index, "make_index", fail)
    return monkeypatch


def works(image: Path) -> bool:
    return len(KernelDescription.from_elf(image).functions("many")) == 1


def test_second_run_reads_the_cache(image: Path, request: pytest.FixtureRequest) -> None:
    assert works(image)
    request.getfixturevalue("no_reading")
    assert works(image)


def test_index_beside_the_image(image: Path, request: pytest.FixtureRequest) -> None:
    assert main([str(image)]) == 0
    assert index.beside(image).exists()
    request.getfixturevalue("no_reading")
    assert works(image)
    assert not index.cache_folder().exists()


def test_index_of_another_image_is_not_used(image: Path) -> None:
    shutil.copy(DATA / "zoo.x86_64.elf", image.parent / "zoo.elf")
    main([str(image.parent / "zoo.elf")])
    os.replace(image.parent / "zoo.index", index.beside(image))
    assert works(image)


@pytest.mark.parametrize("damage", ["short", "empty", "flipped", "text", "longer"])
def test_damaged_cache(image: Path, damage: str) -> None:
    assert works(image)
    (cached,) = index.cache_folder().iterdir()
    data = cached.read_bytes()
    middle = len(data) // 2
    cached.write_bytes(
        {
            "short": data[:middle],
            "empty": b"",
            "flipped": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "text": b"no index at all\n" * 8,
            "longer": data + b"x",
        }[damage]
    )
    assert works(image)
    assert cached.read_bytes() == data  # repaired


def test_places_that_cannot_be_written(image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    for place in (str(tmp_path / "file"), "/proc/nowhere", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", place)
        monkeypatch.setenv("HOME", str(tmp_path / "file"))
        assert works(image)


def test_the_same_image_gives_the_same_bytes(image: Path) -> None:
    data = image.read_bytes()
    made = index.make_index(data)
    script = "import sys; from stapy.runtime.debuginfo.index import make_index; "
    script += "sys.stdout.buffer.write(make_index(open(sys.argv[1], 'rb').read()))"
    other = subprocess.run([sys.executable, "-c", script, str(image)], capture_output=True, check=True).stdout
    assert made == other


def test_what_is_no_image(tmp_path: Path) -> None:
    from elftools.common.exceptions import ELFError

    (tmp_path / "text.elf").write_text("not an image")
    with pytest.raises(ELFError):
        KernelDescription.from_elf(tmp_path / "text.elf")
    with pytest.raises(FileNotFoundError):
        KernelDescription.from_elf(tmp_path / "missing.elf")


def test_opening_needs_no_pyelftools(image: Path) -> None:
    assert works(image)
    script = (
        "import sys; from stapy.runtime.debuginfo import KernelDescription\n"
        "k = KernelDescription.from_elf(sys.argv[1])\n"
        "f = k.function('many')\n"
        "f.variables[0].location(f.low_pc)\n"
        "print({m.split('.')[0] for m in sys.modules} & {'elftools', 'unicorn', 'capstone', 'lark'})"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, str(image)], capture_output=True, check=True, text=True
    )
    assert found.stdout.strip() == "set()"
