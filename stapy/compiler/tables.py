"""The LALR(1) tables of grammar/stap.lark: built by Lark once, afterwards read from a cache file.

Lark takes about 0.4 s to import and to build the tables; a script's parse has no use for Lark beyond them. The
cache is plain data (``marshal``), so a damaged or foreign file can at worst fail to load, and then it is rebuilt.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

FORMAT = 6  # of the cache file


@dataclass(slots=True)
class Rule:
    """``origin: expansion``; ``action`` names the Builder method, "" where the one value passes through.

    Symbols: a keyword or operator is its text, a nonterminal ``<name>``, any other terminal its name in the grammar.
    """

    origin: str
    expansion: tuple[str, ...]
    action: str


@dataclass(slots=True)
class Tables:
    """What the parser runs on.

    ``actions[state][symbol]`` is the next state, or ``~rule`` to reduce; symbols are terminals and nonterminals.
    ``kernels[state]`` lists the (rule, position) pairs the state stands for: what error messages are made of.
    """

    words: frozenset[str]  # keywords and operators
    patterns: dict[str, str]  # the other terminals -> regular expression
    rules: list[Rule]
    actions: list[dict[str, int]]
    kernels: list[tuple[tuple[int, int], ...]]
    start: int


def grammar_path() -> str:
    return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "grammar", "stap.lark")


@cache
def load() -> Tables:
    """The tables, from the cache where it has them for this very grammar and this Lark."""
    with open(grammar_path(), "rb") as file:
        text = file.read()
    path = _cache_path(text)
    tables = _read(path)
    if tables is None:
        data = _flatten(build(text.decode()))
        _write(path, data)
        tables = _unflatten(data)
    return tables


def build(grammar: str) -> Tables:
    """Run Lark over the grammar (start rule ``script``)."""
    from lark import Lark
    from lark.grammar import Rule as LarkRule
    from lark.lexer import Lexer, PatternStr
    from lark.parsers.lalr_analysis import Shift

    class NoLexer(Lexer):
        """Ours stands in lexer.py; given here, it keeps Lark from building one."""

        def __init__(self, conf: object) -> None:
            pass

        def lex(self, *_: object):
            return iter(())

    lark = Lark(grammar, parser="lalr", lexer=NoLexer, start="script", debug=True, keep_all_tokens=True)
    lalr = lark.parser.parser._parse_table  # with debug: the item sets themselves are the states

    numbers = {closure: number for number, closure in enumerate(lalr.states)}
    names = {}
    patterns = {}
    for terminal in lark.terminals:
        if isinstance(terminal.pattern, PatternStr):
            names[terminal.name] = str(terminal.pattern.value)
        elif terminal.pattern is not None:
            patterns[str(terminal.name)] = terminal.pattern.to_regexp()
    nonterminals = {rule.origin.name for rule in lark.rules}

    def symbol_name(name: str) -> str:
        if name in nonterminals:
            return f"<{name}>"
        return names.get(name, str(name))

    rules: dict[LarkRule, int] = {}
    table_rules: list[Rule] = []

    def rule_number(rule: LarkRule) -> int:
        if rule not in rules:
            rules[rule] = len(table_rules)
            expansion = tuple(symbol_name(symbol.name) for symbol in rule.expansion)
            action = "" if rule.alias is None and len(expansion) == 1 else str(rule.alias or rule.origin.name)
            table_rules.append(Rule(symbol_name(rule.origin.name), expansion, action))
        return rules[rule]

    # Numbered in an order of their own: Lark's sets come in another every time.
    for rule in sorted(lark.rules, key=lambda rule: (rule.origin.name, [symbol.name for symbol in rule.expansion])):
        rule_number(rule)

    actions = [
        {
            symbol_name(symbol): numbers[target] if action is Shift else ~rule_number(target)
            for symbol, (action, target) in row.items()
        }
        for row in lalr.states.values()
    ]
    kernels = [
        tuple(
            sorted(
                (rule_number(item.rule), item.index)
                for item in closure
                if item.index and not item.rule.origin.name.startswith("$root")
            )
        )
        for closure in lalr.states
    ]
    words = frozenset(names.values())
    return Tables(words, patterns, table_rules, actions, kernels, numbers[lalr.start_states["script"]])


def _cache_path(grammar: bytes) -> str:
    """A name that changes with the grammar, Lark and Python. (Hashing here is against staleness, not malice; hashlib
    and importlib.metadata would take longer to import than the tables to load.)"""
    lark = find_spec("lark")
    stamp = b"%d %s " % (FORMAT, sys.implementation.cache_tag.encode())
    if lark is not None and lark.origin is not None:
        with open(lark.origin, "rb") as file:
            stamp += file.read()  # has the version
    root = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(root, "stapy", f"grammar-{zlib.crc32(stamp):08x}{zlib.crc32(grammar):08x}.tables")


def _flatten(tables: Tables) -> bytes:
    """The tables as plain data, behind a digest that finds a torn or altered file."""
    data = marshal.dumps(
        (
            tables.words,
            tables.patterns,
            [(rule.origin, rule.expansion, rule.action) for rule in tables.rules],
            tables.actions,
            tables.kernels,
            tables.start,
        )
    )
    return _digest(data) + data


def _digest(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little") + zlib.adler32(data).to_bytes(4, "little")


def _unflatten(data: bytes) -> Tables:
    if _digest(data[8:]) != data[:8]:
        raise ValueError("damaged")
    words, patterns, rules, actions, kernels, start = marshal.loads(data[8:])
    return Tables(words, patterns, [Rule(*rule) for rule in rules], actions, kernels, start)


def _read(path: str) -> Tables | None:
    try:
        with open(path, "rb") as file:
            return _unflatten(file.read())
    except (OSError, ValueError, EOFError, TypeError):
        return None


def _write(path: str, data: bytes) -> None:
    """Put the file in place in one step; a cache that cannot be written is done without."""
    import tempfile

    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
    except OSError:
        return
