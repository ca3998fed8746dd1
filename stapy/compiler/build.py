"""What the parser builds: a method for each of the grammar's actions, from the values of a rule to a tree node.

A method takes the list of a rule's values: tokens for terminals, nodes or lists for nonterminals. ``start`` is the
first token of the rule, ``lookahead`` the token after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import tree
from .diagnostics import ParseError
from .formats import parse_format
from .lexer import interpret_escapes
from .tree import Expression, Script, Statement, Token, Type

if TYPE_CHECKING:
    from .parser import ParseOptions

Values = list[Any]

MAX_POINTS = 10_000  # that one probe point may expand to by its braces
MAX_ARRAY = 0x7FFFFFFF
_UNSIGNED_END = 1 << 64


def signed64(value: int) -> int:
    return ((value + (1 << 63)) & (_UNSIGNED_END - 1)) - (1 << 63)


def number_value(token: Token, negative: bool = False) -> int:
    """The value of a number token as C reads it: decimal, octal, hexadecimal, up to 64 bits without sign."""
    text = token.text
    try:
        value = int(text, 8) if text[0] == "0" and text.isdigit() else int(text, 10 if text.isdigit() else 16)
    except ValueError:
        value = _UNSIGNED_END
    if not text.isdigit() and text[:2] not in ("0x", "0X"):
        value = _UNSIGNED_END
    if value >= _UNSIGNED_END or (negative and value > 1 << 63):
        raise ParseError("number invalid or out of range", saw=token)
    return signed64(-value if negative else value)


class Builder:
    """Builds one script's tree."""

    def __init__(self, script: Script, options: ParseOptions) -> None:
        self.script = script
        self.options = options
        self.start = self.lookahead = Token("end", "", script.source, 0, 0, 0)
        self.globals: dict[str, tree.Variable] = {}
        self.private = False  # the globals being read are private
        self.parameter_names: set[str] = set()
        self.sorted = False  # the foreach being read has a sort directive

    # ------------------------------------------------------------ lists

    def list_empty(self, v: Values) -> Values:
        return []

    def list_one(self, v: Values) -> Values:
        return v

    def list_more(self, v: Values) -> Values:
        v[0].append(v[1])
        return v[0]

    def list_comma(self, v: Values) -> Values:
        v[0].append(v[2])
        return v[0]

    # ------------------------------------------------------------ declarations

    def script_empty(self, v: Values) -> Script:
        return self.script

    def script_more(self, v: Values) -> Script:
        return self.script

    def embedded_top(self, v: Values) -> None:
        code = tree.EmbeddedCode(v[0], v[0].text)
        self.script.embedded.append(code)
        self.script.order.append(code)

    def global_name(self, v: Values) -> tree.Variable:
        name = v[0].text
        before = self.globals.get(name)
        if before is not None and before.private != self.private:
            raise ParseError("global versus private variable declaration conflict", saw=v[0])
        if before is not None:
            raise ParseError("duplicate global name", saw=v[0])
        variable = tree.Variable(v[0], name, is_global=True, private=self.private)
        self.globals[name] = variable
        self.script.globals.append(variable)
        self.script.order.append(variable)
        return variable

    def global_wrapping(self, v: Values) -> tree.Variable:
        variable = self.global_name(v)
        variable.wrap = True
        return variable

    def global_sized(self, v: Values) -> tree.Variable:
        v[0].size = v[2]
        return v[0]

    def array_size(self, v: Values) -> int:
        if not 0 < v[0].value <= MAX_ARRAY:
            raise ParseError("array size out of range", end=self.script.source)
        return v[0].value

    def global_plain(self, v: Values) -> tree.Variable:
        if self.lookahead.terminal == "=":  # it has a size, or the grammar would have taken the "="
            raise ParseError("only scalar globals can be initialized", saw=self.lookahead)
        return v[0]

    def global_initialised(self, v: Values) -> tree.Variable:
        v[0].initial = v[2]
        v[0].type = Type.STRING if isinstance(v[2], tree.String) else Type.LONG
        v[0].notes["arity"] = 0
        v[0].notes["arity token"] = v[1]
        return v[0]

    def global_(self, v: Values) -> None:
        return None

    private_global = global_

    def function_name(self, v: Values) -> Token:
        self.parameter_names.clear()
        return v[0]

    def type_none(self, v: Values) -> None:
        return None

    def type_given(self, v: Values) -> Type:
        return v[1]

    def type(self, v: Values) -> Type:
        return Type.STRING if v[0].text == "string" else Type.LONG

    def parameters(self, v: Values) -> list[tree.Variable]:
        return v[0]

    def parameter(self, v: Values) -> tree.Variable:
        return v[0]

    def parameter_typed(self, v: Values) -> tree.Variable:
        v[0].type = v[0].declared_type = v[2]
        return v[0]

    def parameter_name(self, v: Values) -> tree.Variable:
        name = v[0].text
        if name in self.parameter_names:
            raise ParseError("duplicate parameter names", saw=v[0])
        self.parameter_names.add(name)
        return tree.Variable(v[0], name)

    def function_head(self, v: Values) -> tree.Function:
        result = v[2]
        body = tree.Block(v[1], [])
        return tree.Function(v[1], v[1].text, v[4], body, result=result or Type.UNKNOWN, declared_result=result)

    def body_plain(self, v: Values) -> tuple[int | None, Any]:
        return None, v[0]

    def body_priority(self, v: Values) -> tuple[int | None, Any]:
        return v[0], v[1]

    def priority(self, v: Values) -> int:
        if isinstance(v[1], tree.String):
            raise ParseError("expected literal number")
        if v[1].value < 1:
            raise ParseError("specified priority must be > 0", saw=v[1].token)
        return v[1].value

    def embedded_body(self, v: Values) -> tree.EmbeddedCode:
        return tree.EmbeddedCode(v[0], v[0].text)

    def function(self, v: Values) -> tree.Function:
        function: tree.Function = v[0]
        function.priority, function.body = v[1]
        self.script.functions.append(function)
        self.script.order.append(function)
        return function

    def private_function(self, v: Values) -> tree.Function:
        function = self.function(v[1:])
        function.private = True
        return function

    # ------------------------------------------------------------ probes

    def probe(self, v: Values) -> None:
        probe = tree.Probe(v[0], v[1], v[2])
        self.script.probes.append(probe)
        self.script.order.append(probe)

    def alias(self, v: Values) -> tree.Alias:
        names = [name for name, _ in v[1]]
        epilogue = any(operator.text == "+=" for _, operator in v[1])
        if epilogue and self.lookahead.terminal == ",":
            raise ParseError("Combined prologue and epilogue cannot be defined with '+='", saw=self.lookahead)
        alias = tree.Alias(v[0], names, v[2], v[3], epilogue)
        self.script.aliases.append(alias)
        self.script.order.append(alias)
        return alias

    def alias_both(self, v: Values) -> None:
        v[0].second = v[2]

    def alias_name(self, v: Values) -> tuple[tree.ProbePoint, Token]:
        points = v[0]
        if len(points) != 1:
            raise ParseError("expected probe point specifier", saw=v[1], site="probe point specifier")
        if points[0].optional or points[0].sufficient:
            raise ParseError(
                "probe point alias name cannot be optional nor sufficient", at=points[0].components[0].token
            )
        return points[0], v[1]

    def points_one(self, v: Values) -> list[tree.ProbePoint]:
        return list(v[0])

    def points_more(self, v: Values) -> list[tree.ProbePoint]:
        v[0].extend(v[2])
        return v[0]

    def point_suffixed(self, v: Values) -> list[tree.ProbePoint]:
        points, mark = v[0], v[1]
        if any(point.optional or point.sufficient for point in points):
            raise ParseError("'?' or '!' respecified", saw=mark)
        for point in points:
            point.optional = True
            point.sufficient = mark.text == "!"
        return points

    def point_conditional(self, v: Values) -> list[tree.ProbePoint]:
        points, (condition, last) = v[0], v[-1]
        if any(point.condition is not None for point in points):
            raise ParseError("condition respecified", saw=last)
        for point in points:
            point.condition = condition
        return points

    def point_condition(self, v: Values) -> tuple[Expression, Token]:
        return v[2], v[3]

    def components_one(self, v: Values) -> list[tree.ProbePoint]:
        return v[0]

    def components_dot(self, v: Values) -> list[tree.ProbePoint]:
        if len(v[0]) * len(v[2]) > MAX_POINTS:
            raise ParseError(f"braces expand to more than {MAX_POINTS} probe points", at=v[0][0].token)
        if len(v[0]) == len(v[2]) == 1:
            return self._append_component(v[0], v[2][0])
        product = []
        for left in v[0]:
            if left.optional or left.sufficient or left.condition is not None:
                raise ParseError("'?', '!' or condition must only be specified in suffix", at=left.components[0].token)
            for right in v[2]:
                product.append(
                    tree.ProbePoint(
                        left.token,
                        left.components + right.components,
                        right.optional,
                        right.sufficient,
                        right.condition,
                    )
                )
        return product

    @staticmethod
    def _append_component(points: list[tree.ProbePoint], right: tree.ProbePoint) -> list[tree.ProbePoint]:
        """The usual case, one point and no braces, in place: the point may have thousands of components."""
        left = points[0]
        if left.optional or left.condition is not None:
            raise ParseError("'?', '!' or condition must only be specified in suffix", at=left.components[0].token)
        left.components += right.components
        left.optional, left.sufficient, left.condition = right.optional, right.sufficient, right.condition
        return points

    def component(self, v: Values) -> list[tree.ProbePoint]:
        return [tree.ProbePoint(v[0], [tree.PointComponent(v[0], v[0].text, None)])]

    def component_argument(self, v: Values) -> list[tree.ProbePoint]:
        return [tree.ProbePoint(v[0], [tree.PointComponent(v[0], v[0].text, v[2])])]

    def component_braces(self, v: Values) -> list[tree.ProbePoint]:
        return v[1]

    alternatives_one = points_one
    alternatives_more = points_more

    # ------------------------------------------------------------ statements

    def angle_empty(self, v: Values) -> tree.Block:
        return tree.Block(v[0], [], angled=True)

    def angle_block(self, v: Values) -> tree.Block:
        return tree.Block(v[0], v[1], angled=True)

    def block_empty(self, v: Values) -> tree.Block:
        return tree.Block(v[0], [])

    def block(self, v: Values) -> tree.Block:
        return tree.Block(v[0], v[1])

    def null(self, v: Values) -> tree.Null:
        return tree.Null(v[0])

    def statement_ended(self, v: Values) -> Statement:
        return v[0]

    def if_(self, v: Values) -> tree.If:
        return tree.If(v[0], v[2], v[4], None)

    def if_else(self, v: Values) -> tree.If:
        return tree.If(v[0], v[2], v[4], v[6])

    def while_(self, v: Values) -> tree.For:
        return tree.For(v[0], None, v[2], None, v[4])

    def for_(self, v: Values) -> tree.For:
        return tree.For(v[0], v[2], v[3], v[4], v[5])

    def for_absent(self, v: Values) -> None:
        return None

    def for_part(self, v: Values) -> tree.ExpressionStatement:
        return tree.ExpressionStatement(self.start, v[0])

    def for_always(self, v: Values) -> tree.Number:
        return tree.Number(v[0], 1, type=Type.LONG)

    def for_test(self, v: Values) -> Expression:
        return v[0]

    def foreach(self, v: Values) -> tree.Foreach:
        v[0].body = v[1]
        return v[0]

    def foreach_head(self, v: Values) -> tree.Foreach:
        keys, value = v[2]
        array, slice_ = v[4]
        direction, aggregate = v[5]
        columns = [(column, mark) for column, (_, mark) in enumerate(keys, 1)]
        columns += [(0, value[1] if value else None), (0, direction)]
        column, mark = next((pair for pair in columns if pair[1] is not None), (0, None))
        sign = 0 if mark is None else 1 if mark.text == "+" else -1
        symbol = value[0] if value else None
        body = tree.Null(v[0])
        return tree.Foreach(v[0], [key for key, _ in keys], array, slice_, symbol, column, sign, aggregate, v[6], body)

    def foreach_one(self, v: Values) -> tuple[list[Any], Any]:
        return [v[0]], None

    def foreach_bracketed(self, v: Values) -> tuple[list[Any], Any]:
        return v[1], None

    def foreach_value_one(self, v: Values) -> tuple[list[Any], Any]:
        return [v[2]], v[0]

    def foreach_value_bracketed(self, v: Values) -> tuple[list[Any], Any]:
        return v[3], v[0]

    def foreach_key(self, v: Values) -> tuple[tree.Symbol, Token | None]:
        return tree.Symbol(v[0], v[0].text), None

    def foreach_key_sorted(self, v: Values) -> tuple[tree.Symbol, Token | None]:
        self._sort(v[1])
        return tree.Symbol(v[0], v[0].text), v[1]

    def foreach_array(self, v: Values) -> tuple[Expression, None]:
        return v[0], None

    def foreach_slice(self, v: Values) -> tuple[Expression, list[Expression | None]]:
        return v[0], v[2]

    def sort_none(self, v: Values) -> tuple[None, None]:
        return None, None

    def _sort(self, mark: Token) -> None:
        """Of a foreach's sort directives there may be one."""
        if self.sorted:
            raise ParseError("multiple sort directives", saw=mark)
        self.sorted = True

    def sort_value(self, v: Values) -> tuple[Token, None]:
        self._sort(v[0])
        return v[0], None

    def sort_by(self, v: Values) -> tuple[Token, str]:
        self._sort(v[1])
        return v[1], v[0].text[1:]

    def limit_none(self, v: Values) -> None:
        return None

    def limit(self, v: Values) -> Expression:
        return v[1]

    def try_(self, v: Values) -> tree.Try:
        return tree.Try(v[0], v[1], None, v[3])

    def try_named(self, v: Values) -> tree.Try:
        return tree.Try(v[0], v[1], tree.Symbol(v[4], v[4].text), v[6])

    def return_nothing(self, v: Values) -> tree.Return:
        return tree.Return(v[0], None)

    def return_(self, v: Values) -> tree.Return:
        return tree.Return(v[0], v[1])

    def delete(self, v: Values) -> tree.Delete:
        return tree.Delete(v[0], v[1])

    def break_(self, v: Values) -> tree.Break:
        return tree.Break(v[0])

    def continue_(self, v: Values) -> tree.Continue:
        return tree.Continue(v[0])

    def next(self, v: Values) -> tree.Next:
        return tree.Next(v[0])

    def expression_statement(self, v: Values) -> tree.ExpressionStatement:
        return tree.ExpressionStatement(self.start, v[0])

    # ------------------------------------------------------------ operators

    def assignment(self, v: Values) -> Expression:
        return tree.Assignment(v[1], v[0], v[1].text, v[2])

    def ternary(self, v: Values) -> Expression:
        return tree.Ternary(v[1], v[0], v[2], v[4])

    def logical(self, v: Values) -> Expression:
        return tree.Logical(v[1], v[0], v[1].text, v[2])

    def binary(self, v: Values) -> Expression:
        return tree.Binary(v[1], v[0], v[1].text, v[2])

    def comparison(self, v: Values) -> Expression:
        return tree.Comparison(v[1], v[0], v[1].text, v[2])

    def concatenation(self, v: Values) -> Expression:
        return tree.Concatenation(v[1], v[0], ".", v[2])

    def regex_match(self, v: Values) -> Expression:
        return tree.RegexMatch(v[1], v[0], v[1].text, v[2])

    def in_one(self, v: Values) -> Expression:
        return tree.ArrayIn(v[1], [v[0]], v[2])

    def in_list(self, v: Values) -> Expression:
        return tree.ArrayIn(v[3], v[1], v[4])

    def bracketed(self, v: Values) -> Expression:
        """``[x]`` without ``in`` is x, as stap has it."""
        if len(v[1]) != 1:
            raise ParseError("unexpected comma-separated expression list")
        if v[1][0] is None:
            raise ParseError("expected 'in'")
        return v[1][0]

    def wildcard(self, v: Values) -> None:
        return None

    def unary(self, v: Values) -> Expression:
        return tree.Unary(v[0], v[0].text, v[1])

    def pre_crement(self, v: Values) -> Expression:
        return tree.PreCrement(v[0], v[0].text, v[1])

    def post_crement(self, v: Values) -> Expression:
        return tree.PostCrement(v[1], v[1].text, v[0])

    # ------------------------------------------------------------ target variables and casts

    def _suffixed(self, operand: Expression) -> Any:
        """``operand`` as something that takes suffixes: itself, or an autocast of it."""
        if not isinstance(operand, (tree.TargetSymbol, tree.Cast, tree.AtVar, tree.Autocast)):
            return tree.Autocast(operand.token, operand, [])
        return operand

    def _finish_pretty(self, components: list[tree.Component], token: Token, marks: str) -> None:
        """Add the trailing ``$`` or ``$$``, after which nothing may follow."""
        mark = token if components and components[-1].kind.startswith("pretty") else self.lookahead
        if mark is token or mark.terminal in ("->", "["):
            raise ParseError("-> and [ are not accepted for a pretty-printing variable", saw=mark)
        components.append(tree.Component(token, "pretty" if marks == "$" else "pretty-all", marks))

    def address_of(self, v: Values) -> Expression:
        node = self._suffixed(v[1])
        node.address_of = True
        if isinstance(node, tree.Autocast):
            node.token = v[0]
        return node

    def target(self, v: Values) -> Expression:
        token = v[0]
        name = token.text.rstrip("$")
        if not name or name == token.text:
            return tree.TargetSymbol(token, token.text, [])
        node = tree.TargetSymbol(token, name, [])
        self._finish_pretty(node.components, token, token.text[len(name) :])
        return node

    def member(self, v: Values) -> Expression:
        node = self._suffixed(v[0])
        name = v[2].text.rstrip("$")
        if name:
            node.components.append(tree.Component(v[1], "member", name))
        if name != v[2].text:
            self._finish_pretty(node.components, v[1], v[2].text[len(name) :])
        return node

    def element(self, v: Values) -> Expression:
        node = self._suffixed(v[0])
        node.components.append(tree.Component(v[1], "index", index=v[2]))
        return node

    def pretty(self, v: Values) -> Expression:
        node = self._suffixed(v[0])
        self._finish_pretty(node.components, v[1], v[1].text)
        return node

    def cast(self, v: Values) -> Expression:
        module = v[6].raw if len(v) > 6 else ""
        return tree.Cast(v[0], v[2], v[4].raw, module, [])

    def at_var(self, v: Values) -> Expression:
        return tree.AtVar(v[0], v[2].raw, v[4].raw if len(v) > 4 else "", [])

    # ------------------------------------------------------------ values

    def parenthesised(self, v: Values) -> Expression:
        return v[1]

    def number(self, v: Values) -> Expression:
        return tree.Number(v[0], number_value(v[0]), type=Type.LONG)

    def string(self, v: Values) -> tree.String:
        """Adjacent literals are one."""
        tokens = v[0]
        raw = tokens[0].text if len(tokens) == 1 else "".join([token.text for token in tokens])
        return tree.String(tokens[0], interpret_escapes(raw), type=Type.STRING, raw=raw)

    def nonempty(self, v: Values) -> tree.String:
        if not v[0].raw:
            raise ParseError("expected non-empty string")
        return v[0]

    def integer(self, v: Values) -> tree.Number:
        return tree.Number(v[0], number_value(v[0]), type=Type.LONG)

    def integer_negative(self, v: Values) -> tree.Number:
        return tree.Number(v[1], number_value(v[1], negative=True), type=Type.LONG)

    def embedded_expression(self, v: Values) -> Expression:
        return tree.EmbeddedExpression(v[0], v[0].text)

    def symbol(self, v: Values) -> Expression:
        return tree.Symbol(v[0], v[0].text)

    def index(self, v: Values) -> Expression:
        return tree.Index(v[0], tree.Symbol(v[0], v[0].text), v[2])

    def call_empty(self, v: Values) -> Expression:
        return tree.Call(v[0], v[0].text, [])

    def call(self, v: Values) -> Expression:
        return tree.Call(v[0], v[0].text, v[2])

    def histogram_index(self, v: Values) -> Expression:
        return tree.Index(v[0].token, v[0], v[2])

    def indexable_name(self, v: Values) -> Expression:
        return tree.Symbol(v[0], v[0].text)

    # ------------------------------------------------------------ @operators

    def at_defined(self, v: Values) -> Expression:
        return tree.AtDefined(v[0], v[2])

    def at_entry(self, v: Values) -> Expression:
        return tree.AtEntry(v[0], v[2])

    def at_probewrite(self, v: Values) -> Expression:
        return tree.AtProbewrite(v[0], v[2].text)

    def at_perf(self, v: Values) -> Expression:
        return tree.AtPerf(v[0], v[2].raw)

    def at_const(self, v: Values) -> Expression:
        return tree.AtConst(v[0], v[2].raw)

    def dereference(self, v: Values) -> Expression:
        return tree.RawRead(v[0], v[0].text[1:], v[2], v[4])

    def register(self, v: Values) -> Expression:
        return tree.RawRead(v[0], v[0].text[1:], None, v[2])

    def statistic(self, v: Values) -> Expression:
        return tree.Statistic(v[0], v[0].text[1:], v[2], type=Type.LONG)

    def statistic_shift(self, v: Values) -> Expression:
        return tree.Statistic(v[0], v[0].text[1:], v[2], v[4].value)

    def histogram_log(self, v: Values) -> tree.Histogram:
        return tree.Histogram(v[0], "hist_log", v[2], [])

    def histogram_linear(self, v: Values) -> tree.Histogram:
        return tree.Histogram(v[0], "hist_linear", v[2], [v[4].value, v[6].value, v[8].value])

    # ------------------------------------------------------------ printing

    def _print(self, name: Token, arguments: list[Expression], **more: Any) -> tree.Print:
        values = {"format": None, "raw_format": None, "delimiter": None} | more
        return tree.Print(name, name.text, arguments=arguments, **values)

    def print(self, v: Values) -> Expression:
        return self._print(v[0], v[2])

    def print_empty(self, v: Values) -> Expression:
        return self._print(v[0], [])

    def print_histogram(self, v: Values) -> Expression:
        return self._print(v[0], [], histogram=v[2])

    def format(self, v: Values) -> tuple[tree.String, list[tree.FormatPart]]:
        return v[0], parse_format(v[0].raw)

    def print_format(self, v: Values) -> Expression:
        arguments = v[4] if len(v) > 4 else []
        return self._print(v[0], arguments, format=v[2][1], raw_format=v[2][0])

    def print_delimited(self, v: Values) -> Expression:
        return self._print(v[0], [v[4], *v[6]], delimiter=v[2])
