"""--monitor at a terminal: what is shown, and the keys."""

from __future__ import annotations

import os
import re
import sys

import pexpect
import pytest

from tests.conftest import ROOT, run_stapy

SCRIPT = """
global forks, by, empty
probe kernel.function("do_fork") { forks++; by[execname()]++; println("forked by ", execname()) }
probe timer.ms(100) { if (0) empty[1] = 1 }
probe end { printf("%d in all\\n", forks) }
"""


def monitored(rows: int = 30, columns: int = 100, script: str = SCRIPT) -> pexpect.spawn:
    environment = dict(os.environ, PYTHONPATH=str(ROOT), TERM="xterm", STAPY_RC="")
    return pexpect.spawn(sys.executable, ["-m", "stapy", "--monitor=0.1", "-w", "-e", script], env=environment,
                         encoding="utf-8", dimensions=(rows, columns), timeout=60)


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_what_is_shown_and_the_keys() -> None:
    child = monitored()
    child.expect("uptime")
    child.expect(r"by\[init\]")
    child.send("p")
    child.expect("PAUSED")
    child.send("h")
    child.expect("turn a probe off or on")
    child.send("s")
    child.expect("sorted by hits")
    child.send("t0\r")
    child.expect("0 off")
    child.send("c")
    child.expect(r"by\s+[^\n]*\(empty\)")
    child.send("q")
    child.expect(pexpect.EOF)
    after = plain(child.before.rpartition("\x1b[?1049l")[2])
    assert "forked by init\r\n" in after
    assert "0 in all\r\n" in after
    child.wait()
    assert child.exitstatus == 0


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (10, 40)])
def test_it_fits_the_screen(rows: int, columns: int) -> None:
    child = monitored(rows, columns)
    child.expect("uptime")
    child.expect("forked by init")
    child.send("q")
    child.expect(pexpect.EOF)
    for picture in child.before.rpartition("\x1b[?1049l")[0].split("\x1b[H")[1:]:
        assert "\\u" not in picture  # what the terminal's encoding has no sign for
        lines = plain(picture).split("\r\n")
        assert len(lines) <= rows
        assert max(map(len, lines)) <= columns


def test_what_a_script_prints_to_move_the_cursor_does_not() -> None:
    script = """global g probe timer.ms(100) { ansi_clear_screen() println("line ", g++) g[1] = "a\\nb" }""".replace(
        "g[1]", "h[1]").replace("global g", "global g, h")
    child = monitored(24, 80, script)
    child.expect("line 7")
    child.send("q")
    child.expect(pexpect.EOF)
    pictures = child.before.rpartition("\x1b[?1049l")[0]
    assert "\x1b[2J" not in pictures
    assert "a b" in pictures


def test_without_a_terminal() -> None:
    result = run_stapy("--monitor", "-e", "probe begin { exit() }")
    assert (result.err, result.status) == ("ERROR: --monitor needs a terminal.\n", 1)
