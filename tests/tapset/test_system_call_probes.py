"""syscall.* and nd_syscall.*: names, arguments and results of a workload whose calls are known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stapy.arch import names

DATA = Path(__file__).with_name("data")
WORKLOAD = str(DATA / "system_calls.py") + ":calls"
EXPECTED = (DATA / "system_calls.expected").read_text()


def traced(run, family: str, *options: str) -> str:
    script = (f'probe {family}.* {{ printf("%s(%s)\\n", name, argstr) }} '
              f'probe {family}.*.return {{ printf(" %s = %s\\n", name, retstr) }}')
    return re.sub(r"0x[0-9a-f]{5,}", "PTR", run(script, "-w", "-c", WORKLOAD, *options))


@pytest.mark.parametrize("arch", names())
def test_arguments_and_results(run, arch) -> None:
    assert traced(run, "syscall", "-a", arch) == EXPECTED


@pytest.mark.parametrize("arch", ("x86_64", "i386", "arm", "ppc64"))
def test_without_debug_information(run, arch) -> None:
    assert traced(run, "nd_syscall", "-a", arch) == EXPECTED


def test_calls_by_other_calls_do_not_count(run) -> None:
    """mkdir is made of mkdirat, which nobody called."""
    assert run('global n probe syscall.mkdirat, syscall.mkdirat.return { n++ } probe syscall.mkdir { println(argstr) } '
               "probe end { println(n) }", "-c", WORKLOAD) == '"/tmp/d", 0755\n0\n'


def test_variables_of_their_own(run) -> None:
    text = run('probe syscall.open { if (flags & 64) printf("%s|%d|%s|%o|%d", filename_unquoted, flags, flags_str, '
               "mode, filename_uaddr == $filename) }", "-c", WORKLOAD)
    assert text == '/tmp/new "one"\n|1089|O_WRONLY|O_CREAT|O_APPEND|640|1'


def test_system_calls_by_their_tracepoints(run) -> None:
    text = run('probe syscall_any { if (name == "umask") printf("%s %d ", name, syscall_nr) } '
               'probe syscall_any.return { if (name == "umask") printf("%s %d %d", name, syscall_nr, retval) }',
               "-c", WORKLOAD)
    assert text == "umask 95 umask 95 18"


def test_a_call_the_kernel_has_not(run) -> None:
    said = run("probe syscall.bpf {}", status=1)
    assert "probe point mismatch" in said
    assert run("probe syscall.bpf ? { } probe begin { print(1) exit() }") == "1"


def test_all_at_once_leave_out_what_the_kernel_has_not(capfd) -> None:
    from stapy import cli

    assert cli.main(["-l", "syscall.*"]) == 0
    listed = capfd.readouterr().out.split()
    assert {"syscall.read", "syscall.wait4"} <= set(listed) and len(listed) > 120


def test_the_table_uses_what_there_is() -> None:
    """Every alias of the table parses, and calls functions of the tapset."""
    from stapy.compiler import parser, tree
    from stapy.compiler.diagnostics import Reporter
    from stapy.compiler.walk import descend
    from stapy.runtime.tapset import declare
    from stapy.runtime.tapset.system_call_table import CALLS, alias_text

    text = "".join(alias_text(root, name) for root in ("syscall", "nd_syscall") for name in CALLS)
    options = parser.ParseOptions(guru=True, tapset=True)
    script = parser.parse(tree.Source("table", text, user=False), options, Reporter())
    called = {node.name for alias in script.aliases for node in descend(alias.body) if isinstance(node, tree.Call)}
    assert called <= set(declare.names())
    assert len(script.aliases) > 900


def test_globals_of_the_script_are_not_in_the_way(run) -> None:
    """select has an argument n, send one called s."""
    text = run('global n, s = "mine", last probe syscall.* { n[name]++ last = argstr } '
               'probe end { println(n["umask"], s, last) }', "-c", WORKLOAD)
    assert text == "1mine0\n"


def test_an_aliass_variable_has_its_first_value_at_the_call(run) -> None:
    """What @entry() saves is read before the alias has run."""
    script = 'probe syscall.open.return { printf("[%s] %d\\n", @entry(argstr), @entry(flags + 1)) }'
    assert run(script, "-w", "-c", "cat /etc/hostname") == "[] 1\nstapy\n"
