"""procfs, prometheus and input probes: files that are served where the person asked."""

from __future__ import annotations

import subprocess
import sys


def test_a_file_that_is_written_and_read(run) -> None:
    text = run('global kept probe procfs("note").write { kept .= $value } '
               'probe procfs("note").read { $value = "kept: " $value .= kept . "\\n" }',
               "--procfs", "note=first,", "--procfs", "note@2=second", "--procfs", "note@1", "--procfs", "note")
    assert text == "kept: first,\nkept: first,second\n"


def test_a_file_is_not_read_unasked(run) -> None:
    assert run('probe procfs("note").read { print("read!") } probe begin { print("ran") }') == "ran"


def test_a_file_is_as_long_as_maxsize(run) -> None:
    script = 'probe procfs("long")%s.read { for (i = 0; i < 100; i++) $value .= "0123456789" } '
    assert run(script % ".maxsize(2000)", "--procfs", "long") == "0123456789" * 100
    assert "buffer size exceeded, consider .maxsize(N)" in run(script % "", "--procfs", "long", status=1)


def test_what_is_wrong(run) -> None:
    assert "is not a name for a procfs file" in run('probe procfs("../../etc/passwd").read {}', status=1)
    assert "write to '$value' not permitted" in run('probe procfs("x").write { $value = "y" }', status=1)
    assert "unable to find target variable '$other'" in run('probe procfs("x").read { print($other) }', status=1)
    run('probe begin { print("here") } probe procfs("x").read { $value = "y" }', "--procfs", "nowhere")


def test_metrics_for_prometheus(run) -> None:
    text = run('global calls probe syscall.{fork,wait4} { calls[name, execname()]++ } '
               'probe prometheus { @prometheus_dump_array2(calls, "calls", "call", "program") }',
               "-c", "fork 2", "--procfs", "__prometheus")
    assert text == 'calls{call="fork",program="fork"} 2\ncalls{call="wait4",program="fork"} 2\n'


def test_what_is_typed() -> None:
    script = 'probe input.char { printf("<%s>", char) } probe input.line { printf("[%s]", substr(line, 0, 3)) }'
    command = [sys.executable, "-m", "stapy", "-e", script]
    done = subprocess.run(command, input="ab\nxyz", capture_output=True, text=True, check=True)
    assert done.stdout == "<a><b><\n>[ab\n]<x><y><z>"


def test_a_thread_keeps_values(run) -> None:
    text = run('probe kernel.function("sys_fork").call { @this1 = pid() } '
               'probe kernel.function("sys_fork").return { printf("%d", @this1 == pid()) }', "-c", "fork 2")
    assert text == "11"
