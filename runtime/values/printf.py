"""printf: turns a parsed format into a Python expression, so that printing parses nothing at run time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from stapy.runtime.program import ScriptError
from stapy.runtime.values.strings import escape_character

LONGEST = 8192  # stap's print buffer: widths and precisions stop here
_MASK = 0xFFFFFFFFFFFFFFFF


class Piece(Protocol):
    """A piece of a format: literal text (``conversion`` empty), or one conversion. The tree's FormatPart is one."""

    text: str
    conversion: str
    flags: str
    width: int | None
    width_star: bool
    precision: int | None
    precision_star: bool
    size: int


@dataclass(slots=True)
class FormatPiece:
    """A Piece made by the runtime itself."""

    text: str = ""
    conversion: str = ""
    flags: str = ""
    width: int | None = None
    width_star: bool = False
    precision: int | None = None
    precision_star: bool = False
    size: int = 0


def pieces_for(types: Sequence[str], delimiter: str = "", newline: bool = False) -> list[FormatPiece]:
    """The format that print, println, printd and printdln stand for; ``types`` are "long" and "string"."""
    pieces: list[FormatPiece] = []
    for kind in types:
        if pieces and delimiter:
            pieces.append(FormatPiece(text=delimiter))
        pieces.append(FormatPiece(conversion="s" if kind == "string" else "d"))
    if newline:
        pieces.append(FormatPiece(text="\n"))
    return pieces


def without_nuls(pieces: Sequence[Piece], padded: bool) -> list[Piece]:
    """The format as stap prints it: each literal text ends at its first NUL, and, ``padded``, as many NULs as that left
    out stand behind it all, where anything else is printed."""
    found: list[Piece] = []
    left_out = 0
    for piece in pieces:
        text = piece.text.partition("\0")[0]
        left_out += len(piece.text) - len(text)
        found.append(piece if piece.conversion else FormatPiece(text=text))
    if padded and any(piece.conversion for piece in pieces):
        found.append(FormatPiece(text="\0" * left_out))
    return found


def may_hold_nul(pieces: Sequence[Piece]) -> bool:
    """Whether the printed text can hold a NUL character, where a string would have to end."""
    return any(piece.conversion in ("b", "c", "m") or (piece.conversion == "s" and "0" in piece.flags)
               or "\0" in piece.text for piece in pieces)


def reads_memory(pieces: Sequence[Piece]) -> bool:
    """Whether the format reads the machine's memory (%m, %M)."""
    return any(piece.conversion in ("m", "M") for piece in pieces)


def formatter(pieces: Sequence[Piece]) -> Callable[..., str]:
    """A function (context, *arguments) -> text for a format."""
    count = sum(argument_count(piece) for piece in pieces)
    names = [f"a{number}" for number in range(count)]
    source = f"lambda {', '.join(['c', *names])}: {expression(pieces, names)}"
    return eval(source, dict(NAMESPACE))  # the source is ours: no script text but literals


def argument_count(piece: Piece) -> int:
    """How many arguments the piece takes: its stars and its value."""
    if not piece.conversion or piece.conversion == "%":
        return 0
    return 1 + piece.width_star + piece.precision_star


def expression(pieces: Sequence[Piece], arguments: Sequence[str], context: str = "c") -> str:
    """The text of a Python expression for the printed string.

    ``arguments`` are Python expressions in the script's order, a star's before its value. The functions it calls are
    in NAMESPACE; ``context`` names the handler's Context. Each argument appears once, in order.
    """
    fields: list[tuple[str, str] | str] = []  # literal text, or (expression, format specification)
    supply = iter(arguments)
    for piece in pieces:
        if not piece.conversion:
            fields.append(piece.text)
        elif piece.conversion == "%":
            fields.append("%")
        else:
            fields.append(_field(piece, supply, context))
    if len(fields) == 1 and isinstance(fields[0], tuple) and not fields[0][1] and pieces[0].conversion in "scbmM":
        return fields[0][0]
    if all(isinstance(field, str) for field in fields):
        return repr("".join(field for field in fields if isinstance(field, str)))
    return _f_string(fields) or _percent(fields)


_PLAIN = re.compile(r'[\w\s.+\-*/%&|^<>()=,:"\[\]]*\Z')


def _f_string(fields: list[tuple[str, str] | str]) -> str | None:
    """An f-string: the fastest, where the arguments may stand in one."""
    parts = []
    for field in fields:
        if isinstance(field, str):
            quoted = repr(field + '"')[1:-2]  # the double quote makes repr use single ones
            parts.append(quoted.replace("{", "{{").replace("}", "}}"))
            continue
        text, specification = field
        if not _PLAIN.match(text):
            return None
        if not text.isidentifier():
            text = f"({text})"
        parts.append(f"{{{text}:{specification}}}" if specification else f"{{{text}}}")
    return f"f'{''.join(parts)}'"


def _percent(fields: list[tuple[str, str] | str]) -> str:
    """A % operation: takes any argument text."""
    form = []
    values = []
    for field in fields:
        if isinstance(field, str):
            form.append(field.replace("%", "%%"))
            continue
        text, specification = field
        form.append("%s")
        values.append(f"format({text}, {specification!r})" if specification else f"({text})")
    return f"({''.join(form)!r} % ({', '.join(values)},))"


def _field(piece: Piece, supply: Any, context: str) -> tuple[str, str]:
    """The expression of one conversion and the specification Python's own formatting takes it through."""
    star_width = next(supply) if piece.width_star else None
    star_precision = next(supply) if piece.precision_star else None
    value = next(supply)
    width: int | str | None = star_width if piece.width_star else piece.width
    precision: int | str | None = star_precision if piece.precision_star else piece.precision
    if isinstance(width, int):
        width = min(width, LONGEST)
    if isinstance(precision, int):
        precision = min(precision, LONGEST)
    conversion = piece.conversion
    if conversion in "di" and not piece.width_star and precision is None:
        return value, _number_specification(piece.flags, width, "d")
    octal_prefix = conversion == "o" and "#" in piece.flags  # Python's is 0o
    if conversion in "uxXpo" and not piece.width_star and precision is None and not octal_prefix:
        return (f"{_parenthesised(value)} & {_MASK:#x}",
                _number_specification(piece.flags.replace("+", "").replace(" ", ""), width,
                                      {"u": "d", "p": "x"}.get(conversion, conversion),
                                      conversion == "p" or ("#" in piece.flags and conversion != "u")))
    if conversion == "s" and not piece.width_star and not piece.precision_star and "0" not in piece.flags:
        cut = "" if precision is None else f"[:{precision}]"
        side = "<" if "-" in piece.flags else ">"
        return (_parenthesised(value) + cut if cut else value), f"{side}{width}" if width else ""
    arguments = f'{width}, {precision}, "{piece.flags}")'
    if conversion in "diuxXpo":
        return f'_p_number({value}, "{conversion}", {arguments}', ""
    if conversion == "s":
        return f"_p_string({value}, {arguments}", ""
    if conversion == "c":
        return f'_p_character({value}, {width}, "{piece.flags}")', ""
    if conversion == "b":
        return f'_p_binary({value}, {piece.size or width}, {precision}, "{piece.flags}")', ""
    return f'_p_memory({context}, {value}, "{conversion}", {arguments}', ""


def _parenthesised(text: str) -> str:
    return text if text.isidentifier() else f"({text})"


def _number_specification(flags: str, width: Any, kind: str, prefix: bool = False) -> str:
    """Python's format specification for a conversion that Python prints as stap does."""
    sign = "+" if "+" in flags else " " if " " in flags else ""
    left = "<" if "-" in flags else ""
    zero = "0" if "0" in flags and not left and width else ""
    specification = f"{left}{sign}{'#' if prefix else ''}{zero}{width or ''}{kind}"
    return "" if specification == "d" else specification


# ---------------------------------------------------------------- what the expressions call


def _amount(number: int | None) -> int:
    """A width or precision as given through a star: a C int, never negative."""
    if number is None:
        return -1
    return min(max(((number + 0x80000000) & 0xFFFFFFFF) - 0x80000000, 0), LONGEST)


_BASES = {"x": (16, "x"), "X": (16, "X"), "p": (16, "x"), "o": (8, "o")}


def _number(value: int, conversion: str, width: int | None, precision: int | None, flags: str) -> str:
    size = _amount(width)
    sign = prefix = ""
    if conversion in "di":
        sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
        digits = str(abs(value))
    else:
        value &= _MASK
        base, letter = _BASES.get(conversion, (10, "d"))
        digits = format(value, letter)
        if base != 10 and (conversion == "p" or "#" in flags):
            prefix = "0" if base == 8 else "0" + letter
    digits = digits.rjust(_amount(precision), "0")
    padding = size - len(sign) - len(prefix) - len(digits)
    if "-" in flags:
        return sign + prefix + digits + " " * padding
    if "0" in flags:
        return sign + prefix + "0" * padding + digits
    return " " * padding + sign + prefix + digits


def _string(text: str, width: int | None, precision: int | None, flags: str) -> str:
    if precision is not None:
        text = text[:_amount(precision)]
    text = text.ljust(_amount(width)) if "-" in flags else text.rjust(_amount(width))
    return text + "\0" if "0" in flags else text


def _character(code: int, width: int | None, flags: str) -> str:
    text = escape_character(code & 0xFF, "'\\") if "#" in flags else chr(code & 0xFF)
    return text.ljust(_amount(width)) if "-" in flags else text.rjust(_amount(width))


def _binary(value: int, width: int | None, precision: int | None, flags: str) -> str:
    size = _amount(width)
    length = _amount(precision)
    if length not in (1, 2, 4, 8):
        length = size if size in (1, 2, 4, 8) else 8
    text = (value & ((1 << 8 * length) - 1)).to_bytes(length, "little").decode("latin-1")
    return text.ljust(size, "\0") if "-" in flags else text.rjust(size, "\0")


def _memory(c: Any, address: int, conversion: str, width: int | None, precision: int | None, flags: str) -> str:
    """The bytes at ``address`` (of the current task's memory with #), as they are (m) or in hexadecimal (M)."""
    length = max(_amount(precision), 1)
    address &= _MASK
    data = read_memory(c, address, length, "#" in flags)
    text = data.hex() if conversion == "M" else data.decode("latin-1")
    text = text.ljust(_amount(width)) if "-" in flags else text.rjust(_amount(width))
    return text + "\0" if "0" in flags else text


def read_memory(c: Any, address: int, length: int, user: bool) -> bytes:
    """Bytes of kernel or user memory; what cannot be read raises ScriptError with stap's text."""
    kernel = c.kernel
    if kernel is not None:
        from stapy.runtime.machine.memory import MemoryFault

        try:
            if user:
                return bytes(kernel.user_read(kernel.current_task(c.cpu), address, length))
            return bytes(kernel.memory.read(address, length))
        except MemoryFault as fault:
            address = fault.address
    raise ScriptError(f"read fault [man error::fault] at {address:#x}")


NAMESPACE: dict[str, Callable[..., str]] = {
    "_p_number": _number,
    "_p_string": _string,
    "_p_character": _character,
    "_p_binary": _binary,
    "_p_memory": _memory,
}
