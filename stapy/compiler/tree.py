"""The syntax tree: one small class a construct, each holding the token that stap would point at.

The tree is what the parser builds, the later stages annotate, and ``-p1`` prints. A node's ``token`` is the place
that messages about the node name (SystemTap's choice: for a binary operator the operator, for a call the name).
``type`` of an expression is filled in by type inference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


@dataclass(eq=False, slots=True, repr=False)
class Source:
    """One text that was read: a file, ``-e`` text, a tapset file."""

    name: str  # as messages print it: a path, or "<input>"
    text: str
    user: bool = True  # the user's script; false for the tapset
    lines: list[str] | None = None

    @classmethod
    def read(cls, path: str, user: bool = True) -> Source:
        """Read a script file; raises OSError. Bytes become characters one by one and line ends stay as they are."""
        with open(path, "rb") as file:
            return cls(path, file.read().decode("latin-1"), user)

    def line(self, number: int) -> str:
        """The text of line ``number`` (from 1), without its newline; empty past the end."""
        if self.lines is None:
            self.lines = self.text.split("\n")
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


MOST_SHOWN = 1000  # characters of a token in messages


@dataclass(eq=False, slots=True, repr=False)
class Token:
    """A token with its place. ``kind`` is stap's word for it: identifier, operator, string, number, keyword,
    embedded-code, junk."""

    kind: str
    text: str  # a string's content as stap keeps it (escapes not yet interpreted), anything else as written
    source: Source
    line: int  # from 1
    column: int  # from 1; tabs count one
    end_column: int  # one past the last character, on the token's last line
    macro: Token | None = None  # the use of the macro this token came out of
    terminal: str = ""  # the grammar's name for it; of junk: what is wrong with it
    adjacent: bool = False  # no space or comment before it

    def describe(self) -> str:
        """``identifier 'x'``, as messages name a token; keywords and embedded code go without their text."""
        if self.kind in ("keyword", "embedded-code"):
            return self.kind
        text = self.text if len(self.text) <= MOST_SHOWN else self.text[:MOST_SHOWN] + "..."
        return f"{self.kind} '{text}'"

    def __repr__(self) -> str:
        return f"<Token {self.describe()} at {self.place()}>"

    def place(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"


class Type(Enum):
    """What an expression can be. Arrays are described by their key types and value type."""

    UNKNOWN = "unknown"
    LONG = "long"
    STRING = "string"
    STATS = "stats"

    def __str__(self) -> str:
        return self.value


@dataclass(eq=False, slots=True, repr=False)
class Node:
    token: Token

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.token.describe()} at {self.token.place()}>"


# ---------------------------------------------------------------- expressions


@dataclass(eq=False, slots=True, repr=False)
class Expression(Node):
    type: Type = field(default=Type.UNKNOWN, kw_only=True)
    # The C type behind a long that came from debug information (autocast, pretty-printing); opaque to the tree.
    ctype: Any = field(default=None, kw_only=True)


@dataclass(eq=False, slots=True, repr=False)
class Number(Expression):
    value: int  # signed 64 bits


@dataclass(eq=False, slots=True, repr=False)
class String(Expression):
    value: str  # one character a byte, escapes interpreted
    raw: str = field(default="", kw_only=True)  # as stap keeps it: escapes that C knows still written out


@dataclass(eq=False, slots=True, repr=False)
class EmbeddedExpression(Expression):
    code: str  # between %{ and %}


@dataclass(eq=False, slots=True, repr=False)
class Symbol(Expression):
    name: str
    referent: Any = field(default=None, kw_only=True)  # the Variable it names, once resolved


@dataclass(eq=False, slots=True, repr=False)
class TargetSymbol(Expression):
    """``$name``, with its ``->member``, ``[index]`` and trailing ``$``/``$$`` components."""

    name: str  # with the "$"; "$$vars", "$return", ... included
    components: list[Component]
    address_of: bool = False  # &$name->...


@dataclass(eq=False, slots=True, repr=False)
class Component(Node):
    kind: str  # "member", "index", "pretty" ($), "pretty-all" ($$)
    member: str = ""
    index: Expression | None = None


@dataclass(eq=False, slots=True, repr=False)
class Cast(Expression):
    """``@cast(operand, "type"[, "module"])->...``"""

    operand: Expression
    type_name: str
    module: str
    components: list[Component]
    address_of: bool = False


@dataclass(eq=False, slots=True, repr=False)
class AtVar(Expression):
    """``@var("name[@file]"[, "module"])->...``"""

    target: str
    module: str
    components: list[Component]
    address_of: bool = False


@dataclass(eq=False, slots=True, repr=False)
class Autocast(Expression):
    """``expression->member``: the type of the expression tells what it points at."""

    operand: Expression
    components: list[Component]
    address_of: bool = False


@dataclass(eq=False, slots=True, repr=False)
class AtDefined(Expression):
    """``@defined(expression)``"""

    operand: Expression


@dataclass(eq=False, slots=True, repr=False)
class AtEntry(Expression):
    """``@entry(expression)``"""

    operand: Expression


@dataclass(eq=False, slots=True, repr=False)
class AtProbewrite(Expression):
    """``@probewrite(variable)``"""

    name: str


@dataclass(eq=False, slots=True, repr=False)
class AtPerf(Expression):
    """``@perf("counter")``"""

    counter: str


@dataclass(eq=False, slots=True, repr=False)
class AtConst(Expression):
    """``@const("C expression")``; also ``@enum("name")`` with ``kind`` "enum" and ``@enumname(value, "type")``."""

    text: str


@dataclass(eq=False, slots=True, repr=False)
class RawRead(Expression):
    """``@kderef(size, address)``, ``@uderef``, ``@kregister(number)``, ``@uregister``."""

    kind: str  # "kderef", "uderef", "kregister", "uregister"
    size: Expression | None
    operand: Expression


@dataclass(eq=False, slots=True, repr=False)
class Index(Expression):
    """``array[keys]``; a ``None`` key is the wildcard ``*`` (in slices only). The array may be a histogram."""

    array: Expression  # Symbol or Histogram
    keys: list[Expression | None]


@dataclass(eq=False, slots=True, repr=False)
class ArrayIn(Expression):
    """``[keys] in array``"""

    keys: list[Expression | None]
    array: Expression  # Symbol or Histogram


@dataclass(eq=False, slots=True, repr=False)
class RegexMatch(Expression):
    """``left =~ "regex"``, ``left !~ "regex"``; the token is the operator."""

    left: Expression
    operator: str
    pattern: String


@dataclass(eq=False, slots=True, repr=False)
class Unary(Expression):
    operator: str  # + - ! ~
    operand: Expression


@dataclass(eq=False, slots=True, repr=False)
class PreCrement(Expression):
    operator: str
    operand: Expression


@dataclass(eq=False, slots=True, repr=False)
class PostCrement(Expression):
    operator: str
    operand: Expression


@dataclass(eq=False, slots=True, repr=False)
class Binary(Expression):
    """Arithmetic, bitwise and shift operators."""

    left: Expression
    operator: str
    right: Expression


@dataclass(eq=False, slots=True, repr=False)
class Logical(Expression):
    left: Expression
    operator: str  # && ||
    right: Expression


@dataclass(eq=False, slots=True, repr=False)
class Comparison(Expression):
    left: Expression
    operator: str
    right: Expression


@dataclass(eq=False, slots=True, repr=False)
class Concatenation(Expression):
    left: Expression
    operator: str  # "."
    right: Expression


@dataclass(eq=False, slots=True, repr=False)
class Ternary(Expression):
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(eq=False, slots=True, repr=False)
class Assignment(Expression):
    left: Expression
    operator: str  # = <<< += -= ... .=
    right: Expression


@dataclass(eq=False, slots=True, repr=False)
class Call(Expression):
    name: str
    arguments: list[Expression]
    referents: list[Any] = field(default_factory=list, kw_only=True)  # the functions tried in turn, once resolved


@dataclass(eq=False, slots=True, repr=False)
class FormatPart:
    """A piece of a print format: literal text, or one conversion."""

    text: str = ""  # for a literal: the characters, escapes interpreted
    conversion: str = ""  # "" for a literal, else one of b c d i m M n o p s u x X %
    flags: str = ""  # of "-+ 0#"
    width: int | None = None
    width_star: bool = False
    precision: int | None = None
    precision_star: bool = False
    size: int = 0  # the digit of %1b, %2b, %4b, %8b


@dataclass(eq=False, slots=True, repr=False)
class Print(Expression):
    """print, printf, println, printd, printdln and their sprint forms, and ``print(@hist_log(x))``."""

    name: str  # as written: "printf", "sprintdln", ...
    format: list[FormatPart] | None
    raw_format: String | None  # the literal of printf/sprintf
    delimiter: String | None  # of printd
    arguments: list[Expression]
    histogram: Histogram | None = None

    @property
    def to_stream(self) -> bool:
        return not self.name.startswith("s")


@dataclass(eq=False, slots=True, repr=False)
class Statistic(Expression):
    """``@count(x)`` and its kin; ``argument`` is the shift of ``@variance``."""

    function: str  # count sum min max avg variance
    operand: Expression  # Symbol or Index
    argument: int | None = None


@dataclass(eq=False, slots=True, repr=False)
class Histogram(Expression):
    """``@hist_linear(x, low, high, width)`` or ``@hist_log(x)``"""

    function: str  # hist_linear hist_log
    operand: Expression
    parameters: list[int]


# ---------------------------------------------------------------- statements


@dataclass(eq=False, slots=True, repr=False)
class Statement(Node):
    pass


@dataclass(eq=False, slots=True, repr=False)
class Block(Statement):
    """``{ ... }``. ``angled`` where it was written between angle brackets (a probe's body only)."""

    statements: list[Statement]
    angled: bool = False


@dataclass(eq=False, slots=True, repr=False)
class EmbeddedCode(Statement):
    code: str


@dataclass(eq=False, slots=True, repr=False)
class Null(Statement):
    pass


@dataclass(eq=False, slots=True, repr=False)
class ExpressionStatement(Statement):
    value: Expression


@dataclass(eq=False, slots=True, repr=False)
class If(Statement):
    condition: Expression
    then: Statement
    otherwise: Statement | None


@dataclass(eq=False, slots=True, repr=False)
class For(Statement):
    """``for`` and ``while`` (which has neither initialiser nor step)."""

    initial: ExpressionStatement | None
    condition: Expression  # Number 1 where left out
    step: ExpressionStatement | None
    body: Statement


@dataclass(eq=False, slots=True, repr=False)
class Foreach(Statement):
    """``foreach (value = [k1, k2] in array[slice] limit n)``.

    ``sort_column`` is 0 for the value, n for the n-th key; ``sort_direction`` 1, -1 or 0 (unsorted);
    ``sort_aggregate`` the statistic to sort by ("count", "sum", "min", "max", "avg"), else None.
    """

    keys: list[Symbol]
    array: Expression  # Symbol or Histogram
    slice: list[Expression | None] | None
    value: Symbol | None
    sort_column: int
    sort_direction: int
    sort_aggregate: str | None
    limit: Expression | None
    body: Statement


@dataclass(eq=False, slots=True, repr=False)
class Return(Statement):
    value: Expression | None


@dataclass(eq=False, slots=True, repr=False)
class Delete(Statement):
    value: Expression


@dataclass(eq=False, slots=True, repr=False)
class Next(Statement):
    pass


@dataclass(eq=False, slots=True, repr=False)
class Break(Statement):
    pass


@dataclass(eq=False, slots=True, repr=False)
class Continue(Statement):
    pass


@dataclass(eq=False, slots=True, repr=False)
class Try(Statement):
    body: Statement | None
    error: Symbol | None  # catch (error)
    handler: Statement | None


# ---------------------------------------------------------------- declarations


@dataclass(eq=False, slots=True, repr=False)
class Variable(Node):
    """A global, a local or a parameter, and what inference learns of it."""

    name: str
    type: Type = field(default=Type.UNKNOWN, kw_only=True)
    key_types: list[Type] | None = field(default=None, kw_only=True)  # of an array; None while not known to be one
    initial: Expression | None = field(default=None, kw_only=True)  # Number or String
    size: int | None = field(default=None, kw_only=True)  # of an array: its MAXMAPENTRIES
    wrap: bool = field(default=False, kw_only=True)
    private: bool = field(default=False, kw_only=True)
    is_global: bool = field(default=False, kw_only=True)
    declared_type: Type | None = field(default=None, kw_only=True)
    ctype: Any = field(default=None, kw_only=True)
    # Where a type was first inferred, histograms used, ...
    notes: dict[str, Any] = field(default_factory=dict, kw_only=True)


@dataclass(eq=False, slots=True, repr=False)
class Function(Node):
    name: str
    parameters: list[Variable]
    body: Statement | EmbeddedCode
    result: Type = field(default=Type.UNKNOWN, kw_only=True)
    declared_result: Type | None = field(default=None, kw_only=True)
    priority: int | None = field(default=None, kw_only=True)  # None where not written
    private: bool = field(default=False, kw_only=True)
    locals: list[Variable] = field(default_factory=list, kw_only=True)
    notes: dict[str, Any] = field(default_factory=dict, kw_only=True)


@dataclass(eq=False, slots=True, repr=False)
class PointComponent(Node):
    """One dotted part of a probe point: ``function("x")``, ``s(1)``, ``return``."""

    name: str
    argument: Number | String | None


@dataclass(eq=False, slots=True, repr=False)
class ProbePoint(Node):
    components: list[PointComponent]
    optional: bool = False  # ? (also implied by !)
    sufficient: bool = False  # !
    condition: Expression | None = None


@dataclass(eq=False, slots=True, repr=False)
class Probe(Node):
    points: list[ProbePoint]
    body: Block
    locals: list[Variable] = field(default_factory=list, kw_only=True)


@dataclass(eq=False, slots=True, repr=False)
class Alias(Node):
    """``probe names = points {body}`` (``epilogue`` false), ``+=`` (true); ``second`` is the epilogue of
    ``probe a = b {prologue}, {epilogue}``."""

    names: list[ProbePoint]  # alias names, each a dotted name without arguments that matter
    points: list[ProbePoint]
    body: Block
    epilogue: bool = False
    second: Block | None = None


@dataclass(eq=False, slots=True, repr=False)
class Script:
    """One parsed source: everything a file declares, in order."""

    source: Source
    probes: list[Probe] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    globals: list[Variable] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    embedded: list[EmbeddedCode] = field(default_factory=list)  # top-level %{ %}
    order: list[Node] = field(default_factory=list)  # the declarations above in the order written
    privileged: bool = False
