"""The same images read by binutils and gdb, where they are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from stapy.runtime.debuginfo import KernelDescription
from stapy.runtime.debuginfo.frames import AT_OFFSET, UNDEFINED

from .running import DATA

Describe = Callable[[str], KernelDescription]
IMAGES = sorted(path.stem for path in DATA.glob("*.elf"))
X86_IMAGES = [image for image in IMAGES if "x86_64" in image or "i386" in image]

# A member in gdb's ptype/o, of the structure itself: "/*     16      |       8 */    const char *text;"
_MEMBER = r"^/\* +(\d+)(?:: *\d+)? +\| +(\d+) \*/ {4}\S.*?(\w+)(?:\[\d+\])*(?: : \d+)?;$"


def output(*command: str) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} here")
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("image", X86_IMAGES)
def test_frame_rules(describe: Describe, image: str) -> None:
    """Every row of readelf's interpreted frame table."""
    kernel = describe(image)
    numbers = {"rsp": 7, "rbp": 6, "rbx": 3, "r12": 12, "r13": 13, "r14": 14, "r15": 15, "ra": 16}
    if kernel.arch == "i386":
        numbers = {"esp": 4, "ebp": 5, "ebx": 3, "esi": 6, "edi": 7, "ra": 8}
    text = output("readelf", "-W", "--debug-dump=frames-interp", str(DATA / f"{image}.elf"))
    rows = 0
    for entry in re.split(r"\n\n", text):
        if " FDE " not in entry or "LOC" not in entry:
            continue
        _, heading, *lines = entry.strip().splitlines()
        columns = heading.split()
        for line in lines:
            cells = dict(zip(columns, line.split(), strict=True))
            frame = kernel.frames.at(int(cells["LOC"], 16))
            assert frame is not None
            register, offset = re.fullmatch(r"(\w+)\+(\d+)", cells["CFA"]).groups()  # type: ignore[union-attr]
            assert frame.cfa == (numbers[register], int(offset))
            for name in columns[2:]:
                rule, argument = frame.rules.get(numbers[name], (UNDEFINED, 0))
                expected = cells[name]
                assert expected == (f"c{argument:+d}" if rule == AT_OFFSET else "u"), (line, name)
            rows += 1
    assert rows > 0


@pytest.mark.parametrize("image", IMAGES)
def test_lines(describe: Describe, image: str) -> None:
    """The line of every address that objdump has a row for."""
    kernel = describe(image)
    text = output("objdump", "--dwarf=decodedline", str(DATA / f"{image}.elf"))
    last: dict[int, int] = {}
    for name, line, address in re.findall(r"^(\w+\.[ch]) +(\d+|-) +(0x[0-9a-f]+)", text, re.MULTILINE):
        if line == "-":
            last.setdefault(int(address, 16), 0)
        else:
            last[int(address, 16)] = int(line)
            assert name in {file.rsplit("/", 1)[-1] for file in kernel.source_files()}
    assert last
    found = {address: (kernel.line_at(address) or ("", 0))[1] for address in last}
    assert found == last


@pytest.mark.parametrize("image", IMAGES)
def test_symbols(describe: Describe, image: str) -> None:
    kernel = describe(image)
    if kernel.arch == "ppc64":
        pytest.skip("nm shows descriptors")
    for line in output("nm", str(DATA / f"{image}.elf")).splitlines():
        address, kind, name = line.split()
        if name.startswith("$"):  # ARM's marks of code and data
            continue
        assert (int(address, 16), kind) in [
            (symbol.address, symbol.kind) for symbol in kernel.symbols.all(name)
        ], name


@pytest.mark.parametrize("image", X86_IMAGES)
def test_structure_layout(describe: Describe, image: str) -> None:
    """Offsets and sizes as gdb's ptype/o gives them."""
    kernel = describe(image)
    structs: list[Any] = [
        kernel.types.lookup(name) for name in kernel.types.named() if name.startswith("struct ")
    ]
    structs = [struct for struct in structs if not struct.incomplete and struct.members]
    commands = [
        word for struct in structs for word in ("-ex", "echo ==\\n", "-ex", f"ptype/o {struct.describe()}")
    ]
    text = output("gdb", "--batch", "--nx", *commands, str(DATA / f"{image}.elf"))
    compared = 0
    for struct, shown in zip(structs, text.split("==\n")[1:], strict=True):
        for offset, size, member in re.findall(_MEMBER, shown, re.MULTILINE):
            ours = struct.member(member)
            assert ours is not None, (struct, member)
            if not ours.is_bitfield:
                assert (ours.offset, ours.type.size) == (int(offset), int(size)), (struct, member)
                compared += 1
    assert compared >= 5
