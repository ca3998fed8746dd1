"""A TextMate grammar for editors, from the same tables as the compiler's: ``python -m stapy.editors.textmate``."""

from __future__ import annotations

import json
from typing import Any

from stapy.compiler.lexer import KEYWORDS, OPERATOR_WORDS
from stapy.editors.highlighting import DECLARATIONS, TYPES, functions


def grammar() -> dict[str, Any]:
    """The grammar, as the JSON form of a tmLanguage file has it."""
    control = sorted(KEYWORDS - {*DECLARATIONS, *TYPES})
    rules = [
        ("comment.line.number-sign.systemtap", r"(#|//).*$"),
        ("keyword.control.preprocessor.systemtap", r"@define\b|%\(|%\?|%:|%\)"),
        ("keyword.declaration.systemtap", _words(DECLARATIONS)),
        ("storage.type.systemtap", _words(TYPES)),
        ("keyword.control.systemtap", _words(control)),
        ("keyword.operator.word.systemtap", rf"@{_words([word[1:] for word in sorted(OPERATOR_WORDS)], front='')}"),
        ("variable.parameter.systemtap", r"[$@]([0-9]+|#)"),
        ("variable.other.target.systemtap", r"\$[A-Za-z_$][A-Za-z0-9_$]*|\$\$"),
        ("entity.name.function.macro.systemtap", r"@[A-Za-z_][A-Za-z0-9_]*"),
        ("constant.numeric.systemtap", r"\b(0[xX][0-9A-Fa-f]+|[0-9]+)\b"),
        ("support.function.systemtap", _words(sorted(functions())) + r"(?=\s*\()"),
        ("entity.name.function.systemtap", r"\b[A-Za-z_][A-Za-z0-9_]*(?=\s*\()"),
        ("keyword.operator.systemtap", r"[-+*/%<>=!&|^~?:.]+"),
    ]
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "SystemTap",
        "scopeName": "source.systemtap",
        "fileTypes": ["stp", "stpm"],
        "firstLineMatch": r"^#!.*\b(stap|stapy)\b",
        "patterns": [
            {"name": "comment.block.systemtap", "begin": r"/\*", "end": r"\*/"},
            {"name": "meta.embedded.block.python", "begin": r"%\{", "end": r"%\}",
             "patterns": [{"include": "source.python"}]},
            {"name": "string.quoted.double.systemtap", "begin": '"', "end": '"|$', "patterns": [
                {"name": "constant.character.escape.systemtap", "match": r"\\([0-7]{1,3}|x[0-9A-Fa-f]+|.)"},
                {"name": "constant.other.placeholder.systemtap",
                 "match": r"%[-+ 0#]*(\*|[0-9]+)?(\.(\*|[0-9]*))?l{0,2}[bcdiopsuxXmMnp%]"},
            ]},
            *({"name": name, "match": pattern} for name, pattern in rules),
        ],
    }


def _words(words: Any, front: str = r"\b") -> str:
    return rf"{front}({'|'.join(words)})\b"


if __name__ == "__main__":
    print(json.dumps(grammar(), indent=2))
