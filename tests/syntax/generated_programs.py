"""Random SystemTap programs, drawn from the grammar's own rules, whole or with a few tokens spoilt."""

from __future__ import annotations

# ruff: noqa: SIM905 (words in a row read better)
import random

from stapy.compiler import tables

WORDS = {
    "IDENTIFIER": ["a", "b", "foo", "x1", "_y", "b$", "foo$$", "pid", "a$b"],
    "NAME": ["a", "k", "v", "foo", "print", "$t", "printf", "b$"],
    "MEMBER": ["m", "next", "f1", "probe", "if", "m$", "m$$", "$", "$$", "$m"],
    "TARGET": ["$a", "$arg1", "$foo$", "$foo$$", "$$parms", "$return", "$a$b"],
    "DOLLARS": ["$", "$$"],
    "COMPONENT": ["begin", "kernel", "function", "return", "*", "a*", "*b*c", "sys*", "**", "$x", "if", "in"],
    "NUMBER": ["0", "1", "7", "017", "0x1F", "00", "9223372036854775807", "18446744073709551615", "123456"],
    "STRING": ['""', '"a"', '"%d"', '"%s %5.3x"', '"\\n\\t\\x41\\101\\q"', '"a\\"b\\\\"', '"{}()//#"', '"%%"'],
    "EMBEDDED": ["%{ c %}", "%{%}", "%{ /* x */ %}"],
}
GAPS = [" "] * 8 + ["  ", "\t", "\n", "\r", "/* c */", "// c\n", "# c\n", "/**/"]
SPOILERS = (
    'a 1 "s" $x ( ) [ ] { } , ; : . + - * / % = == += < > <= <<< << >> ++ -- -> ! ~ & && | || ^ ? =~ @count @foo @cast'
    " @hist_log if else for foreach in limit return delete while break next try catch probe global function private"
    " string long printf print printd $ $$ %( %) %: %? ` @define \\"
).split()
# Where stap 4.8 takes nonsense or does not survive, and what only we have: not drawn.
AVOIDED = frozenset(("angle_empty", "angle_block"))


class Generator:
    """Draws programs from the tables' rules; ``depth`` bounds how far rules nest before the shortest ends them."""

    def __init__(self, seed: int, depth: int = 14) -> None:
        self.random = random.Random(seed)
        self.depth = depth
        self.rules: dict[str, list[tuple[str, ...]]] = {}
        self.globals = 0
        for rule in tables.load().rules:
            if rule.action not in AVOIDED:
                self.rules.setdefault(rule.origin, []).append(rule.expansion)
        self.height = self._heights()

    def _heights(self) -> dict[str, float]:
        """How deep the shallowest derivation of each nonterminal is."""
        height: dict[str, float] = {}
        changed = True
        while changed:
            changed = False
            for origin, expansions in self.rules.items():
                best = min((self._height(expansion, height) for expansion in expansions), default=999)
                if best < height.get(origin, 999):
                    height[origin] = best
                    changed = True
        return height

    def _height(self, expansion: tuple[str, ...], height: dict[str, float]) -> float:
        step = 1 if len(expansion) > 1 else 0.01  # a level of the precedence ladder
        return step + max((height.get(symbol, 999) if symbol in self.rules else 0 for symbol in expansion), default=0)

    def tokens(self, symbol: str, depth: int) -> list[str]:
        """A random derivation of ``symbol``."""
        if symbol not in self.rules:
            return [self.random.choice(WORDS[symbol])] if symbol in WORDS else [symbol]
        expansions = self.rules[symbol]
        if depth <= 0:
            least = min(self._height(expansion, self.height) for expansion in expansions)
            expansions = [e for e in expansions if self._height(e, self.height) == least]
        expansion = self.random.choice(expansions)
        # Passing through a level of the precedence ladder is no nesting.
        cost = 1 if len(expansion) > 1 else 0
        if symbol == "<global_name>":
            self.globals += 1
            return [f"g{self.globals}"] + ["%"] * (len(expansion) - 1)
        return [token for part in expansion for token in self.tokens(part, depth - cost)]

    def declaration(self) -> list[str]:
        """Any declaration, mostly a probe with some statements."""
        if self.random.random() < 0.25:
            return self.tokens("<declaration>", self.random.randrange(2, self.depth))
        tokens = self.random.choice((["probe", "never", "{"], ["function", "f", "(", ")", "{"]))[:]
        for _ in range(self.random.randrange(1, 5)):
            tokens += self.tokens("<statement>", self.random.randrange(1, self.depth // 2))
        return [*tokens, "}"]

    def spoil(self, tokens: list[str]) -> list[str]:
        """Leave out, put in, replace or exchange one or two tokens."""
        tokens = tokens[:]
        for _ in range(self.random.choice((1, 1, 1, 2))):
            place = self.random.randrange(len(tokens)) if tokens else 0
            match self.random.randrange(4):
                case 0:
                    del tokens[place : place + 1]
                case 1:
                    tokens.insert(place, self.random.choice(SPOILERS))
                case 2:
                    tokens[place : place + 1] = [self.random.choice(SPOILERS)]
                case 3:
                    other = self.random.randrange(len(tokens)) if tokens else 0
                    if tokens:
                        tokens[place], tokens[other] = tokens[other], tokens[place]
        return tokens

    def text(self, tokens: list[str], gaps: bool = True) -> str:
        """Tokens with something between them that separates."""
        return "".join(token + (self.random.choice(GAPS) if gaps else " ") for token in tokens)
