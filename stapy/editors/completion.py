"""Completion of what is being written: probe points, the kernel's functions, the tapset's, target variables, members.

One engine for the interactive mode, the shells and the language server: text up to the cursor in, words out.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from stapy.compiler import families
from stapy.compiler.lexer import KEYWORDS, OPERATOR_WORDS
from stapy.runtime.tapset import declare

MOST = 400  # words offered at a time


@dataclass(frozen=True, slots=True)
class Completion:
    """A word that fits: ``text`` takes the place of the last ``replaced`` characters before the cursor."""

    text: str
    replaced: int
    kind: str  # "probe", "function", "keyword", "variable", "member", "operator"
    detail: str = ""  # a type, or a signature


_IN_STRING = re.compile(r'([\w.]+(?:\("[^"]*"\)|\(\d+\))?(?:\.\w+(?:\("[^"]*"\)|\(\d+\))?)*)\("([^"]*)$')
_POINT_START = re.compile(r"(?:^|[;}\s])probe\s+([^{]*)$")
_POINT_WORD = re.compile(r"([\w.*]+(?:\((?:\"[^\"]*\"|-?\w+)\))?(?:\.[\w*]+(?:\((?:\"[^\"]*\"|-?\w+)\))?)*\.?)?$")
_COMPONENT = re.compile(r'(\w*)(\((?:"[^"]*"|-?\w+)\))?')
_TARGET = re.compile(r"(\$\w*|@var\(\"\w+\"\))((?:(?:->|\.)\w+|\[\d+\])*)(->|\.)(\w*)$")
_NAME = re.compile(r"([@$]?\w*)$")
_PROBED = re.compile(r'probe\s+(?:[^{}"]*,\s*)?\w+\.(?:function|statement)\(\s*"([^"]+)"[^{]*\{')
STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|(?:#|//)[^\n]*', re.DOTALL)


class Completer:
    """Completes on a kernel; ``description`` is a KernelDescription, or None where nothing is known of one.

    ``library`` is the compiler's, for aliases and functions written in SystemTap's language.
    """

    def __init__(self, description: Any, library: Any = None) -> None:
        self.description = description
        self.library = library

    # ------------------------------------------------------------ the question

    def complete(self, text: str) -> list[Completion]:
        """The words that can stand at the end of ``text``, which goes from a script's start to the cursor."""
        found = list(self._complete(text))
        unique = {completion.text: completion for completion in reversed(found)}
        return sorted(unique.values(), key=lambda completion: completion.text)[:MOST]

    def _complete(self, text: str) -> Iterator[Completion]:
        start = _POINT_START.search(_blank(text, keep_open_string=True))
        if start is not None and "{" not in _braces_blanked(text[start.start(1):]):
            yield from self._point(text[start.start(1):])
            return
        if _open_string(text):
            return
        target = _TARGET.search(text)
        if target is not None:
            yield from self._members(text, target)
            return
        name = _NAME.search(text)
        assert name is not None
        yield from self._names(text, name[1])

    # ------------------------------------------------------------ probe points

    def _point(self, written: str) -> Iterator[Completion]:
        quoted = _IN_STRING.search(written)
        if quoted is not None:
            yield from self._argument(quoted[1], quoted[2])
            return
        word = _POINT_WORD.search(written)
        path = word[1] or "" if word else ""
        before, dot, last = path.rpartition(".")
        if '"' in last or "(" in last:
            return
        shape = _shape(before) if dot else ()
        for name, argument in self._next_components(shape):
            if name.startswith(last):
                opening = {families.STRING: '("', families.NUMBER: "(", None: ""}[argument]
                yield Completion(name + opening, len(last), "probe", argument or "")

    def _next_components(self, shape: tuple[tuple[str, str | None], ...]) -> Iterator[tuple[str, str | None]]:
        """What may follow these components."""
        for known, _ in families.shapes():
            if known[: len(shape)] == shape and len(known) > len(shape):
                yield known[len(shape)]
        if self.library is None:
            return
        if not shape:
            yield from ((root, None) for root in self.library.alias_roots() if not root.startswith("_"))
            return
        names = tuple(name for name, _ in shape)
        for alias, _ in self.library.aliases(names[0]):
            if alias[: len(names)] == names and len(alias) > len(names):
                yield alias[len(names)], None

    def _argument(self, path: str, begun: str) -> Iterator[Completion]:
        """Inside ``function("``: the kernel's functions."""
        last = _shape(path)[-1][0] if _shape(path) else ""
        if self.description is None or last not in ("function", "statement", "callee"):
            return
        for function in self.description.functions(f"{begun}*"):
            yield Completion(function.name, len(begun), "function", function.file or "")

    # ------------------------------------------------------------ in a handler

    def _names(self, text: str, begun: str) -> Iterator[Completion]:
        if begun.startswith("$"):
            for variable in self._variables(text):
                yield from _fitting(f"${variable.name}", begun, "variable", variable.type.describe())
            for word in ("$$parms", "$$vars", "$$locals", "$$return", "$return"):
                yield from _fitting(word, begun, "variable")
            return
        if begun.startswith("@"):
            for word in OPERATOR_WORDS:
                yield from _fitting(word, begun, "operator")
            return
        for word in KEYWORDS:
            yield from _fitting(word, begun, "keyword")
        for name, detail in self._functions(begun):
            yield Completion(name, len(begun), "function", detail)
        for name in set(re.findall(r"\b[A-Za-z_]\w*", _blank(text)[: len(text) - len(begun)])):
            if len(name) > 2:
                yield from _fitting(name, begun, "variable")

    def _functions(self, begun: str) -> Iterator[tuple[str, str]]:
        names = self.library.function_names() if self.library is not None else declare.names()
        for name in names:
            if begun and name.startswith(begun) and not name.startswith("_"):
                found = declare.find(name)
                yield name, str(found[0]) if found else ""
        for name in ("print", "printf", "printd", "printdln", "println", "sprint", "sprintf", "sprintd", "sprintln"):
            if name.startswith(begun):
                yield name, ""

    def _variables(self, text: str) -> Iterable[Any]:
        """Parameters and locals of the function that the enclosing probe is on."""
        probed = list(_PROBED.finditer(text))
        if not probed or self.description is None:
            return []
        pattern = probed[-1][1].partition("@")[0]
        found: dict[str, Any] = {}
        for function in self.description.functions(pattern)[:20]:
            for variable in (*function.parameters, *self.description.variables_at(function.entry or 0, function)):
                found.setdefault(variable.name, variable)
        return found.values()

    def _members(self, text: str, target: re.Match[str]) -> Iterator[Completion]:
        """After ``$pointer->``: the members of the structure."""
        kind = self._type_of(text, target[1])
        for step in re.findall(r"(?:->|\.)(\w+)|\[\d+\]", target[2]):
            kind = _target(kind)
            if step:
                member = kind.member(step) if hasattr(kind, "member") else None
                kind = member.type if member is not None else None
        kind = _target(kind)
        if not hasattr(kind, "member_names"):
            return
        for name in kind.member_names():
            member = kind.member(name)
            yield from _fitting(name, target[4], "member", member.type.describe() if member is not None else "")

    def _type_of(self, text: str, variable: str) -> Any:
        if self.description is None:
            return None
        if variable.startswith("@var"):
            found = self.description.variable(variable[6:-2])
            return found.type if found is not None else None
        name = variable[1:]
        return next((found.type for found in self._variables(text) if found.name == name), None)


def documentation(word: str) -> str | None:
    """The signatures and the docstring of the tapset's function ``word``; None for anything else."""
    found = declare.find(word)
    if not found:
        return None
    return "\n".join([*(str(function) for function in found), "", inspect.cleandoc(found[0].doc)])


def _fitting(word: str, begun: str, kind: str, detail: str = "") -> Iterator[Completion]:
    if word.startswith(begun) and word != begun:
        yield Completion(word, len(begun), kind, detail)


def _target(kind: Any) -> Any:
    """The structure behind a type: through qualifiers, pointers and arrays."""
    while kind is not None:
        kind = kind.strip()
        behind = getattr(kind, "of", None) or getattr(kind, "to", None)
        if behind is None:
            return kind
        kind = behind
    return None


def _shape(path: str) -> tuple[tuple[str, str | None], ...]:
    """``kernel.function("x")`` as the families have it: names with the kinds of their arguments."""
    return tuple(
        (name, None if not argument else families.STRING if '"' in argument else families.NUMBER)
        for name, argument in _COMPONENT.findall(path) if name
    )


def _blank(text: str, keep_open_string: bool = False) -> str:
    """``text`` with strings and comments blanked out, of the same length."""
    blanked = STRING_OR_COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return blanked if keep_open_string or '"' not in blanked else blanked[: blanked.index('"')].ljust(len(text))


def _braces_blanked(point: str) -> str:
    """A probe point without the braces of alternatives, ``vfs.{read,write}``: what is left opens the handler."""
    return re.sub(r"\{[\w.,*()\"]*\}(?=\s*[.,])|(?<=[.,])\{[\w.,*()\"]*$", "", _blank(point, keep_open_string=True))


def _open_string(text: str) -> bool:
    return '"' in STRING_OR_COMMENT.sub("", text)
