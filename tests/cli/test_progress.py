"""Progress: on a terminal that the output does not go to, after a second, and gone at the end."""

from __future__ import annotations

import os
import sys

import pexpect

from tests.conftest import ROOT


def test_a_long_run_says_how_far_it_is(tmp_path: object) -> None:
    script = "function nap() %{ import time; time.sleep(0.4) %} probe timer.s(1) { nap() }"
    command = f"{sys.executable} -m stapy -g -T 10 -e '{script}' > {tmp_path}/out"
    environment = dict(os.environ, PYTHONPATH=str(ROOT), TERM="xterm", STAPY_RC="")
    child = pexpect.spawn("sh", ["-c", command], env=environment, encoding="utf-8", timeout=100)
    child.expect(r"\d\.\d s of virtual time")
    child.expect(pexpect.EOF)
    assert child.before.endswith("\r\x1b[K")
