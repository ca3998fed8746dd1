"""The declarations of the tapset: the index, types, documentation."""

from pathlib import Path

import pytest

from stapy.runtime.tapset import declare, index

FUNCTIONS = declare.functions()


def test_the_index_is_up_to_date() -> None:
    assert Path(index.__file__).read_text() == declare.index_text(), "call declare.write_index()"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_declared_well(name: str) -> None:
    overloads = FUNCTIONS[name]
    arities = [len(function.parameters) for function in overloads]
    assert len(set(arities)) == len(arities), "two overloads take as many arguments"
    for function in overloads:
        assert function.doc.strip().endswith((".", ":")), f"{function.call.__qualname__} has no documentation"
        assert {kind for _, kind in function.parameters} <= {"long", "string"}
        assert function.result in ("long", "string", "unknown")
        assert not (function.pure and function.result == "unknown")


def test_only_the_module_that_has_a_function_is_loaded() -> None:
    import subprocess
    import sys

    code = ("import sys; from stapy.runtime.tapset import declare; declare.find('ansi_new_line'); "
            "print([name for name in sys.modules if name.startswith('stapy.runtime.tapset.')])")
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "ansi" in loaded
    assert "memory" not in loaded


def test_dump_functions_form() -> None:
    (strlen,) = declare.find("strlen")
    assert str(strlen) == "strlen:long (s:string)"
    assert declare.find("no_such_function") == []


def test_the_index_of_files_is_up_to_date() -> None:
    from stapy.compiler import library
    from stapy.runtime.tapset import stp_index

    assert Path(stp_index.__file__).read_text() == library.index_text(), "call stapy.compiler.library.write_index()"


def test_files_are_read_when_something_of_theirs_is_used() -> None:
    import subprocess
    import sys

    code = ("import sys; from stapy import cli; cli.main(['-e', 'probe begin { exit() print(1) }']); "
            "print([name for name in sys.modules if name.startswith('stapy.runtime.tapset.')])")
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "stp_index" in loaded
    assert "system_call_table" not in loaded


def test_the_reference_page_has_all_functions() -> None:
    page = (Path(__file__).parents[2] / "docs" / "tapset.md").read_text()
    missing = [name for name in FUNCTIONS if not name.startswith("_") and f"`{name} (" not in page
               and f"`{name}:" not in page]
    assert not missing, "call python -m tests.tapset.reference"
