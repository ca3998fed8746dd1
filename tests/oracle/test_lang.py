"""The language against the real thing: what SystemTap 4.8 printed for scripts without kernel probes.

In lang/ NAME.stp is the script, .args its arguments and .opts further options (shell words), .out, .err and .rc what
came out. Standard output and exit status have to be equal; of standard error the run-time errors, up to the place
where it is one in SystemTap's own tapset.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from stapy import cli

LANG = Path(__file__).parent / "lang"
SCRIPTS = sorted(path.stem for path in LANG.glob("*.stp"))

# Scripts whose output cannot be equal, and why.
EXCEPTIONS: dict[str, str] = {}


def words(name: str, suffix: str) -> list[str]:
    path = LANG / f"{name}.{suffix}"
    return shlex.split(path.read_text()) if path.exists() else []


def run_time_errors(text: str) -> list[str]:
    """The ERROR lines and the summary; a place in stap's tapset is left out, ours is the call in the script."""
    lines = [line for line in text.splitlines() if line.startswith(("ERROR:", "WARNING: Number of errors"))]
    return [re.sub(r" at (/usr/share/systemtap/tapset/|<tapset>).*", "", line) for line in lines]


@pytest.mark.parametrize("name", SCRIPTS)
def test_prints_what_stap_prints(name: str, monkeypatch: pytest.MonkeyPatch, capfdbinary) -> None:
    if name in EXCEPTIONS:
        pytest.skip(EXCEPTIONS[name])
    monkeypatch.chdir(LANG)
    status = cli.main([*words(name, "opts"), f"{name}.stp", *words(name, "args")])
    captured = capfdbinary.readouterr()
    assert captured.out == (LANG / f"{name}.out").read_bytes(), captured.err.decode()
    assert status == int((LANG / f"{name}.rc").read_text())
    expected = run_time_errors((LANG / f"{name}.err").read_text())
    found = run_time_errors(captured.err.decode())
    for theirs, ours in zip(expected, found, strict=True):
        assert ours.startswith(theirs), captured.err.decode()
