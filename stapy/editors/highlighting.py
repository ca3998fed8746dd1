"""A Pygments lexer for SystemTap scripts, made from the compiler's own tables of words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, default, include, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
)

from stapy.compiler.lexer import KEYWORDS, OPERATOR_WORDS

DECLARATIONS = ("probe", "global", "private", "function")
TYPES = ("string", "long")
FAMILIES = ("begin", "end", "error", "never", "kernel", "module", "process", "kprobe", "jprobe", "timer", "syscall",
            "nd_syscall", "vfs", "scheduler", "kprocess", "signal", "vm", "procfs", "oneshot", "test", "input", "perf")


def functions() -> frozenset[str]:
    """The names of the tapset's functions."""
    from stapy.runtime.tapset import declare

    return frozenset(declare.names())


class SystemTapLexer(RegexLexer):
    """SystemTap's language, ``.stp`` and ``.stpm``."""

    name = "SystemTap"
    aliases: ClassVar[list[str]] = ["systemtap", "stap", "stapy"]
    filenames: ClassVar[list[str]] = ["*.stp", "*.stpm"]
    mimetypes: ClassVar[list[str]] = ["text/x-systemtap"]
    url = "https://sourceware.org/systemtap/"

    tokens: ClassVar[dict[str, Any]] = {
        "root": [
            (r"\A#!.*$", Comment.Hashbang),
            include("common"),
            (r"(probe)(\s+)", bygroups(Keyword.Declaration, Text.Whitespace), "points"),
            (r"(function|macro)(\s+)([A-Za-z_]\w*)",
             bygroups(Keyword.Declaration, Text.Whitespace, Name.Function)),
            (words(DECLARATIONS, suffix=r"\b"), Keyword.Declaration),
            (words(TYPES, suffix=r"\b"), Keyword.Type),
            (words(sorted(KEYWORDS - {*DECLARATIONS, *TYPES}), suffix=r"\b"), Keyword),
            (r"[A-Za-z_]\w*(?=\s*\()", Name.Function),
            (r"[A-Za-z_]\w*", Name),
            (r"[-+*/%<>=!&|^~?:.]+", Operator),
            (r"[{}()\[\];,]", Punctuation),
            (r".", Text),
        ],
        "common": [
            (r"\s+", Text.Whitespace),
            (r"(#|//).*$", Comment.Single),
            (r"/\*[\s\S]*?(\*/|\Z)", Comment.Multiline),
            (r"(@define)(\s+)([A-Za-z_]\w*)", bygroups(Comment.Preproc, Text.Whitespace, Name.Function)),
            (r"%\(|%\?|%:|%\)", Comment.Preproc),
            (r"%\{[\s\S]*?(%\}|\Z)", String.Other),
            (r'"', String.Double, "string"),
            (words(sorted(OPERATOR_WORDS), suffix=r"\b"), Keyword.Pseudo),
            (r"[$@]([0-9]+|#)", Name.Variable.Global),
            (r"@[A-Za-z_]\w*", Name.Function.Magic),
            (r"\$[A-Za-z_$][\w$]*", Name.Variable.Instance),
            (r"\$\$", Name.Variable.Instance),
            (r"0[xX][0-9A-Fa-f]+", Number.Hex),
            (r"[0-9]+", Number.Integer),
        ],
        "points": [
            include("common"),
            (words(FAMILIES, suffix=r"\b(?!\s*=)"), Name.Builtin),
            (r"[A-Za-z_*?][\w*?]*", Name.Label),
            (r"\{(?=[^{}()]*\}[.,\w])", Punctuation),  # alternatives of a point, not the handler
            (r"[.,()!?]|\+=|=", Operator),
            (r"(?=\{)", Text, "#pop"),
            default("#pop"),
        ],
        "string": [
            (r'"', String.Double, "#pop"),
            (r"\\([0-7]{1,3}|x[0-9A-Fa-f]+|.)", String.Escape),
            (r"%[-+ 0#]*(\*|[0-9]+)?(\.(\*|[0-9]*))?(l{0,2})[bcdiopsuxXmMnp%]", String.Interpol),
            (r'[^"\\%\n]+|%', String.Double),
            (r"\n", Text, "#pop"),  # a string ends with its line
        ],
    }

    def get_tokens_unprocessed(self, text: str, stack: Any = ("root",)) -> Iterator[tuple[int, Any, str]]:
        """As the rules say, with the tapset's functions told from a script's own."""
        known = functions()
        for index, kind, value in super().get_tokens_unprocessed(text, stack):
            yield index, Name.Builtin if kind is Name.Function and value in known else kind, value


__all__ = ["SystemTapLexer", "functions"]
