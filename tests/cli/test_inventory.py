"""--dump-functions, --dump-probe-types, --dump-probe-aliases: what there is, a line each, in order."""

from __future__ import annotations

import pytest

from tests.conftest import run_stapy


@pytest.mark.parametrize(("what", "line"), [
    ("functions", "execname:string ()"),
    ("functions", "substr:string (str:string, start:long, length:long)"),
    ("probe-types", "kernel.function(string).return.maxactive(number)"),
    ("probe-types", "timer.ms(number).randomize(number)"),
    ("probe-aliases", 'nd_syscall.close.return = kprobe.function("sys_close").return?'),
])
def test_lines(what: str, line: str) -> None:
    result = run_stapy(f"--dump-{what}")
    lines = result.out.splitlines()
    assert line in lines
    assert lines == sorted(lines)
    assert (result.err, result.status) == ("", 0)


def test_what_functions_do() -> None:
    assert "execname:string ()  # The name of the current task.\n" in run_stapy("-v", "--dump-functions").out


def test_nothing_else_with_it() -> None:
    result = run_stapy("--dump-functions", "script.stp")
    assert "take" in result.err and "no script" in result.err
    assert result.status == 1
