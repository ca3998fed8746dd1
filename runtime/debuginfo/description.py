"""What the compiler and the runtime know of a kernel without running it."""

from __future__ import annotations

import marshal
from bisect import bisect_right
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from stapy.runtime.debuginfo import expressions
from stapy.runtime.debuginfo.expressions import Translator
from stapy.runtime.debuginfo.frames import CallFrames
from stapy.runtime.debuginfo.functions import Function, InlineInstance, Variable
from stapy.runtime.debuginfo.index import Index, open_index
from stapy.runtime.debuginfo.lines import LineTable, file_matches
from stapy.runtime.debuginfo.statements import Statement, find
from stapy.runtime.debuginfo.symbols import SymbolTable, unpack
from stapy.runtime.debuginfo.types import TypeTable


class KernelDescription:
    """Symbols, functions, types, lines and frames of an ELF image. Parts are unpacked as they are asked
    for; nothing here touches a running machine."""

    def __init__(self, index: Index, path: Path | None = None) -> None:
        image = index["image"]
        self._index = index
        self.path = path
        self.arch: str = image["arch"]
        self.pointer_size: int = image["bits"] // 8
        self.little_endian: bool = image["little_endian"]
        self.release: str = image["release"]  # "" where the image has no linux_banner
        self.entry: int = image["entry"]
        self.segments: tuple[tuple[int, int, int, int, int, int], ...] = image["segments"]
        self.sections: tuple[tuple[str, int, int, int], ...] = image["sections"]
        self._parts: dict[str, Any] = {}

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
        found = [function for function in self._all_functions() if self._named(function, pattern)]
        if file is not None:
            found = [function for function in found if file_matches(function.file, file)]
        elif symbols:
            found += [function for function in self._symbol_functions() if self._named(function, pattern)]
        return sorted(found, key=lambda function: (function.name, function.low_pc))

    @staticmethod
    def _named(function: Function, pattern: str) -> bool:
        if not any(special in pattern for special in "*?["):
            return pattern in (function.name, function.linkage_name)
        return fnmatchcase(function.name, pattern)

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
        return self._all_functions_by_number()[numbers[index]]

    def _make_ranges(self) -> tuple[list[int], list[int], list[int]]:
        ranges = sorted(
            (*place, function.number) for function in self._all_functions() for place in function.ranges
        )
        return (
            [low for low, _, _ in ranges],
            [high for _, high, _ in ranges],
            [number for _, _, number in ranges],
        )

    def function_number(self, number: int) -> Function:
        return self._all_functions_by_number()[number]

    def function_details(self, number: int) -> Any:
        """(frame base, scopes, calls) as reader.py leaves them."""
        return marshal.loads(self._index["details"][number]) if number >= 0 else (None, (), ())

    def _all_functions_by_number(self) -> list[Function]:
        return self._part("functions", self._make_functions)

    def _all_functions(self) -> list[Function]:
        return self._part("listed", self._make_listed)

    def _make_functions(self) -> list[Function]:
        made = [Function(self, number, record) for number, record in enumerate(self._index["functions"])]
        if self.arch.startswith("ppc64"):
            for symbol in self.symbols.symbols():
                for function in made if symbol.local_entry else ():
                    if function.low_pc == symbol.address:
                        function.local_entry = symbol.local_entry
        for number, places in self._index["instances"].items():
            owner = self._owner(made, number)
            owner.inlined.extend(InlineInstance(owner, *place) for place in places)
        return made

    def _owner(self, made: list[Function], abstract: int) -> Function:
        """The function an abstract one's inlined copies are listed with: its code out of line if it has
        any."""
        for number, record in enumerate(self._index["functions"]):
            if record[7] == abstract and record[9]:
                return made[number]
        return made[abstract]

    def _make_listed(self) -> list[Function]:
        """What there is to probe: functions with code, and those with inlined copies."""
        return [
            function for function in self._all_functions_by_number() if function.ranges or function.inlined
        ]

    def _symbol_functions(self) -> list[Function]:
        return self._part("symbol functions", self._make_symbol_functions)

    def _make_symbol_functions(self) -> list[Function]:
        known = {function.low_pc for function in self._all_functions() if function.ranges}
        made = []
        for symbol in self.symbols.symbols():
            if symbol.is_function and symbol.address not in known:
                flags = int(symbol.is_global)
                end = symbol.address + max(symbol.size, 1)
                record = (symbol.name, None, 0, 0, flags, 0, 0, -1, symbol.address, ((symbol.address, end),))
                made.append(Function(self, -1, record))
                made[-1].local_entry = symbol.local_entry
        return made

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
