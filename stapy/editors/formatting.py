"""The formatter of ``--fmt``: indentation by depth, operators spaced one way; lines stay where their author broke them.

It works on the text's own pieces, so comments and embedded code are kept, and a script that does not parse can be
formatted too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

INDENT = "\t"

_PIECE = re.compile(
    r"""(?P<space>[^\S\n]+)|(?P<newline>\n)
    |(?P<comment>(?:\#(?![0-9\#]?\$)|//)[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<verbatim>%\{.*?(?:%\}|\Z)|"(?:\\.|[^"\\\n])*"?)
    |(?P<word>[$@]?[A-Za-z_][\w$]*|[$@]\$?(?:[0-9]+|\#|\w*)\${0,2}|[0-9]\w*)
    |(?P<condition>%\(|%\?|%:|%\))
    |(?P<operator><<<|>>>=|<<=|>>=|>>>|\.=|\+\+|--|->|<<|>>|<=|>=|==|!=|=~|!~|&&|\|\||[-+*/%&|^]=|.)""",
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = ("{", "(", "[", "%("), ("}", ")", "]", "%)")
_ASSIGNMENTS = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", ".=", "<<<"))
_COMPARISONS = frozenset(("<=", ">=", "==", "!=", "=~", "!~", "<", ">"))
_BINARY = _ASSIGNMENTS | _COMPARISONS | frozenset(("&&", "||", "<<", ">>", ">>>", *"+-*/%&|^"))
_AFTER_SORTED = frozenset(("in", "limit", ",", "]", ")"))  # what follows the + or - of a sorted foreach
_CONTROL = frozenset(("if", "while", "for", "foreach", "catch", "switch"))
_NO_OPERANDS = frozenset(("return", "in", "delete", "limit", "else", *_CONTROL))
_HEADERS = frozenset(("probe", "global", "function", "private", "@define"))  # whose operators are none


@dataclass(slots=True)
class Piece:
    """A token or comment; ``space`` is the white space that stood before it."""

    kind: str
    text: str
    space: str


def format(text: str) -> str:
    """The script laid out; the same script to the compiler. Formatting twice changes nothing more."""
    lines: list[str] = []
    depth = parentheses = 0  # all brackets that are open, and those within a statement
    hanging = 0  # levels for statements without braces, and for expressions that go on
    spacing = _Spacing()
    for pieces in _lines(text):
        if not pieces:
            if lines and lines[-1]:  # one empty line at most, and none at the start
                lines.append("")
            continue
        leading = next((i for i, piece in enumerate(pieces) if piece.text not in _CLOSING), len(pieces))
        starts_block = pieces[0].text in ("{", "}")
        level = max(0, depth - leading) + (0 if starts_block else hanging)
        lines.append((INDENT * level + spacing.line(pieces)).rstrip())
        for piece in pieces:
            depth += (piece.text in _OPENING) - (piece.text in _CLOSING)
            parentheses += (piece.text in ("(", "[")) - (piece.text in (")", "]"))
        depth, parentheses = max(0, depth), max(0, parentheses)
        if not parentheses:
            hanging = _hanging(pieces, hanging)
    while lines and not lines[-1]:
        lines.pop()
    return "".join(f"{line}\n" for line in lines)


def _lines(text: str) -> list[list[Piece]]:
    """The pieces of each line; a comment or embedded code over several lines belongs to the line it begins on."""
    found: list[list[Piece]] = [[]]
    space = ""
    for match in _PIECE.finditer(text.replace("\r\n", "\n")):
        kind = match.lastgroup or ""
        if kind == "newline":
            found.append([])
        elif kind != "space":
            found[-1].append(Piece(kind, match[0], space))
        space = match[0] if kind == "space" else ""
    return found


def _hanging(pieces: list[Piece], before: int) -> int:
    """By how much the next line is further in than its brackets say."""
    tokens = [piece for piece in pieces if piece.kind != "comment"]
    if not tokens:
        return before
    first, last = tokens[0].text, tokens[-1].text
    if last in ("{", "}", ";"):
        return 0
    if first == "}" and len(tokens) > 1:
        tokens = tokens[1:]
        first = tokens[0].text
    conditional = first in _CONTROL or (first == "else" and len(tokens) > 1 and tokens[1].text == "if")
    if last == "else" or (conditional and last == ")" and _closes_condition(tokens)):
        return before + 1
    if last in _BINARY or last == ",":
        return max(before, 1)
    return 0


def _closes_condition(tokens: list[Piece]) -> bool:
    """Whether the last parenthesis is the one that ends the ``(...)`` of ``if (...)``."""
    depth = 0
    for number, piece in enumerate(tokens):
        depth += (piece.text == "(") - (piece.text == ")")
        if depth == 0 and piece.text == ")":
            return number == len(tokens) - 1
    return False


class _Spacing:
    """Where spaces go within lines; what depends on lines before is kept from one to the next."""

    def __init__(self) -> None:
        self._header = False  # in a declaration, before its body
        self._alternatives = False  # within the braces of a probe point: vfs.{read,write}

    def line(self, pieces: list[Piece]) -> str:
        """The line's text."""
        text = ""
        previous: Piece | None = None
        unary = False  # the piece before is an operator with nothing on its left
        for number, piece in enumerate(pieces):
            following = pieces[number + 1] if number + 1 < len(pieces) else None
            operator = not self._header and piece.text in _BINARY and _is_binary(previous, following)
            if previous is None:
                gap = ""
            elif piece.kind == "comment":
                gap = piece.space or " "
            else:
                gap = self._gap(previous, piece, operator, unary)
            text += gap + piece.text
            unary = not self._header and piece.text in _BINARY | {"!", "~", "++", "--"} and not operator and (
                previous is None or not _is_operand(previous))
            self._note(piece, previous)
            if piece.kind != "comment":
                previous = _Operator(piece) if operator else piece
        return text

    def _note(self, piece: Piece, before: Piece | None) -> None:
        if piece.text in _HEADERS:
            self._header = True
        elif self._alternatives or (piece.text == "{" and before is not None and before.text == "."):
            self._alternatives = piece.text != "}"
        elif piece.text in ("{", "%(") or (piece.kind == "verbatim" and piece.text.startswith("%{")):
            self._header = False

    def _gap(self, before: Piece, piece: Piece, operator: bool, unary: bool) -> str:
        kept = " " if piece.space else ""
        if before.text == "." or piece.text in (".", "->") or before.text == "->":
            return kept if "->" not in (before.text, piece.text) else ""
        if self._alternatives or (self._header and before.text == "}"):
            return kept
        if self._header and piece.text in _CLOSING + _OPENING and piece.text != "{":
            return kept
        if piece.text in (",", ";") or piece.text in (")", "]") or before.text in ("(", "["):
            return ""
        if before.text == "{" and piece.text == "}":
            return ""
        if before.text in (",", ";", "{", "}") or piece.text in ("{", "}"):
            return " "
        if operator or isinstance(before, _Operator):
            return " "
        if unary:
            return kept if piece.text[0] == before.text[-1] else ""  # `- -j` is not `--j`
        if (piece.text == "(" and before.text in _CONTROL) or (
                before.text == ")" and piece.kind == "word" and not self._header):
            return " "
        return kept


class _Operator(Piece):
    """An operator with operands on both sides."""

    def __init__(self, piece: Piece) -> None:
        super().__init__(piece.kind, piece.text, piece.space)


def _is_operand(piece: Piece) -> bool:
    if isinstance(piece, _Operator):
        return False
    if piece.kind == "word":
        return piece.text not in _NO_OPERANDS
    return piece.kind == "verbatim" or piece.text in (")", "]", "++", "--")


def _is_binary(previous: Piece | None, following: Piece | None) -> bool:
    if previous is not None and not _is_operand(previous):
        return False
    return following is None or following.text not in _AFTER_SORTED
