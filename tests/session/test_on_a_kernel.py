"""Sessions on the built-in kernel: conditions, exit, errors, what is skipped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stapy import cli
from stapy.arch import names


@pytest.fixture(params=names())
def run(request, capfdbinary) -> Callable[..., tuple[int, str, str]]:
    def runner(script: str, *options: str) -> tuple[int, str, str]:
        status = cli.main(["-a", request.param, *options, "-e", script])
        captured = capfdbinary.readouterr()
        return status, captured.out.decode("latin-1"), captured.err.decode("latin-1")

    return runner


def test_probes_follow_their_conditions(run) -> None:
    script = """global on, hits, returns, late
        probe kernel.function("do_fork") { on = !on }
        probe kernel.function("do_sys_open") if (on) { hits++ if (!on) late++ }
        probe kernel.function("do_sys_open").return if (on) { returns++ }
        probe timer.s(1) { printf("%d %d %d\\n", hits > 0, returns > 0, late) exit() }"""
    assert run(script) == (0, "1 1 0\n", "")


def test_exit_in_a_handler_ends_the_run(run) -> None:
    script = 'probe kernel.function("do_fork") { println("fork") exit() println("still") } probe end { println("end") }'
    assert run(script) == (0, "fork\nstill\nend\n", "")


def test_an_error_in_a_handler(run) -> None:
    script = """probe kernel.function("do_fork") { error("stop") }
        probe end { println("end") } probe error { println("error") }"""
    assert run(script) == (1, "error\n", "ERROR: stop\nWARNING: Number of errors: 1, skipped probes: 0\n")


def test_a_null_pointer_in_a_handler(run) -> None:
    status, out, err = run('probe kernel.function("do_fork") { println(@cast(8, "task_struct")->pid) }')
    assert (status, out) == (1, "")
    assert err.startswith("ERROR: read fault [man error::fault] at 0x")
    assert "near" in err.splitlines()[0]


def test_of_several_probes_of_a_place_the_last_comes_first(run) -> None:
    """So Linux has it, and with it stap: a kprobe goes to the head of the list of its address."""
    script = """probe kernel.function("do_fork") { print("a") exit() }
        probe kernel.function("do_fork").call { print("b") }
        probe kprobe.function("do_fork") { print("c") }"""
    assert run(script) == (0, "cba", "")


def test_two_runs_print_the_same(run) -> None:
    script = """probe kernel.function("do_fork") { printf("%s %d %d\\n", execname(), pid(), gettimeofday_us()) }
        probe timer.profile { printf("%s ", execname()) }"""
    first = run(script, "-T", "0.5")
    assert first == run(script, "-T", "0.5")
    assert first[1].count("\n") > 3
