"""Reads an ELF image and its DWARF with pyelftools into the plain tables of an index.

Slow (pyelftools parses some 30,000 entries a second) and done once for an image: index.py keeps what comes
out. The shapes of the tables are given where they are made; everything in them is int, str, bytes, bool,
None or a tuple.
"""

from __future__ import annotations

import marshal
import posixpath
import sys
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile

from stapy.runtime.debuginfo import types
from stapy.runtime.debuginfo.expressions import Decoder
from stapy.runtime.debuginfo.frames import read_call_frames
from stapy.runtime.debuginfo.index import group

# Kinds of scopes within a function.
SCOPE_FUNCTION, SCOPE_BLOCK, SCOPE_INLINED = range(3)

# Flags of a function record.
EXTERNAL, PROTOTYPED, DECLARED_INLINE = 1, 2, 4

_ARCHITECTURES = {
    ("EM_X86_64", 64, True): "x86_64",
    ("EM_386", 32, True): "i386",
    ("EM_ARM", 32, True): "arm",
    ("EM_AARCH64", 64, True): "aarch64",
    ("EM_PPC64", 64, False): "ppc64",
    ("EM_PPC64", 64, True): "ppc64le",
    ("EM_SPARCV9", 64, False): "sparc64",
    ("EM_MIPS", 64, False): "mips64",
    ("EM_RISCV", 64, True): "riscv64",
    ("EM_S390", 64, False): "s390x",
    ("EM_IA_64", 64, True): "ia64",
}

_TYPE_TAGS = {
    "DW_TAG_pointer_type": types.POINTER,
    "DW_TAG_reference_type": types.POINTER,
    "DW_TAG_rvalue_reference_type": types.POINTER,
    "DW_TAG_const_type": types.CONST,
    "DW_TAG_volatile_type": types.VOLATILE,
    "DW_TAG_restrict_type": types.RESTRICT,
    "DW_TAG_atomic_type": types.ATOMIC,
}
_STRUCT_TAGS = {
    "DW_TAG_structure_type": types.STRUCT,
    "DW_TAG_class_type": types.STRUCT,
    "DW_TAG_union_type": types.UNION,
}
_NAMED_TYPE_TAGS = {*_STRUCT_TAGS, "DW_TAG_typedef", "DW_TAG_enumeration_type", "DW_TAG_base_type"}


def read_image(stream: BinaryIO) -> dict[str, Any]:
    """The tables of the ELF image in ``stream``. Raises elftools.common.exceptions.ELFError on what is no
    ELF file; an image without DWARF gives symbols only."""
    return _ImageReader(ELFFile(stream)).tables()


def pack(typecode: str, values: Iterable[int]) -> bytes:
    """Numbers as little-endian bytes, whatever machine this is."""
    numbers = array(typecode, list(values))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def text(die: DIE, attribute: str) -> str | None:
    value = die.attributes.get(attribute)
    return value.value.decode("utf-8", "replace") if value is not None else None


class _ImageReader:
    """One run over an image."""

    def __init__(self, elf: ELFFile) -> None:
        self.elf = elf
        self.bits: int = elf.elfclass
        self.little_endian: bool = elf.little_endian
        self.dwarf = elf.get_dwarf_info(relocate_dwarf_sections=False) if elf.has_dwarf_info() else None
        self.files: dict[str, int] = {"": 0}
        self.types = TypeInterner(self)
        self.functions: list[tuple[Any, ...] | None] = []
        self.details: list[tuple[Any, ...]] = []
        self.instances: dict[int, list[tuple[int, int, int]]] = {}
        self.globals: list[tuple[Any, ...]] = []
        self.function_of: dict[int, int] = {}  # DIE offset -> number in self.functions
        self.lines: list[tuple[int, int, int, int]] = []
        self.file_numbers: dict[int, list[int]] = {}  # of a unit, by its offset: its file numbers -> ours

    def tables(self) -> dict[str, Any]:
        symbols, exported = self._symbols()
        if self.dwarf is not None:
            for unit in self.dwarf.iter_CUs():
                _UnitReader(self, unit).read()
        self.types.finish()
        self._place_assembly()
        return {
            "image": self._image(),
            "files": tuple(self.files),
            "types": tuple(self.types.records),
            "functions": tuple(self.functions),
            "details": group([marshal.dumps(detail or (None, (), ()), 2) for detail in self.details]),
            "instances": {number: tuple(sorted(found)) for number, found in self.instances.items()},
            "globals": tuple(self.globals),
            "lines": self._lines(),
            "symbols": symbols,
            "exported": exported,
            "frames": self._frames(),
        }

    def _frames(self) -> tuple[bytes, bytes, tuple[bytes, ...]]:
        if self.dwarf is None:
            return b"", b"", ()
        starts, ends, tables = read_call_frames(self.dwarf, self.little_endian, self.bits // 8)
        return pack("Q", starts), pack("Q", ends), tables

    def _place_assembly(self) -> None:
        """The assembler describes functions without saying where they are declared: that is where their
        code is."""
        starts = {
            address: (file, line) for address, file, line, flags in reversed(self.lines) if not flags & 2
        }
        for number, record in enumerate(self.functions):
            if record is not None and record[9] and not record[2] and record[8] in starts:
                self.functions[number] = (*record[:2], *starts[record[8]], *record[4:])

    def file(self, name: str) -> int:
        return self.files.setdefault(name, len(self.files))

    # ------------------------------------------------------------ the image as a whole

    def _image(self) -> dict[str, Any]:
        machine = self.elf["e_machine"]
        arch = _ARCHITECTURES.get((machine, self.bits, self.little_endian))
        return {
            "arch": arch or str(machine),
            "bits": self.bits,
            "little_endian": self.little_endian,
            "entry": self.elf["e_entry"],
            "abi": self.elf["e_flags"],
            # (virtual address, physical address, size in memory, file offset, size in the file, flags)
            "segments": tuple(
                (p["p_vaddr"], p["p_paddr"], p["p_memsz"], p["p_offset"], p["p_filesz"], p["p_flags"])
                for p in self.elf.iter_segments()
                if p["p_type"] == "PT_LOAD"
            ),
            # (name, address, size, flags); only those that are loaded
            "sections": tuple(
                (s.name, s["sh_addr"], s["sh_size"], s["sh_flags"])
                for s in self.elf.iter_sections()
                if s["sh_flags"] & 2
            ),
            "release": self._release(),
        }

    def _release(self) -> str:
        """The version within ``linux_banner``, "" if there is none."""
        table: Any = self.elf.get_section_by_name(".symtab")
        for symbol in (table.get_symbol_by_name("linux_banner") if table is not None else None) or ():
            words = self.memory(symbol["st_value"], symbol["st_size"] or 128).split(b"\0")[0].split()
            if words[:2] == [b"Linux", b"version"] and len(words) > 2:
                return words[2].decode("latin-1")
        return ""

    def memory(self, address: int, size: int) -> bytes:
        """What a PT_LOAD puts at ``address``, as far as it goes."""
        for segment in self.elf.iter_segments():
            start = segment["p_vaddr"]
            if segment["p_type"] == "PT_LOAD" and start <= address < start + segment["p_filesz"]:
                return segment.data()[address - start : address - start + size]
        return b""

    # ------------------------------------------------------------ symbols

    def _symbols(self) -> tuple[tuple[Any, ...], tuple[str, ...]]:
        """Symbols by address: names joined by newlines, addresses (u64), sizes (u64), kinds (nm's letters,
        small for a local symbol), functions (a character each, "f" for those) and {number: other}, where
        ``other`` is the offset of the local entry (ELFv2) or the descriptor's address (ELFv1). And the
        exported names."""
        table: Any = self.elf.get_section_by_name(".symtab") or self.elf.get_section_by_name(".dynsym")
        if table is None:
            return ("", b"", b"", "", "", {}), ()
        descriptors = self._descriptors()
        found = []
        exported = set()
        for symbol in table.iter_symbols():
            info, name, section = symbol["st_info"], symbol.name, symbol["st_shndx"]
            if name.startswith("__ksymtab_") and name != "__ksymtab_strings":
                exported.add(name.removeprefix("__ksymtab_").removeprefix("gpl_"))
            if not name or section == "SHN_UNDEF" or info["type"] in ("STT_FILE", "STT_SECTION", "STT_TLS"):
                continue
            if name.startswith("$") and info["bind"] == "STB_LOCAL":  # ARM's and RISC-V's mapping symbols
                continue
            address, other = symbol["st_value"], self._local_entry(symbol.entry["st_other"])
            if address in descriptors:
                address, other = descriptors[address], address
            kind = self._kind(info["type"], info["bind"], section, symbol["st_value"] in descriptors)
            function = "f" if info["type"] in ("STT_FUNC", "STT_LOOS") else "-"
            found.append((name, address, symbol["st_size"], kind, function, other))
        found.sort(key=lambda record: (record[1], record[3].islower(), record[0]))
        columns = list(zip(*found, strict=True)) or [()] * 6
        names, addresses, sizes, kinds, functions, others = columns
        packed = "\n".join(names), pack("Q", addresses), pack("Q", sizes), "".join(kinds), "".join(functions)
        return (*packed, {n: other for n, other in enumerate(others) if other}), tuple(sorted(exported))

    def _kind(self, kind: str, bind: str, section: Any, descriptor: bool) -> str:
        letter = "A"
        if isinstance(section, int):
            flags, content = (
                self.elf.get_section(section)["sh_flags"],
                self.elf.get_section(section)["sh_type"],
            )
            if flags & 4 or descriptor:
                letter = "T"
            elif content == "SHT_NOBITS":
                letter = "B"
            else:
                letter = "D" if flags & 1 else "R"
        if bind == "STB_WEAK":
            return "W" if kind == "STT_FUNC" else "V"
        return letter.lower() if bind == "STB_LOCAL" else letter

    def _local_entry(self, other: Any) -> int:
        """ELFv2 keeps log2 of the distance from the global to the local entry in st_other's top three
        bits."""
        if self.elf["e_machine"] != "EM_PPC64" or (self.elf["e_flags"] & 3) != 2:
            return 0
        log = other["local"]
        return ((1 << log) >> 2) << 2 if isinstance(log, int) else 0

    def _descriptors(self) -> dict[int, int]:
        """ELFv1: address of each function descriptor in .opd -> address of its code."""
        section = self.elf.get_section_by_name(".opd")
        if section is None:
            return {}
        data, start = section.data(), section["sh_addr"]
        order: Any = "little" if self.little_endian else "big"
        size = self.bits // 8
        found = {}
        for offset in range(0, len(data) - size + 1, 8):
            found[start + offset] = int.from_bytes(data[offset : offset + size], order)
        return found

    # ------------------------------------------------------------ lines

    def read_lines(self, unit: Any) -> list[int]:
        """Adds a unit's line table; gives the unit's file numbers as ours."""
        assert self.dwarf is not None
        program = self.dwarf.line_program_for_CU(unit)
        if program is None:
            return []
        names = self._file_names(unit, program)
        for entry in program.get_entries():
            state = entry.state
            if state is None:
                continue
            file = names[state.file] if state.file < len(names) else 0
            flags = 1 * bool(state.is_stmt) | 2 * bool(state.end_sequence) | 4 * bool(state.prologue_end)
            self.lines.append((state.address, file, state.line, flags))
        return names

    def _file_names(self, unit: Any, program: Any) -> list[int]:
        top = unit.get_top_DIE()
        root = text(top, "DW_AT_comp_dir") or ""
        version = program["version"]
        directories = [d.decode("utf-8", "replace") for d in program["include_directory"]]
        if version < 5:
            directories = [root, *directories]
        numbers = [] if version >= 5 else [self.file(relative(root, "", text(top, "DW_AT_name") or ""))]
        for entry in program["file_entry"]:
            folder = directories[entry["dir_index"]] if entry["dir_index"] < len(directories) else ""
            numbers.append(self.file(relative(root, folder, entry["name"].decode("utf-8", "replace"))))
        return numbers

    def _lines(self) -> tuple[bytes, bytes, bytes, bytes]:
        """Addresses (u64), files (u16 or u32 by length), lines (u32) and flags (u8): is_stmt 1,
        end_sequence 2, prologue_end 4. By address; where a sequence ends and another starts, the end comes
        first."""
        order = sorted(range(len(self.lines)), key=lambda n: (self.lines[n][0], not self.lines[n][3] & 2, n))
        rows = [self.lines[n] for n in order]
        return (
            pack("Q", [row[0] for row in rows]),
            pack("I", [row[1] for row in rows]),
            pack("I", [row[2] for row in rows]),
            bytes(row[3] for row in rows),
        )


def relative(root: str, folder: str, name: str) -> str:
    """A source file's name as a kernel's messages give it: relative to where it was built."""
    path = posixpath.normpath(posixpath.join(root, folder, name))
    base = posixpath.normpath(root) if root else ""
    return path.removeprefix(base + "/") if base and base != "." else path


class _UnitReader:
    """One compile unit."""

    def __init__(self, image: _ImageReader, unit: Any) -> None:
        self.image = image
        self.unit = unit
        assert image.dwarf is not None
        dwarf = image.dwarf
        self.decoder = Decoder(
            unit["address_size"],
            image.little_endian,
            unit.dwarf_format() // 8,
            address_of=lambda index: dwarf.get_addr(unit, index),
            base_type=self._base_type,
        )
        self.locations = dwarf.location_lists()
        self.ranges = dwarf.range_lists()
        self.name = 0
        self.base = 0

    def read(self) -> None:
        top = self.unit.get_top_DIE()
        if top.tag not in ("DW_TAG_compile_unit", "DW_TAG_partial_unit"):
            return
        self.file_numbers = self.image.read_lines(self.unit)
        self.image.file_numbers[self.unit.cu_offset] = self.file_numbers
        self.name = self.image.file(
            relative(text(top, "DW_AT_comp_dir") or "", "", text(top, "DW_AT_name") or "")
        )
        low = top.attributes.get("DW_AT_low_pc")
        self.base = low.value if low is not None else 0
        children = list(top.iter_children())
        # Abstract functions first, so that inlined and concrete instances find the numbers.
        for die in children:
            if die.tag == "DW_TAG_subprogram" and "DW_AT_inline" in die.attributes:
                self._number(die)
        for die in children:
            if die.tag == "DW_TAG_subprogram":
                self._function(die)
            elif die.tag == "DW_TAG_variable":
                self._global(die)
            elif die.tag in _NAMED_TYPE_TAGS:
                self.image.types.number(die)

    # ------------------------------------------------------------ functions

    def _number(self, die: DIE) -> int:
        """The number of the function an entry describes, made on first use."""
        if die.offset not in self.image.function_of:
            self.image.function_of[die.offset] = len(self.image.functions)
            self.image.functions.append(None)
            self.image.details.append(())
            self._record(die, 0, ())
        return self.image.function_of[die.offset]

    def _function(self, die: DIE) -> None:
        if "DW_AT_declaration" in die.attributes:
            return
        if "DW_AT_inline" in die.attributes:
            return
        ranges = self._code_ranges(die)
        if not ranges:
            return
        number = self._number(die)
        self._record(die, self._entry(die, ranges), ranges)
        scopes: list[tuple[Any, ...]] = []
        calls: list[tuple[Any, ...]] = []
        self._scope(die, -1, SCOPE_FUNCTION, scopes, calls, number)
        frame_base = die.attributes.get("DW_AT_frame_base")
        base = self._location(frame_base, die) if frame_base is not None else None
        self.image.details[number] = (base, tuple(scopes), tuple(sorted(calls, key=lambda call: call[0])))

    def _record(self, die: DIE, entry: int, ranges: tuple[tuple[int, int], ...]) -> None:
        """A function record: (name, linkage name, file, line, flags, return type, unit, abstract function,
        entry, ranges). ``ranges`` is () for a function that exists only inlined; ``abstract`` is -1 unless
        it comes from one."""
        origin = self._origin(die)
        abstract = self.image.function_of.get(origin.offset, -1) if origin is not die else -1
        flags = EXTERNAL * ("DW_AT_external" in origin.attributes) | PROTOTYPED * (
            "DW_AT_prototyped" in origin.attributes
        )
        inline = origin.attributes.get("DW_AT_inline")
        flags |= DECLARED_INLINE * (inline is not None and inline.value in (2, 3))
        name = text(origin, "DW_AT_name") or ""
        linkage = text(die, "DW_AT_linkage_name") or text(origin, "DW_AT_linkage_name")
        returns = self.image.types.of(origin)
        place = self._decl_file(origin), self._decl_line(origin)
        record = (name, linkage, *place, flags, returns, self.name, abstract, entry, ranges)
        self.image.functions[self.image.function_of[die.offset]] = record

    def _entry(self, die: DIE, ranges: tuple[tuple[int, int], ...]) -> int:
        entry, low = die.attributes.get("DW_AT_entry_pc"), die.attributes.get("DW_AT_low_pc")
        start = low.value if low is not None else ranges[0][0] if ranges else 0
        if entry is None:
            return start
        return entry.value if entry.form.startswith("DW_FORM_addr") else start + entry.value

    def _scope(
        self,
        die: DIE,
        parent: int,
        kind: int,
        scopes: list[tuple[Any, ...]],
        calls: list[tuple[Any, ...]],
        function: int,
    ) -> None:
        """Appends a scope and those within it: (kind, parent, ranges, variables, labels, inlined), where
        ``inlined`` is (abstract function, entry, call file, call line) and a label (name, address, file,
        line)."""
        here = len(scopes)
        ranges = self._code_ranges(die)
        inlined = self._inlined(die, ranges, function, here) if kind == SCOPE_INLINED else None
        scopes.append(())
        variables: list[tuple[Any, ...]] = []
        labels: list[tuple[Any, ...]] = []
        for child in die.iter_children():
            tag = child.tag
            if tag in ("DW_TAG_formal_parameter", "DW_TAG_variable"):
                variables.append(self._variable(child))
            elif tag == "DW_TAG_lexical_block":
                self._scope(child, here, SCOPE_BLOCK, scopes, calls, function)
            elif tag == "DW_TAG_inlined_subroutine":
                self._scope(child, here, SCOPE_INLINED, scopes, calls, function)
            elif tag == "DW_TAG_label" and "DW_AT_low_pc" in child.attributes:
                origin = self._origin(child)
                place = self._decl_file(origin), self._decl_line(origin)
                labels.append(
                    (text(origin, "DW_AT_name") or "", child.attributes["DW_AT_low_pc"].value, *place)
                )
            elif tag in ("DW_TAG_call_site", "DW_TAG_GNU_call_site"):
                calls.extend(self._call(child))
            elif tag in _NAMED_TYPE_TAGS:
                self.image.types.number(child)
        scopes[here] = (kind, parent, ranges, tuple(variables), tuple(labels), inlined)

    def _inlined(
        self, die: DIE, ranges: tuple[tuple[int, int], ...], function: int, scope: int
    ) -> tuple[int, int, int, int] | None:
        origin = self._origin(die)
        if origin is die or not (ranges or {"DW_AT_entry_pc", "DW_AT_low_pc"} & die.attributes.keys()):
            return None
        abstract = self._number(origin)
        entry = self._entry(die, ranges)
        self.image.instances.setdefault(abstract, []).append((entry, function, scope))
        file, line = die.attributes.get("DW_AT_call_file"), die.attributes.get("DW_AT_call_line")
        numbers = self.file_numbers
        call_file = numbers[file.value] if file is not None and file.value < len(numbers) else 0
        return abstract, entry, call_file, line.value if line is not None else 0

    def _call(self, die: DIE) -> Iterator[tuple[Any, ...]]:
        """A call site: (return address, name of the function called or "", ((register, value operations),
        ...))."""
        at = die.attributes.get("DW_AT_call_return_pc") or die.attributes.get("DW_AT_low_pc")
        if at is None:
            return
        target = ""
        for name in ("DW_AT_call_origin", "DW_AT_abstract_origin"):
            if name in die.attributes:
                target = text(self._origin(die.get_DIE_from_attribute(name)), "DW_AT_name") or ""
        arguments = []
        for child in die.iter_children():
            if child.tag not in ("DW_TAG_call_site_parameter", "DW_TAG_GNU_call_site_parameter"):
                continue
            value = child.attributes.get("DW_AT_call_value") or child.attributes.get(
                "DW_AT_GNU_call_site_value"
            )
            where = child.attributes.get("DW_AT_location")
            if value is None or where is None or value.form != "DW_FORM_exprloc":
                continue
            place = self.decoder.decode(bytes(where.value))
            if len(place) == 1 and (0x50 <= place[0][0] < 0x70 or place[0][0] == 0x90):
                register = place[0][1] if place[0][0] == 0x90 else place[0][0] - 0x50
                arguments.append((register, self.decoder.decode(bytes(value.value))))
        yield at.value, target, tuple(arguments)

    # ------------------------------------------------------------ variables

    def _variable(self, die: DIE) -> tuple[Any, ...]:
        """(name, type, file, line, flags, location): flags 1 parameter, 2 only declared here, 4 artificial.
        A location is None, ("const", number or bytes), ("all", operations), or ("list", ((begin, end,
        operations), ...)) where the default entry has begin and end -1."""
        origin = self._origin(die)
        attributes = die.attributes
        flags = 1 * (die.tag == "DW_TAG_formal_parameter") | 2 * ("DW_AT_declaration" in origin.attributes)
        flags |= 4 * ("DW_AT_artificial" in origin.attributes)
        place = self._decl_file(origin), self._decl_line(origin)
        location: Any = None
        for source in (attributes, origin.attributes):
            if "DW_AT_location" in source:
                location = self._location(source["DW_AT_location"], die)
            elif "DW_AT_const_value" in source:
                constant = source["DW_AT_const_value"].value
                constant = bytes(constant) if isinstance(constant, list) else constant
                location = ("const", constant)
            if location is not None:
                break
        return (text(origin, "DW_AT_name"), self.image.types.of(origin), *place, flags, location)

    def _global(self, die: DIE) -> None:
        """A variable of the file: what _variable gives, then whether it is external, and the unit's file."""
        origin = self._origin(die)
        if "DW_AT_location" in die.attributes or "DW_AT_const_value" in die.attributes:
            external = "DW_AT_external" in origin.attributes
            self.image.globals.append((*self._variable(die), external, self.name))

    def _location(self, attribute: Any, die: DIE) -> tuple[Any, ...] | None:
        form = attribute.form
        if form == "DW_FORM_exprloc" or form.startswith("DW_FORM_block"):
            return ("all", self.decoder.decode(bytes(attribute.value)))
        if self.locations is None or form not in (
            "DW_FORM_sec_offset",
            "DW_FORM_loclistx",
            "DW_FORM_data4",
            "DW_FORM_data8",
        ):
            return None
        base = self.base
        entries = []
        entry: Any
        for entry in self.locations.get_location_list_at_offset(attribute.value, die):
            if hasattr(entry, "base_address"):
                base = entry.base_address
            elif hasattr(entry, "loc_expr"):
                absolute = getattr(entry, "is_absolute", False)
                shift = 0 if absolute else base
                operations = self.decoder.decode(bytes(entry.loc_expr))
                entries.append((entry.begin_offset + shift, entry.end_offset + shift, operations))
        return ("list", tuple(entries))

    # ------------------------------------------------------------ attributes

    def _origin(self, die: DIE) -> DIE:
        """The entry that carries an entry's name and type: itself, or what it is an instance of."""
        for name in ("DW_AT_abstract_origin", "DW_AT_specification"):
            if name in die.attributes:
                return self._origin(die.get_DIE_from_attribute(name))
        return die

    def _decl_file(self, die: DIE) -> int:
        file = die.attributes.get("DW_AT_decl_file")
        if file is None or file.value >= len(self.file_numbers):
            return 0
        return self.file_numbers[file.value]

    def _decl_line(self, die: DIE) -> int:
        line = die.attributes.get("DW_AT_decl_line")
        return line.value if line is not None else 0

    def _code_ranges(self, die: DIE) -> tuple[tuple[int, int], ...]:
        low, high = die.attributes.get("DW_AT_low_pc"), die.attributes.get("DW_AT_high_pc")
        if low is not None and high is not None:
            end = high.value if high.form.startswith("DW_FORM_addr") else low.value + high.value
            return ((low.value, end),) if end > low.value else ()
        ranges = die.attributes.get("DW_AT_ranges")
        if ranges is None or self.ranges is None:
            return ()
        base, found = self.base, []
        entry: Any
        for entry in self.ranges.get_range_list_at_offset(ranges.value, self.unit):
            if hasattr(entry, "base_address"):
                base = entry.base_address
                continue
            shift = 0 if getattr(entry, "is_absolute", False) else base
            if entry.end_offset > entry.begin_offset:
                found.append((entry.begin_offset + shift, entry.end_offset + shift))
        return tuple(found)

    def _base_type(self, offset: int) -> tuple[int, bool] | None:
        die = self.unit.get_DIE_from_refaddr(self.unit.cu_offset + offset)
        encoding, size = die.attributes.get("DW_AT_encoding"), die.attributes.get("DW_AT_byte_size")
        if encoding is None or size is None or encoding.value in (3, 4):  # floats
            return None
        return 8 * size.value, encoding.value in (types.ENCODING_SIGNED, types.ENCODING_SIGNED_CHAR)


class TypeInterner:
    """Gives every C type one number, however many units describe it.

    Records: (BASE, name, size, encoding) (POINTER|CONST|VOLATILE|RESTRICT|ATOMIC, to) (TYPEDEF, name, to)
    (ARRAY, of, count or None, inner) (ENUM, name, size, signed, ((name, value), ...)) (FUNCTION, returns,
    parameters, variadic) (STRUCT|UNION, name, size, incomplete, members) with members (name, type, offset,
    bits) and bits None or (storage size, bit offset from the least significant, bit size).
    """

    def __init__(self, image: _ImageReader) -> None:
        self.image = image
        self.records: list[tuple[Any, ...] | None] = [(types.VOID,)]
        self._by_offset: dict[int, int] = {}
        self._by_key: dict[tuple[Any, ...], int] = {(types.VOID,): 0}
        self._pending: deque[tuple[int, DIE]] = deque()

    def of(self, die: DIE) -> int:
        """The number of the type a DIE's DW_AT_type names; void without one."""
        if "DW_AT_type" not in die.attributes:
            return 0
        attribute = die.attributes["DW_AT_type"]
        if attribute.form in (
            "DW_FORM_ref4",
            "DW_FORM_ref1",
            "DW_FORM_ref2",
            "DW_FORM_ref8",
            "DW_FORM_ref_udata",
        ):
            known = self._by_offset.get(die.cu.cu_offset + attribute.value)
            if known is not None:
                return known
        return self.number(die.get_DIE_from_attribute("DW_AT_type"))

    def number(self, die: DIE) -> int:
        known = self._by_offset.get(die.offset)
        if known is None:
            known = self._by_offset[die.offset] = self._intern(die)
        return known

    def finish(self) -> None:
        """Describes the members of structures that were only named so far."""
        while self._pending:
            number, die = self._pending.popleft()
            self.records[number] = self._struct(die)

    def _intern(self, die: DIE) -> int:
        tag = die.tag
        if tag in _STRUCT_TAGS:
            return self._intern_struct(die)
        if tag in _TYPE_TAGS:
            return self._add((_TYPE_TAGS[tag], self.of(die)))
        if tag == "DW_TAG_base_type":
            name, encoding = text(die, "DW_AT_name") or "", _number(die, "DW_AT_encoding")
            return self._add((types.BASE, name, _number(die, "DW_AT_byte_size"), encoding))
        if tag == "DW_TAG_typedef":
            return self._add((types.TYPEDEF, text(die, "DW_AT_name") or "", self.of(die)))
        if tag == "DW_TAG_array_type":
            return self._array(die)
        if tag == "DW_TAG_enumeration_type":
            return self._add(self._enum(die))
        if tag == "DW_TAG_subroutine_type":
            return self._add(self._function(die))
        if tag == "DW_TAG_unspecified_type":  # what the assembler lets its functions return
            return 0
        return self._add((types.OTHER,))

    def _add(self, record: tuple[Any, ...], key: tuple[Any, ...] | None = None) -> int:
        key = key or record
        if key not in self._by_key:
            self._by_key[key] = len(self.records)
            self.records.append(record)
        return self._by_key[key]

    def _intern_struct(self, die: DIE) -> int:
        kind, name = _STRUCT_TAGS[str(die.tag)], text(die, "DW_AT_name")
        file, files = _number(die, "DW_AT_decl_file"), self.image.file_numbers.get(die.cu.cu_offset, [])
        place = (
            files[file] if file < len(files) else -1,
            _number(die, "DW_AT_decl_line"),
            _number(die, "DW_AT_decl_column"),
        )
        members = tuple(
            text(child, "DW_AT_name") for child in die.iter_children() if child.tag == "DW_TAG_member"
        )
        declaration = "DW_AT_declaration" in die.attributes
        size = _number(die, "DW_AT_byte_size")
        # The same text in the same place is the same type; a declaration is one whoever declares it.
        key = (kind, name) if declaration else (kind, name, size, members, place)
        before = len(self.records)
        number = self._add((kind, name, size, declaration, ()), key)
        if number == before and not declaration:
            self._pending.append((number, die))
        return number

    def _struct(self, die: DIE) -> tuple[Any, ...]:
        size = _number(die, "DW_AT_byte_size")
        members = tuple(
            self._member(child, size)
            for child in die.iter_children()
            if child.tag in ("DW_TAG_member", "DW_TAG_inheritance")
        )
        return (_STRUCT_TAGS[str(die.tag)], text(die, "DW_AT_name"), size, False, members)

    def _member(self, die: DIE, struct_size: int) -> tuple[Any, ...]:
        location = die.attributes.get("DW_AT_data_member_location")
        offset = 0
        if location is not None:
            # old producers write the expression "plus_uconst N"
            value = location.value
            offset = Decoder(8, True).decode(bytes(value))[0][-1] if isinstance(value, list) else value
        width = _number(die, "DW_AT_bit_size")
        kind = self.of(die)
        bits = None
        if width:
            offset, bits = self._bitfield(die, offset, width, self._size(kind), struct_size)
        return (text(die, "DW_AT_name"), kind, offset, bits)

    def _bitfield(
        self, die: DIE, offset: int, width: int, type_size: int, struct_size: int
    ) -> tuple[int, tuple[int, int, int]]:
        little = self.image.little_endian
        storage = _number(die, "DW_AT_byte_size") or type_size or 4
        if "DW_AT_data_bit_offset" in die.attributes:
            first = _number(die, "DW_AT_data_bit_offset")  # from the structure's first byte, in storage order
        elif "DW_AT_bit_offset" in die.attributes:
            from_top = _number(
                die, "DW_AT_bit_offset"
            )  # DWARF 3: from the storage unit's most significant bit
            first = 8 * offset + (8 * storage - from_top - width if little else from_top)
        else:
            first = 8 * offset
        offset = first // (8 * storage) * storage
        if first + width > 8 * (offset + storage) or offset + storage > struct_size:
            offset = first // 8
            needed = (first + width + 7) // 8 - offset
            storage = next(size for size in (1, 2, 4, 8, 16) if size >= needed)
        from_start = first - 8 * offset
        return offset, (storage, from_start if little else 8 * storage - from_start - width, width)

    def _size(self, number: int) -> int:
        """Bytes of an integer type, through typedefs and qualifiers."""
        record = self.records[number]
        if record is None or record[0] == types.VOID:
            return 0
        if record[0] in (types.BASE, types.ENUM):
            return record[2]
        if record[0] in (types.TYPEDEF, types.CONST, types.VOLATILE, types.ATOMIC):
            return self._size(record[-1])
        return self.image.bits // 8

    def _array(self, die: DIE) -> int:
        number = self.of(die)
        bounds = [_bound(child) for child in die.iter_children() if child.tag == "DW_TAG_subrange_type"] or [
            None
        ]
        for index, count in enumerate(reversed(bounds)):
            number = self._add((types.ARRAY, number, count, index < len(bounds) - 1))
        return number

    def _enum(self, die: DIE) -> tuple[Any, ...]:
        values = tuple(
            (text(child, "DW_AT_name") or "", _number(child, "DW_AT_const_value"))
            for child in die.iter_children()
            if child.tag == "DW_TAG_enumerator"
        )
        encoding = _number(die, "DW_AT_encoding")
        if encoding == 0 and "DW_AT_type" in die.attributes:
            base = self.records[self.of(die)]
            encoding = base[3] if base is not None and base[0] == types.BASE else 0
        signed = encoding in (types.ENCODING_SIGNED, types.ENCODING_SIGNED_CHAR) or any(
            value < 0 for _, value in values
        )
        return (types.ENUM, text(die, "DW_AT_name"), _number(die, "DW_AT_byte_size"), signed, values)

    def _function(self, die: DIE) -> tuple[Any, ...]:
        parameters = tuple(
            self.of(child) for child in die.iter_children() if child.tag == "DW_TAG_formal_parameter"
        )
        variadic = any(child.tag == "DW_TAG_unspecified_parameters" for child in die.iter_children())
        return (types.FUNCTION, self.of(die), parameters, variadic)


def _number(die: DIE, attribute: str) -> int:
    value = die.attributes.get(attribute)
    return value.value if value is not None and isinstance(value.value, int) else 0


def _bound(die: DIE) -> int | None:
    """The number of elements of an array's dimension."""
    count = die.attributes.get("DW_AT_count")
    if count is not None and isinstance(count.value, int):
        return count.value
    upper = die.attributes.get("DW_AT_upper_bound")
    if upper is None or not isinstance(upper.value, int) or upper.form in ("DW_FORM_exprloc", "DW_FORM_ref4"):
        return None
    bits = {"DW_FORM_data1": 8, "DW_FORM_data2": 16, "DW_FORM_data4": 32, "DW_FORM_data8": 64}.get(upper.form)
    if bits is not None and upper.value == (1 << bits) - 1 and bits >= 32:  # int a[0] has the bound -1
        return 0
    return upper.value + 1
