"""Errors and warnings of the compiler, worded and laid out as stap prints them, and the Reporter that prints them.

What stap does not print (a span underlined, a hint) only ever follows the lines it does print.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from .tree import Source, Token

DEFAULT_COLORS = "error=01;31:warning=00;33:source=00;34:caret=01:token=01"

MOST_REPEATED = 1000
MAX_LINE = 4000  # a longer source line is shown in part

PASS_VERBS = {1: "parse", 2: "analysis", 3: "translation", 4: "compilation", 5: "run"}


Said = list[tuple[Callable[..., None], tuple[Any, ...]]]  # errors and warnings, as calls


class CompileError(Exception):
    """An error in a script. ``site`` says which mistake it is: of those alike, stap prints the first."""

    def __init__(self, message: str, *, site: object = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.site = site if site is not None else _raiser()


class ParseError(CompileError):
    """A mistake found while parsing.

    ``at`` is the token that is wrong, where the parser knows; ``saw`` the token it had come to; with ``end`` it had
    come to the end of that source. ``resume`` is false where the rest of the declaration may still be read.
    """

    def __init__(
        self,
        message: str,
        *,
        at: Token | None = None,
        saw: Token | None = None,
        end: Source | None = None,
        chain: ParseError | None = None,
        skip: bool = True,
        site: object = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, site=site if site is not None else _raiser(), hint=hint)
        self.at = at
        self.saw = saw
        self.end = end
        self.chain = chain
        self.skip = skip

    @property
    def token(self) -> Token | None:
        return self.at or self.saw


class SemanticError(CompileError):
    """A mistake found in the meaning; ``chain`` is the error that explains it further, printed after it."""

    def __init__(
        self,
        message: str,
        token: Token | None = None,
        chain: SemanticError | None = None,
        *,
        other: Token | None = None,
        site: object = None,
        hint: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, site=site if site is not None else _raiser(), hint=hint)
        self.remedy = remedy  # a hint for terminals, where stap would have the message without it
        self.token = token
        self.other = other  # a second place, printed below the first
        self.chain = chain

    def links(self) -> Iterator[SemanticError]:
        error: SemanticError | None = self
        while error is not None:
            yield error
            error = error.chain


def _raiser() -> object:
    """The place in our code that found the mistake: two errors from one place are alike."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_name == "__init__" and frame.f_globals is globals():
        frame = frame.f_back  # type: ignore[assignment]
    return (frame.f_code.co_filename, frame.f_lineno)


class Palette:
    """The colours of messages, off unless wanted: by ``when`` ("auto", "always", "never"), a terminal, SYSTEMTAP_COLORS
    and NO_COLOR. An empty or malformed SYSTEMTAP_COLORS turns them off, as in stap."""

    def __init__(self, stream: TextIO, when: str = "auto") -> None:
        self.codes = self._codes(os.environ.get("SYSTEMTAP_COLORS"))
        terminal = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self.on = when == "always" or (when == "auto" and terminal and not os.environ.get("NO_COLOR"))

    @staticmethod
    def _codes(setting: str | None) -> dict[str, str]:
        codes = {}
        for pair in (DEFAULT_COLORS if setting is None else setting).split(":"):
            name, separator, code = pair.partition("=")
            if not separator or not code or not all(c.isdigit() or c == ";" for c in code):
                return {}
            codes[name] = code
        return codes

    def paint(self, text: str, what: str) -> str:
        if not self.on or what not in self.codes or not text:
            return text
        return f"\033[{self.codes[what]}m\033[K{text}\033[m\033[K"


class Reporter:
    """Prints errors and warnings, counts them, and leaves out those like one already printed (unless verbose)."""

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        verbose: int = 0,
        color: str = "auto",
        suppress_warnings: bool = False,
        warnings_are_errors: bool = False,
        underline: bool = False,
        hints: bool = True,
    ) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.verbose = verbose
        self.palette = Palette(self.stream, color)
        self.suppress_warnings = suppress_warnings
        self.warnings_are_errors = warnings_are_errors
        self.underline = underline or self.palette.on  # plain text is stap's, to the character
        self.hints = hints
        self.errors = 0
        self.warnings = 0
        self.suppressed_errors = 0
        self.suppressed_warnings = 0
        self._seen: set[object] = set()
        self._recording: Said | None = None
        self._last_source: Source | None = None  # its name is known to the reader

    # ------------------------------------------------------------ what the passes call

    def error(self, error: CompileError) -> None:
        """Print one error (a chain counts as one)."""
        if self._recording is not None:
            self._recording.append((self.error, (error,)))
        self.errors += 1
        key = error.site
        if isinstance(error, SemanticError):
            key = tuple(link.site for link in error.links())
        if key in self._seen and not self.verbose:
            self.suppressed_errors += 1
            return
        self._seen.add(key)
        text = self.parse_text(error) if isinstance(error, ParseError) else self.semantic_text(error)
        self._write(text + "\n")

    def warning(self, message: str, token: Token | None = None) -> None:
        """Print a warning once; the same message again is left out."""
        if self.suppress_warnings:
            return
        if self._recording is not None:
            self._recording.append((self.warning, (message, token)))
        self.warnings += 1
        if message in self._seen and not self.verbose:
            self.suppressed_warnings += 1
            return
        self._seen.add(message)
        text = self.palette.paint("WARNING:", "warning") + " " + message
        if token is not None:
            text += ": " + self._name(token)
        text += "\n"
        if token is not None:
            text += self._source_lines(token, " source: ")
            text += self._expansions(token, " source: ")
        self._write(text)

    @contextmanager
    def times(self, count: int) -> Iterator[None]:
        """What is told meanwhile is told ``count`` times: once for each probe that shares a handler, as in stap each
        has its own."""
        with self.recorded() as said:
            yield
        for _ in range(min(count, MOST_REPEATED) - 1):
            self.repeat(said)

    @contextmanager
    def recorded(self) -> Iterator[Said]:
        """What is told meanwhile, to be told again."""
        said: Said = []
        self._recording = said
        try:
            yield said
        finally:
            self._recording = None

    def repeat(self, said: Said) -> None:
        for tell, arguments in said:
            tell(*arguments)

    def parse_summary(self, errors: int) -> None:
        """The count that follows the errors of one file."""
        if errors:
            self._write(f"{errors} parse error{'s' if errors != 1 else ''}.\n")

    def message(self, text: str) -> None:
        """A line of its own, without a place."""
        self._write(text + "\n")

    def failed(self, number: int) -> None:
        """Close pass ``number``, which failed."""
        self._write(f"Pass {number}: {PASS_VERBS[number]} failed.  [man error::pass{number}]\n")

    def finish(self) -> None:
        """At the end of the compiler's work: how much was left out."""
        counts = ((self.suppressed_errors, "error"), (self.suppressed_warnings, "warning"))
        for count, kind in counts:
            if count:
                self._write(f"Number of similar {kind} messages suppressed: {count}.\n")
        if any(count for count, _ in counts):
            self._write("Rerun with -v to see them.\n")
        self.suppressed_errors = self.suppressed_warnings = 0

    # ------------------------------------------------------------ texts

    def parse_text(self, error: ParseError) -> str:
        text = self.palette.paint("parse error:", "error") + " " + error.message + "\n"
        token = error.token
        if token is not None:
            text += ("         at: " if error.at is not None else "        saw: ") + self._describe(token) + "\n"
            text += self._source_lines(token, "     source: ")
            text += self._expansions(token, "     source: ")
        elif error.end is not None:
            text += f"        saw: {error.end.name} EOF\n"
        if error.hint and self.hints:
            text += f"       hint: {error.hint}\n"
        if error.chain is not None:
            text += "\n" + self.parse_text(error.chain)
        return text

    def semantic_text(self, error: CompileError) -> str:
        texts = []
        for link in error.links() if isinstance(error, SemanticError) else [error]:
            text = self.palette.paint("semantic error:", "error") + " " + link.message
            tokens = [t for t in (getattr(link, "token", None), getattr(link, "other", None)) if t is not None]
            text += ": " if tokens else "\n"
            for token in tokens:
                text += self._name(token) + "\n" + self._source_lines(token, "        source: ")
                text += self._expansions(token, "        source: ")
            remedy = getattr(link, "remedy", None) if self.palette.on else None
            if self.hints and (link.hint or remedy):
                text += f"          hint: {link.hint or remedy}\n"
            texts.append(text)
        return "\n".join(texts)

    def _expansions(self, token: Token, label: str) -> str:
        """The uses of macros that a token came out of, innermost first."""
        text = ""
        while token.macro is not None:
            token = token.macro
            text += "\tin expansion of macro: " + self._describe(token) + "\n" + self._source_lines(token, label)
        return text

    def _name(self, token: Token) -> str:
        """A token with its place; the file's name only when it is another than the last time."""
        known = token.source is self._last_source
        self._last_source = token.source
        return self._describe(token, "" if known else token.source.name)

    def _describe(self, token: Token, name: str | None = None) -> str:
        name = token.source.name if name is None else name
        return f"{token.describe()} at " + self.palette.paint(f"{name}:{token.line}:{token.column}", "source")

    def _source_lines(self, token: Token, label: str) -> str:
        line = token.source.line(token.line)
        if not line:
            return ""
        start = token.column - 1
        if len(line) > MAX_LINE:  # a window of it
            first = max(0, start - MAX_LINE // 4)
            line = "..." * (first > 0) + line[first : first + MAX_LINE // 2] + "..."
            start -= first - 3 * (first > 0)
        before, rest = line[:start], line[start:]
        length = max(1, token.end_column - token.column) if token.end_column > token.column else 1
        shown = before + self.palette.paint(rest[:length], "token") + rest[length:]
        indent = "".join("\t" if c == "\t" else " " for c in before)
        caret = self.palette.paint("^" + ("~" * (min(length, len(rest)) - 1) if self.underline else ""), "caret")
        return f"{label}{shown}\n{' ' * len(label)}{indent}{caret}\n"

    def _write(self, text: str) -> None:
        self.stream.write(text)
