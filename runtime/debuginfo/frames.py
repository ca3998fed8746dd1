"""Call frame information: from a function's inside to its caller, for every register the compiler kept
track of."""

from __future__ import annotations

import marshal
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from stapy.runtime.debuginfo.expressions import Decoder, Node, NotAvailable, Translator

# Rules for a register of the caller.
UNDEFINED, SAME, AT_OFFSET, OFFSET_VALUE, IN_REGISTER, AT_EXPRESSION, EXPRESSION_VALUE = range(7)

# Call frame instructions, DW_CFA_*.
_ADVANCE, _OFFSET, _RESTORE = 0x40, 0x80, 0xC0


# ---------------------------------------------------------------- reading


def read_call_frames(dwarf: Any, little_endian: bool, address_size: int) -> tuple[Any, Any, Any]:
    """The frame tables of pyelftools' ``dwarf``: sorted starts, ends, and one marshalled table for each
    stretch of code.

    A table is (return address register, is a signal frame, rows); a row (offset from the start, cfa,
    rules), in order; a cfa (register, offset) or ("expression", operations); rules ((register, rule,
    argument), ...), the argument an offset, a register or operations.
    """
    decoder = Decoder(address_size, little_endian)
    tables: dict[int, tuple[int, bytes]] = {}
    for entry in _entries(dwarf):
        start = entry["initial_location"]
        if start in tables or not entry["address_range"]:
            continue
        rows = _FrameProgram(entry, decoder).rows()
        augmentation = entry.cie.header.get("augmentation", b"")
        table = (entry.cie["return_address_register"], b"S" in augmentation, rows)
        tables[start] = (start + entry["address_range"], marshal.dumps(table, 2))
    starts = sorted(tables)
    return (
        tuple(starts),
        tuple(tables[start][0] for start in starts),
        tuple(tables[start][1] for start in starts),
    )


def _entries(dwarf: Any) -> Iterator[Any]:
    """Frame description entries, .debug_frame's before .eh_frame's."""
    if dwarf.has_CFI():
        yield from (entry for entry in dwarf.CFI_entries() if getattr(entry, "cie", None) is not None)
    if dwarf.has_EH_CFI():
        yield from (entry for entry in dwarf.EH_CFI_entries() if getattr(entry, "cie", None) is not None)


class _FrameProgram:
    """Runs the instructions of one frame description entry. (pyelftools' own decoding knows neither
    DW_CFA_GNU_args_size nor sparc's window save.)"""

    def __init__(self, entry: Any, decoder: Decoder) -> None:
        self.entry = entry
        self.decoder = decoder
        self.code_factor = entry.cie["code_alignment_factor"]
        self.data_factor = entry.cie["data_alignment_factor"]
        self.cfa: tuple[Any, ...] = (0, 0)
        self.rules: dict[int, tuple[int, Any]] = {}
        self.at = 0

    def rows(self) -> tuple[Any, ...]:
        for instruction in self.entry.cie.instructions:
            self._run(int(instruction.opcode), instruction.args, {}, [])
        initial = dict(self.rules)
        found: list[tuple[Any, ...]] = []
        saved: list[tuple[Any, Any]] = []
        for instruction in self.entry.instructions:
            before = self.at
            row = self._row()
            self._run(int(instruction.opcode), instruction.args, initial, saved)
            if self.at != before:
                found.append(row)
        found.append(self._row())
        return tuple(found)

    def _row(self) -> tuple[Any, ...]:
        return self.at, self.cfa, tuple((register, *rule) for register, rule in sorted(self.rules.items()))

    def _run(
        self, opcode: int, args: list[Any], initial: dict[int, Any], saved: list[tuple[Any, Any]]
    ) -> None:
        primary = opcode & 0xC0
        if primary == _ADVANCE or opcode in (0x02, 0x03, 0x04):
            self.at += args[0] * self.code_factor
        elif opcode == 0x01:  # set_loc
            self.at = args[0] - self.entry["initial_location"]
        elif primary == _OFFSET or opcode in (0x05, 0x11):
            self.rules[args[0]] = (AT_OFFSET, args[1] * self.data_factor)
        elif primary == _RESTORE or opcode == 0x06:
            if args[0] in initial:
                self.rules[args[0]] = initial[args[0]]
            else:
                self.rules.pop(args[0], None)
        elif opcode == 0x0A:  # remember_state
            saved.append((self.cfa, dict(self.rules)))
        elif opcode == 0x0B:  # restore_state
            self.cfa, self.rules = saved.pop()
        elif opcode in (0x0C, 0x0D, 0x0E, 0x0F, 0x12, 0x13):
            self._define_cfa(opcode, args)
        elif opcode in (0x07, 0x08, 0x09, 0x10, 0x14, 0x15, 0x16):
            self.rules[args[0]] = self._rule(opcode, args)
        elif opcode == 0x2F:  # GNU_negative_offset_extended
            self.rules[args[0]] = (AT_OFFSET, -args[1] * self.data_factor)

    def _define_cfa(self, opcode: int, args: list[Any]) -> None:
        if opcode == 0x0C:  # def_cfa
            self.cfa = (args[0], args[1])
        elif opcode == 0x12:  # def_cfa_sf
            self.cfa = (args[0], args[1] * self.data_factor)
        elif opcode == 0x0D:  # def_cfa_register
            self.cfa = (args[0], self.cfa[1])
        elif opcode == 0x0E:  # def_cfa_offset
            self.cfa = (self.cfa[0], args[0])
        elif opcode == 0x13:  # def_cfa_offset_sf
            self.cfa = (self.cfa[0], args[0] * self.data_factor)
        else:
            self.cfa = ("expression", self.decoder.decode(bytes(args[0])))

    def _rule(self, opcode: int, args: list[Any]) -> tuple[int, Any]:
        if opcode == 0x07:
            return (UNDEFINED, 0)
        if opcode == 0x08:
            return (SAME, 0)
        if opcode == 0x09:
            return (IN_REGISTER, args[1])
        if opcode in (0x14, 0x15):
            return (OFFSET_VALUE, args[1] * self.data_factor)
        return (AT_EXPRESSION if opcode == 0x10 else EXPRESSION_VALUE, self.decoder.decode(bytes(args[1])))


# ---------------------------------------------------------------- using


class Frame:
    """The frame rules that hold at one address."""

    __slots__ = ("cfa", "return_register", "rules", "signal", "translator")

    def __init__(
        self, return_register: int, signal: bool, row: tuple[Any, ...], translator: Translator
    ) -> None:
        self.return_register = return_register
        self.signal = (
            signal  # the frame is an interrupted one: its return address is the next instruction itself
        )
        self.cfa = row[1]
        self.rules: dict[int, tuple[int, Any]] = {
            register: (rule, argument) for register, rule, argument in row[2]
        }
        self.translator = translator

    def cfa_expression(self) -> Node:
        """The canonical frame address. Raises NotAvailable."""
        if self.cfa[0] == "expression":
            return self.translator.value(self.cfa[1])
        register, offset = self.cfa
        return self.translator.plus(("register", register), offset)

    def register_expression(self, register: int) -> Node | None:
        """What ``register`` held in the caller, None if nobody knows. Registers without a rule keep their
        value, which is right for those that a callee preserves and a guess for the others."""
        rule, argument = self.rules.get(register, (SAME, 0))
        plus, size = self.translator.plus, self.translator.address_size
        if rule == UNDEFINED:
            return None
        if rule == SAME:
            return ("register", register)
        if rule == AT_OFFSET:
            return ("deref", size, plus(self.cfa_expression(), argument))
        if rule == OFFSET_VALUE:
            return plus(self.cfa_expression(), argument)
        if rule == IN_REGISTER:
            return ("register", argument)
        try:
            address = self.translator.value(argument, self.cfa_expression())
        except NotAvailable:
            return None
        return ("deref", size, address) if rule == AT_EXPRESSION else address


class CallFrames:
    """All frame tables of an image; a table is unpacked when an address in it is asked for."""

    def __init__(self, tables: tuple[Any, Any, Any], address_size: int, little_endian: bool) -> None:
        self._starts, self._ends, self._tables = tables
        self._unpacked: dict[int, Any] = {}
        self._translator = Translator(address_size, little_endian)

    def at(self, address: int) -> Frame | None:
        """The rules at ``address``, None where the image says nothing."""
        index = bisect_right(self._starts, address) - 1
        if index < 0 or address >= self._ends[index]:
            return None
        table = self._unpacked.get(index)
        if table is None:
            table = self._unpacked[index] = marshal.loads(self._tables[index])
        return_register, signal, rows = table
        offset = address - self._starts[index]
        row = rows[0]
        for candidate in rows:
            if candidate[0] > offset:
                break
            row = candidate
        return Frame(return_register, signal, row, self._translator)
