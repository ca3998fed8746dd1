"""Writing generated Python: indented lines, and which script token every part of a line stands for.

An expression that can fail at run time carries marks around its text. Writing a line takes the marks out and notes
their columns; from a traceback's exact position (Python keeps those since 3.11) the token is found again, so a handler
pays nothing for it.
"""

from __future__ import annotations

import keyword
import re
from types import TracebackType

from stapy.compiler.tree import Token

_OPEN, _BETWEEN, _CLOSE = "\x01", "\x02", "\x03"
_MARK = re.compile(f"{_OPEN}(\\d+){_BETWEEN}|{_CLOSE}")

# What generated code calls things itself: script names may not hide them.
_OWN_NAMES = """
c memory register emit actions nesting error result range len str int list dict format abs min max print type repr
sorted reversed wrap divide modulo cut put put_old add_sample put_sample exceeded caught store signed ScriptError NEXT
EMPTY Statistics Array True False None
"""
_OWN_PREFIXES = ("_", "f_", "g_", "t_", "probe_", "regex_")
RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(_OWN_NAMES.split())


def unmarked(text: str) -> str:
    """``text`` as it will be written."""
    return _MARK.sub("", text)


class Places:
    """The script tokens of a generated module: marks while it is written, positions afterwards."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self._tokens: list[Token] = []
        self._spans: dict[int, list[tuple[int, int, Token]]] = {}  # line -> spans, inner ones first

    def mark(self, text: str, token: Token) -> str:
        """``text`` with the note that an error in it is an error at ``token``."""
        self._tokens.append(token)
        return f"{_OPEN}{len(self._tokens) - 1}{_BETWEEN}{text}{_CLOSE}"

    def write(self, number: int, line: str) -> str:
        """The text of ``line``, to be line ``number`` of the module; its marks become positions."""
        if _OPEN not in line:
            return line
        pieces: list[str] = []
        column = last = 0
        opened: list[tuple[int, int]] = []
        spans: list[tuple[int, int, Token]] = []
        for found in _MARK.finditer(line):
            piece = line[last : found.start()]
            pieces.append(piece)
            column += len(piece)
            last = found.end()
            if found[1] is not None:
                opened.append((column, int(found[1])))
            else:
                start, index = opened.pop()
                spans.append((start, column, self._tokens[index]))
        pieces.append(line[last:])
        self._spans[number] = spans
        return "".join(pieces)

    def token_of(self, traceback: TracebackType | None) -> Token | None:
        """The token of the innermost piece of generated code in ``traceback`` that stands for one."""
        found = None
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == self.filename:
                found = self._token_at(traceback) or found
            traceback = traceback.tb_next
        return found

    def _token_at(self, traceback: TracebackType) -> Token | None:
        spans = self._spans.get(traceback.tb_lineno, [])
        positions = list(traceback.tb_frame.f_code.co_positions())[traceback.tb_lasti // 2]
        start, end = positions[2], positions[3]
        if start is not None and end is not None:
            for first, last, token in spans:
                if first <= start and end <= last:
                    return token
        return spans[-1][2] if spans else None

    def place_of(self, exception: BaseException) -> str | None:
        """``identifier 'x' at file:line:col`` for what a handler raised."""
        token = self.token_of(exception.__traceback__)
        return f"{token.describe()} at {token.place()}" if token is not None else None


class Lines:
    """Lines being written, with their indentation."""

    def __init__(self, indent: int = 0) -> None:
        self.lines: list[tuple[int, str]] = []
        self.indent = indent

    def add(self, text: str) -> None:
        self.lines.append((self.indent, text))

    def text(self) -> list[str]:
        return ["    " * indent + text for indent, text in self.lines]


class Names:
    """Python names for a function's variables: the script's own where that is possible."""

    def __init__(self, taken: frozenset[str] | set[str] = frozenset()) -> None:
        self._taken = set(taken)
        self._names: dict[int, str] = {}

    def name(self, variable: object, wanted: str, prefix: str = "") -> str:
        """The name of ``variable``; behind a ``prefix`` of ours it is always what the script calls it."""
        known = self._names.get(id(variable))
        if known is None:
            known = prefix + re.sub(r"\W", "_", wanted)
            if not prefix and (known in RESERVED or known.startswith(_OWN_PREFIXES)):
                known = f"v_{known}"
            while known in self._taken:
                known += "_"
            self._taken.add(known)
            self._names[id(variable)] = known
        return known
