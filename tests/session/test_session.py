"""Sessions: the order of probes, errors and their limits, timers, interruption, output."""

from __future__ import annotations

import io
import itertools
import os
import signal

import pytest

from stapy.runtime.program import Begin, End, Error, Global, NextProbe, Probe, Program, ScriptError, Timer
from stapy.runtime.session import Session, SessionOptions, display
from stapy.runtime.values import Array, Statistics

MS = 1_000_000


class Run:
    """A program made of Python handlers, and what came of it."""

    def __init__(self, *events, globals=(), limits=None, **options) -> None:
        self.output = io.BytesIO()
        probes = [Probe(event, handler, "name", "point", index=index) for index, (event, handler) in enumerate(events)]
        program = Program(probes, list(globals), "", limits or {}, lambda error: "identifier 'x' at s.stp:1:1", False)
        self.session = Session(program, None, self.output, SessionOptions(**options))
        self.status = self.session.run()
        self.text = self.output.getvalue().decode()


def say(text: str, *, exits: bool = False, fails: bool = False):
    def handler(c) -> None:
        c.session.emit(text)
        if exits:
            c.session.exit()
        if fails:
            raise ScriptError("broken")

    return handler


def test_order_of_begin_and_end_probes() -> None:
    run = Run((End(5), say("f")), (Begin(), say("b")), (End(), say("d")), (Begin(-1), say("a")), (Begin(), say("c")),
              (End(), say("e")))
    assert (run.text, run.status) == ("abcdef", 0)


def test_exit_stops_later_begin_probes_but_not_end_probes() -> None:
    assert Run((Begin(1), say("a", exits=True)), (Begin(2), say("b")), (End(), say("c"))).text == "ac"


def test_after_an_error_error_probes_run_and_end_probes_do_not(capfd: pytest.CaptureFixture[str]) -> None:
    run = Run((Begin(), say("a", fails=True)), (Begin(), say("b")), (End(), say("c")), (Error(), say("d")))
    assert (run.text, run.status) == ("ad", 1)
    assert capfd.readouterr().err == ("ERROR: broken near identifier 'x' at s.stp:1:1\n"
                                      "WARNING: Number of errors: 1, skipped probes: 0\n")


def test_an_error_without_a_place(capfd: pytest.CaptureFixture[str]) -> None:
    def handler(c) -> None:
        raise ScriptError("by hand", placeless=True)

    Run((Begin(), handler))
    assert capfd.readouterr().err.startswith("ERROR: by hand\n")


@pytest.mark.parametrize(("limits", "ticks"), [({}, 1), ({"MAXERRORS": 3}, 4)])
def test_maxerrors(limits: dict, ticks: int) -> None:
    run = Run((Timer(MS), say("t", fails=True)), limits=limits)
    assert (run.text, run.status) == ("t" * ticks, 1)


def test_suppressed_errors_are_counted_alone(capfd: pytest.CaptureFixture[str]) -> None:
    run = Run((Timer(MS), say("t", fails=True)), suppress_handler_errors=True, timeout=5 * MS)
    assert (run.text, run.status) == ("ttttt", 0)
    assert capfd.readouterr().err == "WARNING: Number of errors: 5, skipped probes: 0\n"


def test_next_ends_a_handler_silently() -> None:
    def handler(c) -> None:
        raise NextProbe

    assert Run((Begin(), handler), (Begin(), say("b"))).text == "b"


def test_timers_fire_in_virtual_time() -> None:
    assert Run((Timer(3 * MS), say("3")), (Timer(2 * MS), say("2")), timeout=6 * MS).text == "23232"


def test_a_run_without_exit_ends() -> None:
    assert Run((Timer(10**9), say("s"))).text == "s" * 10


def test_randomized_timers_repeat() -> None:
    def times() -> list[int]:
        found: list[int] = []
        Run((Timer(10 * MS, randomize=5 * MS), lambda c: found.append(c.session.time(None))), timeout=200 * MS)
        return found

    first = times()
    assert first == times()
    steps = [later - earlier for earlier, later in itertools.pairwise(first)]
    assert all(5 * MS <= step <= 15 * MS for step in steps)
    assert len(set(steps)) > 3


def test_conditions_are_asked_at_each_hit() -> None:
    on = [False]

    def switch(c) -> None:
        on[0] = not on[0]

    output = io.BytesIO()
    probes = [Probe(Timer(2 * MS), switch, "", ""), Probe(Timer(MS), say("x"), "", "", condition=lambda: on[0])]
    Session(Program(probes, [], "", {}, str, False), None, output, SessionOptions(timeout=8 * MS)).run()
    assert output.getvalue() == b"xxxx"


def test_interrupt_runs_end_probes() -> None:
    def interrupted(c) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    run = Run((Timer(MS), interrupted), (End(), say("end")))
    assert (run.text, run.status, run.session.interrupted) == ("end", 0, True)


def test_second_interrupt_stops_at_once() -> None:
    def interrupted(c) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        Run((Timer(MS), interrupted), (End(), interrupted), (End(), say("end")))


def test_output_and_messages_keep_their_order(capfd: pytest.CaptureFixture[str]) -> None:
    class Both(io.BytesIO):
        def write(self, data) -> int:
            return os.write(2, data)

    def handler(c) -> None:
        c.session.emit("one\n")
        c.session.warn("two")
        c.session.emit("three\n")

    program = Program([Probe(Begin(), handler, "", "")], [], "", {}, str, False)
    Session(program, None, Both()).run()
    assert capfd.readouterr().err == "one\nWARNING: two\nthree\n"


def test_a_reader_that_leaves_ends_the_session() -> None:
    class Closed(io.BytesIO):
        def write(self, data) -> int:
            raise BrokenPipeError

    program = Program([Probe(Timer(MS), say("x" * 1000), "", "")], [], "", {}, str, False)
    assert Session(program, None, Closed()).run() == 0


def statistics(*values: int) -> Statistics:
    made = Statistics()
    for value in values:
        made.add(value)
    return made


def filled(pairs: dict) -> Array:
    made = Array()
    for key, value in pairs.items():
        made.put(key, value)
    return made


@pytest.mark.parametrize(("value", "pointer", "text"), [
    (5, False, "x=5\n"),
    (-1, True, "x=0xffffffffffffffff\n"),
    ("str", False, 'x="str"\n'),
    (statistics(3, 9), False, "x @count=2 @min=3 @max=9 @sum=12 @avg=6\n"),
    (Statistics(), False, "x @count=0x0\n"),
    (filled({"a": 1, "b": 2}), False, 'x["b"]=2\nx["a"]=1\n'),
    (filled({(1, "k"): "v"}), False, 'x[1,"k"]="v"\n'),
    (filled({7: statistics(4)}), False, "x[7] @count=1 @min=4 @max=4 @sum=4 @avg=4\n"),
    (filled({}), False, ""),
])
def test_globals_never_read_are_displayed(value, pointer: bool, text: str) -> None:
    variable = Global("x", lambda: value, lambda new: None, written_never_read=True, pointer=pointer)
    assert display(variable) == text
    assert Run((Begin(), say("")), globals=[variable]).text == text
    assert Run((Begin(), say("")), globals=[variable], global_display=False).text == ""


def test_displays_come_behind_end_probes_of_order_0() -> None:
    variable = Global("x", lambda: 1, lambda new: None, written_never_read=True)
    assert Run((End(0), say("a")), (End(1), say("b")), globals=[variable]).text == "ax=1\nb"


def test_timing_report() -> None:
    text = Run((Timer(MS), say("")), timeout=3 * MS, timing=True).text
    assert "----- probe hit report: \npoint, (name), hits: 3, nanoseconds: " in text
