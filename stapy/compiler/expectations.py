"""What a parse error says: from the automaton's state to the words stap has for it.

stap's parser is recursive: where a token does not fit, everything that could be complete returns, until a function
insists on a token. So here: reduce what is complete, whatever follows, until a state insists; its items (a rule and
how far it has come) tell what was expected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .diagnostics import ParseError
from .tables import Tables
from .tree import Token

if TYPE_CHECKING:
    from .parser import ParseOptions

TOP_LEVEL = "expected 'probe', 'global', 'private', 'function', or '%{'"
LITERAL = "expected literal string or number"
END_OF_FILE = "unexpected end-of-file"

# Messages by item, (action, position): what stap says, and "next" where its parser has taken the token already
# ("peek" where it only looked), which tells how the end of the file shows and where it goes on after the error.
_ITEMS: dict[tuple[str, int], tuple[str, str]] = {}


def explain(tables: Tables, states: list[int], token: Token, options: ParseOptions) -> tuple[ParseError, bool]:
    """The error for ``token`` in the automaton's ``states``, and whether stap has consumed the token."""
    states = states[:]
    ended = token.kind == "end"
    saw = None if ended else token
    end = token.source if ended else None
    while True:
        kernel = tables.kernels[states[-1]]
        complete = None
        for rule_number, dot in kernel:
            rule = tables.rules[rule_number]
            if dot == len(rule.expansion):
                complete = rule
        if complete is None or not kernel:
            break
        del states[-len(complete.expansion) :]
        states.append(tables.actions[states[-1]][complete.origin])
    return ParseError(f"FIXME {[(tables.rules[r], d) for r, d in kernel]}", saw=saw, end=end), False
