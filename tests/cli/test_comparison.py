"""``-a`` with several architectures: common lines once, what differs side by side."""

from __future__ import annotations

import pytest

from stapy import arch
from stapy.comparison import Group, side_by_side
from tests.conftest import run_stapy

FORKS = 'probe kernel.function("do_fork") { printf("%d %x\\n", pid(), $clone_flags) }'


def test_the_same_on_all() -> None:
    result = run_stapy("-a", "all", "-c", "fork 2", "-e", FORKS)
    assert result.out == "5 11\n5 11\n"
    assert result.err == f"The same output on {' '.join(arch.names())}.\n"
    assert result.status == 0


def test_differences_stand_in_columns() -> None:
    script = 'probe kernel.function("do_fork") { println("here") println(@cast_size) println("there") }'.replace(
        "@cast_size", "&@cast(0, \"struct list_head\")->prev")
    result = run_stapy("-a", "i386,x86_64,arm64", "-c", "fork 1", "-e", script)
    assert result.out == "x86_64 arm64 | i386\n-------------+-----\nhere\n8            | 4\nthere\n"
    assert result.err == "2 different outputs: x86_64 arm64; i386.\n"


def test_messages_and_statuses_are_compared_too() -> None:
    script = 'probe kernel.function("do_fork") { if (@cast(8, "struct list_head")->next) println(1) }'
    result = run_stapy("-a", "i386,x86_64", "-c", "fork 1", "-e", script)
    assert result.err.startswith("ERROR: read fault [man error::fault] at 0x8 near operator '@cast' at")
    assert result.err.endswith("\nThe same output on i386 x86_64.\n")
    assert result.status == 1


def test_a_script_from_standard_input_reaches_each() -> None:
    result = run_stapy("-a", "arm,ppc64", "-", stdin="probe begin { println(6 * 7) exit() }")
    assert result.out == "42\n"


def test_an_unknown_one_among_them() -> None:
    result = run_stapy("-a", "arm,vax", "-e", "probe begin { exit() }")
    assert result.err.startswith("ERROR: no architecture 'vax' here; there are: ")
    assert result.status == 1


@pytest.mark.parametrize(("width", "shown"), [
    (20, ["one two | three", "--------+------", "a", "b       | x", "c", "        | d"]),
    (10, ["a", "one two | b", "  three | x", "c", "  three | d"]),
], ids=["wide", "narrow"])
def test_layout(width: int, shown: list[str]) -> None:
    alike = [Group(["one", "two"], ["a", "b", "c"]), Group(["three"], ["a", "x", "c", "d"])]
    assert list(side_by_side(alike, width)) == shown
