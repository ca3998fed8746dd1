"""``-f json``: a run as objects, one a line."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import run_stapy


def objects(*words: str, status: int = 0) -> list[tuple[str, Any]]:
    result = run_stapy("-f", "json", *words)
    assert (result.err, result.status) == ("", status)
    return [(each["type"], each["data"]) for each in map(json.loads, result.out.splitlines())]


def test_globals_at_the_end() -> None:
    script = """global n, by, s, each
        probe kernel.function("do_fork") { n++; by[execname(), pid()]++; s <<< $clone_flags; each[pid()] <<< n }"""
    assert objects("-w", "-c", "fork 2", "-e", script) == [
        ("attached_probes", {"probes": 1}),
        ("map", {"by": {"fork,5": 2}}),
        ("stats", {"s": {"count": 2, "sum": 34, "min": 17, "max": 17, "average": 17}}),
        ("stats", {"each": {"5": {"count": 2, "sum": 3, "min": 1, "max": 2, "average": 1}}}),
    ]


def test_what_is_printed() -> None:
    found = objects("-e", 'probe begin { println("é\\"") printf("%d", 7) exit() }')
    assert found == [("printf", "Ã©\"\n"), ("printf", "7")]


def test_histograms() -> None:
    script = """global l, h probe begin {
        l <<< -3; l <<< 0; l <<< 1; l <<< 6; h <<< -1; h <<< 15; h <<< 99
        print(@hist_log(l)) print(@hist_linear(h, 0, 50, 10)) exit() }"""
    assert objects("-w", "-e", script) == [
        ("hist", [{"min": -3, "max": -2, "count": 1}, {"min": 0, "max": 0, "count": 1},
                  {"min": 1, "max": 1, "count": 1}, {"min": 4, "max": 7, "count": 1}]),
        ("hist", [{"max": -1, "count": 1}, {"min": 10, "max": 19, "count": 1}, {"min": 60, "count": 1}]),
    ]


def test_errors_and_warnings() -> None:
    found = objects("-e", "probe begin { println(1 / 0) }", status=1)
    assert found == [("error", "division by 0 near operator '/' at <input>:1:25"),
                     ("warning", "Number of errors: 1, skipped probes: 0")]


def test_times() -> None:
    [time] = [data for kind, data in objects("-t", "-c", "fork 2", "-e", 'probe kernel.function("do_fork") { next }')
              if kind == "time"]
    assert time["hits"] == 2
    assert time["min"] <= time["average"] <= time["max"]


def test_no_such_format() -> None:
    assert run_stapy("-f", "xml", "-e", "probe begin {}").err.startswith("stapy: -f takes text or json, not 'xml'.")
