"""Kernel modules in Python that are wrong: one message with the place, exit status 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run_stapy

IMPORTS = "from stapy.kprobes import *\n"


@pytest.mark.parametrize(("text", "message"), [
    ("def init_module(:\n", "module.py:1: invalid syntax"),
    ("import nosuchmodule\n", "module.py:1: in <module>: ModuleNotFoundError: No module named 'nosuchmodule'"),
    ("x = 1\n", "module.py is no kernel module: it has no init_module()."),
    ("def init_module():\n    raise ValueError('no way')\n", "module.py:2: in init_module: ValueError: no way"),
    ("def init_module():\n    return -22\n", "module.py: init_module() returned -22."),
    ("import sys\ndef init_module():\n    sys.exit(5)\n", "module.py:3: in init_module: SystemExit: 5"),
    ("def init_module(): pass\ndef cleanup_module():\n    raise KeyError('it')\n",
     "module.py:3: in cleanup_module: KeyError: 'it'"),
    (IMPORTS + "def init_module():\n    register_kprobe(Kprobe(symbol_name='do_forkx'))\n",
     "module.py:3: in init_module: KprobeError: -ENOENT: the kernel has no symbol 'do_forkx'"),
    (IMPORTS + "def pre(p, regs):\n    return 1 / 0\ndef init_module():\n"
     "    register_kprobe(Kprobe(symbol_name='do_fork', pre_handler=pre))\n",
     "module.py:3: in pre: ZeroDivisionError: division by zero"),
    (IMPORTS + "def post(p, regs, flags):\n    raise RuntimeError('post')\ndef init_module():\n"
     "    register_kprobe(Kprobe(symbol_name='do_fork', post_handler=post))\n",
     "module.py:3: in post: RuntimeError: post"),
    (IMPORTS + "def gone(instance, regs):\n    raise RuntimeError('gone')\ndef init_module():\n"
     "    register_kretprobe(Kretprobe(symbol_name='do_fork', handler=gone))\n",
     "module.py:3: in gone: RuntimeError: gone"),
    (IMPORTS + "def mirror(*arguments): pass\ndef init_module():\n"
     "    register_jprobe(Jprobe(symbol_name='do_fork', entry=mirror))\n",
     "returned without jprobe_return()"),
])
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "module.py").write_text(text)
    run = run_stapy("-c", "fork 1", "module.py", cwd=tmp_path)
    assert run.err.startswith("ERROR: module.py")
    assert run.err.endswith(f"{message}\n")
    assert run.err.count("\n") == 1
    assert run.status == 1
