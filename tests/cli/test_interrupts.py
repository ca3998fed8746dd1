"""^C: once ends the script in order, twice at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

ENDLESS = 'probe begin { println("up") } probe timer.s(1) { n++ } probe end { println("down") } global n'


LOOP = "def loop(sys):\n    yield sys.write(1, 'here\\n')\n    while True:\n        yield sys.write(1, 'here\\n')\n"


def interrupted(*words: str, times: int, cwd: Path = ROOT, number: int = signal.SIGINT) -> tuple[str, str, int]:
    """What a run prints that gets ^C ``times`` times once it has said a line, and its exit status."""
    with subprocess.Popen([sys.executable, "-m", "stapy", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=cwd, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}) as run:
        assert run.stdout is not None
        first = run.stdout.readline()
        for _ in range(times):
            run.send_signal(number)
            time.sleep(0.4)
        out, err = run.communicate(timeout=30)
        return (first + out).decode(), err.decode(), run.returncode


@pytest.mark.parametrize("words", [["-c", "loop.py:loop"], ["-c", "loop.py:loop", "-T", "1000"]])
def test_once_the_end_probes_run(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "loop.py").write_text(LOOP)
    out, err, status = interrupted(*words, "-e", ENDLESS, times=1, cwd=tmp_path)
    assert out.startswith("up\n") and "down\n" in out
    assert (err, status) == ("", 0)


def test_twice_it_stops_at_once(tmp_path: Path) -> None:
    (tmp_path / "loop.py").write_text(LOOP)
    script = 'global n; probe begin { println("up") } probe end { while (1) n++ }'
    _, err, status = interrupted("-g", "--suppress-time-limits", "-c", "loop.py:loop", "-e", script, times=2,
                                 cwd=tmp_path)
    assert "Traceback" not in err
    assert status == 130


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_end_a_script_in_order(tmp_path: Path, number: int) -> None:
    (tmp_path / "loop.py").write_text(LOOP)
    out, err, status = interrupted("-c", "loop.py:loop", "-e", ENDLESS, times=1, cwd=tmp_path, number=number)
    assert out.startswith("up\n") and "down\n" in out
    assert (err, status) == ("", 0)


def test_before_the_script_runs_it_ends_quietly(tmp_path: Path) -> None:
    fifo = tmp_path / "script.stp"
    os.mkfifo(fifo)  # it waits here for the script, long after its start
    with subprocess.Popen([sys.executable, "-m", "stapy", str(fifo)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=ROOT) as run:
        writer = os.open(fifo, os.O_WRONLY)  # now it has opened it
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=30)
        os.close(writer)
    assert (out, err) == (b"", b"")
    assert run.returncode in (-signal.SIGINT, 130)
