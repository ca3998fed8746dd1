"""--fmt: the same script, laid out one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from stapy.compiler import parser, tree, unparse
from stapy.editors.formatting import format
from tests.conftest import ROOT, run_stapy

FOLDERS = sorted({path.parent for path in [*(ROOT / "samples").glob("*.stp"), *(ROOT / "tests").rglob("*.stp"),
                                           *(ROOT / "runtime" / "tapset").rglob("*.stp")]})


def tree_of(text: str) -> str | None:
    options = parser.ParseOptions(args=["1"] * 9, guru=True, tapset=True)
    try:
        return unparse.dump(parser.parse(tree.Source("script", text), options))
    except parser.ParseFailed:
        return None


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_script_stays_the_same(folder: Path) -> None:
    for path in folder.glob("*.stp"):
        text = path.read_text("latin-1")
        laid_out = format(text)
        assert format(laid_out) == laid_out, path
        if (before := tree_of(text)) is not None:
            assert tree_of(laid_out) == before, path


@pytest.mark.parametrize(("text", "laid_out"), [
    ("probe begin{println(1)exit()}", "probe begin { println(1) exit() }\n"),
    ("probe begin {\nif(a==1)\nb=a+ -1\nelse\nreturn\n}",
     "probe begin {\n\tif (a == 1)\n\t\tb = a + -1\n\telse\n\t\treturn\n}\n"),
    ("probe vfs.{read,write}?,  begin {}", "probe vfs.{read,write}?, begin {}\n"),
    ("global a,b % [3]", "global a, b % [3]\n"),
    ("probe begin { foreach([x+,y] in z limit 5)w[x,y]<<<1 }",
     "probe begin { foreach ([x+, y] in z limit 5) w[x, y] <<< 1 }\n"),
    ("probe begin { x = -y-!z ; p=$q->r&~s }", "probe begin { x = -y - !z; p = $q->r & ~s }\n"),
    ("probe begin {\n  printf(\"%d %d\\n\",\n         1,\n         2)\n}  # end",
     "probe begin {\n\tprintf(\"%d %d\\n\",\n\t\t1,\n\t\t2)\n}  # end\n"),
    ("# a\n\n\n\n# b\n", "# a\n\n# b\n"),
    ("probe begin { /* a\n   b */ exit() }", "probe begin { /* a\n   b */ exit() }\n"),
    ("function f() %{ return  1 %}", "function f() %{ return  1 %}\n"),
])
def test_layout(text: str, laid_out: str) -> None:
    assert format(text) == laid_out


def test_the_command(tmp_path: Path) -> None:
    script = tmp_path / "a.stp"
    script.write_text("probe begin{exit()}")
    assert run_stapy("--fmt", str(script)).out == "probe begin { exit() }\n"
    assert run_stapy("--fmt", "-o", str(script), str(script)).out == ""
    assert script.read_text() == "probe begin { exit() }\n"
    assert run_stapy("--fmt", "-e", "probe  end {}").out == "probe end {}\n"
    assert run_stapy("--fmt", str(tmp_path / "none.stp")).status == 1
