"""The cache of parse tables, and the grammar's conflicts."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stapy.compiler import tables

PROGRAM = (
    "from stapy.compiler import parser, tree; import sys;"
    "parser.parse(tree.Source('x', 'probe begin { }')); print('lark' in sys.modules)"
)


def parse_with_cache(directory: Path) -> str:
    """Whether a fresh interpreter with that cache directory needed Lark."""
    environment = os.environ | {"XDG_CACHE_HOME": str(directory)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_second_run_does_without_lark(tmp_path: Path) -> None:
    assert parse_with_cache(tmp_path) == "True"
    assert parse_with_cache(tmp_path) == "False"


@pytest.mark.parametrize("damage", [b"", b"junk", None])
def test_a_damaged_cache_is_rebuilt(tmp_path: Path, damage: bytes | None) -> None:
    parse_with_cache(tmp_path)
    (file,) = (tmp_path / "stapy").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + b"?" + whole[len(whole) // 2 + 1 :] if damage is None else damage)
    assert parse_with_cache(tmp_path) == "True"
    assert parse_with_cache(tmp_path) == "False"


def test_an_unusable_cache_directory_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "stapy").write_text("a file where the directory should be")
    assert parse_with_cache(tmp_path) == "True"


def test_shift_reduce_conflicts_are_the_known_ones(caplog: pytest.LogCaptureFixture) -> None:
    """Lark prefers to shift. Each of these is a token that could also begin the next statement (or an "else")."""
    import lark

    logger, level = lark.logger, lark.logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(caplog.handler)
    try:
        tables.build(Path(tables.grammar_path()).read_text())
    finally:
        logger.setLevel(level)
        logger.removeHandler(caplog.handler)
    lines = {line.strip(" *<>") for record in caplog.records for line in record.getMessage().split("\n")}
    assert {line for line in lines if " : " in line} == {
        "access : AMPERSAND operand",
        "access : operand",
        "bitwise_xor : bitwise_and",
        "bitwise_xor : bitwise_xor CIRCUMFLEX bitwise_and",
        "concatenation : additive",
        "concatenation : concatenation DOT additive",
        "crement : access",
        "if : IF LPAR expression RPAR statement",
        "simple : RETURN",
        "statement : simple",
        "string : strings",
        "value : IDENTIFIER",
    }
