"""``stapy test``: script tests as their authors write and run them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Result, run_stapy

PASSED = """
# Comments stand anywhere.
NAME counts forks
PROG global n probe kernel.function("do_fork") { n++ }
     probe end { printf("%d forks\\n", n) }
WORKLOAD fork 3
ARCH x86_64 i386
EXPECT 3 forks

NAME fails
PROG probe begin { println(1/0) }
WILL_FAIL
EXPECT division by 0
EXPECT_NONE Traceback

NAME arguments and options
PROG global n = 1 probe begin { println(@1, n) exit() }
RUN -G n=5
ARGS 'a b'
EXPECT_REGEX ^a b5$
"""


def run_tests(folder: Path, *words: str) -> Result:
    return run_stapy("test", "-q", "-p", "no:cacheprovider", *words, cwd=folder)


def test_all_passed(tmp_path: Path) -> None:
    (tmp_path / "a.stptest").write_text(PASSED)
    result = run_tests(tmp_path)
    assert "4 passed" in result.out
    assert result.status == 0


def test_only_some(tmp_path: Path) -> None:
    (tmp_path / "a.stptest").write_text(PASSED)
    assert "1 passed, 3 deselected" in run_tests(tmp_path, "-k", "forks and i386").out


FAILING = {
    "order": ('PROG probe begin { println("a\\nb") exit() }\nEXPECT b\nEXPECT a',
              "not printed behind what was expected before it: a"),
    "none": ("PROG probe begin { println(1) exit() }\nEXPECT_NONE 1", "not to be printed: 1"),
    "regex": ("PROG probe begin { println(1) exit() }\nEXPECT_REGEX ^2", "nothing printed matches: ^2"),
    "fail": ("PROG probe begin { println(1) exit() }\nWILL_FAIL", "it was to fail, and the exit status is 0"),
    "code": ("PROG probe begin { println(1) exit() }\nRETURN_CODE 3", "exit status 3 expected, not 0"),
    "status": ("PROG probe begin { error(\"no\") }\nEXPECT no", "exit status 1"),
    "time": ("PROG global n probe begin { while (1) n++ }\nRUN -g --suppress-time-limits\nTIMEOUT 2\nEXPECT 1",
             "not finished after 2 seconds"),
    "file": ("PROG probe begin { println(1) exit() }\nEXPECT_FILE no.such", "no.such is missing (--update writes it)"),
    "json": ('PROG probe begin { println("{") exit() }\nEXPECT_JSON a.json', "a.json: No such file or directory"),
}
MISTAKEN = {
    "nothing": ("PROG probe begin {}", "nothing.stptest:1: a test needs something to expect"),
    "program": ("EXPECT 1", "program.stptest:1: a test needs a PROG or a FILE"),
    "directive": ("PROG probe begin {}\nEXPCT 1", "directive.stptest:2: no such directive: EXPCT (EXPECT?)"),
    "machine": ("PROG probe begin {}\nARCH vax\nEXPECT 1", "machine.stptest:2: ARCH: no architecture 'vax'"),
    "soon": ("PROG probe begin {}\nTIMEOUT soon\nEXPECT 1", "soon.stptest:2: TIMEOUT: "),
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("failing")
    (folder / "all.stptest").write_text("\n\n".join(f"NAME {name}\n{block}" for name, (block, _) in FAILING.items()))
    return run_tests(folder)


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("mistaken")
    for name, (block, _) in MISTAKEN.items():
        (folder / f"{name}.stptest").write_text(block)
    return run_tests(folder)


@pytest.mark.parametrize("name", FAILING)
def test_what_fails_is_said(failures: Result, name: str) -> None:
    report = failures.out.partition(f" {name}[x86_64] _")[2].partition("\n____")[0]
    assert FAILING[name][1] in report
    assert failures.status == 1


@pytest.mark.parametrize("name", MISTAKEN)
def test_what_is_no_test_is_said(mistakes: Result, name: str) -> None:
    assert MISTAKEN[name][1] in mistakes.out
    assert "Traceback" not in mistakes.out + mistakes.err
    assert mistakes.status == 1


def test_a_script_says_in_its_first_comment(tmp_path: Path) -> None:
    (tmp_path / "b.stp").write_text(
        '#! /usr/bin/env stapy\n# NAME: hello\n# EXPECT: hello7\n# ARGS: 7\nprobe begin { println("hello", $1) }')
    (tmp_path / "other.stp").write_text("# Says nothing of tests.\nprobe begin { nonsense }\n")
    assert "1 passed" in run_tests(tmp_path).out


def test_probes_that_test(tmp_path: Path) -> None:
    (tmp_path / "c.stp").write_text(
        'global n probe kernel.function("do_fork") { n++ }\n'
        'probe test("some") { assert(n > 10, "too few") }\nprobe test("none") { assert(n == 0, "some forked") }\n')
    result = run_tests(tmp_path)
    assert "1 failed, 1 passed" in result.out
    assert "ERROR: some forked" in result.out


def test_output_beside_the_script_is_taken_over_by_update(tmp_path: Path) -> None:
    script = tmp_path / "d.stp"
    script.write_text('probe begin { println(&@cast(0, "struct list_head")->prev) exit() }')
    (tmp_path / "d.stp.out").write_text("3\n")
    before = run_tests(tmp_path, "-a", "i386,x86_64")
    assert "-3\n+8" in before.out
    assert "2 failed" in before.out
    run_tests(tmp_path, "-a", "i386,x86_64,arm64", "--update")
    assert (tmp_path / "d.stp.out").read_text() == "3\n"  # of the architectures that were not run
    assert (tmp_path / "d.stp.i386.out").read_text() == "4\n"
    assert "3 passed" in run_tests(tmp_path, "-a", "i386,x86_64,arm64").out


def test_update_writes_json_and_leaves_what_stands_in_directives(tmp_path: Path) -> None:
    (tmp_path / "j.stptest").write_text("""
NAME json
PROG global n = 3 probe begin { exit() }
RUN -f json
EXPECT_JSON n.json

NAME text
PROG probe begin { println(1) exit() }
EXPECT 2
""")
    result = run_tests(tmp_path, "--update", "-n2")
    assert "1 failed, 1 passed" in result.out
    assert "text[x86_64] - not printed: 2" in result.out
    (tmp_path / "n.json").write_text((tmp_path / "n.json").read_text().replace(" ", "  "))  # of no importance
    assert "1 passed" in run_tests(tmp_path, "-k", "json").out


def test_architectures_there_are_not(tmp_path: Path) -> None:
    assert run_tests(tmp_path, "-a", "vax").err.startswith("ERROR: no architecture 'vax' here; there are: ")


def test_nothing_there(tmp_path: Path) -> None:
    result = run_tests(tmp_path)
    assert result.err == "stapy: no script tests there (docs/testing.md says what makes one)\n"
    assert result.status == 1
    assert run_stapy("test", str(tmp_path / "none.stp")).err.endswith(f"no file or folder '{tmp_path}/none.stp'\n")


def test_fixtures(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text('''
import pytest

@pytest.mark.stapy(arch="i386", workload="fork 2")
def test_run(stapy_run):
    assert list(stapy_run('probe kernel.function("do_fork") { next }').hits.values()) == [2]

@pytest.mark.stapy(arch="arm64", workload="fork 2")
def test_kernel(kernel, stapy_run):
    assert stapy_run('global n probe kernel.function("do_fork") { n++ }', kernel=kernel).globals == {"n": 2}
''')
    result = run_tests(tmp_path, "-o", "python_files=test_*.py")
    assert "2 passed in" in result.out, result.out  # and no warning
