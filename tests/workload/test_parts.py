"""The built-in kernel's user side without a kernel: archives, executables, page tables, the shell."""

from __future__ import annotations

import io
import stat

import pytest

from stapy import workload
from stapy.runtime.kernels import cpio, errors, executable
from stapy.runtime.kernels.mmu import FROM_USER, INSTRUCTION, WRITE, PageFault, PageTables
from stapy.runtime.machine.memory import Memory
from stapy.workloads import shell

# ---------------------------------------------------------------- cpio


def unpack(data: bytes) -> dict[str, tuple[int, bytes]]:
    """Reads a newc archive as the kernel does."""
    found, place = {}, 0
    while True:
        assert data[place : place + 6] == b"070701" and place % 4 == 0
        fields = [int(data[place + 6 + 8 * i : place + 14 + 8 * i], 16) for i in range(13)]
        mode, size, name_size = fields[1], fields[6], fields[11]
        name = data[place + 110 : place + 110 + name_size - 1].decode()
        start = (place + 110 + name_size + 3) & ~3
        if name == cpio.TRAILER:
            return found
        found[name] = (mode, data[start : start + size])
        place = (start + size + 3) & ~3


def test_archive_holds_files_folders_links_and_devices() -> None:
    entries = [
        cpio.directory("etc"),
        cpio.Entry("etc/passwd", b"root:x:0:0\n"),
        cpio.symlink("etc/link", "passwd"),
        cpio.device("null", stat.S_IFCHR, 1, 3),
    ]
    found = unpack(cpio.archive(entries))
    assert found["etc/passwd"] == (stat.S_IFREG | 0o644, b"root:x:0:0\n")
    assert found["etc/link"] == (stat.S_IFLNK | 0o777, b"passwd")
    assert stat.S_ISDIR(found["etc"][0]) and stat.S_ISCHR(found["null"][0])


# ---------------------------------------------------------------- executables


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("little", [True, False])
def test_executable_is_an_elf_file_as_its_target_says(bits: int, little: bool) -> None:
    from elftools.elf.elffile import ELFFile

    target = executable.Target(bits, little, 62, 0, 0x400000, b"\x0f\x05")
    data = executable.executable(target, executable.text_segment(target), 7, "/bin/cat")
    elf = ELFFile(io.BytesIO(data))
    assert (elf.elfclass, elf.little_endian) == (bits, little)
    assert elf.header.e_entry == executable.entry_address(target, 7)
    text, bss = elf.iter_segments()
    assert text.header.p_vaddr == 0x400000 and text.header.p_filesz == executable.TEXT_SIZE
    assert bss.header.p_memsz > bss.header.p_filesz and bss.data().startswith(b"/bin/cat\0")
    assert executable.target_of(data, 0x400000, b"\x0f\x05") == target


def test_too_many_programs_are_refused() -> None:
    target = executable.Target(64, True, 62, 0, 0x400000)
    with pytest.raises(ValueError, match="too many programs"):
        executable.entry_address(target, executable.PROGRAMS)


# ---------------------------------------------------------------- page tables

BASE = 0x1000000


@pytest.mark.parametrize(("bits", "endian"), [(64, "little"), (32, "little"), (64, "big"), (32, "big")])
def test_page_tables_translate_fault_and_mark(bits: int, endian: str) -> None:
    memory = Memory(BASE, 1 << 20, bits=bits, endian=endian)  # type: ignore[arg-type]
    tables = PageTables(memory, bits, endian == "little", BASE)
    wide = bits == 64
    user = 0x400000
    shifts, mask, size = ((30, 21, 12), 511, 8) if wide else ((22, 12), 1023, 4)
    table = BASE
    for level, shift in enumerate(shifts):
        slot = table + (user >> shift & mask) * size
        physical = (level + 1) * 0x1000
        last = level == len(shifts) - 1
        memory.write(slot, (physical | (5 if last else 7)).to_bytes(size, endian))  # type: ignore[arg-type]
        table = BASE + physical
    memory.write(table + 0x10, b"hello\0")
    assert tables.translate(BASE, user + 0x10) == table + 0x10
    assert tables.read(BASE, user + 0x10, 5) == b"hello"
    assert tables.cstring(BASE, user + 0x10) == b"hello"
    with pytest.raises(PageFault) as fault:
        tables.write(BASE, user, b"x")
    assert fault.value.error_code == FROM_USER | WRITE | 1
    with pytest.raises(PageFault) as fault:
        tables.translate(BASE, user + 0x1000, FROM_USER | INSTRUCTION)
    assert (fault.value.address, fault.value.error_code) == (user + 0x1000, FROM_USER | INSTRUCTION)
    entry = int.from_bytes(memory.read(slot, size), endian)  # type: ignore[arg-type]
    assert entry & 0x60 == 0x20, "read, so accessed, but not dirty"


# ---------------------------------------------------------------- the shell's grammar


def commands(line: str) -> list[tuple[list[list[str]], str]]:
    return [([c.words for c in p.commands], p.joiner) for p in shell.parse(line)]


def test_command_lines_become_pipelines() -> None:
    assert commands("cat a 'b c' | grep \"x y\" ; true && false || echo done &") == [
        ([["cat", "a", "b c"], ["grep", "x y"]], ";"),
        ([["true"]], "&&"),
        ([["false"]], "||"),
        ([["echo", "done"]], "&"),
    ]
    (only,) = shell.parse("sort < in > out 2> err")
    assert [r[2] for r in only.commands[0].redirections] == ["in", "out", "err"]
    assert commands("echo a\\ b # comment") == [([["echo", "a b"]], ";")]


@pytest.mark.parametrize("line", ["| cat", "cat |", "cat >", "echo 'open", "; ;"])
def test_bad_command_lines_are_refused(line: str) -> None:
    with pytest.raises(workload.WorkloadError, match="sh: "):
        shell.parse(line)


# ---------------------------------------------------------------- from commands to workloads


def test_every_named_workload_loads_and_has_a_summary() -> None:
    for name, summary in workload.names().items():
        assert summary.startswith(name), summary
        assert f"/usr/bin/{name}" in workload.load(name).programs


def test_default_workload_has_no_target() -> None:
    made = workload.load()
    assert not made.has_target and "/usr/bin/make" in made.programs and "/etc/passwd" in made.files


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("", "empty command"),
        ("nosuch", "no workload or program 'nosuch'"),
        ("cat /etc/passwd | nosuch", "no workload or program 'nosuch'"),
        ("/no/such.py:main", "/no/such.py: No such file"),
    ],
)
def test_unknown_commands_are_explained(command: str, message: str) -> None:
    with pytest.raises(workload.WorkloadError, match=message):
        workload.load(command)


def test_mistakes_in_a_workload_file_name_their_line(tmp_path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("import os\nx = 1 / 0\n")
    with pytest.raises(workload.WorkloadError, match=r"mine.py:2: ZeroDivisionError"):
        workload.load(f"{path}:main")
    path.write_text("def main(sys):\n    yield (\n")
    with pytest.raises(workload.WorkloadError, match=r"mine.py:2: "):
        workload.load(f"{path}:main")
    path.write_text("x = 1\n")
    with pytest.raises(workload.WorkloadError, match="there is no function 'main'"):
        workload.load(f"{path}:main")


def test_error_numbers_become_pythons_exceptions() -> None:
    error = errors.system_error(2, "/x")
    assert isinstance(error, FileNotFoundError) and error.errno == 2 and error.filename == "/x"
    assert errors.name(38) == "ENOSYS" and errors.name(9999) == "9999"
