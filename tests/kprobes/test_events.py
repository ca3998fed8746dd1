"""Probe events, as Linux's own tests of them go: arguments and their types, names, several probes of one event, what is
busy, and where a definition is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from everywhere import Run

from stapy import arch as architectures
from stapy.kprobes import EventError, KprobeError, KprobeEvents

DATA = tomllib.loads(Path(__file__).with_name("events.toml").read_text())
WRONG = [(code, command) for code, commands in DATA["wrong"].items() for command in commands]


@pytest.fixture(scope="module")
def idle() -> Iterator[KprobeEvents]:
    """Events on a kernel that does not run."""
    run = Run("x86_64", "fork 1")
    yield KprobeEvents(run.kernel)
    run.kernel.close()


@pytest.mark.parametrize("arch", architectures.names())
def test_arguments(arch: str) -> None:
    """All definitions at once for each workload; each as first in the trace of its event."""
    for command in ("fork 1", "exec"):
        run, expected = Run(arch, command), {}
        events = KprobeEvents(run.kernel)
        first = run.kernel.arch.argument(0).register
        for case in DATA["event"]:
            if case.get("workload", "fork 1") == command and (first or not case.get("registers")):
                definition = case["define"].replace("{first}", first or "")
                events.write(definition)
                name = re.match(r"[\w/]+", case["trace"])
                assert name is not None
                expected[name[0]] = case["trace"]
                events.enable(f"mine/{name[0]}" if "mine/" in definition else name[0])
        run.finish()
        for name, pattern in expected.items():
            line = next(line for line in events.trace if f": {name}: (" in line)
            assert re.fullmatch(r" *[\w-]+-\d+ \[000\] +\d+\.\d{6}: " + pattern, line), line


@pytest.mark.parametrize(("code", "command"), WRONG, ids=[command for _, command in WRONG])
def test_where_a_definition_is_wrong(idle: KprobeEvents, code: str, command: str) -> None:
    plain = command.replace("^", "")
    with pytest.raises(EventError) as caught:
        idle.write(plain)
    assert (caught.value.code, caught.value.column) == (code, command.index("^"))
    assert str(caught.value).endswith(f"\n  {plain}\n  {' ' * command.index('^')}^")
    assert idle.read() == []


def test_errnos(idle: KprobeEvents) -> None:
    for command, errno in {
        "p no_such_function": "ENOENT", "r1000000 do_fork": "E2BIG", "p do_fork+2": "EILSEQ", "p do_int3": "EINVAL",
        "-:nothing": "ENOENT",
    }.items():  # fmt: skip
        with pytest.raises(KprobeError) as caught:
            idle.write(command)
        assert caught.value.name == errno


def test_adding_and_removing(idle: KprobeEvents) -> None:
    idle.write("# a comment\np:one do_fork a=$arg1\n\nr:g/two do_fork\np do_exit+0\n")
    assert idle.read() == ["p:kprobes/one do_fork a=$arg1", "r:g/two do_fork", "p:kprobes/p_do_exit_0 do_exit+0"]
    idle.write("-:g/two")
    assert len(idle.read()) == 2
    assert [line.split() for line in idle.profile()] == [["one", "0", "0"], ["p_do_exit_0", "0", "0"]]
    idle.enable("one")
    for remove in (lambda: idle.write("-:one"), idle.clear):
        with pytest.raises(KprobeError, match="EBUSY"):
            remove()
    assert len(idle.read()) == 2
    idle.enable("one", False)
    idle.clear()
    assert idle.read() == []


def test_several_probes_of_one_event(idle: KprobeEvents) -> None:
    idle.write("p:both do_fork a=$arg1:u32\np:both do_exit a=$arg1:u32")
    for command, code in (
        ("p:both do_fork a=$arg1:u32", "SAME_PROBE"),
        ("r:both do_fork a=$retval:u32", "DIFF_PROBE_TYPE"),
        ("p:both do_fork a=$arg1:u8", "DIFF_ARG_TYPE"),
        ("p:both do_fork b=$arg1:u32", "DIFF_ARG_TYPE"),
    ):
        with pytest.raises(EventError) as caught:
            idle.write(command)
        assert (caught.value.code, caught.value.name) == (code, "EEXIST")
    assert len(idle.read()) == 2
    idle.write("-:both")
    assert idle.read() == []


def test_several_functions_of_one_name(idle: KprobeEvents, monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in kernel has none: here each is there twice."""
    table = type(idle._kernel.description.symbols)
    symbols = table.symbols
    monkeypatch.setattr(table, "symbols", lambda self: 2 * list(symbols(self)))
    with pytest.raises(EventError) as caught:
        idle.write("p do_fork")
    assert (caught.value.code, caught.value.name, caught.value.column) == ("NON_UNIQ_SYMBOL", "EADDRNOTAVAIL", 2)


def test_many(idle: KprobeEvents) -> None:
    """256 probes in one function, wherever there is an instruction; 128 arguments and no more."""
    refused = 0
    for offset in range(256):
        try:
            idle.write(f"p:p{offset} do_fork+{offset}")
        except KprobeError as error:
            assert error.name in ("EILSEQ", "EINVAL")
            refused += 1
    assert len(idle.read()) == 256 - refused > 50
    idle.clear()
    idle.write("p:a do_fork " + " ".join(["$arg1"] * 128))
    with pytest.raises(EventError, match="more than 128"):
        idle.write("p:b do_fork " + " ".join(["$arg1"] * 129))
    idle.clear()


def test_hits_and_misses() -> None:
    run = Run("x86_64", "fork 3")
    events = KprobeEvents(run.kernel)
    events.write("p:start do_fork\nr1:end do_fork $retval\np:unused do_exit")
    events.enable("start")
    events.enable("end")
    run.finish()
    profile: dict[str, Any] = {name: counts for name, *counts in map(str.split, events.profile())}
    assert profile["start"] == profile["end"]
    assert int(profile["start"][0]) >= 3
    assert profile["unused"] == ["0", "0"]
    assert len(events.trace) == 2 * int(profile["start"][0])
