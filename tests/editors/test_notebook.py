"""%%stapy in IPython: text, tables, plots, errors, and the result in a variable."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("IPython")
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import stapy


def cell(line: str, script: str) -> tuple[Any, str, str]:
    """The shell, what was printed, and what was displayed as HTML."""
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "stapy.editors.notebook")
    with capture_output() as captured:
        shell.run_cell_magic("stapy", line, script)
    shown = "".join(output.data.get("text/html", "") for output in captured.outputs)
    return shell, captured.stdout, shown


def test_text_and_the_result() -> None:
    shell, printed, shown = cell("-c 'fork 2' --into forks",
                                 'probe kernel.function("do_fork") { println(execname()) }')
    assert printed == "fork\nfork\n"
    assert shown == ""
    assert isinstance(shell.user_ns["forks"], stapy.Result)
    assert list(shell.user_ns["forks"].hits.values()) == [2]


def test_tables() -> None:
    script = 'global by, s probe kernel.function("do_fork") { by[execname(), "<"]++; s[1] <<< 7 }'
    _, printed, shown = cell("-w -c 'fork 2'", script)
    assert printed == ""
    assert "<th>by</th><th>value</th>" in shown
    assert "<td>fork, &lt;</td><td>2</td>" in shown
    assert "<td>1</td><td>2</td><td>14</td><td>7</td><td>7</td><td>7</td>" in shown


def test_histograms_are_text_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    _, printed, _ = cell("-w", 'global s probe begin { s <<< 5; print("a"); print(@hist_log(s)) exit() }')
    assert printed.startswith("avalue |----")


def test_mistakes() -> None:
    assert "unresolved function nosuch" in cell("", "probe begin { nosuch() }")[2]
    assert cell("--nonsense", "probe begin {}")[1].startswith("stapy: option --nonsense not recognized")
