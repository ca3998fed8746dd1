"""The language against the real thing: what SystemTap 4.8 printed for scripts without kernel probes.

In lang/ and compiled/ NAME.stp is the script, .args its arguments and .opts further options (shell words), .out, .err
and .rc what came out. Standard output and exit status have to be equal; of standard error the run-time errors, up to
the place where it is one in SystemTap's own tapset. compiled/README.md says how its answers were got.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from stapy import cli

HERE = Path(__file__).parent
SCRIPTS = [path.with_suffix("").relative_to(HERE) for folder in ("lang", "compiled")
           for path in sorted((HERE / folder).glob("*.stp"))]

# Scripts whose output cannot be equal, and why.
EXCEPTIONS: dict[str, str] = {}


def words(script: Path, suffix: str) -> list[str]:
    path = script.with_suffix(suffix)
    return shlex.split(path.read_text()) if path.exists() else []


def run_time_errors(text: str) -> list[str]:
    """The ERROR lines and the summary; a place in stap's tapset is left out, ours is the call in the script."""
    lines = [line for line in text.splitlines() if line.startswith(("ERROR:", "WARNING: Number of errors"))]
    return [re.sub(r" at (/usr/share/systemtap/tapset/|<tapset>).*", "", line) for line in lines]


@pytest.mark.parametrize("name", SCRIPTS, ids=str)
def test_prints_what_stap_prints(name: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary) -> None:
    if name.name in EXCEPTIONS:
        pytest.skip(EXCEPTIONS[name.name])
    script = HERE / f"{name}.stp"
    monkeypatch.chdir(script.parent)
    status = cli.main([*words(script, ".opts"), script.name, *words(script, ".args")])
    captured = capfdbinary.readouterr()
    assert captured.out == script.with_suffix(".out").read_bytes(), captured.err.decode("latin-1")
    assert status == int(script.with_suffix(".rc").read_text())
    expected = run_time_errors(script.with_suffix(".err").read_text("latin-1"))
    found = run_time_errors(captured.err.decode("latin-1"))
    for theirs, ours in zip(expected, found, strict=True):
        assert ours.startswith(theirs), captured.err.decode("latin-1")
