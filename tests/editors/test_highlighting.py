"""Highlighting: no character is lost or left unknown, and words have the kinds that the compiler gives them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pygments.token import Error, Keyword, Name, String, Text, Token

from stapy.editors.highlighting import SystemTapLexer
from tests.conftest import ROOT

SCRIPTS = sorted([*(ROOT / "samples").glob("*.stp"), *(ROOT / "tests" / "oracle").rglob("*.stp")])


def tokens(text: str) -> list[tuple[object, str]]:
    return list(SystemTapLexer(ensurenl=False, stripnl=False).get_tokens(text))


@pytest.mark.parametrize("folder", sorted({script.parent for script in SCRIPTS}), ids=lambda path: path.name)
def test_every_character_is_known(folder: Path) -> None:
    for script in folder.glob("*.stp"):
        text = script.read_text("latin-1").replace("\r", " ")
        found = tokens(text)
        assert "".join(value for _, value in found) == text, script
        if folder.name != "diag":  # mistakes may hold anything
            assert [value for kind, value in found if kind in (Error, Text) and value.strip()] == [], script


@pytest.mark.parametrize(("text", "word", "kind"), [
    ("probe begin {}", "probe", Keyword.Declaration),
    ("probe kernel.function(\"f\") {}", "kernel", Name.Builtin),
    ("function f:long(x:string) { return 1 }", "f", Name.Function),
    ("function f:long(x:string) { return 1 }", "string", Keyword.Type),
    ("probe begin { println(execname()) }", "execname", Name.Builtin),
    ("probe begin { mine(1) }", "mine", Name.Function),
    ("probe begin { x = $foo->bar }", "$foo", Name.Variable.Instance),
    ("probe begin { x = @cast(1, \"s\") }", "@cast", Keyword.Pseudo),
    ("probe begin { x = @mine(1) }", "@mine", Name.Function.Magic),
    ("probe begin { printf(\"%5.3d\") }", "%5.3d", String.Interpol),
    ("probe begin { printf(\"a\\n\") }", "\\n", String.Escape),
    ("probe begin %{ while %}", "%{ while %}", String.Other),
    ("probe begin { // if\n}", "// if", Token.Comment.Single),
])
def test_kinds(text: str, word: str, kind: object) -> None:
    assert (kind, word) in tokens(text)


def test_the_textmate_grammar_is_whole() -> None:
    command = [sys.executable, "-m", "stapy.editors.textmate"]
    grammar = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    assert grammar["scopeName"] == "source.systemtap"
    for rule in grammar["patterns"]:
        for key in ("match", "begin", "end"):
            re.compile(rule.get(key, ""))
    assert any(re.fullmatch(rule.get("match", "$^"), "foreach") for rule in grammar["patterns"])
