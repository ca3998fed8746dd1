"""Embedded Python in a running script: its results, its errors, and what it may not do."""

from __future__ import annotations

import pytest

from stapy import cli


@pytest.fixture
def run(capfd):
    """Run a script with -g: its exit status, what it printed, and its messages."""
    def run_script(script: str) -> tuple[int, str, str]:
        status = cli.main(["-g", "-w", "-e", script])
        captured = capfd.readouterr()
        return status, captured.out, captured.err

    return run_script


BROKEN = ["1/0", "import sys; sys.exit(3)", "raise SystemExit", "raise ScriptError('no')", "[][1]"]


@pytest.mark.parametrize("body", BROKEN)
def test_an_exception_is_an_error_of_the_script(run, body: str) -> None:
    function = f"function f() %{{ {body} %}}\n"
    others = 'probe end { println("end") } probe error { println("error") }'
    status, out, err = run(function + 'probe begin { f() println("on") }' + others)
    assert (status, out) == (1, "error\n")
    assert err.startswith("ERROR: ")
    assert " near identifier 'f' at <input>:1:10\n" in err

    status, out, err = run(function + 'probe begin { try { f() } catch { println("caught") } exit() }')
    assert (status, out, err) == (0, "caught\n", "")


def test_an_expression_that_exits_is_an_error(run) -> None:
    status, out, err = run('probe begin { println(%{ exit(4) %}) } probe error { println("error") }')
    assert (status, out) == (1, "error\n")
    assert err.startswith("ERROR: SystemExit: 4 near embedded-code at <input>:1:23\n")


def test_markers(run) -> None:
    status, out, _ = run("""
        %{ import math %}
        global total = 40, list
        function root:long(x:long) %{ /* pure */ return math.isqrt(x) %}
        function add(x:long) %{ global g_total
            g_total += x
            g_list.put("k", x) %}
        function pick:string(x:long) %{ # string
            return NEXT if x else "python" %}
        function pick:string(x:long) { return "script" }
        function nothing:string() %{ pass %}
        function none:long() %{ return None %}
        probe begin {
            add(2)
            println(root(17), " ", total, " ", list["k"], " ", pick(0), " ", pick(1), " [", nothing(), "] ", none())
            println(%{ 1 << 64 | 7 %}, " ", %{ /* string */ "ab" * 2 %})
            total = 0; list["k"] = 0
            exit()
        }""")
    assert (status, out) == (0, "4 42 2 python script [] 0\n7 abab\n")
