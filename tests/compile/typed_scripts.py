"""Random SystemTap scripts that are right: every name declared or inferable, every expression of the type wanted."""

from __future__ import annotations

# ruff: noqa: SIM905 (words in a row read better)
import random
from dataclasses import dataclass, field

LONG, STRING, STATS = "long", "string", "stats"
NUMBERS = "0 1 2 7 10 64 0x1F 017 255 1000 9223372036854775807 18446744073709551615".split()
TEXTS = ['""', '"a"', '"abc"', '"x\\n"', '"%d"', '"a\\tb"', '"12"', '"\\x41"', '"q\\"q"', '"a" "b"']
CALLS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    LONG: [
        ("strlen", (STRING,)), ("pid", ()), ("tid", ()), ("gettimeofday_us", ()), ("get_cycles", ()),
        ("strtol", (STRING, LONG)), ("isinstr", (STRING, STRING)), ("stringat", (STRING, LONG)),
        ("target", ()), ("gettimeofday_s", ()), ("jiffies", ()), ("isdigit", (STRING,)),
        ("ntohl", (LONG,)), ("htons", (LONG,)),
    ],
    STRING: [
        ("substr", (STRING, LONG, LONG)), ("str_replace", (STRING, STRING, STRING)),
        ("tokenize", (STRING, STRING)), ("text_str", (STRING,)), ("ctime", (LONG,)),
        ("errno_str", (LONG,)),
    ],
    "": [("exit", ()), ("log", (STRING,)), ("warn", (STRING,)), ("error", (STRING,))],
}
POINTS = (
    "begin|end|error|never|oneshot|begin(1)|end(-3)|begin, end|error(7)|timer.s(1)|timer.ms(100)|timer.jiffies(10)"
    "|timer.us(500).randomize(20)|timer.sec(3)|timer.hz(100)|timer.msec(7)|begin, nosuch?|begin!, end|timer.{s,ms}(4)"
    "|timer.ns(200000)"
).split("|")
ARITHMETIC = "+ - * / % & | ^ << >>".split()
COMPARISONS = "< > <= >= == !=".split()
ASSIGNMENTS = "+= -= *= /= %= &= |= ^= <<= >>=".split()


@dataclass
class Routine:
    """A function that the script declares."""

    name: str
    parameters: list[str]
    result: str  # "" for none


@dataclass
class Scope:
    """What a body can name."""

    variables: dict[str, str] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)  # not to be assigned: keys of a foreach
    iterated: set[str] = field(default_factory=set)  # arrays that a foreach goes over
    result: str | None = None  # of the function around
    loops: int = 0


class Writer:
    """Writes one script; every name it declares ends in ``suffix``, so that several scripts make one file."""

    def __init__(self, seed: int, suffix: str = "") -> None:
        self.random = random.Random(seed)
        self.suffix = suffix
        self.globals: dict[str, str] = {}
        self.arrays: dict[str, tuple[list[str], str]] = {}
        self.histograms: dict[str, str] = {}
        self.routines: list[Routine] = []
        self.count = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}{self.suffix}"

    def kind(self) -> str:
        return self.random.choice((LONG, STRING))

    # ------------------------------------------------------------ declarations

    def script(self) -> str:
        """Globals, functions, aliases and probes, in any order that can be."""
        parts = [self.global_variable() for _ in range(self.random.randrange(5))]
        parts += [self.function() for _ in range(self.random.choice((0, 0, 1, 2)))]
        if self.chance(0.15):
            parts.append(self.alias())
        parts += [self.probe() for _ in range(self.random.choice((1, 1, 1, 2)))]
        if self.chance(0.3):
            self.random.shuffle(parts)
        return "\n".join(parts) + "\n"

    def global_variable(self) -> str:
        name = self.name("g")
        match self.random.randrange(7):
            case 0 | 1:
                self.globals[name] = LONG
                return f"global {name}" + (f" = {self.random.choice(NUMBERS)}" if self.chance(0.4) else "")
            case 2:
                self.globals[name] = STRING
                return f"global {name}" + (f" = {self.random.choice(TEXTS)}" if self.chance(0.4) else "")
            case 3:
                self.globals[name] = STATS
                return f"global {name}"
            case _:
                keys = [self.kind() for _ in range(self.random.choice((1, 1, 2, 3)))]
                self.arrays[name] = (keys, self.random.choice((LONG, LONG, STRING, STATS)))
                size = f"[{self.random.randrange(1, 99)}]" if self.chance(0.2) else ""
                return f"global {name}{'%' if self.chance(0.2) else ''}{size}"

    def function(self) -> str:
        name = self.name("f")
        kinds = [self.kind() for _ in range(self.random.randrange(4))]
        result = self.random.choice((LONG, STRING, LONG, ""))
        scope = Scope(result=result)
        parameters = []
        used = []
        for kind in kinds:
            parameter = self.name("p")
            scope.variables[parameter] = kind
            declared = self.chance(0.4)
            parameters.append(f"{parameter}:{kind}" if declared else parameter)
            if not declared:
                used.append(f"{self.printing([parameter])};")
        declared_result = f":{result}" if result and self.chance(0.4) else ""
        body = used + self.statements(scope, 2)
        if result:
            body.append(f"return {self.value(result, scope, 2)}{self.random.choice((';', ''))}")
        text = f"function {name}{declared_result}({', '.join(parameters)}) {{ {' '.join(body)} }}"
        self.routines.append(Routine(name, kinds, result))
        return text

    def alias(self) -> str:
        scope = Scope()
        name = self.name("al")
        head = f"probe {name} = {self.random.choice(('begin', 'end, begin(4)', 'timer.s(2)'))} "
        first = self.block(scope, 1)
        if self.chance(0.2):
            return f"{head}{first}, {self.block(Scope(), 1)}\nprobe {name} {self.block(scope, 2)}"
        return f"{head}{first}\nprobe {name} {self.block(scope, 2)}"

    def probe(self) -> str:
        point = self.random.choice(POINTS)
        longs = [name for name, kind in self.globals.items() if kind == LONG]
        if longs and self.chance(0.1):
            point = f"timer.s(5) if ({self.random.choice(longs)} > {self.random.choice(NUMBERS)})"
        return f"probe {point} {self.block(Scope(), 3)}"

    # ------------------------------------------------------------ statements

    def block(self, scope: Scope, depth: int) -> str:
        return "{ " + " ".join(self.statements(scope, depth)) + " }"

    def statements(self, scope: Scope, depth: int) -> list[str]:
        return [self.statement(scope, depth) for _ in range(self.random.randrange(1, 5))]

    def statement(self, scope: Scope, depth: int) -> str:
        if depth <= 0:
            return self.simple(scope) + ";"
        inner = depth - 1
        match self.random.randrange(20):
            case 0 | 1:
                text = f"if ({self.value(LONG, scope, 2)}) {self.statement(scope, inner)}"
                return text + (f" else {self.statement(scope, inner)}" if self.chance(0.5) else "")
            case 2:
                return self.loop(scope, inner)
            case 3 | 4:
                return self.foreach(scope, inner)
            case 5:
                return self.attempt(scope, inner)
            case 6:
                return self.block(scope, inner)
            case 7 if self.chance(0.3):
                return self.leaving(scope)
            case 8 if self.chance(0.3):
                return ";"
            case _:
                return self.simple(scope) + ";"

    def loop(self, scope: Scope, depth: int) -> str:
        scope.loops += 1
        if self.chance(0.5):
            counter = self.name("i")
            scope.variables[counter] = LONG
            scope.fixed.add(counter)
            head = f"for ({counter} = 0; {counter} < {self.value(LONG, scope, 1)}; {counter}++)"
        else:
            head = f"while ({self.value(LONG, scope, 2)})"
        text = f"{head} {self.statement(scope, depth)}"
        scope.loops -= 1
        return text

    def foreach(self, scope: Scope, depth: int) -> str:
        arrays = [name for name in self.arrays if name not in scope.iterated]
        if not arrays:
            return self.simple(scope) + ";"
        array = self.random.choice(arrays)
        keys, value = self.arrays[array]
        names = [self.name("k") for _ in keys]
        before = dict(scope.variables)
        scope.variables.update(zip(names, keys, strict=True))
        sort = self.random.choice(("", "", "", "+", "-"))
        heads = list(names)
        if sort and self.chance(0.6):
            heads[self.random.randrange(len(heads))] += sort
            sort = ""
        if sort and value == STATS and self.chance(0.5):
            sort = self.random.choice((" @sum", " @count", " @min", " @max", " @avg")) + sort
        head = ", ".join(heads)
        head = f"[{head}]" if len(heads) > 1 or self.chance(0.3) else head
        if self.chance(0.25) and value != STATS:
            taken = self.name("v")
            scope.variables[taken] = value
            head = f"{taken} = {head}"
        slices = ""
        if self.chance(0.2):
            slices = "[" + ", ".join("*" if self.chance(0.5) else self.value(kind, scope, 1) for kind in keys) + "]"
            if slices == "[*]":
                slices = ""
        limit = f" limit {self.value(LONG, scope, 1)}" if self.chance(0.3) else ""
        scope.iterated.add(array)
        scope.loops += 1
        text = f"foreach ({head} in {array}{slices}{sort}{limit}) {self.statement(scope, depth)}"
        scope.loops -= 1
        scope.iterated.discard(array)
        if self.chance(0.5):
            scope.variables = before | {k: v for k, v in scope.variables.items() if k not in before}
        return text

    def attempt(self, scope: Scope, depth: int) -> str:
        if self.chance(0.5):
            return f"try {self.block(scope, depth)} catch {self.block(scope, depth)}"
        message = self.name("m")
        text = f"try {self.block(scope, depth)} catch ({message}) "
        scope.variables[message] = STRING
        return text + self.block(scope, depth)

    def leaving(self, scope: Scope) -> str:
        """``next``, ``break`` and the like, where they can stand."""
        if scope.loops and self.chance(0.6):
            return self.random.choice(("break;", "continue;"))
        if scope.result is None:
            return "next;"
        if scope.result:
            return f"return {self.value(scope.result, scope, 1)};"
        return "return;" if self.chance(0) else ";"

    def simple(self, scope: Scope) -> str:
        match self.random.randrange(16):
            case 0 | 1 | 2:
                return self.assignment(scope)
            case 3:
                return self.accumulate(scope)
            case 4:
                return self.crement(scope) or self.assignment(scope)
            case 5:
                return self.deletion(scope) or self.assignment(scope)
            case 6:
                name, kinds = self.random.choice(CALLS[""])
                return f"{name}({', '.join(self.value(kind, scope, 2) for kind in kinds)})"
            case 7:
                return self.value(self.kind(), scope, 2)
            case 8 if self.routines:
                return self.own_call(self.random.choice(self.routines), scope, 2)
            case 9:
                return self.statistic_use(scope) or self.printed(scope)
            case _:
                return self.printed(scope)

    def assignment(self, scope: Scope) -> str:
        kind = self.kind()
        target = self.target(kind, scope)
        if kind == STRING:
            return f"{target} {self.random.choice(('=', '=', '.='))} {self.value(STRING, scope, 2)}"
        operator = "=" if self.chance(0.6) else self.random.choice(ASSIGNMENTS)
        return f"{target} {operator} {self.value(LONG, scope, 2)}"

    def target(self, kind: str, scope: Scope) -> str:
        """Something of that type that may be assigned to; now and then a new local."""
        known = [n for n, k in [*scope.variables.items(), *self.globals.items()] if k == kind and n not in scope.fixed]
        elements = [n for n, (_, value) in self.arrays.items() if value == kind and n not in scope.iterated]
        if elements and self.chance(0.4):
            return self.element(self.random.choice(elements), scope)
        if known and self.chance(0.7):
            return self.random.choice(known)
        name = self.name("v")
        scope.variables[name] = kind
        return name

    def element(self, array: str, scope: Scope) -> str:
        return f"{array}[{', '.join(self.value(kind, scope, 1) for kind in self.arrays[array][0])}]"

    def accumulate(self, scope: Scope) -> str:
        targets = [n for n, k in self.globals.items() if k == STATS]
        targets += [n for n, (_, value) in self.arrays.items() if value == STATS and n not in scope.iterated]
        if not targets:
            return self.assignment(scope)
        target = self.random.choice(targets)
        target = self.element(target, scope) if target in self.arrays else target
        return f"{target} <<< {self.value(LONG, scope, 2)}"

    def crement(self, scope: Scope) -> str:
        target = self.target(LONG, scope)
        operator = self.random.choice(("++", "--"))
        return target + operator if self.chance(0.7) else operator + target

    def deletion(self, scope: Scope) -> str:
        arrays = [name for name in self.arrays if name not in scope.iterated]
        if arrays and self.chance(0.8):
            array = self.random.choice(arrays)
            return f"delete {array if self.chance(0.3) else self.element(array, scope)}"
        return f"delete {self.random.choice(list(self.globals))}" if self.globals else ""

    def statistic_use(self, scope: Scope) -> str:
        targets = [n for n, k in self.globals.items() if k == STATS]
        targets += [n for n, (_, value) in self.arrays.items() if value == STATS]
        if not targets:
            return ""
        target = self.random.choice(targets)
        kind = self.histograms.setdefault(target, self.random.choice(("log({})", "linear({}, 0, 100, 10)")))
        shown = self.element(target, scope) if target in self.arrays else target
        histogram = f"@hist_{kind.format(shown)}"
        match self.random.randrange(3):
            case 0:
                return f"print({histogram})"
            case 1:
                return f"println({histogram}[{self.value(LONG, scope, 1)}])"
        bucket = self.name("b")
        return f"foreach ({bucket} in {histogram}) println({bucket})"

    # ------------------------------------------------------------ expressions

    def value(self, kind: str, scope: Scope, depth: int) -> str:
        if depth <= 0 or self.chance(0.25):
            return self.leaf(kind, scope)
        if self.chance(0.12):
            condition = self.value(LONG, scope, depth - 1)
            one, other = (self.value(kind, scope, depth - 1) for _ in "ab")
            return f"({condition} ? {one} : {other})"
        if self.chance(0.2):
            return self.call(kind, scope, depth - 1)
        if kind == STRING:
            return self.text(scope, depth - 1)
        return self.number(scope, depth - 1)

    def number(self, scope: Scope, depth: int) -> str:
        one, other = self.value(LONG, scope, depth), self.value(LONG, scope, depth)
        match self.random.randrange(12):
            case 0 | 1 | 2 | 3:
                return f"({one} {self.random.choice(ARITHMETIC)} {other})"
            case 4 | 5:
                return f"({one} {self.random.choice(COMPARISONS)} {other})"
            case 6:
                left, right = self.value(STRING, scope, depth), self.value(STRING, scope, depth)
                return f"({left} {self.random.choice(COMPARISONS)} {right})"
            case 7:
                return f"({one} {self.random.choice(('&&', '||'))} {other})"
            case 8:
                return f"{self.random.choice('-~!+')}{one}"
            case 9:
                return self.statistic(scope) or self.membership(scope) or one
            case 10:
                return self.membership(scope) or one
            case _:
                return f"({self.value(STRING, scope, depth)} {self.random.choice(('=~', '!~'))} \"a[bc]*\")"

    def text(self, scope: Scope, depth: int) -> str:
        match self.random.randrange(4):
            case 0:
                return f"sprintf({self.format(scope, depth)})"
            case 1:
                return f"sprint({', '.join(self.value(self.kind(), scope, depth) for _ in range(2))})"
            case _:
                return f"({self.value(STRING, scope, depth)} . {self.value(STRING, scope, depth)})"

    def leaf(self, kind: str, scope: Scope) -> str:
        known = [n for n, k in [*scope.variables.items(), *self.globals.items()] if k == kind]
        elements = [n for n, (_, value) in self.arrays.items() if value == kind]
        if elements and self.chance(0.25):
            array = self.random.choice(elements)
            keys = [self.random.choice(NUMBERS if key == LONG else TEXTS) for key in self.arrays[array][0]]
            return f"{array}[{', '.join(keys)}]"
        if known and self.chance(0.6):
            return self.random.choice(known)
        if self.chance(0.02) and scope.result is None:
            name = self.name("u")
            return f"({name} + 1)" if kind == LONG else f'({name} . "")'
        return self.random.choice(NUMBERS if kind == LONG else TEXTS)

    def membership(self, scope: Scope) -> str:
        if not self.arrays:
            return ""
        array = self.random.choice(list(self.arrays))
        keys = [self.value(kind, scope, 1) for kind in self.arrays[array][0]]
        return f"([{', '.join(keys)}] in {array})"

    def statistic(self, scope: Scope) -> str:
        targets = [n for n, k in self.globals.items() if k == STATS]
        targets += [n for n, (_, value) in self.arrays.items() if value == STATS]
        if not targets:
            return ""
        target = self.random.choice(targets)
        function = self.random.choice("count sum min max avg variance".split())
        return f"@{function}({self.element(target, scope) if target in self.arrays else target})"

    def call(self, kind: str, scope: Scope, depth: int) -> str:
        fitting = [routine for routine in self.routines if routine.result == kind]
        if fitting and self.chance(0.5):
            return self.own_call(self.random.choice(fitting), scope, depth)
        name, kinds = self.random.choice(CALLS[kind])
        return f"{name}({', '.join(self.value(k, scope, depth) for k in kinds)})"

    def own_call(self, routine: Routine, scope: Scope, depth: int) -> str:
        return f"{routine.name}({', '.join(self.value(kind, scope, depth) for kind in routine.parameters)})"

    # ------------------------------------------------------------ printing

    def printing(self, names: list[str]) -> str:
        return f"println({', '.join(names)})"

    def printed(self, scope: Scope) -> str:
        match self.random.randrange(5):
            case 0:
                return f"printf({self.format(scope, 2)})"
            case 1:
                values = [self.value(self.kind(), scope, 2) for _ in range(self.random.randrange(1, 4))]
                return f'printd{self.random.choice(("", "ln"))}(",", {", ".join(values)}, 1)'
            case _:
                values = [self.value(self.kind(), scope, 2) for _ in range(self.random.randrange(1, 4))]
                return f"{self.random.choice(('print', 'println'))}({', '.join(values)})"

    def format(self, scope: Scope, depth: int) -> str:
        directives, values = [], []
        for _ in range(self.random.randrange(4)):
            if self.chance(0.3):
                directives.append(self.random.choice(("%s", "%-10s", "%.3s", "%#s")))
                values.append(self.value(STRING, scope, depth))
            elif self.chance(0.1):
                directives.append("%*d")
                values += [self.value(LONG, scope, depth) for _ in "ab"]
            else:
                directives.append(self.random.choice(("%d", "%x", "%5d", "%c", "%u", "%p", "%#x", "%08d", "%4b")))
                values.append(self.value(LONG, scope, depth))
        text = self.random.choice((" ", "", ":")).join(directives) + self.random.choice(("\\n", "", "%%", "!"))
        return ", ".join([f'"{text}"', *values])


def script(seed: int, suffix: str = "") -> str:
    """The script of that seed."""
    return Writer(seed, suffix).script()
