"""Print formats: what stands in the literal of ``printf``, taken apart.

One conversion is ``%``, at most one flag of ``-+ 0#``, a width or ``*``, a precision or ``.*``, an ``l`` without
meaning, and the letter. The digits before ``b`` say how many bytes.
"""

from __future__ import annotations

import re

from .diagnostics import ParseError
from .lexer import interpret_escapes
from .tree import FormatPart

_PIECE = re.compile(
    r"(?P<literal>(?:[^%]|%%)+)"
    r"|%(?P<flag>[-+ 0#]?)(?:(?P<width_star>\*)|(?P<width>[0-9]+))?"
    r"(?:\.(?:(?P<precision_star>\*)|(?P<precision>[0-9]+))?)?l?(?P<conversion>.?)",
    re.DOTALL,
)
CONVERSIONS = frozenset("bcdimMopsuxX")


def parse_format(raw: str) -> list[FormatPart]:
    """The parts of a format, given as stap keeps literals; raises ParseError for what is no conversion."""
    parts = []
    for piece in _PIECE.finditer(raw):
        literal = piece["literal"]
        if literal is not None:
            parts.append(FormatPart(text=interpret_escapes(literal.replace("%%", "%"))))
            continue
        conversion = piece["conversion"]
        if not conversion and piece[0] != "%":
            if piece[0] in ("%l", "%.l", "%."):
                continue  # stap passes over these at the end
            raise ParseError("trailing incomplete print format conversion")
        if conversion not in CONVERSIONS:
            raise ParseError("invalid or missing conversion specifier")
        width = _count(piece["width"])
        parts.append(
            FormatPart(
                conversion=conversion,
                flags=piece["flag"],
                width=width,
                width_star=piece["width_star"] is not None,
                precision=_count(piece["precision"]),
                precision_star=piece["precision_star"] is not None,
                size=width or 0 if conversion == "b" else 0,
            )
        )
    return parts


def _count(digits: str | None) -> int | None:
    """A width or precision; beyond what C's int takes, that much."""
    return min(int(digits[:20]), 0x7FFFFFFF) if digits else None
