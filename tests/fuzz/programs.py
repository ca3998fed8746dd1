"""Random programs that are right: typed expressions and statements over declared globals, functions and arrays."""

from __future__ import annotations

import random
import re

LONG, STRING = "long", "string"
INTERESTING = (0, 1, 2, 3, 7, 10, 31, 63, 64, 255, 512, 1 << 31, (1 << 31) - 1, (1 << 63) - 1, 1 << 62)
TEXTS = ("", "a", "ab", "abc", "x=1", "long text with spaces", "%d", "\\n", "\\x41", "12", "-7", "0x1f", "aaa", "b.c",
         "\\\"")
LONG_OPERATORS = ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>", "<", "<=", ">", ">=", "==", "!=", "&&",
                  "||")
ASSIGNMENTS = ("=", "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=")
LONG_CALLS = ("strlen({S})", "strtol({S}, 10)", "isinstr({S}, {S})", "cpu()", "pid()", "gettimeofday_us()",
              "stringat({S}, {L})", "randint({L} & 1023)", "strpos({S}, {S})")
STRING_CALLS = ("sprint({L})", "sprint({S}, {L})", 'sprintf("%d %s", {L}, {S})', 'sprintf("%5x|%-4s", {L}, {S})',
                "substr({S}, {L}, {L})", "tokenize({S}, {S})", "str_replace({S}, {S}, {S})",
                 "sprintln({L})", "execname()",
                "pp()", "text_str({S})", "ctime({L})", 'sprintf("%.*s", {L} & 7, {S})',
                'sprintf("%c%%%#x%o", {L} & 127, {L}, {L})', "kernel_string({L})", "errno_str({L})")
PATTERNS = ("a", "^a*b", "(a|b)+", "[0-9]+$", ".", "x{2,3}", "(a*)(b?)c")


class Program:
    """One random program. ``kernel`` allows probes that need a machine."""

    def __init__(self, rand: random.Random, kernel: bool = True) -> None:
        self.random = rand
        self.kernel = kernel
        self.scalars: list[tuple[str, str]] = []
        self.arrays: list[tuple[str, tuple[str, ...], str]] = []  # name, key types, value type
        self.aggregates: list[tuple[str, tuple[str, ...]]] = []
        self.functions: list[tuple[str, tuple[str, ...], str]] = []
        self.locals: list[tuple[str, str]] = []
        self.histograms: dict[str, str] = {}  # an aggregate has one kind
        self.iterated: list[str] = []  # arrays that loops go over: not to be changed
        self.in_function = self.in_loop = False
        self.serial = 0

    def text(self) -> str:
        """The program."""
        pick = self.random
        lines = [self._global() for _ in range(pick.randrange(1, 6))]
        for _ in range(pick.randrange(3)):
            lines.append(self._function())
        for _ in range(pick.choice((1, 1, 1, 2))):
            lines.append(self._probe())
        uses = "".join(f"{name}{self._keys(keys, 0)} = {self._literal(value)};" for name, keys, value in self.arrays)
        lines.append(f"probe begin(-9) {{ {uses} {'exit()' if pick.random() < 0.1 else ''} }}")
        return "\n".join(lines) + "\n"

    # ------------------------------------------------------------ declarations

    def _name(self, letter: str) -> str:
        self.serial += 1
        return f"{letter}{self.serial}"

    def _type(self) -> str:
        return self.random.choice((LONG, LONG, STRING))

    def _global(self) -> str:
        pick = self.random
        match pick.randrange(4):
            case 0 | 1:
                kind = self._type()
                name = self._name("g")
                self.scalars.append((name, kind))
                return f"global {name} = {self._literal(kind, plain=True)}"
            case 2:
                keys = tuple(self._type() for _ in range(pick.choice((1, 1, 2, 3))))
                name = self._name("m")
                self.arrays.append((name, keys, self._type()))
                size = pick.choice(("", "", "[3]", "%[2]", "[100]"))
                return f"global {name}{size}"
        keys = tuple(self._type() for _ in range(pick.choice((0, 0, 1, 2))))
        name = self._name("s")
        self.aggregates.append((name, keys))
        return f"global {name}"

    def _function(self) -> str:
        pick = self.random
        parameters = tuple(self._type() for _ in range(pick.randrange(3)))
        result = self._type()
        name = self._name("f")
        outer = self.locals
        self.locals = [(f"p{number}", kind) for number, kind in enumerate(parameters)]
        self.in_function = True
        body = self._block(2)
        value = self._expression(result, 2)
        shown = ", ".join(f"{parameter}:{kind}" for parameter, kind in self.locals[:len(parameters)])
        self.in_function, self.locals = False, outer
        self.functions.append((name, parameters, result))
        return f"function {name}:{result}({shown}) {{ {body} return {value} }}"

    def _probe(self) -> str:
        pick = self.random
        points = ["begin", "begin", "end", "timer.ms(1)", "begin(-2)", "error", "timer.us(500)", "never"]
        if self.kernel:
            points += ['kernel.function("do_fork")', 'kernel.function("sys_read").return',
                       'kernel.function("vfs_*").call']
        self.locals = []
        body = self._block(4)
        condition = f" if ({self._expression(LONG, 1, only_globals=True)})" if pick.random() < 0.1 else ""
        return f"probe {pick.choice(points)}{condition} {{ {body} {'exit()' if pick.random() < 0.4 else ''} }}"

    # ------------------------------------------------------------ statements

    def _block(self, depth: int) -> str:
        known = len(self.locals)
        text = " ".join(self._statement(depth) for _ in range(self.random.randrange(1, 5)))
        del self.locals[max(known, len(self.locals) - 4):]
        return text

    def _statement(self, depth: int) -> str:
        pick = self.random
        if depth <= 0:
            return self._simple()
        choice = pick.randrange(12)
        if choice < 6:
            return self._simple()
        if choice == 6:
            other = f" else {{ {self._block(depth - 1)} }}" if pick.random() < 0.5 else ""
            return f"if ({self._expression(LONG, 2)}) {{ {self._block(depth - 1)} }}{other}"
        if choice == 7:
            name = self._name("i")
            self.locals.append((name, LONG))
            return f"for ({name} = 0; {name} < {pick.randrange(6)}; {name}++) {{ {self._loop(depth - 1)} }}"
        if choice == 8 and self.arrays:
            return self._foreach(depth - 1)
        if choice == 9:
            return f"try {{ {self._block(depth - 1)} }} catch {{ {self._block(depth - 1)} }}"
        if choice == 10:
            return f"while ({self._expression(LONG, 1)}) {{ {self._loop(depth - 1)} break; }}"
        return f"{{ {self._block(depth - 1)} }}"

    def _loop(self, depth: int) -> str:
        before, self.in_loop = self.in_loop, True
        text = self._block(depth)
        self.in_loop = before
        return text

    def _foreach(self, depth: int) -> str:
        pick = self.random
        name, keys, value = pick.choice(self.arrays)
        if self.in_function:  # who calls it may iterate
            return self._simple()
        variables = [self._name("k") for _ in keys]
        shown = ", ".join(variables)
        head = f"[{shown}]" if len(keys) > 1 or pick.random() < 0.5 else shown
        if pick.random() < 0.3:
            captured = self._name("v")
            head = f"{captured} = {head}"
            self.locals.append((captured, value))
        order = pick.choice(("", "", "+", "-"))
        limit = f" limit {pick.randrange(5)}" if pick.random() < 0.4 else ""
        self.locals += list(zip(variables, keys, strict=True))
        self.iterated.append(name)
        body = self._loop(depth)
        self.iterated.pop()
        return f"foreach ({head} in {name}{order}{limit}) {{ {body} }}"

    def _simple(self) -> str:
        pick = self.random
        match pick.randrange(12):
            case 0 | 1 | 2:
                return self._assignment()
            case 3:
                kind = self._type()
                value = self._expression(kind, 2)
                name = self._name("l")
                self.locals.append((name, kind))
                return f"{name} = {value};"
            case 4 if self.aggregates:
                name, keys = pick.choice(self.aggregates)
                return f"{name}{self._keys(keys)} <<< {self._expression(LONG, 2)};"
            case 5 if self._changeable():
                name, keys, _ = pick.choice(self._changeable())
                return f"delete {name}{self._keys(keys) if pick.random() < 0.7 else ''};"
            case 6 if self.in_loop:
                return f"if ({self._expression(LONG, 1)}) {pick.choice(('break', 'continue'))};"
            case 7 if not self.in_function and pick.random() < 0.2:
                return "next;"
            case 8 if self.aggregates:
                return self._aggregate_use()
            case 9:
                return f"println({self._expression(self._type(), 3)});"
        return f'printf("%d %s\\n", {self._expression(LONG, 3)}, {self._expression(STRING, 2)});'

    def _changeable(self) -> list[tuple[str, tuple[str, ...], str]]:
        """The arrays that may be written here. Functions are called anywhere, so they write none."""
        return [] if self.in_function else [array for array in self.arrays if array[0] not in self.iterated]

    def _aggregate_use(self) -> str:
        pick = self.random
        name, keys = pick.choice(self.aggregates)
        element = name + self._keys(keys)
        if pick.random() < 0.3:
            kind = self.histograms.setdefault(name, pick.choice(("@hist_log(E)", "@hist_linear(E, 0, 100, 10)")))
            return f"print({kind});".replace("E", element)
        return f"println(@{pick.choice(('count', 'sum', 'count', 'count'))}({element}));"

    def _assignment(self) -> str:
        pick = self.random
        if self._changeable() and pick.random() < 0.4:
            name, keys, kind = pick.choice(self._changeable())
            target = name + self._keys(keys)
        else:
            places = self.scalars + self.locals
            if not places:
                return ";"
            target, kind = pick.choice(places)
        if kind == STRING:
            return f"{target} {pick.choice(('=', '.='))} {self._expression(STRING, 2)};"
        if pick.random() < 0.2:
            return f"{target}{pick.choice(('++', '--'))};"
        return f"{target} {pick.choice(ASSIGNMENTS)} {self._expression(LONG, 3)};"

    def _keys(self, keys: tuple[str, ...], depth: int = 1) -> str:
        return "[" + ", ".join(self._expression(kind, depth) for kind in keys) + "]" if keys else ""

    # ------------------------------------------------------------ expressions

    def _literal(self, kind: str, plain: bool = False) -> str:
        pick = self.random
        if kind == STRING:
            return f'"{pick.choice(TEXTS)}"'
        value = pick.choice(INTERESTING) if pick.random() < 0.5 else pick.randrange(20)
        shown = f"{hex(value) if pick.random() < 0.2 else value}"
        return f"(-{shown})" if pick.random() < 0.2 and not plain else shown

    def _expression(self, kind: str, depth: int, only_globals: bool = False) -> str:
        pick = self.random
        places = [name for name, has in self.scalars + ([] if only_globals else self.locals) if has == kind]
        if depth <= 0 or pick.random() < 0.25 or only_globals:
            return pick.choice(places) if places and pick.random() < 0.7 else self._literal(kind)
        if pick.random() < 0.15:
            found = self._element_or_call(kind, depth)
            if found:
                return found
        if pick.random() < 0.08:
            condition = self._expression(LONG, depth - 1)
            return f"({condition} ? {self._expression(kind, depth - 1)} : {self._expression(kind, depth - 1)})"
        return self._string(depth) if kind == STRING else self._long(depth)

    def _element_or_call(self, kind: str, depth: int) -> str:
        choices = [name + self._keys(keys, depth - 1) for name, keys, value in self.arrays if value == kind]
        choices += [
            f"{name}({', '.join(self._expression(parameter, depth - 1) for parameter in parameters)})"
            for name, parameters, result in self.functions if result == kind
        ]
        if kind == LONG:
            choices += [f"([{', '.join(self._expression(key, depth - 1) for key in keys)}] in {name})"
                        for name, keys, _ in self.arrays]
        return self.random.choice(choices) if choices else ""

    def _filled(self, template: str, depth: int) -> str:
        """``template`` with numbers for {L} and strings for {S}."""
        kinds = {"L": LONG, "S": STRING}
        return re.sub(r"\{([LS])\}", lambda hole: self._expression(kinds[hole[1]], depth - 1), template)

    def _long(self, depth: int) -> str:
        pick = self.random
        match pick.randrange(10):
            case 0:
                return f"({pick.choice('-!~')}({self._expression(LONG, depth - 1)}))"
            case 1:
                operator = pick.choice(("==", "!=", "<", ">", "<=", ">="))
                return f"({self._expression(STRING, depth - 1)} {operator} {self._expression(STRING, depth - 1)})"
            case 2:
                return f'({self._expression(STRING, depth - 1)} {pick.choice(("=~", "!~"))} "{pick.choice(PATTERNS)}")'
            case 3:
                call = pick.choice(LONG_CALLS)
                return self._filled(call, depth)
        left, right = self._expression(LONG, depth - 1), self._expression(LONG, depth - 1)
        return f"({left} {pick.choice(LONG_OPERATORS)} {right})"

    def _string(self, depth: int) -> str:
        pick = self.random
        if pick.random() < 0.4:
            return f"({self._expression(STRING, depth - 1)} . {self._expression(STRING, depth - 1)})"
        return self._filled(pick.choice(STRING_CALLS), depth)
