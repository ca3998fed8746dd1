"""What a parse error says: from the automaton's state to the words stap has for it.

stap's parser is recursive: where a token does not fit, everything that could be complete returns, until a function
insists on a token. The parser does the same with its stack, and the items of the state it comes to (a rule and how
far it has come) tell here what was expected.

stap either looks at a token ("peek") or takes it ("next"). It shows in two ways: after an error it goes on behind a
token it has taken; and where the file ends it either says what it expected, or "unexpected end-of-file".
"""

from __future__ import annotations

# ruff: noqa: SIM905 (words in a row read better)
from typing import Any

from .diagnostics import ParseError
from .tables import Rule
from .tree import Number, Token, Variable

TOP_LEVEL = "expected 'probe', 'global', 'private', 'function', or '%{'"
LITERAL = "expected literal string or number"
COMPONENT = "expected identifier or '*' or '{'"
INDEXABLE = "expected identifier or statistical operation"
BODY = "expected one of ', { } = +='"

PEEK, NEXT = "peek", "next"
# Taken with nothing looked at before: at the end of the file stap still shows the token before it.
NEXT_AT_ONCE = "next at once"

# Items that insist even where another of the state is complete: after a parameter's comma, stap (unlike the grammar)
# only looks for a name or the closing parenthesis; after "return", for a value unless ";" or "}" follows.
INSISTENT = frozenset((("list_comma", "<parameter>"), ("return", "<expression>")))

_EXPRESSIONS = frozenset(
    f"<{name}>"
    for name in (
        "expression ternary logical_or logical_and bitwise_or bitwise_xor bitwise_and membership match comparison"
        " shift concatenation additive multiplicative unary crement access operand value match_list match_item"
        " indexes index_item arguments for_condition"
    ).split()
)

# By the symbol expected next.
_SYMBOLS: dict[str, tuple[str, str]] = {
    "<block>": ("expected '{'", NEXT),
    "<body>": ("expected '{'", NEXT),
    "<function_code>": ("expected '{'", NEXT),
    "<function_body>": ("expected '{'", NEXT),
    "<string>": ("expected literal string", NEXT),
    "<nonempty>": ("expected string", NEXT),
    "<format>": ("expected literal string", NEXT),
    "<literal>": (LITERAL, NEXT),
    "<integer>": ("expected number", NEXT),
    "<array_size>": ("expected number", NEXT),
    "NUMBER": ("expected number", NEXT),
    "NAME": ("expected identifier", NEXT),
    "<type>": ("expected 'string' or 'long'", NEXT),
    "<parameter>": ("expected identifier", NEXT),
    "<parameters>": ("expected identifier", NEXT),
    "<function_name>": ("expected identifier", NEXT),
    "<global_list>": ("expected identifier", NEXT),
    "<global_item>": ("expected identifier", NEXT),
    "<foreach_key>": ("expected identifier", NEXT),
    "<foreach_keys>": ("expected identifier", NEXT),
    "<foreach_key_list>": ("expected identifier", NEXT),
    "<indexable>": (INDEXABLE, NEXT_AT_ONCE),
    "<foreach_array>": (INDEXABLE, NEXT),
    "<direction>": ("expected sort directive", PEEK),
    "<point>": (COMPONENT, NEXT),
    "<points>": (COMPONENT, NEXT),
    "<component>": (COMPONENT, NEXT),
    "<alternatives>": (COMPONENT, NEXT),
    "<result_type>": ("expected '('", NEXT_AT_ONCE),
    "<alias_name>": (COMPONENT, NEXT),
    "<foreach_sort>": ("expected ')'", NEXT),
    "<foreach_limit>": ("expected ')'", NEXT),
    "<delimited>": ("expected one of ', )'", NEXT),
    "<declaration>": (TOP_LEVEL, PEEK),
    "MEMBER": ("expected identifier or keyword", NEXT_AT_ONCE),
}

# By item, where the symbol alone does not tell.
_ITEMS: dict[tuple[str, int], tuple[str, str]] = {
    ("alias", 1): (COMPONENT, NEXT_AT_ONCE),
    ("alias", 3): (BODY, PEEK),
    ("alternatives_more", 1): (BODY, PEEK),
    ("at_perf", 2): ("expected literal string", NEXT),
    ("at_var", 2): ("expected string", NEXT),
    ("at_var", 3): ("expected ')'", NEXT),
    ("at_var", 4): ("expected string", NEXT),
    ("bracketed", 2): ("expected ',' or ']'", PEEK),
    ("call", 3): ("expected one of ') ,'", NEXT),
    ("cast", 5): ("expected ')'", NEXT),
    ("cast", 6): ("expected string", NEXT),
    ("element", 3): ("expected ']'", NEXT),
    ("foreach_bracketed", 2): ("expected ',' or ']'", PEEK),
    ("foreach_head", 6): ("expected ')'", NEXT),
    ("foreach_slice", 3): ("expected ',' or ']'", PEEK),
    ("foreach_value_bracketed", 4): ("expected ',' or ']'", PEEK),
    ("function_head", 5): ("expected ',' or ')'", NEXT),
    ("global_initialised", 1): (TOP_LEVEL, PEEK),
    ("global_initialised", 2): (LITERAL, NEXT_AT_ONCE),
    ("histogram_index", 3): ("expected one of '] ,'", NEXT),
    ("index", 3): ("expected one of '] ,'", NEXT),
    ("point_condition", 1): ("expected '('", PEEK),
    ("point_condition", 3): ("expected ')'", PEEK),
    ("print", 3): ("expected one of ', )'", NEXT),
    ("print_delimited", 7): ("expected one of ', )'", NEXT),
    ("print_format", 3): ("expected one of ', )'", NEXT),
    ("print_format", 5): ("expected one of ', )'", NEXT),
    ("print_histogram", 3): ("expected ')'", NEXT),
    ("private_function", 1): ("expected 'function' or identifier", NEXT),
    ("probe", 1): (COMPONENT, NEXT_AT_ONCE),
    ("probe", 2): (BODY, PEEK),
    ("regex_match", 2): ("expected literal string", NEXT_AT_ONCE),
    ("try", 1): ("expected '{'", NEXT_AT_ONCE),
    ("try_named", 5): ("expected ')'", NEXT_AT_ONCE),
}


Items = list[tuple[Rule, int]]


def explain(items: Items, before: Items, values: list[Any], token: Token) -> tuple[ParseError, bool]:
    """The error for ``token`` at these items, and whether stap has taken the token.

    ``before`` are the items a symbol earlier; ``values`` are what was read.
    """
    ended = token.kind == "end"
    source = token.source
    message, mode, at = _expected(items, values, token)
    if (
        items
        and items[0][0].action == "integer_negative"
        and "<literal>" in {rule.expansion[dot] for rule, dot in before if dot < len(rule.expansion)}
    ):
        message = LITERAL
    site = _site(items, message)
    if ended and mode != PEEK:
        message = "unexpected end-of-file"
        site = message
        previous = values[-1][-1] if isinstance(values[-1], list) else values[-1]
        if mode == NEXT_AT_ONCE or _unread(items[0], previous):
            shown = previous if isinstance(previous, Token) else previous.token
            return ParseError(message, saw=shown, end=source, site=site), True
    if at is not None:
        return ParseError(message, at=at, site=site), False
    if ended:
        return ParseError(message, end=source, site=site), True
    return ParseError(message, saw=token, site=site), mode != PEEK


def _site(items: Items, message: str) -> object:
    """Which of stap's functions found the mistake: of messages from one place, it prints the first."""
    if message in _SHARED_SITES:
        return _SHARED_SITES[message]
    named = [(rule.action, dot) for rule, dot in items if not rule.action.startswith("list_")]
    action, dot = min(named, default=("", 0))
    if message == "expected identifier":
        return "a kind of token" if action in ("at_probewrite", "try_named") else (message, action, dot)
    if action in _CALL_LIKE and message[10:11] != "" and message.startswith("expected '"):
        return "one token"
    return (message, action, dot)


_SHARED_SITES = {
    LITERAL: LITERAL,
    "expected literal string": "literal string",
    "expected value": "value",
    "expected statement": "statement",
    "expected '{'": "block",
    "expected string": "a kind of token",
    "expected number": "a kind of token",
    "expected one of ', )'": "one of several tokens",
    "expected one of ') ,'": "one of several tokens",
    "expected one of '] ,'": "one of several tokens",
    "expected 'catch'": "one token",
    COMPONENT: COMPONENT,
    BODY: BODY,
    TOP_LEVEL: TOP_LEVEL,
}
_CALL_LIKE = frozenset(
    "at_defined at_entry at_probewrite at_perf at_const at_var cast dereference register statistic statistic_shift"
    " histogram_log histogram_linear print print_empty print_histogram print_format print_delimited element try_named"
    " global_sized".split()
)


def _unread(item: tuple[Rule, int], previous: Any) -> bool:
    """Whether stap has not looked behind the last value: it does behind a string, or a parameter's type."""
    action, dot = item[0].action, item[1]
    if (action, dot) == ("function_head", 5):
        return isinstance(previous, Variable) and previous.declared_type is None
    return (action, dot) == ("component_argument", 3) and isinstance(previous, Number)


def _expected(items: Items, values: list[Any], token: Token) -> tuple[str, str, Token | None]:
    """What was expected, how stap came to look for it, and the token at fault where that is another."""
    ended = token.kind == "end"
    if not items:
        return TOP_LEVEL, PEEK, None
    actions = {(rule.action, dot) for rule, dot in items}
    if ("histogram_index", 1) in actions and ("print_histogram", 3) not in actions:
        return "base histogram operator where expression expected", PEEK, values[-1].token
    if ("probe", 2) in actions or ("alias", 3) in actions:
        misplaced = token.kind == "operator" and token.text in ("=", "+=", "}", ",")
        return "expected probe point specifier" if misplaced else BODY, PEEK, None
    if ("alternatives_more", 1) in actions and token.kind == "operator" and token.text in ("{", "=", "+="):
        return "expected '}'", NEXT, None
    if ("foreach_head", 5) in actions and token.text[:1] == "@" and token.kind == "operator":
        return "expected statistical operation", PEEK, None
    if token.kind == "operator" and token.text == ",":
        if ("statistic", 3) in actions:
            return "not more than 1 parameter allowed", PEEK, token
        if ("statistic_shift", 5) in actions:
            return "not more than 2 parameters allowed", PEEK, token
    for rule, dot in items:
        found = _ITEMS.get((rule.action, dot))
        if found is not None:
            return *found, None
    expected = [(rule.expansion[dot], rule, dot) for rule, dot in items if dot < len(rule.expansion)]
    expected.sort(key=lambda item: (item[0] not in _EXPRESSIONS, item[0] not in _SYMBOLS and not _is_rule(item[0])))
    symbol, rule, dot = expected[0]
    if symbol in ("<statement>", "<statements>"):
        if ended or token.kind in ("keyword", "junk"):
            return "expected statement", PEEK, None
        return _value(token)
    if symbol in ("<for_start>", "<for_step>") and ended:
        return "expression statement expected", PEEK, None
    if symbol in _EXPRESSIONS or symbol in ("<for_start>", "<for_step>"):
        return _value(token)
    if symbol in _SYMBOLS:
        return *_SYMBOLS[symbol], None
    after_word = dot == 1 or (symbol == "(" and rule.action == "function_head" and dot == 2)
    return f"expected '{symbol}'", NEXT_AT_ONCE if symbol == "(" and after_word else NEXT, None


def _is_rule(symbol: str) -> bool:
    return symbol[0] == "<" and symbol[-1] == ">" and len(symbol) > 2


def _value(token: Token) -> tuple[str, str, None]:
    if token.kind == "end":
        return "expected value", PEEK, None
    if token.kind == "operator" and token.text[0] == "@":
        return f"unknown operator {token.text}", PEEK, None
    return LITERAL, NEXT, None
