"""Probe points and target variables against the built-in kernel's description, on contexts made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from stapy.runtime.program import Breakpoint, FunctionReturn, JprobeEntry
from tests.compile.compiled_script import Compiled


class Memory:
    """Kernel memory of a few words: unsigned numbers by (address, size)."""

    endian = "little"

    def __init__(self, words: dict[tuple[int, int], int]) -> None:
        self.words = words
        for bits in (8, 16, 32, 64):
            setattr(self, f"u{bits}", lambda address, size=bits // 8: self.number(address, size))
            setattr(self, f"s{bits}", lambda address, size=bits // 8: self.signed(address, size))

    def number(self, address: int, size: int) -> int:
        return self.words[address & (1 << 64) - 1, size]

    def signed(self, address: int, size: int) -> int:
        number = self.number(address, size)
        return number - (1 << 8 * size) if number >> (8 * size - 1) else number

    def write(self, address: int, data: bytes) -> None:
        self.words[address, len(data)] = int.from_bytes(data, "little")


def context(registers: dict[int, int], words: dict[tuple[int, int], int] | None = None) -> Any:
    """A handler's context; ``printed`` collects the output."""
    printed: list[str] = []
    regs = SimpleNamespace(register=lambda number: registers[number])
    return SimpleNamespace(
        regs=regs,
        kernel=SimpleNamespace(memory=Memory(words or {})),
        instance=SimpleNamespace(),
        session=SimpleNamespace(emit=printed.append),
        printed=printed,
    )


RDX, RCX, RSI, RDI, RAX = 1, 2, 4, 5, 0


def offset_of(description: Any, structure: str, member: str) -> int:
    return description.types.lookup(f"struct {structure}").member(member).offset


def test_parameters_are_registers(description: Any) -> None:
    script = Compiled('probe kernel.function("do_fork") { printf("%x %d", $clone_flags, $stack_size) }', description)
    c = context({RDI: 0x11, RCX: (1 << 64) - 5})
    assert script.program is not None, script.said
    script.program.probes[0].handler(c)
    assert "".join(c.printed) == "11 -5"


def test_members_are_constant_offsets(description: Any) -> None:
    script = Compiled('probe kernel.function("do_fork") { println($regs->ip) }', description)
    offset = offset_of(description, "pt_regs", "ip")
    assert f"memory.s64(register({RDX}) + {offset})" in script.source
    c = context({RDX: 0x1000}, {(0x1000 + offset, 8): 42})
    assert script.program is not None
    script.program.probes[0].handler(c)
    assert c.printed == ["42\n"]


def test_names_of_probes(description: Any) -> None:
    script = Compiled(
        'probe kernel.function("do_fork"), kernel.function("do_fork").return, jprobe.function("do_fork"),'
        'kprobe.function("do_fork") { println(1) }',
        description,
    )
    assert script.program is not None, script.said
    line = description.function("do_fork").decl_line
    assert [probe.point for probe in script.program.probes] == [
        f'kernel.function("do_fork@kernel/fork.c:{line}")',
        f'kernel.function("do_fork@kernel/fork.c:{line}").return',
        f'jprobe.function("do_fork@kernel/fork.c:{line}")',
        'kprobe.function("do_fork")',
    ]
    events = [probe.event for probe in script.program.probes]
    assert [type(event) for event in events] == [Breakpoint, FunctionReturn, JprobeEntry, Breakpoint]
    assert {event.address for event in events} == {description.function("do_fork").entry}  # type: ignore[union-attr]


def test_return_probes_save_parameters(description: Any) -> None:
    script = Compiled(
        'probe kernel.function("vfs_read").return { printf("%d %d %d", $count, @entry($count + 1), $return) }',
        description,
    )
    assert script.program is not None, script.said
    probe = script.program.probes[0]
    c = context({RDX: 100})
    assert probe.entry is not None
    probe.entry(c)
    assert c.instance.data == (100, 101)
    c.regs = context({RAX: (1 << 64) - 14}).regs
    probe.handler(c)
    assert c.printed == ["100 101 -14"]


def test_missing_variables(description: Any) -> None:
    said = Compiled('probe kernel.function("vfs_read") { println($cont) }', description).said
    assert said.startswith("semantic error: unable to find local 'cont', [man error::dwarf] in kernel, near pc 0x")
    assert "in vfs_read fs/read_write.c (alternatives: $count," in said.split("\n")[0]
    said = Compiled('probe kernel.function("vfs_read") { println($file->nosuch) }', description).said
    assert said.startswith("semantic error: unable to find member 'nosuch' for struct file (alternatives:")
    assert Compiled('probe kernel.function("vfs_read") { println($nosuch) }', description, skip_badvars=True).program


def test_unresolved_branches_may_be_dead(description: Any) -> None:
    script = Compiled(
        'probe kernel.function("vfs_read") { println(@defined($nosuch) ? $nosuch : $count) }', description
    )
    assert "println" not in script.said
    assert script.program is not None


def test_casts_follow_types(description: Any) -> None:
    script = Compiled(
        'probe kernel.function("vfs_read") { d = $file->f_path->dentry; println(d->d_flags,'
        '@cast($pos, "struct list_head")->next == 0) }',
        description,
    )
    assert script.program is not None, script.said
    assert f"+ {offset_of(description, 'dentry', 'd_flags')}" in script.source or "d_flags" in said_of(script)


def said_of(script: Compiled) -> str:
    return script.said + script.source


def test_writing_needs_guru(description: Any) -> None:
    text = 'probe kernel.function("vfs_read") { $file->f_flags = 5; $count++ }'
    assert "write to target variable not permitted; need stap -g" in Compiled(text, description).said
    script = Compiled(text, description, guru=True)
    assert script.program is not None, script.said
    assert "store(c, register(5) + " in script.source


def test_wildcards_and_places(description: Any) -> None:
    script = Compiled('probe kernel.function("vfs_re*@fs/read_write.c").call { n[ppfunc()]++ } global n', description)
    assert script.program is not None, script.said
    names = {probe.event.symbol for probe in script.program.probes}  # type: ignore[union-attr]
    assert "vfs_read" in names
    assert all(name.startswith("vfs_re") for name in names)
    assert len({probe.handler for probe in script.program.probes}) == 1  # one body, one function


def test_statements_by_line(description: Any) -> None:
    line = description.function("vfs_read").decl_line
    script = Compiled('probe kernel.statement("vfs_read@fs/read_write.c:*") { println(pp()) }', description)
    assert script.program is not None, script.said
    assert all(f"vfs_read@fs/read_write.c:{line}"[:20] in probe.point for probe in script.program.probes)
    assert len(script.program.probes) > 3
    said = Compiled('probe kernel.statement("vfs_read@fs/read_write.c:99999") { println(1) }', description).said
    assert said.startswith("semantic error: no line records for fs/read_write.c:99999 [man error::dwarf]\n")


@pytest.mark.parametrize("name", ["$$parms", "$$vars", "$$locals", "$$return", "$file$", "$file$$", "$file->f_path$"])
def test_pretty_printing_compiles(description: Any, name: str) -> None:
    script = Compiled(f'probe kernel.function("vfs_read").return {{ println({name}) }}', description)
    assert script.program is not None, script.said


def test_parms_text(description: Any) -> None:
    script = Compiled('probe kernel.function("vfs_read") { print($$parms) }', description)
    assert script.program is not None, script.said
    c = context({RDI: 0xFFFFFFFF81000000, RSI: 16, RDX: 3, RCX: 0})
    script.program.probes[0].handler(c)
    assert c.printed == ["file=0xffffffff81000000 buf=0x10 count=0x3 pos=0x0"]


def test_listing(description: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from stapy.compiler import passes
    from stapy.compiler.analysis import CompileOptions
    from stapy.compiler.diagnostics import Reporter

    line = description.function("vfs_read").decl_line
    assert (
        passes.list_probes('kernel.function("vfs_read").return', description, CompileOptions(), Reporter(), True) == 0
    )
    assert capsys.readouterr().out == (
        f'kernel.function("vfs_read@fs/read_write.c:{line}").return $return:ssize_t $file:struct file* $buf:char* '
        "$count:size_t $pos:loff_t*\n"
    )
    assert passes.list_probes("timer.*", None, CompileOptions(), Reporter()) == 0
    assert capsys.readouterr().out == "timer.profile\n"
    assert passes.list_probes('kernel.function("no_such")', description, CompileOptions(), Reporter()) == 1
