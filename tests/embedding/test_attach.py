"""``stapy.attach``: scripts on a Unicorn instance that the program has made and runs itself."""

from __future__ import annotations

import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest
import unicorn
from unicorn import x86_const

import stapy
from stapy.runtime.debuginfo import KernelDescription
from stapy.runtime.kernels.attached import AttachError
from tests.conftest import ROOT

FOLDER = ROOT / "samples" / "attach"
EXAMPLE = runpy.run_path(str(FOLDER / "attach.py"))
ARCHITECTURES = sorted(EXAMPLE["CPUS"])
PRINTED = """\
first: 3 bytes, seed 5
second: 7 bytes, seed 148988
walk gives 1313913575
walk gives 1313913568
walk gives 1313913571
rounds=10
"""


def run(script: str, arch: str = "x86_64", path: Path | None = None, **more: Any) -> stapy.Result:
    path = path or FOLDER / f"checksum.{arch}.elf"
    uc, entry = EXAMPLE["load"](arch, path)
    with stapy.attach(uc, script, elf=path, **more) as attached:
        uc.emu_start(entry, EXAMPLE["STOP"])
    assert attached.result is not None
    return attached.result


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_example(arch: str) -> None:
    result = EXAMPLE["main"](arch)
    assert (result.stdout, result.stderr, result.exit_status) == (PRINTED, "", 0)


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_program_computes_what_it_does_without_probes(arch: str) -> None:
    def total(script: str | None) -> bytes:
        path = FOLDER / f"checksum.{arch}.elf"
        uc, entry = EXAMPLE["load"](arch, path)
        attached = stapy.attach(uc, script, elf=path) if script else None
        uc.emu_start(entry, EXAMPLE["STOP"])
        if attached is not None:
            assert sum(attached.close().hits.values()) > 30
        return bytes(uc.mem_read(KernelDescription.from_elf(path).symbols["total"], 4))

    everywhere = 'global n probe process.statement("*@checksum.c:*") { n++ } probe process.function("*").return { n++ }'
    assert total(everywhere) == total(None)


def test_backtraces_variables_and_time() -> None:
    result = run('probe process.function("mix") { print_backtrace() println($$parms) println(@var("total")) exit() } '
                 'probe end { println(gettimeofday_us()) }', "arm64", clock=lambda: 5_000_000)
    lines = result.stdout.splitlines()
    assert [line.split()[2].partition("+")[0] for line in lines[:3]] == ["mix", "walk", "start"]
    assert lines[3].startswith("seed=0x5 packet=0x")
    assert lines[4:] == ["0", "5000"]


def test_an_elf_file_without_debug_information(tmp_path: Path) -> None:
    bare = tmp_path / "bare.elf"
    subprocess.run(["strip", "-g", "-o", bare, FOLDER / "checksum.x86_64.elf"], check=True)
    script = ('probe process("bare").function("m*") { println(int_arg(1)) } '
              'probe process.function("walk").return { n++ }')
    assert run(f"global n {script}", path=bare).stdout == "5\n148988\nn=3\n"
    address = KernelDescription.from_elf(bare).symbols["mix"]
    by_address = f"probe process.statement({address:#x}).absolute {{ n++ }} global n"
    assert run(by_address, path=bare, options=["-g"]).globals == {"n": 2}


def test_exit_stops_the_instance() -> None:
    result = run('probe process.function("walk") { if (++calls == 2) exit() } global calls')
    assert result.globals == {"calls": 2}


def test_the_instance_goes_on_without_the_script() -> None:
    path = FOLDER / "checksum.x86_64.elf"
    uc, entry = EXAMPLE["load"]("x86_64", path)
    before = bytes(uc.mem_read(0x401000, 0x80))
    attached = stapy.attach(uc, 'probe process.function("walk") { next }', elf=path)
    assert bytes(uc.mem_read(0x401000, 0x80)) != before
    attached.close()
    assert bytes(uc.mem_read(0x401000, 0x80)) == before
    uc.emu_start(entry, EXAMPLE["STOP"])
    assert attached.result is not None and list(attached.result.hits.values()) == [0]


def test_the_programs_own_traps_are_its_own() -> None:
    path = FOLDER / "checksum.x86_64.elf"
    for hooked in (True, False):
        uc, _ = EXAMPLE["load"]("x86_64", path)
        uc.mem_write(0x410000, b"\xcd\x80\x90")  # int 0x80; nop
        seen: list[int] = []
        if hooked:
            uc.hook_add(unicorn.UC_HOOK_INTR, lambda uc, number, data, seen=seen: seen.append(number))
        attached = stapy.attach(uc, 'probe process.function("walk") { next }', elf=path)
        uc.emu_start(0x410000, 0x410003)
        if hooked:
            attached.close()
            assert seen == [0x80]
        else:
            with pytest.raises(AttachError, match="trap 128 at 0x41000"):
                attached.close()


@pytest.mark.parametrize(("script", "message"), [
    ('probe process.function("nosuch") {}', "semantic error: while resolving probe point"),
    ('probe process("other").function("mix") {}', r"hint: the program attached to is .*checksum.x86_64.elf: "),
    ("probe begin {", "parse error: "),
    ('probe process.function("mix") { println(execname()) }', None),
    ("probe timer.ms(1) { next }", "timer probes cannot run on an attached program"),
])
def test_what_cannot_be(script: str, message: str | None) -> None:
    if message is None:
        assert "an attached program has no struct task_struct" in run(script).stderr
        return
    with pytest.raises(AttachError, match=message):
        run(script)


def test_another_cpu_than_the_files(tmp_path: Path) -> None:
    uc = unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_32)
    with pytest.raises(AttachError, match="the instance does not emulate x86_64"):
        stapy.attach(uc, "probe begin {}", elf=FOLDER / "checksum.x86_64.elf")
    text = tmp_path / "text"
    text.write_text("no program")
    with pytest.raises(AttachError, match="is no ELF file"):
        stapy.attach(uc, "probe begin {}", elf=text)
    assert uc.reg_read(x86_const.UC_X86_REG_EAX) == 0
