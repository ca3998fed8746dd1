"""--example: the samples by name, from anywhere."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT, run_stapy


def test_a_sample_prints_what_stands_beside_it(tmp_path: Path) -> None:
    result = run_stapy("--example", "kretprobe_example.stp", cwd=tmp_path)
    assert result.out == (ROOT / "samples" / "kretprobe_example.stp.out").read_text()


def test_options_given_hold_over_the_samples_own() -> None:
    assert len(run_stapy("--example", "jprobe_example.stp", "-c", "fork 3").out.splitlines()) == 3


def test_the_list() -> None:
    lines = run_stapy("--example", "list").out.splitlines()
    assert "forks.stp                Who forks, how often, and with which flags?" in lines


def test_no_such_sample() -> None:
    result = run_stapy("--example", "frks")
    assert (result.err, result.status) == ("ERROR: no sample 'frks'; --example list lists them.\n", 1)
