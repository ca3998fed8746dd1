"""Mistakes against the real thing: what SystemTap 4.8 said of scripts that are wrong.

In diag/ NAME.stp is the script, .err and .rc what stap made of it. The first message has to be equal, with its place,
the source line and the caret; so have the line that closes the pass and the exit status. Four scripts were recorded on
Linux 6.1 and are carried over: they name do_fork where they named kernel_clone (d04, d35, d66), or meet another
kernel's locals and addresses (d68), which are left out of the comparison.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stapy import cli

DIAG = Path(__file__).parent / "diag"
SCRIPTS = sorted(path.stem for path in DIAG.glob("*.stp"))


def first_message(text: str) -> list[str]:
    """The lines up to the first empty one, without what depends on the kernel's debug information."""
    lines = []
    for line in text.splitlines():
        if not line:
            break
        line = re.sub(r" at /usr/share/systemtap/.*", "", line)  # a place in stap's tapset
        line = re.sub(r" dieoffset 0x[0-9a-f]+", "", line)
        line = re.sub(r"near pc 0x[0-9a-f]+", "near pc", line)
        if "[man error::dwarf]" in line:
            line = re.sub(r"\(alternatives: [^)]*\)\)?", "(alternatives)", line)  # stap closes it twice
        lines.append(line)
    return lines


def closing_line(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("Pass ")]


@pytest.mark.parametrize("name", SCRIPTS)
def test_says_what_stap_says(name: str, monkeypatch: pytest.MonkeyPatch, capfdbinary) -> None:
    monkeypatch.chdir(DIAG)
    status = cli.main([f"{name}.stp"])
    said = capfdbinary.readouterr().err.decode("latin-1")
    expected = (DIAG / f"{name}.err").read_text()
    assert first_message(said) == first_message(expected)
    assert closing_line(said) == closing_line(expected)
    assert status == int((DIAG / f"{name}.rc").read_text())
