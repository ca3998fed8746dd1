"""The manual page, and completion: what shells are told, and real shells with the scripts sourced."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from stapy.editors import shells
from tests.conftest import ROOT, run_stapy


@pytest.mark.parametrize(("words", "word"), [
    (["-"], "-l"),
    (["--du"], "--dump-functions"),
    (["-a", "ppc"], "ppc64le"),
    (["-a", "arm,s3"], "arm,s390x"),
    (["-c", "fo"], "fork"),
    (["--example", "fork"], "forks.stp"),
    (["-l", "ker"], "kernel"),
    (["-l", 'kernel.function("do_fo'], 'kernel.function("do_fork")'),
    (["-a", "arm", "-l", 'kernel.function("do_fork").r'], 'kernel.function("do_fork").return'),
    (["-e", "probe syscall.op"], "probe syscall.open"),
    (["-e", "probe begin { exec"], "probe begin { execname"),
    (["te"], "test"),
])
def test_words(words: list[str], word: str) -> None:
    assert word in shells.words(len(words), words)


def test_nonsense_is_no_error() -> None:
    for words in ([], ["x"], ["99"], ["1"], ["2", "-a"], ["2", "-a", "vax"], ["4", "-a", "vax", "-l", "k"]):
        result = run_stapy("--complete", *words)
        assert (result.err, result.status) == ("", 0)


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """A folder with the command in it."""
    script = tmp_path / "stapy"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m stapy "$@"\n')
    script.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(("shell", "arguments"), [
    ("bash", ["--norc", "--noprofile"]), ("zsh", ["-f"]), ("fish", ["--no-config"])])
def test_in_a_shell(command: Path, shell: str, arguments: list[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    script = command / f"completion.{shell}"
    script.write_text(shells.SCRIPTS[shell])
    environment = dict(os.environ, PATH=f"{command}:{os.environ['PATH']}", TERM="xterm", HOME=str(command), PS1="> ")
    child = pexpect.spawn(shell, arguments, env=environment, encoding="utf-8", timeout=30, dimensions=(24, 200))
    before = "autoload -U compinit; compinit -u; " if shell == "zsh" else ""
    child.sendline(f"{before}source {script}; echo rea''dy")
    child.expect("ready")
    child.send("stapy -l 'kernel.function(\"do_filp_o\t")
    child.expect(r'pen"\)')
    child.send("\x03")
    child.send("stapy --dump-f\t")
    child.expect("unctions")
    child.close(force=True)


def test_the_manual_page_has_every_option() -> None:
    page = run_stapy("--man-page").out
    for spelling in re.findall(r"^  (-\w|--[\w-]+)", run_stapy("--help").out, re.MULTILINE):
        assert f"\\fB{spelling.replace('-', chr(92) + '-')}\\fR" in page
    if shutil.which("groff"):
        checked = subprocess.run(["groff", "-man", "-ww", "-z"], input=page, capture_output=True, text=True, check=True)
        assert checked.stderr == ""
