"""Regular expressions as stap has them: POSIX extended syntax without back-references, own matching rules.

``=~`` finds the match that is complete first, then the longest one from its start. What the groups hold follows stap's
tagged automaton, which is neither POSIX's rule nor Perl's. Matching takes time proportional to the text: no
backtracking.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from stapy.runtime.values.tagged import Automaton, Instruction, TooManyStatesError

MOST_REPETITIONS = 2048
MOST_INSTRUCTIONS = 20000
DIGITS = frozenset("0123456789")  # not what Unicode takes for one


class RegexError(Exception):
    """A pattern that is none; ``position`` is where (from 0), or None."""

    def __init__(self, message: str, position: int | None = None) -> None:
        where = f" (at position {position})" if position is not None else ""
        super().__init__(f"regex compilation error{where}: {message}")
        self.position = position


Characters = frozenset[str]
NUL = "\0"  # stands for the end of the text; "$" matches it
END: Characters = frozenset(NUL)
EVERY: Characters = frozenset(map(chr, range(1, 256)))

_CLASSES: dict[str, Callable[[int], bool]] = {
    "alpha": lambda code: chr(code).isalpha(),
    "digit": lambda code: 48 <= code < 58,
    "alnum": lambda code: chr(code).isalnum(),
    "upper": lambda code: 65 <= code < 91,
    "lower": lambda code: 97 <= code < 123,
    "space": lambda code: code == 32 or 9 <= code < 14,
    "blank": lambda code: code in (9, 32),
    "punct": lambda code: 33 <= code < 127 and not chr(code).isalnum(),
    "print": lambda code: 32 <= code < 127,
    "graph": lambda code: 33 <= code < 127,
    "cntrl": lambda code: code < 32 or code == 127,
    "xdigit": lambda code: chr(code) in "0123456789abcdefABCDEF",
}

# An expression is a tuple: ("set", characters), ("start",), ("empty",), ("never",), ("both", a, b), ("either", a, b),
# ("many", a): one or more, ("times", a, fewest, most): most None for no limit, ("group", number, a).
Tree = tuple[Any, ...]


def alternative(one: Tree, other: Tree) -> Tree:
    """``one|other``. Single characters on both sides become one set, which stands first, as in stap."""
    sets: Characters = frozenset()
    rest: list[Tree] = []
    for tree in (one, other):
        if is_set(tree):
            sets |= tree[1]
        elif tree[0] == "either" and is_set(tree[1]):
            sets |= tree[1][1]
            rest.append(tree[2])
        else:
            rest.append(tree)
    found = rest.pop() if rest else None
    if rest:
        found = ("either", rest[0], found)
    if not sets:
        assert found is not None
        return found
    return ("set", sets) if found is None else ("either", ("set", sets), found)


def is_set(tree: Tree) -> bool:
    """Whether a tree is a set of characters, and not the "$"."""
    return tree[0] == "set" and tree[1] != END


class _Parser:
    """Recursive descent over the pattern; closures and classes as POSIX writes them."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self.groups = 0

    def peek(self) -> str:
        """The next character, or empty at the end."""
        return self.pattern[self.position:self.position + 1]

    def take(self) -> str:
        character = self.peek()
        self.position += 1
        return character

    def expression(self) -> Tree:
        found = self.sequence()
        while self.peek() == "|":
            self.position += 1
            found = alternative(found, self.sequence())
        return found

    def sequence(self) -> Tree:
        found: Tree | None = None
        while self.peek() not in ("", "|", ")"):
            part = self.repeated()
            found = part if found is None else ("both", found, part)
        return ("empty",) if found is None else found

    def repeated(self) -> Tree:
        found = self.single()
        while (mark := self.peek()) and mark in "*+?{":
            if found[0] == "start" or found == ("set", END):
                raise RegexError(f"postfix closure '{mark}' applied to anchoring operator", self.position)
            self.position += 1
            if mark == "*":
                found = alternative(("many", found), ("empty",))
            elif mark == "+":
                found = ("many", found)
            elif mark == "?":
                found = alternative(found, ("empty",))
            else:
                found = self.counted(found)
        return found

    def counted(self, repeated: Tree) -> Tree:
        fewest = self.number()
        most: int | None = fewest
        if self.peek() == ",":
            self.position += 1
            most = None if self.peek() == "}" else self.number()
        if self.peek() != "}":
            raise RegexError("expected }" if self.peek() else "unexpected end of regex", self.position)
        self.position += 1
        if most is not None and most < fewest:
            return ("never",)
        return ("times", repeated, fewest, most)

    def number(self) -> int:
        start = self.position
        while self.peek() in DIGITS:
            self.position += 1
        digits = self.pattern[start:self.position]
        if not digits:
            raise RegexError("expected number" if self.peek() else "unexpected end of regex", self.position + 1)
        if int(digits) > MOST_REPETITIONS:
            raise RegexError(f"{digits} is too large", self.position + 1)
        return int(digits)

    def single(self) -> Tree:
        at = self.position
        character = self.take()
        if character in "*+?{":
            raise RegexError(f"unexpected '{character}'", at)
        if character == "(":
            return self.group()
        if character == ".":
            return ("set", EVERY)
        if character == "^":
            return ("start",)
        if character == "$":
            return ("set", END)
        if character == "[":
            return ("set", self.bracket(at))
        if character == "\\":
            character = self.take()
            if not character:
                raise RegexError("unexpected end of regex", at + 1)
        return ("set", frozenset(character))

    def group(self) -> Tree:
        number = None
        if self.pattern.startswith("?:", self.position):  # not a group of its own; stap matches the two characters
            self.position += 2
            found: Tree = ("both", ("both", ("set", frozenset("?")), ("set", frozenset(":"))), self.expression())
        else:
            self.groups += 1
            number = self.groups
            found = self.expression()
        if self.take() != ")":
            raise RegexError("expected ), found end of regex", len(self.pattern) - 1)
        return found if number is None else ("group", number, found)

    def bracket(self, at: int) -> Characters:
        inverted = self.peek() == "^"
        if inverted:
            self.position += 1
        chosen: set[str] = set()
        first = True
        while first or self.peek() != "]":
            first = False
            if not self.peek():
                raise RegexError("unclosed character class", max(at, self.position - 1))
            if self.pattern.startswith("[:", self.position):
                chosen |= self.named_class()
                continue
            low = self.bracket_character()
            if self.peek() == "-" and self.pattern[self.position + 1:self.position + 2] not in ("]", ""):
                self.position += 1
                high = self.bracket_character()
                if high < low:
                    raise RegexError(f"Inverted character range {low}-{high}", self.position)
                chosen |= set(map(chr, range(ord(low), ord(high) + 1)))
            else:
                chosen.add(low)
        self.position += 1
        return EVERY - chosen if inverted else frozenset(chosen)

    def bracket_character(self) -> str:
        character = self.take()
        if character == "\\" and self.peek():
            character = self.take()
        return character

    def named_class(self) -> set[str]:
        end = self.pattern.find(":]", self.position)
        if end < 0:
            raise RegexError("unclosed character class", self.position)
        name = self.pattern[self.position + 2:end]
        if name not in _CLASSES:
            raise RegexError(f"unknown character class '{name}'")
        self.position = end + 2
        return {chr(code) for code in range(1, 128) if _CLASSES[name](code)}


# ---------------------------------------------------------------- instructions

# ("set", characters) goes on to the next instruction; ("jump", target); ("fork", preferred, other); ("tag", number)
# notes the position; ("start",) passes only at the beginning of the text; ("skip",) always; ("accept", 1) is a match,
# ("accept", 0) none.


class _Assembler:
    """Lays an expression out as instructions, behind a loop that begins a new attempt at every character.

    Instruction 0 goes either there, to 1, or to the last instructions, which take any text and stand for no match.
    """

    def __init__(self, tree: Tree) -> None:
        self.code: list[Instruction] = [(), ("fork", 5, 2), ("set", EVERY), ("fork", 4, 2), ("jump", 5), ("tag", 0)]
        self.add(tree)
        self.code += [("tag", 1), ("accept", 1), ()]
        self.accepts = len(self.code) - 2
        fails = len(self.code)
        self.code[0] = ("fork", 1, fails)
        self.code += [("fork", fails + 4, fails + 1), ("set", EVERY | END), ("fork", fails + 3, fails + 1),
                      ("jump", fails + 4), ("set", END), ("accept", 0)]
        self.code[fails - 1] = ("jump", len(self.code))

    def add(self, tree: Tree) -> None:
        if len(self.code) > MOST_INSTRUCTIONS:
            raise RegexError("the expression is too large")
        getattr(self, "add_" + tree[0])(*tree[1:])

    def add_set(self, characters: Characters) -> None:
        self.code.append(("set", characters))

    def add_never(self) -> None:
        self.code.append(("set", frozenset()))

    def add_start(self) -> None:
        self.code.append(("start",))

    def add_empty(self) -> None:
        pass

    def add_both(self, first: Tree, second: Tree) -> None:
        self.add(first)
        self.add(second)

    def add_either(self, first: Tree, second: Tree) -> None:
        code = self.code
        fork = len(code)
        code.append(())
        self.add(first)
        jump = len(code)
        code.append(())
        code[fork] = ("fork", fork + 1, jump + 1)
        self.add(second)
        code[jump] = ("jump", len(code))

    def add_many(self, repeated: Tree) -> None:
        start = len(self.code)
        self.add(repeated)
        end = len(self.code)
        self.code.append(("fork", start, end + 1) if end > start else ("skip",))

    def add_times(self, repeated: Tree, fewest: int, most: int | None) -> None:
        if most is None:
            if fewest < 2:
                self.add(("many", repeated) if fewest else ("either", ("many", repeated), ("empty",)))
                return
            self.add_many(repeated)
        else:
            self._add_optional(repeated, most - fewest)
        for _ in range(fewest - (most is None)):
            self.add(repeated)

    def _add_optional(self, repeated: Tree, times: int) -> None:
        forks = []
        for _ in range(times):
            forks.append(len(self.code))
            self.code.append(())
            self.add(repeated)
        for fork in forks:
            self.code[fork] = ("fork", fork + 1, len(self.code))

    def add_group(self, number: int, inner: Tree) -> None:
        self.code.append(("tag", 2 * number))
        self.add(inner)
        self.code.append(("tag", 2 * number + 1))


# ---------------------------------------------------------------- matching

Tags = dict[int, int]  # where the thread passed each tag
State = frozenset[int]


class Regex:
    """A compiled pattern. ``groups`` is how many groups it has, without the whole match."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MOST_INSTRUCTIONS:
            raise RegexError("the expression is too large")
        parser = _Parser(pattern)
        tree = parser.expression()  # a ")" without its "(" ends the pattern, as it does in stap
        self.pattern = pattern
        self.groups = parser.groups
        assembler = _Assembler(tree)
        self._code = assembler.code
        self._accepts = assembler.accepts
        self._automaton: Automaton | bool | None = None  # of search(); True where it would be too large
        # The automaton that test() runs: states are sets of instructions, made as texts ask for them.
        self._first = self._state(frozenset([1]), initial=True)
        self._moves: dict[State, dict[str, State]] = {}

    def test(self, text: str) -> bool:
        """Whether ``text`` has a match anywhere."""
        state = self._first
        accepts = self._accepts
        moves = self._moves
        for character in text:
            if accepts in state:
                return True
            row = moves.get(state)
            if row is None:
                row = moves[state] = {}
            following = row.get(character)
            if following is None:
                following = row[character] = self._move(state, character)
                if len(moves) > 2000:  # a pattern can have very many states
                    moves.clear()
            state = following
        return accepts in state or accepts in self._move(state, NUL)

    def match(self, c: Any, text: str) -> bool:
        """As test(), and keeps what the groups matched for matched() and ngroups() in the session of ``c``."""
        found = self.search(text) if self.test(text) else None
        session = c.session
        session.last_match = found
        if found is not None:
            session.store["groups"] = len(found)
        return found is not None

    def search(self, text: str) -> list[str] | None:
        """The text of the match and of each group ("" for one that took no part), or None."""
        if self._automaton is None:
            try:
                self._automaton = Automaton(self._code)
            except TooManyStatesError:
                self._automaton = True
        tags = self._automaton.tags(text) if isinstance(self._automaton, Automaton) else self._tags(text)
        if not tags:
            return None
        return [text[tags[2 * group]:tags[2 * group + 1]] if 2 * group + 1 in tags and 2 * group in tags else ""
                for group in range(self.groups + 1)]

    def _tags(self, text: str) -> Tags:
        """What the automaton would find, or nearly that, without making it: its threads one by one."""
        tags: Tags = {}
        threads = self._follow([(1, {})], 0, initial=True)
        self._finish(threads, 0, tags)
        code = self._code
        for position, character in enumerate(text + NUL, 1):
            moved = [(at + 1, passed) for at, passed in threads if code[at][0] == "set" and character in code[at][1]]
            if not moved:
                break
            threads = self._follow(moved, position, initial=False)
            self._finish(threads, position, tags)
        return tags

    def _finish(self, threads: list[tuple[int, Tags]], position: int, tags: Tags) -> None:
        """Note a match that is complete here: the first of all, then longer ones from the same start.

        Tags that the new match did not pass keep what an earlier one left there, as in stap.
        """
        for at, passed in threads:
            if at == self._accepts:
                if not tags or (passed[0] == tags[0] and position > tags[1]):
                    tags.update(passed)
                return

    def _follow(self, threads: list[tuple[int, Tags]], position: int, initial: bool) -> list[tuple[int, Tags]]:
        """The threads after all steps that take no character, one an instruction.

        Of two that meet, the one with the earlier start stays, then the one with the better choices on its way (a
        binary fraction: each fork adds a digit, 1 for the preferred branch), then the one that was there first.
        """
        code = self._code
        reached: dict[int, tuple[int, int, Tags]] = {}  # instruction -> choices as fraction: digits, length; tags
        queue: deque[tuple[int, int, int, Tags, frozenset[int]]] = deque()
        nowhere: frozenset[int] = frozenset()

        def arrive(at: int, digits: int, length: int, tags: Tags, trail: frozenset[int]) -> None:
            there = reached.get(at)
            if there is not None:
                old_start, start = there[2].get(0, position), tags.get(0, position)
                if start > old_start:
                    return
                if start == old_start and digits << there[1] <= there[0] << length:
                    return
            reached[at] = (digits, length, tags)
            queue.append((at, digits, length, tags, trail))

        for at, tags in threads:
            if at not in reached:
                arrive(at, 0, 0, tags, nowhere)
        while queue:
            at, digits, length, tags, trail = queue.popleft()
            if reached[at] != (digits, length, tags):
                continue  # a better one came meanwhile
            instruction = code[at]
            kind = instruction[0]
            if kind == "jump":
                arrive(instruction[1], digits, length, tags, trail)
            elif kind == "tag":
                arrive(at + 1, digits, length, {**tags, instruction[1]: position}, trail)
            elif kind == "fork":
                if at in trail:
                    continue  # a loop around nothing
                trail |= {at}
                arrive(instruction[1], digits << 1 | 1, length + 1, tags, trail)
                arrive(instruction[2], digits << 1, length + 1, tags, trail)
            elif kind == "skip" or (kind == "start" and initial):
                arrive(at + 1, digits, length, tags, trail)
        return [(at, tags) for at, (_, _, tags) in reached.items()]

    def _state(self, instructions: State, initial: bool = False) -> State:
        """``instructions`` and all that can be reached from them without a character."""
        code = self._code
        reached = set(instructions)
        waiting = list(instructions)
        while waiting:
            at = waiting.pop()
            instruction = code[at]
            kind = instruction[0]
            targets: tuple[int, ...] = ()
            if kind in ("jump", "fork"):
                targets = instruction[1:]
            elif kind in ("tag", "skip") or (kind == "start" and initial):
                targets = (at + 1,)
            for target in targets:
                if target not in reached:
                    reached.add(target)
                    waiting.append(target)
        return frozenset(at for at in reached if code[at][0] in ("set", "accept"))

    def _move(self, state: State, character: str) -> State:
        code = self._code
        return self._state(frozenset(at + 1 for at in state if code[at][0] == "set" and character in code[at][1]))


def compile(pattern: str) -> Regex:
    """A pattern for matching; raises RegexError where it is none."""
    return Regex(pattern)
