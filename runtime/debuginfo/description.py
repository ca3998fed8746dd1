"""What the compiler and the runtime know of a kernel without running it."""

from __future__ import annotations

import marshal
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

from stapy.runtime.debuginfo import expressions
from stapy.runtime.debuginfo.expressions import Translator
from stapy.runtime.debuginfo.frames import CallFrames
from stapy.runtime.debuginfo.functions import Function, InlineInstance, Variable
from stapy.runtime.debuginfo.index import GROUP, Index, open_index, ungroup
from stapy.runtime.debuginfo.lines import LineTable, file_matches
from stapy.runtime.debuginfo.statements import Statement, find
from stapy.runtime.debuginfo.symbols import Symbol, SymbolTable, unpack
from stapy.runtime.debuginfo.types import TypeTable

_Item = TypeVar("_Item")


class KernelDescription:
    """Symbols, functions, types, lines and frames of an ELF image. Parts are unpacked as they are asked
    for; nothing here touches a running machine."""

    def __init__(self, index: Index, path: Path | None = None) -> None:
        image = index["image"]
        self._index = index
        self.path = path
        self.program: str | None = None  # where it describes a program that is attached to: the path in process("path")
        self.arch: str = image["arch"]
        self.pointer_size: int = image["bits"] // 8
        self.little_endian: bool = image["little_endian"]
        self.release: str = image["release"]  # "" where the image has no linux_banner
        self.entry: int = image["entry"]
        self.segments: tuple[tuple[int, int, int, int, int, int], ...] = image["segments"]
        self.sections: tuple[tuple[str, int, int, int], ...] = image["sections"]
        self._parts: dict[str, Any] = {}
        self._functions: dict[int, Function] = {}
        self._groups: dict[int, tuple[bytes, ...]] = {}

    @classmethod
    def from_elf(cls, path: str | Path) -> KernelDescription:
        """Describes the ELF image in a file. Raises OSError if it cannot be read and
        elftools.common.exceptions.ELFError if it is no ELF file."""
        return cls(open_index(Path(path)), Path(path))

    # ------------------------------------------------------------ parts

    def _part(self, name: str, make: Callable[[], Any]) -> Any:
        part = self._parts.get(name)
        if part is None:
            part = self._parts[name] = make()
        return part

    @property
    def symbols(self) -> SymbolTable:
        return self._part("symbols", lambda: SymbolTable(self._index["symbols"]))

    @property
    def types(self) -> TypeTable:
        return self._part("types", lambda: TypeTable(list(self._index["types"]), self.pointer_size))

    @property
    def lines(self) -> LineTable:
        return self._part("lines", lambda: LineTable(self._index["lines"], self.files))

    @property
    def frames(self) -> CallFrames:
        return self._part("frames", self._make_frames)

    def _make_frames(self) -> CallFrames:
        starts, ends, tables = self._index["frames"]
        return CallFrames(
            (unpack("Q", starts), unpack("Q", ends), tables), self.pointer_size, self.little_endian
        )

    @property
    def files(self) -> tuple[str, ...]:
        """Source files by number; number 0 is no file."""
        return self._index["files"]

    def translator(
        self,
        frame_base: Callable[[], expressions.Node] | None = None,
        cfa: Callable[[], expressions.Node] | None = None,
        at_entry: bool = False,
    ) -> Translator:
        return Translator(self.pointer_size, self.little_endian, frame_base, cfa, at_entry)

    # ------------------------------------------------------------ symbols

    def symbol_at(self, address: int) -> tuple[str, int, int] | None:
        """The symbol an address is in: (name, offset into it, its size)."""
        return self.symbols.at(address)

    def exported(self, name: str) -> bool:
        """Whether a symbol is exported to modules (EXPORT_SYMBOL)."""
        return name in self._part("exported", lambda: frozenset(self._index["exported"]))

    def in_text(self, address: int) -> bool:
        """Whether an address lies in an executable section."""
        return any(start <= address < start + size for _, start, size, flags in self.sections if flags & 4)

    # ------------------------------------------------------------ functions

    def functions(
        self, pattern: str = "*", file: str | None = None, line: int | None = None, symbols: bool = True
    ) -> list[Function]:
        """Functions by name and place, sorted by name.

        ``pattern`` has shell wildcards. ``file`` restricts to functions declared in matching source files
        (see lines.file_matches); a ``line`` beside it restricts nothing, as in SystemTap, where a line only
        has a meaning for statements. ``symbols`` adds functions that only the symbol table knows, where no
        file is asked for.
        """
        numbers = self._matching(self._part("names", self._make_names), pattern)
        found = [self.function_number(number) for number in dict.fromkeys(numbers)]
        if file is not None:
            found = [function for function in found if file_matches(function.file, file)]
        elif symbols:
            found += self._symbol_functions(pattern)
        return sorted(found, key=lambda function: (function.name, function.low_pc))

    @staticmethod
    def _matching(by_name: Mapping[str, Iterable[_Item]], pattern: str) -> list[_Item]:
        if not any(special in pattern for special in "*?["):
            return list(by_name.get(pattern, ()))
        return [item for name, items in by_name.items() if fnmatchcase(name, pattern) for item in items]

    def function(self, name: str) -> Function | None:
        """The function of that name; of several, one that is not inlined only, the external one first."""
        found = self.functions(name)
        return min(found, key=lambda f: (f.is_inlined_only, not f.external, f.low_pc), default=None)

    def function_at(self, address: int) -> Function | None:
        """The function whose code an address is in (the caller, for inlined code)."""
        lows, highs, numbers = self._part("ranges", self._make_ranges)
        index = bisect_right(lows, address) - 1
        if index < 0 or address >= highs[index]:
            return None
        return self.function_number(numbers[index])

    def _make_ranges(self) -> tuple[list[int], list[int], list[int]]:
        records = self._index["functions"]
        ranges = sorted((*place, number) for number, record in enumerate(records) for place in record[9])
        return [place[0] for place in ranges], [place[1] for place in ranges], [place[2] for place in ranges]

    def function_number(self, number: int) -> Function:
        """The function with that number in the index."""
        made = self._functions.get(number)
        if made is None:
            made = self._functions[number] = Function(self, number, self._index["functions"][number])
            made.inlined = [
                InlineInstance(made, *place)
                for abstract in self._abstract_of(number)
                for place in self._index["instances"].get(abstract, ())
            ]
            if made.ranges and self.arch == "ppc64le":
                symbol = self.symbols.symbol_starting(made.low_pc)
                made.local_entry = symbol.local_entry if symbol is not None else 0
        return made

    def function_details(self, number: int) -> Any:
        """(frame base, scopes, calls) as reader.py leaves them."""
        if number < 0:
            return None, (), ()
        packed = self._groups.get(number // GROUP)
        if packed is None:
            packed = self._groups[number // GROUP] = ungroup(self._index["details"][number // GROUP])
        return marshal.loads(packed[number % GROUP])

    def _abstract_of(self, number: int) -> list[int]:
        """The abstract functions whose inlined copies are listed with a function: its own, where it is the
        first with code out of line, or itself."""
        owners = self._part("owners", self._make_owners)
        abstract = self._index["functions"][number][7]
        return [known for known in (number, abstract) if owners.get(known, known) == number]

    def _make_owners(self) -> dict[int, int]:
        owners: dict[int, int] = {}
        for number, record in enumerate(self._index["functions"]):
            if record[7] >= 0 and record[9]:
                owners.setdefault(record[7], number)
        return owners

    def _make_names(self) -> dict[str, list[int]]:
        """What there is to probe, by name: functions with code, and those with inlined copies."""
        found: dict[str, list[int]] = {}
        owners, instances = self._part("owners", self._make_owners), self._index["instances"]
        for number, record in enumerate(self._index["functions"]):
            if record[9] or (number in instances and number not in owners):
                for name in {record[0], record[1]} - {None}:
                    found.setdefault(name, []).append(number)
        return found

    def _symbol_functions(self, pattern: str) -> list[Function]:
        """Functions that only the symbol table knows."""
        known = self._part("low", lambda: {record[8] for record in self._index["functions"] if record[9]})
        made = []
        for symbol in self._matching(self._part("symbol names", self._make_symbol_names), pattern):
            if symbol.address not in known:
                place = (symbol.address, symbol.address + max(symbol.size, 1))
                record = (symbol.name, None, 0, 0, int(symbol.is_global), 0, 0, -1, symbol.address, (place,))
                made.append(Function(self, -1, record))
                made[-1].local_entry = symbol.local_entry
        return made

    def _make_symbol_names(self) -> dict[str, list[Symbol]]:
        found: dict[str, list[Symbol]] = {}
        for symbol in self.symbols.functions():
            found.setdefault(symbol.name, []).append(symbol)
        return found

    # ------------------------------------------------------------ variables

    def variables_at(self, pc: int, function: Function | None = None) -> list[Variable]:
        """The parameters and locals in scope at ``pc``, innermost first: those of ``function``, or without
        one those the source has there, be it an inlined function's."""
        if function is not None:
            return function.variables_at(pc)
        function = self.function_at(pc)
        if function is None:
            return []
        inlined = function.inlined_at(pc)
        return inlined[0].variables_at(pc) if inlined else function.variables_at(pc)

    def variable(self, name: str, file: str | None = None) -> Variable | None:
        """A variable outside functions, for @var("name") and @var("name@file"); an external one first."""
        found = [
            record
            for record in self._part("globals", self._make_globals).get(name, ())
            if file is None
            or file_matches(self.files[record[7]], file)
            or file_matches(self.files[record[2]], file)
        ]
        best = min(found, key=lambda record: not record[6], default=None)
        return Variable(self, best, None) if best is not None else None

    def variable_names(self) -> list[str]:
        return sorted(self._part("globals", self._make_globals))

    def _make_globals(self) -> dict[str, list[tuple[Any, ...]]]:
        found: dict[str, list[tuple[Any, ...]]] = {}
        for record in self._index["globals"]:
            found.setdefault(record[0], []).append(record)
        return found

    # ------------------------------------------------------------ lines

    def addresses_for(self, file: str, line: int) -> list[int]:
        """See LineTable.addresses_for."""
        return self.lines.addresses_for(file, line)

    def line_at(self, address: int) -> tuple[str, int] | None:
        """Source file and line of an address."""
        return self.lines.at(address)

    def statements(
        self, pattern: str, file: str, lines: int | tuple[int, int] | None = None
    ) -> list[Statement]:
        """See statements.find."""
        return find(self, pattern, file, lines)

    def source_files(self) -> list[str]:
        return self.lines.source_files()
