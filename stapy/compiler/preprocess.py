"""The preprocessor, between the lexer and the parser: macros, then ``%( condition %? tokens %: tokens %)``."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from .diagnostics import ParseError
from .lexer import OPERATOR_WORDS
from .tree import Source, Token

MAX_EXPANSIONS = 100  # of macros inside each other; beyond that one calls itself
MAX_EXPANDED_TOKENS = 150_000  # that macros may produce in one source

_SPECIAL = frozenset(("%(", "%)", "%?", "%:"))


@dataclass(eq=False, slots=True)
class Macro:
    """``@define name(parameters) %( body %)``"""

    name: str
    token: Token
    parameters: list[str]
    body: list[Token]
    library: bool = False  # from a .stpm file: its body knows only library macros


@dataclass(eq=False, slots=True)
class Closure:
    """A macro's argument: tokens that mean what they mean where the macro was called."""

    body: list[Token]
    scope: Activation | None


@dataclass(eq=False, slots=True)
class Activation:
    """A macro, or an argument of one, that is being read."""

    token: Token | None
    body: list[Token]
    arguments: dict[str, Closure]
    library: bool
    cursor: int = 0


# How the built-in kernel is configured, as far as it has what there is to configure.
_CONFIG = {
    "CONFIG_MMU": "y",
    "CONFIG_SMP": "y",
    "CONFIG_NR_CPUS": "4",
    "CONFIG_HZ": "1000",
    "CONFIG_HZ_1000": "y",
    "CONFIG_NO_HZ": "y",
    "CONFIG_HIGH_RES_TIMERS": "y",
    "CONFIG_KALLSYMS": "y",
    "CONFIG_KPROBES": "y",
    "CONFIG_KRETPROBES": "y",
    "CONFIG_TRACEPOINTS": "y",
    "CONFIG_HAVE_HW_BREAKPOINT": "y",
    "CONFIG_PRINTK": "y",
    "CONFIG_PROC_FS": "y",
    "CONFIG_DEBUG_INFO": "y",
}
_OF_32_BITS = ("i386", "arm")


@dataclass(slots=True)
class Facts:
    """What conditions ask about."""

    kernel_vr: str = "2.6.32-stapy"
    systemtap_v: str = "4.8"
    arch: str = "x86_64"
    runtime: str = "emu"
    privilege: str = "stapdev"
    guru: bool = False
    config: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.config:
            self.config = {**_CONFIG, "CONFIG_64BIT" if self.arch not in _OF_32_BITS else "CONFIG_32BIT": "y"}

    @property
    def kernel_v(self) -> str:
        """The version without what follows a dash."""
        return self.kernel_vr.partition("-")[0]


class Preprocessor:
    """Tokens after macros and conditionals: ``next()`` gives one, None at the end.

    Errors are raised where they are found; the caller may go on calling ``next()``.
    """

    def __init__(
        self,
        source: Source,
        raw: Iterator[Token],
        facts: Facts,
        library: dict[str, Macro],
        warn: Callable[[str, Token | None], None],
    ) -> None:
        self.source = source
        self.raw = raw
        self.facts = facts
        self.library = library
        self.warn = warn
        self.macros: dict[str, Macro] = {}
        self.activations: list[Activation] = []
        self.conditionals: list[tuple[Token, str]] = []  # "%(" and: keep-then skip-then keep-else skip-else
        self.expanded = 0
        self.pushed_back: deque[Token] = deque()

    # ------------------------------------------------------------ conditionals

    def next(self) -> Token | None:
        while True:
            if self.conditionals and self.conditionals[-1][1].startswith("skip"):
                token = self._skip()
            else:
                token = self._expand()
            if token is None:
                if self.conditionals:
                    raise ParseError("incomplete conditional at end of file", at=self.conditionals.pop()[0])
                return None
            if token.terminal not in _SPECIAL:
                return token
            self._conditional(token)

    def _conditional(self, token: Token) -> None:
        """Take one of ``%( %? %: %)``."""
        missing = "incomplete conditional - missing '%('"
        mark = token.text
        if mark == "%?":
            raise ParseError(missing, at=token)
        if mark == "%:":
            if not self.conditionals:
                raise ParseError(missing, at=token)
            opened, state = self.conditionals[-1]
            if state.endswith("else"):
                raise ParseError("invalid conditional - duplicate '%:'", at=token)
            self.conditionals[-1] = (opened, "skip-else" if state == "keep-then" else "keep-else")
        elif mark == "%)":
            if not self.conditionals:
                raise ParseError(missing, at=token)
            self.conditionals.pop()
        else:
            holds = self._condition(token)
            self.conditionals.append((token, "keep-then" if holds else "skip-then"))

    def _condition(self, opened: Token) -> bool:
        """Read and judge what stands between ``%(`` and ``%?``: comparisons joined by && (first) and ||."""
        any_holds, all_hold = False, True
        while True:
            left, operator, right = self._expand(), self._expand(), self._expand()
            if left is None or operator is None or right is None:
                raise ParseError("incomplete condition after '%('", at=opened)
            all_hold = self._comparison(left, operator, right) and all_hold
            token = self._expand()
            joined = token.text if token is not None and token.kind == "operator" else ""
            if joined != "&&":
                any_holds = any_holds or all_hold
                all_hold = True
            if joined not in ("&&", "||"):
                break
        if joined != "%?":
            raise ParseError("expected '%?' marker for conditional", at=opened)
        return any_holds

    def _comparison(self, left: Token, operator: Token, right: Token) -> bool:
        if left.kind == "identifier":
            versions = {
                "kernel_v": self.facts.kernel_v,
                "kernel_vr": self.facts.kernel_vr,
                "systemtap_v": self.facts.systemtap_v,
            }
            names = {"arch": self.facts.arch, "runtime": self.facts.runtime}
            if left.text in versions:
                return self._version(versions[left.text], operator, right)
            if left.text in names:
                return self._name(names[left.text], operator, right)
            if left.text == "systemtap_privilege":
                return self._name(self.facts.privilege, operator, right, wild=False)
            if left.text == "guru_mode":
                return self._guru(operator, right)
            if left.text.startswith("CONFIG_"):
                return self._config(left, operator, right)
        elif left.kind in ("string", "number"):
            if left.kind == right.kind:
                read = _number if left.kind == "number" else _text
                return _compare(read(left), operator, read(right))
            if right.kind in ("string", "number"):
                raise ParseError(f"expected {left.kind} literal as right value", at=right)
        raise ParseError(
            "expected 'arch', 'kernel_v', 'kernel_vr', 'systemtap_v',\n"
            "             'runtime', 'systemtap_privilege', 'CONFIG_...', or\n"
            "             comparison between strings or integers",
            at=left,
        )

    def _version(self, have: str, operator: Token, right: Token) -> bool:
        if right.kind != "string":
            raise ParseError("expected string literal", at=right)
        pattern = right.text
        if any(c in pattern for c in "*?["):
            if operator.text in ("==", "!="):
                return fnmatchcase(have, pattern) == (operator.text == "==")
            if operator.text in ("<", "<=", ">", ">="):
                raise ParseError("wildcard not allowed with order comparison operators", at=operator)
            raise ParseError("expected comparison operator", at=operator)
        return _compare(version_key(have), operator, version_key(pattern))

    def _name(self, have: str, operator: Token, right: Token, wild: bool = True) -> bool:
        if right.kind != "string":
            raise ParseError("expected string literal", at=right)
        equal = self._equality(operator)
        return (fnmatchcase(have, right.text) if wild else have == right.text) == equal

    def _equality(self, operator: Token) -> bool:
        """True for ==, false for !=; nothing else will do."""
        if operator.kind != "operator" or operator.text not in ("==", "!="):
            raise ParseError("expected '==' or '!='", at=operator)
        return operator.text == "=="

    def _config(self, left: Token, operator: Token, right: Token) -> bool:
        """A kernel configuration value: as text with wildcards, as a number, or against another."""
        have = self.facts.config.get(left.text, "")
        if right.kind == "string":
            return self._name(have, operator, right)
        if right.kind == "number":
            try:
                value = int(have or "0", 0)
            except ValueError:
                raise ParseError("Config option value not a number", at=left) from None
            return _compare(value, operator, _number(right))
        if right.kind == "identifier" and right.text.startswith("CONFIG_"):
            other = self.facts.config.get(right.text, "")
            try:
                return _compare(int(have or "0", 0), operator, int(other or "0", 0))
            except ValueError:
                return _compare(have, operator, other)
        raise ParseError("expected string, number literal or other CONFIG_... as right side operand", at=right)

    def _guru(self, operator: Token, right: Token) -> bool:
        if right.kind != "number":
            raise ParseError("expected number", at=right)
        value = _number(right)
        if value not in (0, 1):
            raise ParseError("expected 0 or 1", at=operator)
        return (self.facts.guru == bool(value)) == self._equality(operator)

    def _skip(self) -> Token | None:
        """Pass over what a conditional drops, to its ``%:`` or ``%)``."""
        depth = 0
        while True:
            try:
                token = self._read()
            except ParseError:
                continue  # what is dropped need not be right
            if token is None:
                return None
            if token.terminal == "%(":
                depth += 1
            elif token.terminal == "%)" and depth:
                depth -= 1
            elif depth == 0 and token.terminal in _SPECIAL:
                return token

    # ------------------------------------------------------------ macros

    def _expand(self) -> Token | None:
        """The next token with definitions taken in and macros replaced."""
        while True:
            if not self.activations:
                token = next(self.raw, None)
                if token is None:
                    return None
                if token.kind != "operator" or token.text[0] != "@":
                    if token.kind == "junk" and token.terminal != "junk":
                        raise ParseError(token.terminal, at=token)
                    return token
            else:
                token = self._read()
                if token is None:
                    return None
                if token.kind != "operator" or token.text[0] != "@":
                    return token
            if token.text == "@define":
                self._define(token)
                continue
            found = self._find(token.text[1:])
            if found is None:
                return token
            self._activate(token, found)

    def _read(self) -> Token | None:
        """A token as it stands: from the innermost macro that has any left, else from the text."""
        while self.activations:
            top = self.activations[-1]
            if top.cursor < len(top.body):
                token = top.body[top.cursor]
                top.cursor += 1
                self.expanded += 1
                if self.expanded > MAX_EXPANDED_TOKENS:
                    self._too_much(top)
                return Token(
                    token.kind,
                    token.text,
                    token.source,
                    token.line,
                    token.column,
                    token.end_column,
                    token.macro or top.token,
                    token.terminal,
                    token.adjacent,
                )
            self.activations.pop()
        return self._scan()

    def _scan(self) -> Token | None:
        token = next(self.raw, None)
        if token is not None and token.kind == "junk" and token.terminal != "junk":
            raise ParseError(token.terminal, at=token)
        return token

    def _too_much(self, top: Activation) -> None:
        self.activations.clear()
        self.raw = iter(())
        raise ParseError("macro expansion does not end", at=top.token, skip=False)

    def _find(self, name: str) -> Macro | Closure | None:
        scope = self.activations[-1] if self.activations else None
        if scope is not None and name in scope.arguments:
            return scope.arguments[name]
        if not (scope is not None and scope.library) and name in self.macros:
            return self.macros[name]
        return self.library.get(name)

    def _activate(self, token: Token, found: Macro | Closure) -> None:
        if len(self.activations) >= MAX_EXPANSIONS:
            outermost = self.activations[0].token or token
            self.activations.clear()
            raise ParseError(
                f"macro '{token.text}' nested too deeply (does it use itself?)", at=replace(outermost, macro=None)
            )
        if isinstance(found, Closure):
            scope = found.scope
            arguments = scope.arguments if scope is not None else {}
            library = scope.library if scope is not None else False
            self.activations.append(Activation(token, found.body, arguments, library))
            return
        scope = self.activations[-1] if self.activations else None
        arguments = self._arguments(token, found, scope) if found.parameters else {}
        self.activations.append(Activation(token, found.body, arguments, found.library))

    def _arguments(self, token: Token, macro: Macro, scope: Activation | None) -> dict[str, Closure]:
        count = len(macro.parameters)
        opened = self._read()
        if opened is None or opened.terminal != "(":
            raise ParseError(
                f"expected '(' in invocation of macro '@{macro.name}' taking {count} parameter{'s'[: count > 1]}",
                at=opened or token,
            )
        arguments = {}
        for number, name in enumerate(macro.parameters, 1):
            body, ended = self._argument()
            if ended is None:
                raise ParseError("could not find end of macro invocation", at=token)
            if ended.text == "," and number == count:
                raise ParseError(f"too many parameters for macro '@{macro.name}' (expected {count})", at=ended)
            if ended.text == ")" and number < count:
                raise ParseError(f"too few parameters for macro '@{macro.name}' (expected {count})", at=ended)
            arguments[name] = Closure(body, scope)
        return arguments

    def _argument(self) -> tuple[list[Token], Token | None]:
        """The tokens up to a comma or the closing parenthesis, and that; parentheses nest."""
        body: list[Token] = []
        depth = 0
        while True:
            token = self._read()
            if token is None:
                return body, None
            if token.kind == "operator":
                if token.text == "(":
                    depth += 1
                elif token.text == ")" and depth:
                    depth -= 1
                elif depth == 0 and token.text in (",", ")"):
                    return body, token
            body.append(token)

    def _define(self, token: Token) -> None:
        if self.activations:
            raise ParseError("'@define' forbidden inside macro body", at=token)
        name = self._scan()
        if name is None or name.kind != "identifier":
            raise ParseError("expected identifier", at=name, end=self.source)
        if name.text in self.macros:
            raise ParseError(
                f"attempt to redefine macro '@{name.text}' in the same file",
                at=name,
                chain=ParseError(f"macro '@{name.text}' first defined here", at=self.macros[name.text].token),
            )
        if name.text == "define":
            raise ParseError("attempt to redefine '@define'", at=name)
        if "@" + name.text in OPERATOR_WORDS:
            self.warn(f"macro redefines built-in operator '@{name.text}'", name)
        parameters: list[str] = []
        opened = self._scan()
        if opened is not None and opened.terminal == "(":
            parameters = self._parameters()
            opened = self._scan()
        if opened is None or opened.terminal != "%(":
            raise ParseError("expected '%('" if parameters else "expected '%(' or '('", at=opened, end=self.source)
        self.macros[name.text] = Macro(name.text, name, parameters, self._body(name))

    def _parameters(self) -> list[str]:
        parameters: list[str] = []
        while True:
            token = self._scan()
            if token is None or token.kind != "identifier":
                raise ParseError("expected identifier", at=token, end=self.source)
            parameters.append(token.text)
            token = self._scan()
            if token is not None and token.kind == "operator" and token.text == ")":
                return parameters
            if token is None or token.kind != "operator" or token.text != ",":
                raise ParseError("expected ',' or ')'", at=token, end=self.source)

    def _body(self, name: Token) -> list[Token]:
        """The tokens to the ``%)`` that matches; conditionals inside stay as they are."""
        body: list[Token] = []
        depth = 0
        while True:
            token = self._scan()
            if token is None:
                raise ParseError("incomplete macro definition - missing '%)'", at=name)
            if token.terminal == "%(":
                depth += 1
            elif token.terminal == "%)":
                if depth == 0:
                    return body
                depth -= 1
            body.append(token)


def _number(token: Token) -> int:
    text = token.text
    try:
        return int(text, 10) if text.isdigit() else int(text, 16)
    except ValueError:
        raise ParseError("number invalid or out of range", at=token) from None


def _text(token: Token) -> str:
    return token.text


def _compare(left: object, operator: Token, right: object) -> bool:
    match operator.text if operator.kind == "operator" else "":
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right  # type: ignore[operator]
        case "<=":
            return left <= right  # type: ignore[operator]
        case ">":
            return left > right  # type: ignore[operator]
        case ">=":
            return left >= right  # type: ignore[operator]
    raise ParseError("expected comparison operator", at=operator)


_VERSION_PART = re.compile(r"[0-9]{1,1000}|[^0-9]")


def version_key(version: str) -> list[tuple[int, int | str]]:
    """A key that orders versions as strverscmp does where no number has leading zeros."""
    return [(1, int(part)) if part.isdigit() else (0, part) for part in _VERSION_PART.findall(version)]
