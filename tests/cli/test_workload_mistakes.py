"""Workloads that are wrong, and commands of -c that fail: what the user is told, and the exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run_stapy

SCRIPT = "probe begin { println(1) } probe end { println(2) }"

WORKLOAD = """\
def divides(sys):
    yield sys.getpid()
    return 1 / 0


def asks_for_nothing(sys):
    yield 42


def bad_argument(sys):
    yield sys.open(None)


def no_parameters():
    yield 1


def opens(sys):
    yield sys.open("/nonexistent")


def leaves(sys):
    yield sys.getpid()
    raise SystemExit(3)


value = 3
"""


@pytest.mark.parametrize(("function", "message"), [
    ("divides", "ERROR: mine.py:3: in divides: ZeroDivisionError: division by zero (process divides[5])"),
    ("asks_for_nothing", "ERROR: mine.py:7: process asks_for_nothing[5] yielded int 42, which is no system call"),
    ("bad_argument", "ERROR: mine.py:11: "),
    ("no_parameters", "ERROR: mine.py:14: no_parameters() takes 0 positional arguments but 1 was given"),
    ("value", "ERROR: mine.py: there is no function 'value'"),
    ("divides 1 2", "ERROR: mine.py:1: divides() takes 1 positional argument but 3 were given"),
])
def test_a_mistake_is_told_with_its_place(tmp_path: Path, function: str, message: str) -> None:
    (tmp_path / "mine.py").write_text(WORKLOAD)
    run = run_stapy("-c", f"mine.py:{function}", "-e", SCRIPT, cwd=tmp_path)
    assert run.err.startswith(message)
    assert run.err.count("\n") == 1
    assert run.status == 1


@pytest.mark.parametrize(("text", "message"), [
    ("def show(:\n", "ERROR: broken.py:1: invalid syntax\n"),
    ("\nraise RuntimeError('boom')\n", "ERROR: broken.py:2: RuntimeError: boom\n"),
    ("import sys\nsys.exit(7)\n", "ERROR: broken.py:2: SystemExit: 7\n"),
])
def test_a_file_that_does_not_load(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "broken.py").write_text(text)
    run = run_stapy("-c", "broken.py:show", "-e", SCRIPT, cwd=tmp_path)
    assert (run.out, run.err, run.status) == ("", message, 1)


@pytest.mark.parametrize(("command", "said", "warning"), [
    ("cat /nonexistent", "cat: /nonexistent: No such file or directory\n", "status 1"),
    ("false", "", "status 1"),
    ("mine.py:opens", "opens: /nonexistent: No such file or directory\n", "status 1"),
    ("mine.py:leaves", "", "status 3"),
])
def test_a_command_that_fails_shows_in_the_exit_status(
    tmp_path: Path, command: str, said: str, warning: str
) -> None:
    """As with stap: the end probes run, then a warning."""
    (tmp_path / "mine.py").write_text(WORKLOAD)
    run = run_stapy("-c", command, "-e", SCRIPT, cwd=tmp_path)
    assert run.out == f"1\n{said}2\n"
    assert run.err == f"WARNING: Child process exited with {warning}\n"
    assert run.status == 1


def test_an_exit_of_the_script_is_no_failure_of_the_command() -> None:
    run = run_stapy("-c", "false", "-e", 'probe begin { println("done") exit() }')
    assert (run.out, run.err, run.status) == ("done\n", "", 0)
