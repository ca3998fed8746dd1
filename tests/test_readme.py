"""What README.md and the pages of docs/ show is what stapy prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT, run_stapy

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str, str]]:
    """(page, command, output) for every ``$ stapy ...`` in a console block; ``...`` on a line of its own in the output
    stands for any number of lines."""
    found = []
    for page in PAGES:
        for block in BLOCK.findall(page.read_text()):
            for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = example.partition("\n")
                while command.count("'") % 2:
                    line, _, output = output.partition("\n")
                    command += "\n" + line
                found.append((page.name, command, output))
    return found


@pytest.mark.parametrize(("page", "command", "output"), examples(), ids=lambda text: re.sub(r"\s+", " ", text)[:60])
def test_example(page: str, command: str, output: str) -> None:
    words = shlex.split(command)
    assert words[0] == "stapy", "an example runs stapy"
    result = run_stapy(*words[1:])
    pattern = ".*".join(re.escape(part) for part in re.split(r"^\.\.\.\n", output, flags=re.MULTILINE))
    assert re.fullmatch(pattern, result.out + result.err, re.DOTALL), result.out + result.err


def test_commands_of_the_set_up_name_what_exists() -> None:
    setup = (ROOT / "README.md").read_text()
    assert Path(ROOT / "pyproject.toml").exists()
    assert ".venv/bin/pip install" in setup
    assert ".venv/bin/pytest" in setup
