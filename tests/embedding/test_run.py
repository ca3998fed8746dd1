"""``stapy.run``: a script in, what it printed and what its globals held out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stapy
from stapy.options import UsageError

COUNTS = """
global forks, by, sizes, last
probe kernel.function("do_fork") { forks++; by[execname(), pid()]++; sizes <<< $clone_flags; last = execname() }
"""


@pytest.fixture(scope="module")
def counted() -> stapy.Result:
    return stapy.run(COUNTS, arch="s390x", workload="fork 3")


def test_globals_are_python_values(counted: stapy.Result) -> None:
    assert counted.globals == {
        "forks": 3, "by": {("fork", 5): 3}, "sizes": stapy.Aggregate(3, 51, 17, 17, 17), "last": "fork"}


def test_hits_by_probe_point(counted: stapy.Result) -> None:
    [(point, hits)] = counted.hits.items()
    assert point.startswith('kernel.function("do_fork@kernel/fork.c:')
    assert hits == 3


def test_virtual_time_is_the_same_everywhere(counted: stapy.Result) -> None:
    assert counted.virtual_time > 0
    assert stapy.run(COUNTS, workload="fork 3").virtual_time == counted.virtual_time


def test_output_and_status() -> None:
    result = stapy.run('probe begin { println(@1, " ", $2) exit() }', args=["number", 7])
    assert (result.stdout, result.stderr, result.exit_status) == ("number 7\n", "", 0)


def test_a_file_and_options(tmp_path: Path) -> None:
    script = tmp_path / "limit.stp"
    script.write_text("global n = 1 probe begin { println(n) while (1) n++ }")
    result = stapy.run(script, globals={"n": 5}, options=["-DMAXACTION=10"])
    assert result.stdout == "5\n"
    assert result.stderr.startswith(f"ERROR: MAXACTION exceeded near identifier 'n' at {script}:1:")
    assert result.exit_status == 1


def test_a_mistake_is_a_result() -> None:
    result = stapy.run("probe begin { nosuch() }")
    assert result.stderr.startswith("semantic error: unresolved function nosuch")
    assert (result.stdout, result.exit_status, result.globals, result.hits) == ("", 1, {}, {})


def test_scripts_one_after_the_other_on_one_kernel() -> None:
    from stapy import workload
    from stapy.runtime.kernels.builtin import BuiltinKernel

    kernel = BuiltinKernel("arm64")
    kernel.start(workload.load("fork 4"))
    script = 'global n probe kernel.function("do_fork") { if (++n == 2) exit() }'
    first = stapy.run(script, kernel=kernel)
    second = stapy.run(script, kernel=kernel)
    kernel.close()
    assert list(first.hits.values()) == list(second.hits.values()) == [2]
    assert second.virtual_time > first.virtual_time


def test_no_such_architecture() -> None:
    with pytest.raises(ValueError, match="no architecture 'vax'"):
        stapy.run("probe begin {}", arch="vax")


def test_no_such_option() -> None:
    with pytest.raises(UsageError, match="--nonsense"):
        stapy.run("probe begin {}", options=["--nonsense"])


def test_no_such_workload() -> None:
    result = stapy.run('probe kernel.function("do_fork") {}', workload="nosuch.py:main")
    assert result.stderr.startswith("ERROR: nosuch.py: No such file")
    assert result.exit_status == 1


def test_the_page_about_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "library.md").read_text()
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        exec(block, names)
