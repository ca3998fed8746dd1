"""Source text to tokens: SystemTap's terminals, and script arguments pasted in where ``$1`` and ``@1`` stand.

The terminals are the grammar's. Arguments are pasted as text, as stap does: ``$1`` may complete an identifier or
open a comment. What cannot be a token becomes one of kind "junk", whose ``terminal`` says what is wrong; it is an
error only when somebody takes it.
"""

from __future__ import annotations

# ruff: noqa: SIM905 (words in a row read better)
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from . import tables
from .tree import Source, Token

KEYWORDS = frozenset(
    "probe global private function if else for foreach in limit return delete while break continue next string long"
    " try catch".split()
)
# @words that are operators by themselves; any other is a macro's name or unknown.
OPERATOR_WORDS = frozenset(
    "@cast @defined @probewrite @entry @perf @var @avg @count @sum @min @max @hist_linear @hist_log @const @variance"
    " @kregister @uregister @kderef @uderef".split()
)
PREPROCESSOR = frozenset(("%(", "%)", "%?", "%:"))

UNKNOWN_BYTE = ""  # a junk token that the parser finds unexpected instead of the lexer
BAD_ARGUMENT = "command line argument out of range [1-%d]"
NESTED_ARGUMENT = "invalid nested substitution of command line arguments"
OPEN_STRING = "Could not find matching closing quote"
OPEN_EMBEDDED = "Could not find matching '%}' to close embedded function block"

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_KEPT_ESCAPES = frozenset("abtnvfr01234567\\x")


class Arguments:
    """The script's command-line words, and which of them it has used."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.used = [False] * len(words)


@cache
def _master() -> tuple[re.Pattern[str], frozenset[str]]:
    """One regular expression for all tokens, and the words that are terminals by themselves.

    Groups: 1 skipped, 2 argument, 3 identifier, 4 target or dollars, 5 operator word, 6 number, 7 string,
    8 embedded code, 9 operator.
    """
    grammar = tables.load()
    patterns = grammar.patterns
    words = grammar.words | PREPROCESSOR
    operators = [text for text in words if len(text) > 1 and not text[0].isalnum() and text[0] != "@"]
    longest_first = "|".join(re.escape(text) for text in sorted(operators, key=len, reverse=True))
    text = (
        f"((?:{patterns['WHITESPACE']}|{patterns['COMMENT']})*+)"
        r"(?:([$@](?:\#|[0-9]++))"
        f"|({patterns['IDENTIFIER']})|(\\$[A-Za-z0-9_$]*+)|(@[A-Za-z0-9_$]*+)|({patterns['NUMBER']})"
        f"|({patterns['STRING']})|({patterns['EMBEDDED']})|({longest_first}|[!-/:-@\\[-`{{-~])|(.)|\\Z)"
    )
    # Arguments are looked for before comments: "$#" is not one.
    return re.compile(text, re.DOTALL), words


def tokens(source: Source, arguments: Arguments, warn: Callable[[str, Token], None] | None = None) -> Iterator[Token]:
    """The tokens of ``source`` in order; ends at its end. ``warn`` takes (message, token)."""
    master, words = _master()
    match = master.match
    text = source.text
    position = 0
    counted = 0  # newlines before this are in ``line``
    line, line_start = 1, 0  # column = position - line_start + 1
    pasted_to, pasted_column = 0, 0  # what starts before pasted_to came out of an argument and stands where it stood
    spaced = False  # before an argument that was pasted in
    while True:
        found: Any = match(text, position)
        group = found.lastindex
        if group == 1:
            return
        adjacent = not spaced and found.start(group) == position
        spaced = False
        start, position = found.span(group)
        if text.find("\n", counted, start) >= 0:
            line += text.count("\n", counted, start)
            line_start = text.rfind("\n", counted, start) + 1
        counted = max(start, pasted_to)
        lexeme = found[group]
        column = start - line_start + 1 if start >= pasted_to else pasted_column
        end_column = column + position - start

        if group == 3:
            if lexeme in KEYWORDS:
                yield Token("keyword", lexeme, source, line, column, end_column, None, lexeme, adjacent)
            else:
                terminal = lexeme if lexeme in words else "IDENTIFIER"
                yield Token("identifier", lexeme, source, line, column, end_column, None, terminal, adjacent)
        elif group == 9:
            if lexeme == '"' or (lexeme == "%" and text.startswith("{", position)):
                message = OPEN_STRING if lexeme == '"' else OPEN_EMBEDDED
                opened: Any = _OPEN_STRING.match(text, start)
                position = opened.end() if lexeme == '"' else len(text)
                yield Token("junk", "", source, line, column, end_column, None, message, adjacent)
            else:
                yield Token("operator", lexeme, source, line, column, end_column, None, lexeme, adjacent)
        elif group == 6:
            yield Token("number", lexeme, source, line, column, end_column, None, "NUMBER", adjacent)
        elif group == 7:
            end_column = _end_column(lexeme, column)
            yield Token(
                "string", keep_escapes(lexeme[1:-1]), source, line, column, end_column, None, "STRING", adjacent
            )
        elif group == 4:
            terminal = "TARGET" if lexeme.strip("$") else "DOLLARS"
            yield Token("identifier", lexeme, source, line, column, end_column, None, terminal, adjacent)
        elif group == 5:
            terminal = lexeme if lexeme in words else "@"
            yield Token("operator", lexeme, source, line, column, end_column, None, terminal, adjacent)
        elif group == 8:
            end_column = _end_column(lexeme, column)
            token = Token("embedded-code", lexeme[2:-2], source, line, column, end_column, None, "EMBEDDED", adjacent)
            if warn is not None and "}%" in lexeme[2:-2]:
                for _ in range(lexeme.count("}%", 2, len(lexeme) - 2)):
                    warn("possible erroneous closing '}%', use '%}'?", token)
            yield token
        elif group == 2:
            replacement = _argument(lexeme, arguments, start < pasted_to)
            if isinstance(replacement, tuple):
                yield Token("junk", "", source, line, column, end_column, None, replacement[0], adjacent)
            else:
                if start >= pasted_to:
                    pasted_column = column
                text = replacement + text[position:]
                pasted_to = counted = len(replacement)
                line_start = pasted_to + 1 - end_column
                position = 0
                spaced = not adjacent
        else:
            yield Token(
                "junk", f"\\x{ord(lexeme) & 0xFF:02x}", source, line, column, end_column, None, "junk", adjacent
            )


def has_more_than(most: int, text: str) -> bool:
    """Whether ``text`` has more than ``most`` tokens, arguments not pasted in."""
    match = _master()[0].match
    position = 0
    for _ in range(most + 1):
        found: Any = match(text, position)
        start, position = found.span(found.lastindex)
        if found.lastindex == 1 or (text.startswith("%{", start) and position == start + 1):
            return False
        if text[start:position] == '"':
            position = _OPEN_STRING.match(text, start).end()  # type: ignore[union-attr]
    return True


def _end_column(lexeme: str, column: int) -> int:
    """One past the last character, on the token's last line."""
    last_newline = lexeme.rfind("\n")
    return column + len(lexeme) if last_newline < 0 else len(lexeme) - last_newline


def _argument(lexeme: str, arguments: Arguments, nested: bool) -> str | tuple[str]:
    """What to paste for ``$1``, ``@1``, ``$#`` or ``@#``; a message in a tuple where that is a mistake."""
    if nested:
        return (NESTED_ARGUMENT,)
    count = len(arguments.words)
    if lexeme[1] == "#":
        replacement = str(count)
    else:
        number = int(lexeme[1:]) if len(lexeme) < 12 else 0
        if not 0 < number <= count:
            return (BAD_ARGUMENT % count,)
        arguments.used[number - 1] = True
        replacement = arguments.words[number - 1]
    return replacement if lexeme[0] == "$" else quoted(replacement)


def quoted(text: str) -> str:
    """``text`` as a string literal."""
    return '"' + "".join(_QUOTED.get(c) or (c if " " <= c <= "~" else f"\\{ord(c) & 0xFF:03o}") for c in text) + '"'


_QUOTED = {'"': '\\"', "\\": "\\\\"}
_OPEN_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*+(?:\n|\\?\Z)', re.DOTALL)


def keep_escapes(body: str) -> str:
    """A literal's content as stap keeps it: escapes that C knows stay, before anything else the backslash goes."""
    if "\\" not in body:
        return body
    return _ESCAPE.sub(lambda m: m[0] if m[1] in _KEPT_ESCAPES else m[1], body)


_SIMPLE_ESCAPES = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "\\": "\\"}
_KEPT = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]+)|(.))", re.DOTALL)


def interpret_escapes(kept: str) -> str:
    """The characters that a kept literal means, one a byte."""
    if "\\" not in kept:
        return kept

    def character(m: re.Match[str]) -> str:
        if m[1]:
            return chr(int(m[1], 8) & 0xFF)
        if m[2]:
            return chr(int(m[2], 16) & 0xFF)
        return _SIMPLE_ESCAPES.get(m[3], m[3])

    return _KEPT.sub(character, kept)
