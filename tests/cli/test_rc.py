"""The rc file: options that stand before those of every command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run_stapy


@pytest.fixture
def rc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "rc"
    monkeypatch.setenv("STAPY_RC", str(path))
    return path


SIZE = 'probe begin { println(&@cast(0, "struct list_head")->prev) exit() }'


def test_options_hold(rc: Path) -> None:
    rc.write_text("# my own\n-a i386\n-G 'n=a b'\n")
    assert run_stapy("-e", f'global n = "" {SIZE} probe end {{ println(n) }}').out == "4\na b\n"


def test_the_command_line_has_the_last_word(rc: Path) -> None:
    rc.write_text("-a i386")
    assert run_stapy("-a", "arm64", "-e", SIZE).out == "8\n"


@pytest.mark.parametrize(("text", "message"), [
    ("script.stp", "options are to stand there, not 'script.stp'."),
    ("-G 'n", "No closing quotation."),
])
def test_a_mistake_in_it_is_said(rc: Path, text: str, message: str) -> None:
    rc.write_text(text)
    result = run_stapy("-e", SIZE)
    assert result.err.startswith(f"stapy: {rc}: {message}")
    assert result.status == 1


def test_a_missing_one_that_is_asked_for(rc: Path) -> None:
    assert run_stapy("-e", SIZE).err.startswith(f"stapy: {rc}: No such file or directory.")
