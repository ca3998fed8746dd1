"""The tool that runs SystemTap's examples, without running them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples import __main__ as tool


def test_examples_that_are_not_there_are_passed_over(monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setattr(tool, "EXAMPLES", tmp_path / "nothing")
    assert tool.main([]) == 0
    assert "not installed" in capsys.readouterr().out


@pytest.mark.parametrize(("line", "expected"), (
    ("stap one.stp -T 1", ["one.stp"]),
    ("stap -g one.stp -x $$", ["-g", "one.stp", "-x", "2"]),
    ("stap -gp1 one.stp", ["-g", "one.stp"]),
    ("stap one.stp 'kernel.function(\"*@fs/*.c\")' '$$vars' -c \"cat /x || true\"",
     ["one.stp", 'kernel.function("*@fs/*.c")', "$$vars"]),
    ("stap --all-modules one.stp vm_dirty_ratio -T5 || echo no", ["one.stp", "jiffies_64"]),
    ("", ["one.stp"]),
))
def test_what_a_meta_file_says(line, expected, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tool, "EXAMPLES", tmp_path)
    script = Path(tmp_path) / "one.stp"
    script.write_text("probe begin { }\n")
    assert tool._arguments(line, script) == expected


def test_runs_are_told_apart(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tool, "EXAMPLES", tmp_path)
    results = {}
    for name, text in {"prints": 'probe begin { print(1) exit() }', "quiet": "probe begin { exit() }",
                       "wrong": "probe nothing.here { }"}.items():
        script = tmp_path / f"{name}.stp"
        script.write_text(text)
        results[name] = tool.run(script)
    assert {name: outcome.result for name, outcome in results.items()} == {
        "prints": "runs", "quiet": "silent", "wrong": "refused"}
    assert "probe point mismatch" in results["wrong"].note
    assert "| wrong | refused |" in tool.page(results.values())
