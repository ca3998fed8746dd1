"""-d, --dry-run, -lv, -S and the options of stap's that mean little here."""

from __future__ import annotations

from pathlib import Path

import pytest

from stapy import arch
from tests.conftest import run_stapy

FORK = 'probe kernel.function("do_fork") { next }'


def test_stages_before_the_last() -> None:
    assert run_stapy("-d", "ast", "-e", FORK).out == run_stapy("-p1", "-e", FORK).out
    assert run_stapy("-d", "types", "-e", FORK).out == run_stapy("-p2", "-e", FORK).out
    assert run_stapy("-d", "code", "-e", FORK).out == run_stapy("-p3", "-e", FORK).out


def test_kprobes() -> None:
    listed = run_stapy("-d", "kprobes", "-e", FORK + ' probe kernel.function("sys_fork").return { next }').out
    assert sorted(line.split()[1:3] for line in listed.splitlines()) == [["k", "do_fork+0x0"], ["r", "sys_fork+0x0"]]


@pytest.mark.parametrize("architecture", arch.names())
def test_the_machine_code(architecture: str) -> None:
    result = run_stapy("-a", architecture, "-d", "asm", "-e", FORK)
    lines = result.out.splitlines()
    assert lines[0].startswith("do_fork+0x")
    assert lines[0].rpartition(" ")[2].startswith("kernel/fork.c:")
    assert sum(line.startswith("  => ") for line in lines) == 1
    assert any(line.startswith("  breakpoint ") for line in lines)
    assert any(line.startswith(("  boosted ", "  single-stepped ")) for line in lines)


def test_a_dry_run_prints_nothing_of_the_scripts() -> None:
    result = run_stapy("--dry-run", "-e", f"{FORK} probe begin {{ println(1) }} probe timer.s(1) {{ println(2) }}")
    assert result.out == ""
    assert result.err == "2 probes armed, and taken away.\n"


def test_listing_with_arguments() -> None:
    pattern = 'kernel.function("do_fork")'
    assert run_stapy("-lv", pattern).out == run_stapy("-L", pattern).out != ""


def test_files_that_follow_one_another(tmp_path: Path) -> None:
    script = 'probe begin { for (i = 0; i < 30000; i++) printf("%0100d\\n", i) exit() }'
    result = run_stapy("-DMAXACTION=1000000", "-o", "out", "-S", "1,2", "-e", script, cwd=tmp_path)
    assert (result.out, result.err, result.status) == ("", "", 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.1", "out.2"]
    lines = (tmp_path / "out.1").read_text().splitlines() + (tmp_path / "out.2").read_text().splitlines()
    assert [int(line) for line in lines] == list(range(30000 - len(lines), 30000))
    assert (tmp_path / "out.1").stat().st_size <= 1 << 20


@pytest.mark.parametrize(("words", "said"), [
    (["--dyninst"], "stapy: --dyninst is not to be had here: scripts run on the emulated kernel"),
    (["--use-server=host"], "stapy: --use-server is not to be had here: nothing is compiled elsewhere"),
    (["--remote", "host"], "stapy: --remote is not to be had here: scripts run here"),
    (["--runtime=bpf"], "stapy: --runtime=bpf is not to be had here: scripts run on the emulated kernel (emu)."),
    (["-S", "0"], "stapy: -S needs a size in megabytes, and perhaps ',' and a number of files, not '0'."),
    (["-S", "1"], "stapy: -S is about the files of -o, which is missing."),
])
def test_refused(words: list[str], said: str) -> None:
    result = run_stapy(*words, "-e", "probe begin { exit() }")
    assert result.err.startswith(said)
    assert result.status == 1


def test_without_effect() -> None:
    words = ["--download-debuginfo=yes", "--rlimit-as=5", "--semantic-keep-going", "-d", "vmlinux", "--runtime=kernel"]
    result = run_stapy(*words, "-e", "probe begin { println(1) exit() }")
    assert result.out == "1\n"
    assert result.err.splitlines() == [
        "WARNING: --download-debuginfo has no effect here",
        "WARNING: --rlimit-as has no effect here",
        "WARNING: --semantic-keep-going has no effect here",
        "WARNING: -d vmlinux has no effect here; it shows one of ast, types, code, kprobes, asm",
    ]
