"""The arguments of probe events: what `name=+8(%di):u32` and its like mean, and the text they become at a hit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stapy.runtime.kprobes.errors import KprobeError
from stapy.runtime.machine.memory import MemoryFault

MAX_ARGUMENTS, MAX_NAME, MAX_ARRAY, MAX_STRING = 128, 32, 64, 4096
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_INTEGER = re.compile(r"([usx])(8|16|32|64)")
_BITFIELD = re.compile(r"b(\d+)@(\d+)/(\d+)")
_SYMBOL = re.compile(r"([A-Za-z_.][\w.$]*)([+-](?:0x[0-9a-fA-F]+|\d+))?")

Fetch = Callable[[Any], int]  # of the registers at the hit


class EventError(KprobeError):
    """A definition that cannot be: ``code`` says why in one word, ``column`` where in ``command`` (from 0)."""

    def __init__(self, code: str, message: str, command: str = "", column: int = 0, errno: str = "EINVAL") -> None:
        super().__init__(errno, f"{message}\n  {command}\n  {' ' * column}^")
        self.code = code
        self.message = message
        self.command = command
        self.column = column


class Wrong(Exception):  # noqa: N818 - becomes an EventError where the command is known
    """What is wrong ``at`` a column."""

    def __init__(self, code: str, message: str, at: int, errno: str = "EINVAL") -> None:
        super().__init__(message)
        self.code, self.message, self.at, self.errno = code, message, at, errno


@dataclass(frozen=True, slots=True)
class Location:
    """Where a value is: in memory at what ``fetch`` gives, or that itself; ``text`` for what has no number."""

    fetch: Fetch
    in_memory: bool
    text: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its ``source`` as it was written, and what shows its value at a hit."""

    name: str
    source: str
    type: str
    show: Callable[[Any], str]


class Arguments:
    """Parses the arguments of events on one kernel."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel
        self._arch = kernel.machine.arch
        self._memory = kernel.machine.memory
        self._symbols = kernel.kprobes.kallsyms_lookup_name

    def parse(self, words: list[tuple[int, str]], is_return: bool) -> list[Argument]:
        """The arguments in ``words``, each with its column. Raises Wrong."""
        if len(words) > MAX_ARGUMENTS:
            raise Wrong("TOO_MANY_ARGS", f"more than {MAX_ARGUMENTS} arguments", words[MAX_ARGUMENTS][0])
        found: list[Argument] = []
        for number, (at, word) in enumerate(words, 1):
            name, at, source = self._name(word, at, number)
            if any(other.name == name for other in found):
                raise Wrong("USED_ARG_NAME", f"there is an argument '{name}' already", words[number - 1][0])
            found.append(self._argument(name, source, at, is_return))
        return found

    def _name(self, word: str, at: int, number: int) -> tuple[str, int, str]:
        name, equals, source = word.partition("=")
        if not equals or (not _IDENTIFIER.match(word[:1] or "_") and name and name[0] in "%@$+-\\"):
            return f"arg{number}", at, word
        if not name:
            raise Wrong("NO_ARG_NAME", "an argument's name is missing", at)
        if len(name) > MAX_NAME:
            raise Wrong("ARG_NAME_TOO_LONG", f"an argument's name has up to {MAX_NAME} characters", at)
        if not _IDENTIFIER.fullmatch(name):
            raise Wrong("BAD_ARG_NAME", f"'{name}' is no name", at)
        if not source:
            raise Wrong("NO_ARG_BODY", f"'{name}' has no value", at + len(word))
        return name, at + len(name) + 1, source

    def _argument(self, name: str, source: str, at: int, is_return: bool) -> Argument:
        body, colon, kind = source.rpartition(":") if not source.startswith('\\"') else (source, "", "")
        if not colon:
            body, kind = source, ""
        elif not kind:
            raise Wrong("BAD_TYPE", "a type is missing behind ':'", at + len(source))
        place = self._location(body, at, is_return)
        kind_at = at + len(body) + 1
        shown = kind or ("string" if place.text is not None else f"x{self._arch.bits}")
        return Argument(name, source, shown, self._safely(self._show(place, shown, kind_at)))

    def _safely(self, show: Callable[[Any], str]) -> Callable[[Any], str]:
        def shown(regs: Any) -> str:
            try:
                return show(regs)
            except MemoryFault:
                return "(fault)"

        return shown

    # ------------------------------------------------------------ where

    def _location(self, body: str, at: int, is_return: bool) -> Location:
        if not body:
            raise Wrong("NO_ARG_BODY", "an argument has no value", at)
        kind = body[0]
        if kind == "%":
            return self._register(body[1:], at)
        if kind == "$":
            return self._variable(body[1:], at, is_return)
        if kind == "@":
            address = self._address(body[1:], at + 1)
            return Location(lambda regs: address, True)
        if kind == "\\":
            return self._immediate(body[1:], at + 1)
        if kind in "+-":
            return self._dereference(body, at, is_return)
        raise Wrong("BAD_FETCH_ARG", f"'{body}' is no register, variable, address or constant", at)

    def _register(self, name: str, at: int) -> Location:
        try:
            known = self._arch.register_name(name)
        except KeyError:
            raise Wrong("BAD_REG_NAME", f"{self._arch.name} has no register '{name}'", at) from None
        return Location(lambda regs: regs.get(known), False)

    def _variable(self, name: str, at: int, is_return: bool) -> Location:
        arch, memory = self._arch, self._memory
        if name == "retval":
            if not is_return:
                raise Wrong("RETVAL_ON_PROBE", "$retval is for return probes", at)
            return Location(lambda regs: regs.get(arch.return_registers[0]), False)
        if name == "comm":
            return Location(lambda regs: 0, False, lambda regs: f'"{self._task(regs).comm}"')
        if name == "stack":
            return Location(lambda regs: regs.get(arch.sp), False)
        number = re.fullmatch(r"(stack|arg)(\d+)", name)
        if number is None or (number[1] == "arg" and not int(number[2])):
            raise Wrong("BAD_VAR", f"there is no '${name}'", at)
        n = int(number[2])
        if number[1] == "stack":
            if n * arch.word >= arch.thread_size:
                raise Wrong("BAD_STACK_NUM", f"a stack has {arch.thread_size // arch.word} words", at)
            return Location(lambda regs: memory.word(regs.get(arch.sp) + arch.stack_bias + n * arch.word), False)
        if is_return:
            raise Wrong("BAD_VAR", "arguments are gone where a function returns", at)
        place = arch.argument(n - 1)
        if place.register is not None:
            register = place.register
            return Location(lambda regs: regs.get(register), False)
        return Location(lambda regs: memory.word(regs.get(arch.sp) + place.offset), False)

    def _task(self, regs: Any) -> Any:
        from stapy.runtime.kernels.base import Task

        return Task(self._kernel, self._kernel.kprobes.current(regs.cpu))

    def _address(self, text: str, at: int) -> int:
        if text[:1].isdigit():
            return self._number(text, "BAD_MEM_ADDR", at)
        named = _SYMBOL.fullmatch(text)
        if named is None:
            raise Wrong("BAD_MEM_ADDR", f"'{text}' is no address", at)
        address = self._symbols(named[1])
        if not address:
            raise Wrong("BAD_MEM_ADDR", f"the kernel has no symbol '{named[1]}'", at, "ENOENT")
        return address + int(named[2] or "0", 0)

    def _immediate(self, text: str, at: int) -> Location:
        if text.startswith('"'):
            if len(text) < 2 or not text.endswith('"'):
                raise Wrong("IMMSTR_NO_CLOSE", "a string is not closed", at + len(text))
            return Location(lambda regs: 0, False, lambda regs: text)
        value = self._number(text, "BAD_IMM", at)
        return Location(lambda regs: value, False)

    def _dereference(self, body: str, at: int, is_return: bool) -> Location:
        user = body[1:2] == "u"
        offset, brace, rest = body.partition("(")
        if not brace:
            raise Wrong("DEREF_NEED_BRACE", "an offset is followed by what it is from, in braces", at + len(body))
        if not rest.endswith(")") or body.count("(") > body.count(")"):
            raise Wrong("DEREF_OPEN_BRACE", "a brace is not closed", at + len(body))
        if user:
            raise Wrong("NO_USER_MEMORY", "the memory of processes cannot be read here", at + 1, "EOPNOTSUPP")
        distance = self._number(offset, "BAD_DEREF_OFFS", at)
        inner = self._location(rest[:-1], at + len(offset) + 1, is_return)
        if inner.text is not None:
            raise Wrong("COMM_CANT_DEREF", "a string is no address", at + len(offset) + 1)
        number = self._value(inner)
        return Location(lambda regs: number(regs) + distance & self._arch.mask, True)

    def _value(self, place: Location) -> Fetch:
        """A word of what is there."""
        if not place.in_memory:
            return place.fetch
        word = self._memory.word
        return lambda regs: word(place.fetch(regs))

    @staticmethod
    def _number(text: str, code: str, at: int) -> int:
        try:
            return int(text, 0)
        except ValueError:
            raise Wrong(code, f"'{text}' is no number", at) from None

    # ------------------------------------------------------------ what

    def _show(self, place: Location, kind: str, at: int) -> Callable[[Any], str]:
        if place.text is not None:
            if kind not in ("string", "symstr"):
                raise Wrong("BAD_TYPE", f"a string is no {kind}", at)
            return place.text
        base, bracket, count = kind.partition("[")
        if bracket:
            return self._array(place, base, count, at)
        if kind == "string":
            if not place.in_memory:
                raise Wrong("BAD_STRING", "a string is in memory: +0(...)", at)
            return lambda regs: f'"{self._string(place.fetch(regs))}"'
        if kind == "ustring":
            raise Wrong("NO_USER_MEMORY", "the memory of processes cannot be read here", at, "EOPNOTSUPP")
        size, text = self._number_type(kind, at)
        read = self._reader(place, size)
        return lambda regs: text(read(regs))

    def _string(self, address: int) -> str:
        """A C string, with backslashes before what would break the line."""
        data = self._memory.cstring(address, MAX_STRING)
        return "".join(chr(byte) if byte >= 32 else f"\\{byte:03o}" for byte in data).replace("\\012", "\\n")

    def _reader(self, place: Location, size: int) -> Fetch:
        if place.in_memory:
            load = getattr(self._memory, f"u{8 * size}")
            return lambda regs: load(place.fetch(regs))
        mask = (1 << 8 * size) - 1
        return lambda regs: place.fetch(regs) & mask

    def _array(self, place: Location, base: str, count: str, at: int) -> Callable[[Any], str]:
        if not count.endswith("]"):
            raise Wrong("ARRAY_NO_CLOSE", "']' is missing", at + len(base) + 1 + len(count))
        if not count[:-1].isdigit() or not int(count[:-1]):
            raise Wrong("BAD_ARRAY_NUM", "an array has a number of elements", at + len(base) + 1)
        if int(count[:-1]) > MAX_ARRAY:
            raise Wrong("ARRAY_TOO_BIG", f"an array has up to {MAX_ARRAY} elements", at + len(base) + 1)
        if not place.in_memory:
            raise Wrong("BAD_ARRAY", "an array is in memory: +0(...)", at)
        size, text = self._number_type(base, at)
        load = getattr(self._memory, f"u{8 * size}")

        def show(regs: Any) -> str:
            start = place.fetch(regs)
            return "{" + ",".join(text(load(start + n * size)) for n in range(int(count[:-1]))) + "}"

        return show

    def _number_type(self, kind: str, at: int) -> tuple[int, Callable[[int], str]]:
        """(bytes, what turns the unsigned number into text)."""
        plain = _INTEGER.fullmatch(kind)
        if plain is not None:
            bits = int(plain[2])
            return bits // 8, _plain(plain[1], bits)
        if kind == "char":
            return 1, lambda value: f"'{chr(value)}'" if 32 <= value < 127 else f"'\\{value:03o}'"
        if kind == "symbol":
            return self._arch.word, self._symbol
        field = _BITFIELD.fullmatch(kind)
        if field is not None:
            width, low, bits = map(int, field.groups())
            if bits not in (8, 16, 32, 64) or not width or width + low > bits:
                raise Wrong("BAD_BITFIELD", f"'{kind}' is no part of a number", at)
            return bits // 8, lambda value: f"{value >> low & (1 << width) - 1:#x}"
        if kind[:1] == "b" and "@" in kind:
            raise Wrong("BAD_BITFIELD", f"'{kind}' is no bit field: bWIDTH@OFFSET/SIZE", at)
        raise Wrong("BAD_TYPE", f"there is no type '{kind}'", at)

    def _symbol(self, value: int) -> str:
        place = self._kernel.kprobes.description.symbol_at(value)
        return f"{value:#x}" if place is None else f"{place[0]}+{place[1]:#x}/{place[2]:#x}"


def _plain(letter: str, bits: int) -> Callable[[int], str]:
    if letter == "x":
        return lambda value: f"{value:#x}"
    if letter == "u":
        return str
    return lambda value: str(value - (1 << bits) if value >> bits - 1 else value)
