"""Tokens to the syntax tree: drives the grammar's LALR(1) tables, and explains what does not fit as stap would.

The tables come from grammar/stap.lark (tables.py). The driver here is the textbook's, with the few things that
SystemTap's language asks for: tokens whose terminal depends on where they stand, bodies in angle brackets, and after
an error going on with the next declaration.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Any

from . import lexer, tables
from .build import Builder
from .diagnostics import ParseError, Reporter
from .expectations import INSISTENT, explain
from .preprocess import Facts, Macro, Preprocessor
from .tree import Node, Script, Source, Token

MAX_SOURCE = 2 << 20  # bytes of a script; its tree takes about a hundred times as much
MAX_TOKENS = 250_000  # of a script; more take too long
MAX_STACK = 10_000  # symbols the parser holds at once
MAX_DEPTH = 2_000  # of the tree: the stages after this one recurse over it

_MARKS = {  # what a script may begin with that is none: why the first byte is wrong
    "\xef\xbb\xbf": "the file begins with a byte order mark: save it as UTF-8 without",
    "\xff\xfe": "the file is UTF-16: save it as UTF-8",
    "\xfe\xff": "the file is UTF-16: save it as UTF-8",
    "\x7fELF": "the file is a program, not a script",
    "\x1f\x8b": "the file is compressed",
}
DECLARATIONS = frozenset(("probe", "private", "global", "function"))
GUARDED_OPERATORS = frozenset(("@const", "@kderef", "@uderef", "@kregister", "@uregister"))


@dataclass(slots=True)
class ParseOptions:
    """What a parse depends on besides the text."""

    args: list[str] = field(default_factory=list)
    guru: bool = False  # -g, or a trusted tapset file
    tapset: bool = False
    facts: Facts = field(default_factory=Facts)
    library: dict[str, Macro] = field(default_factory=dict)  # macros of .stpm files
    arguments: lexer.Arguments | None = None  # made from args where not given; tells which were used

    def __post_init__(self) -> None:
        if self.arguments is None:
            self.arguments = lexer.Arguments(self.args)


class ParseFailed(Exception):  # noqa: N818
    """A source had mistakes: ``errors`` in order, none where it was empty (``message`` says so)."""

    def __init__(self, errors: list[ParseError], message: str = "") -> None:
        super().__init__(message or f"{len(errors)} parse error{'s' if len(errors) != 1 else ''}.")
        self.errors = errors


def parse(source: Source, options: ParseOptions | None = None, reporter: Reporter | None = None) -> Script:
    """Parse one source. Errors are printed by ``reporter`` as they come, if given; raises ParseFailed after them."""
    options = options or ParseOptions()
    parser = Parser(source, options, reporter)
    if len(source.text) > MAX_SOURCE:
        parser.empty = False
        parser.record(
            ParseError(f"'{source.name}' has more bytes than a script may ({MAX_SOURCE})")
        )
    elif len(source.text) > MAX_TOKENS and lexer.has_more_than(MAX_TOKENS, source.text):
        parser.empty = False
        parser.record(ParseError(f"'{source.name}' has more tokens than a script may ({MAX_TOKENS})"))
    else:
        parser.run()
    script = parser.script
    if parser.empty:
        saw_tokens = next(lexer.tokens(source, lexer.Arguments([])), None) is not None
        message = f"Input file '{source.name}' is empty{' after preprocessing' if saw_tokens else ''}."
        if reporter is not None:
            reporter.message(message)
        raise ParseFailed(parser.errors, message)
    if parser.errors:
        if reporter is not None:
            reporter.parse_summary(len(parser.errors))
        raise ParseFailed(parser.errors)
    return script


def parse_macros(source: Source, options: ParseOptions | None = None, reporter: Reporter | None = None) -> list[Macro]:
    """The macros a .stpm library file defines; anything else in it is an error."""
    options = options or ParseOptions()
    parser = Parser(source, options, reporter)
    while True:
        try:
            token = parser.preprocessor.next()
            if token is None:
                break
            raise ParseError("unexpected token in library macro file", at=token)
        except ParseError as error:
            parser.record(error)
    if parser.errors:
        if reporter is not None:
            reporter.parse_summary(len(parser.errors))
        raise ParseFailed(parser.errors)
    for macro in parser.preprocessor.macros.values():
        macro.library = True
    return list(parser.preprocessor.macros.values())


class _Grammar:
    """The tables, with what the driver works out from them once."""

    def __init__(self) -> None:
        grammar = tables.load()
        self.tables = grammar
        self.actions = grammar.actions
        # rule -> origin, length, action; a rule without action passes its one value on
        self.rules = [(rule.origin, len(rule.expansion), rule.action) for rule in grammar.rules]
        self.after_script = self.actions[grammar.start]["<script>"]
        self.actions[self.after_script]["$END"] = 0  # accept
        self.angle_states = set()  # just after the "<" that opens a body
        for state, kernel in enumerate(grammar.kernels):
            items = {(grammar.rules[rule].action, dot) for rule, dot in kernel}
            if ("angle_block", 1) in items:
                self.angle_states.add(state)
            if ("return_nothing", 1) in items:  # stap takes no value only before these
                row = self.actions[state]
                self.actions[state] = {
                    symbol: action for symbol, action in row.items() if action >= 0 or symbol in (";", "}", "ANGLE_END")
                }
        # (state, nonterminal, lookahead) -> state, past all reductions that only rename
        self.gotos: dict[tuple[int, str, str], int] = {}

    def goto(self, state: int, origin: str, terminal: str) -> int:
        """Where a nonterminal leads, past all reductions that only rename it."""
        while True:
            target = self.actions[state][origin]
            action = self.actions[target].get(terminal)
            if action is None or action >= 0:
                return target
            rule = self.rules[~action]
            if rule[2] or rule[1] != 1:
                return target
            origin = rule[0]


_grammar: _Grammar | None = None


def grammar() -> _Grammar:
    global _grammar
    if _grammar is None:
        _grammar = _Grammar()
    return _grammar


def method_of(builder: Builder, action: str) -> Any:
    """The Builder's method for a grammar action; Python's own words carry an underscore there."""
    return getattr(builder, action + "_" * iskeyword(action)) if action else None


class Parser:
    """One parse of one source."""

    def __init__(self, source: Source, options: ParseOptions, reporter: Reporter | None) -> None:
        assert options.arguments is not None
        self.source = source
        self.options = options
        self.reporter = reporter
        self.errors: list[ParseError] = []
        self.empty = True
        self.angled = False  # inside a body in angle brackets
        self.context = ""  # the keyword of the declaration at hand
        self.peeked: deque[Token] = deque()
        self.end = Token("end", "", source, 0, 0, 0, None, "$END")
        raw = lexer.tokens(source, options.arguments, self._warn)
        self.preprocessor = Preprocessor(source, raw, options.facts, options.library, self._warn)
        self.script = Script(source, privileged=options.guru)
        self.builder = Builder(self.script, options)
        self.methods = [method_of(self.builder, action) for _, _, action in grammar().rules]
        self.states: list[int] = []
        self.values: list[Any] = []
        self.starts: list[Token] = []  # the first token of each value
        self.lookahead: Token = self.end
        self.measured: Node | None = None  # the last declaration whose depth is known
        self.stale = True  # the lookahead has been dealt with

    def _warn(self, message: str, token: Token | None) -> None:
        if self.reporter is not None:
            self.reporter.warning(message, token)

    def record(self, error: ParseError) -> None:
        error.__traceback__ = error.__context__ = None  # they would hold the parser's frames
        if not self.errors and error.hint is None:
            error.hint = next((hint for mark, hint in _MARKS.items() if self.source.text.startswith(mark)), None)
        self.errors.append(error)
        if self.reporter is not None:
            self.reporter.error(error)

    # ------------------------------------------------------------ tokens

    def advance(self) -> Token:
        """The next token, or ``end``; may raise ParseError, and then the lookahead is one of the past."""
        self.stale = True
        token = self.peeked.popleft() if self.peeked else self.preprocessor.next() or self.end
        self.stale = False
        return token

    def peek(self, ahead: int = 0) -> Token:
        """A token after the lookahead, which stays."""
        while len(self.peeked) <= ahead:
            self.peeked.append(self.preprocessor.next() or self.end)
        return self.peeked[ahead]

    # ------------------------------------------------------------ the automaton

    def run(self) -> Script:
        """Parse all declarations, going on after each that is wrong."""
        tables_ = grammar()
        self.states, self.values, self.starts = [tables_.tables.start], [], []
        while True:
            try:
                if self.stale:
                    self.lookahead = self.advance()
                if self.lookahead is not self.end:
                    self.empty = False
                self._automaton(tables_)
                return self.script
            except ParseError as error:
                self._place(error)
                self.record(error)
                self._resume(tables_, error)

    def _automaton(self, tables_: _Grammar) -> None:
        actions, rules, gotos = tables_.actions, tables_.rules, tables_.gotos
        states, values, starts = self.states, self.values, self.starts
        methods = self.methods
        builder = self.builder
        token = self.lookahead
        terminal = token.terminal
        shifted = 0  # tokens since the last declaration
        if terminal == ">" and self.angled:
            terminal = self._angle_end(token)
        while True:
            action = actions[states[-1]].get(terminal)
            if action is None:
                terminal = self._contextual(token, actions[states[-1]])
                action = actions[states[-1]][terminal]
            if action >= 0:
                if terminal == "$END":
                    return
                if terminal in _CHECKED:
                    self._check(token, terminal, action)
                if len(states) > MAX_STACK:
                    raise ParseError("nested too deeply", saw=token)
                states.append(action)
                values.append(token)
                starts.append(token)
                if terminal == "COMPONENT":
                    self.stale = True
                    values[-1] = self._join_component(token)
                token = self.lookahead = self.advance()
                terminal = token.terminal
                shifted += 1
                if terminal == ">" and self.angled:
                    terminal = self._angle_end(token)
                continue
            origin, length, _ = rules[~action]
            method = methods[~action]
            if length:
                if method is not None:
                    builder.start = starts[-length]
                    builder.lookahead = token
                    value = method(values[-length:])
                    del values[-length:]
                    values.append(value)
                if length > 1:
                    del starts[1 - length :]
                del states[-length:]
            else:
                values.append(method([]))
                starts.append(token)
            if origin == "<script>":
                if shifted > MAX_DEPTH:
                    self._limit_depth()
                shifted = 0
            key = (states[-1], origin, terminal)
            target = gotos.get(key)
            if target is None:
                target = gotos[key] = tables_.goto(*key)
            states.append(target)

    def _contextual(self, token: Token, row: dict[str, int]) -> str:
        """The terminal a token is where it stands; raises ParseError where it fits as none."""
        kind = token.kind
        if kind in ("identifier", "keyword") and "MEMBER" in row:
            return "MEMBER"
        if (kind in ("identifier", "keyword") or token.terminal == "*") and "COMPONENT" in row:
            return "COMPONENT"
        if kind == "identifier" and "NAME" in row:
            return "NAME"
        raise self._explain(token)

    def _check(self, token: Token, terminal: str, state: int) -> None:
        """What is wrong with a token that fits the grammar: refused without -g, or out of place."""
        if terminal == "<":
            if state in grammar().angle_states:
                self.angled = True
        elif terminal == "ANGLE_END":
            self.angled = False
        elif terminal in ("probe", "function"):
            self.context = token.text
        elif terminal == "foreach":
            self.builder.sorted = False
        elif terminal in ("private", "global"):
            self.builder.private = terminal == "private" or getattr(self.values[-1], "text", "") == "private"
        elif terminal == "return":
            if self.context != "function":
                raise ParseError("found 'return' not in function context", saw=token)
        elif self.options.guru:
            return
        elif terminal == "EMBEDDED":
            rule, _ = grammar().tables.kernels[state][0]
            if grammar().rules[rule][2] == "embedded_expression":
                raise ParseError("embedded expression code in unprivileged script; need stap -g", saw=token, skip=False)
            self._consume()
            raise ParseError("embedded code in unprivileged script; need stap -g", saw=token, skip=False)
        else:
            self._consume()
            raise ParseError(f"using {token.text} operator not permitted; need stap -g", saw=token, skip=False)

    def _consume(self) -> None:
        """Leave the lookahead behind: recovery starts after it."""
        self.stale = True

    def _join_component(self, token: Token) -> Token:
        """A probe point's component with the parts of a wildcard that follow without a space."""
        text = token.text
        end = token.end_column
        while True:
            following = self.peek()
            joins = following.kind in ("identifier", "keyword") or following.terminal == "*"
            if not joins or not following.adjacent:
                break
            text += following.text
            end = following.end_column
            self.peeked.popleft()
        if text == token.text:
            return token
        return Token(
            token.kind, text, token.source, token.line, token.column, end, token.macro, "COMPONENT", token.adjacent
        )

    def _limit_depth(self) -> None:
        """Refuse a declaration whose tree is too deep for recursion. Only long ones are looked at."""
        if not self.script.order or self.script.order[-1] is self.measured:
            return
        self.measured = self.script.order[-1]
        from .walk import children

        pending: list[tuple[Node, int]] = [(self.measured, 1)]
        while pending:
            node, depth = pending.pop()
            if depth > MAX_DEPTH:
                raise ParseError("nested too deeply", at=node.token)
            pending.extend((child, depth + 1) for child in children(node))

    # ------------------------------------------------------------ angle brackets

    def _angle_end(self, token: Token) -> str:
        """Whether a ``>`` compares or closes the body: it closes where a comparison could not follow or where only
        a declaration or the end can come after it."""
        if not self._accepts("ANGLE_END"):
            return token.terminal
        if not self._accepts(token.terminal):
            return "ANGLE_END"
        ahead = 0
        while self.peek(ahead).terminal == "EMBEDDED":
            ahead += 1
        following = self.peek(ahead)
        closes = (
            following is self.end
            or following.terminal == ","
            or (following.kind == "keyword" and following.text in DECLARATIONS)
        )
        return "ANGLE_END" if closes else token.terminal

    def _accepts(self, terminal: str) -> bool:
        """Whether the automaton could shift ``terminal`` now."""
        tables_ = grammar()
        states = self.states[:]
        while True:
            action = tables_.actions[states[-1]].get(terminal)
            if action is None or action >= 0:
                return action is not None
            origin, length, _ = tables_.rules[~action]
            if length:
                del states[-length:]
            states.append(tables_.actions[states[-1]][origin])

    # ------------------------------------------------------------ errors

    def _explain(self, token: Token) -> ParseError:
        """Why ``token`` does not fit. What could be complete is completed first, whatever follows, as stap's functions
        would have returned; that may find a mistake of its own (which is raised)."""
        tables_ = grammar()
        while True:
            kernel = tables_.tables.kernels[self.states[-1]]
            complete = None
            for rule, dot in kernel:
                if dot == tables_.rules[rule][1]:
                    complete = rule
                elif (tables_.rules[rule][2], tables_.tables.rules[rule].expansion[dot]) in INSISTENT:
                    complete = None
                    break
            if complete is None:
                break
            self._reduce(complete, token)
        items = [(tables_.tables.rules[rule], dot) for rule, dot in kernel]
        below = tables_.tables.kernels[self.states[-2]] if len(self.states) > 1 else ()
        before = [(tables_.tables.rules[rule], dot) for rule, dot in below]
        error, consumes = explain(items, before, self.values, token)
        if consumes and token is not self.end:
            self._consume()
        return error

    def _reduce(self, rule: int, token: Token) -> None:
        """One reduction, outside the automaton's fast path."""
        origin, length, _ = grammar().rules[rule]
        method = self.methods[rule]
        if method is not None:
            self.builder.start = self.starts[-length]
            self.builder.lookahead = token
            self.values[-length:] = [method(self.values[-length:])]
            del self.starts[1 - length or len(self.starts) :]
        del self.states[-length:]
        self.states.append(grammar().actions[self.states[-1]][origin])

    def _place(self, error: ParseError) -> None:
        """An error that names no token is about the one the parser has come to."""
        if error.at is None and error.saw is None and error.end is None:
            if self.lookahead is self.end:
                error.end = self.source
            else:
                error.saw = self.lookahead

    def _resume(self, tables_: _Grammar, error: ParseError) -> None:
        """Go on at the next declaration; tokens that cannot even be read are errors of their own."""
        self.angled = False
        self.context = ""
        self.states[:] = [tables_.tables.start, tables_.after_script]
        self.values[:] = [self.script]
        self.starts[:] = [self.end]
        while True:
            try:
                if self.stale:
                    self.lookahead = self.advance()
                token = self.lookahead
                stops = token is self.end or token.terminal == "EMBEDDED" or token.terminal in DECLARATIONS
                if not error.skip or stops:
                    return
                self.stale = True
            except ParseError as another:
                if another.at is None or another.at.kind != "junk":
                    self.record(another)


_CHECKED = (
    frozenset(("<", "ANGLE_END", "probe", "function", "private", "global", "foreach", "return", "EMBEDDED"))
    | GUARDED_OPERATORS
)
