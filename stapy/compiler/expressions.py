"""Lowering of expressions: a tree of the script's operators to the text of one Python expression.

Integers are Python's, kept in 64 bits: a result is checked only where its range says that it can leave them. A ``Code``
knows how tightly its text binds, so that parentheses stand where they are needed and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stapy.compiler import tree
from stapy.compiler.analysis import LibraryFunction
from stapy.compiler.diagnostics import SemanticError
from stapy.compiler.emit import unmarked
from stapy.compiler.optimize import uses_of
from stapy.compiler.ranges import FULL, HIGHEST, LOWEST, Range, binary, fits, wrapped
from stapy.compiler.targets import KernelRead, SavedValue, StringRead
from stapy.compiler.tree import Type

if TYPE_CHECKING:
    from stapy.compiler.lower import ProgramLowering, UnitLowering

# How tightly a text binds, as Python's grammar has it.
CONDITIONAL, OR, AND, NOT, COMPARE, BIT_OR, BIT_XOR, BIT_AND, SHIFT, SUM, PRODUCT, UNARY, ATOM = range(13)
LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "&": BIT_AND, "|": BIT_OR, "^": BIT_XOR, "<<": SHIFT, ">>": SHIFT}
MOST_ARGUMENTS = 32  # of one print


class Code(NamedTuple):
    """The text of a Python expression; ``range`` is that of its number, ``length`` the most its string can have."""

    text: str
    level: int = ATOM
    range: Range = FULL
    length: int = 1 << 30
    wide: Code | None = None  # the same number before it was cut to 64 bits, for operations that may go on with that

    @property
    def raw(self) -> Code:
        """The number as an operand of an operation whose result's low 64 bits depend on the low 64 bits only."""
        return self.wide or self

    def at(self, level: int) -> str:
        """The text as an operand of an operator that binds at ``level``."""
        return self.text if self.level >= level else f"({self.text})"

    @property
    def simple(self) -> bool:
        """Whether it can be written twice: a name or a number."""
        text = unmarked(self.text)
        return text.isidentifier() or text.lstrip("-").isdigit()

    @property
    def constant(self) -> bool:
        """Whether it is a literal."""
        return (self.level == ATOM and self.text[:1] in "'\"") or self.text.lstrip("-").isdigit()


def number(value: int) -> Code:
    return Code(str(value), ATOM if value >= 0 else UNARY, (value, value))


def bit(condition: Code) -> Code:
    """A condition as the number 1 or 0."""
    return Code(f"1 if {condition.at(OR)} else 0", CONDITIONAL, (0, 1))


class ExpressionLowering:
    """Lowers the expressions of one unit."""

    def __init__(self, unit: UnitLowering) -> None:
        self.unit = unit
        self.program: ProgramLowering = unit.program
        self.limit = unit.program.string_limit

    # ------------------------------------------------------------ entry points

    def value(self, node: tree.Expression) -> Code:
        """The expression's value."""
        return getattr(self, "lower_" + type(node).__name__.lower())(node)

    def text(self, node: tree.Expression) -> str:
        return self.value(node).at(CONDITIONAL)

    def condition(self, node: tree.Expression) -> Code:
        """The expression where only its truth matters."""
        if isinstance(node, tree.Comparison):
            return self._comparison(node)
        if isinstance(node, tree.Logical):
            left, right = self.condition(node.left), self.condition(node.right)
            word, level = ("and", AND) if node.operator == "&&" else ("or", OR)
            return Code(f"{left.at(level)} {word} {right.at(level + 1)}", level)
        if isinstance(node, tree.Unary) and node.operator == "!":
            return Code(f"not {self.condition(node.operand).at(NOT)}", NOT)
        if isinstance(node, tree.ArrayIn):
            return self._array_in(node)
        if isinstance(node, tree.RegexMatch):
            return self._regex_match(node)
        return self.value(node)

    def fitted(self, text: str, level: int, computed: Range, what: str = "") -> Code:
        """A computed number, cut to 64 bits where it may not fit."""
        if fits(computed):
            return Code(text, level, computed)
        name = self.unit.temporary("n")
        wide = Code(text, level, computed)
        return Code(f"({name} if {LOWEST} <= ({name} := {text}) <= {HIGHEST} else wrap({name}))", ATOM, wide=wide)

    # ------------------------------------------------------------ literals and variables

    def lower_number(self, node: tree.Number) -> Code:
        return number(node.value)

    def lower_string(self, node: tree.String) -> Code:
        from stapy.runtime.values.strings import cut

        return literal(cut(node.value, self.limit))

    def lower_symbol(self, node: tree.Symbol) -> Code:
        variable = node.referent
        if variable.type is Type.STATS:
            raise SemanticError(f"unexpected aggregate of type 'stats': {variable.name}", node.token)
        return Code(self.unit.variable(variable), ATOM, self.program.ranges.variable(variable), self.limit)

    def lower_embeddedexpression(self, node: tree.EmbeddedExpression) -> Code:
        return self.unit.program.embedded.expression(node, self.limit)

    # ------------------------------------------------------------ arithmetic

    def lower_binary(self, node: tree.Binary) -> Code:
        return self.arithmetic(node.operator, self.value(node.left), self.value(node.right), node.token)

    def arithmetic(self, operator: str, left: Code, right: Code, token: tree.Token) -> Code:
        if operator in ("+", "-", "*", "&", "|", "^"):
            return self._in_the_ring(operator, left.raw, right.raw)
        if operator == "<<" and left.wide is not None:
            left = left.wide
        computed = binary(operator, left.range, wrapped(right.range))
        if operator == "/":
            return self._division(left, right, computed, token)
        if operator == "%":
            return self._remainder(left, right, computed, token)
        if operator in ("<<", ">>"):
            return self._shift(operator, left, right, computed)
        if operator == ">>>":
            count = self._count(right)
            return self.fitted(
                f"({left.at(BIT_AND)} & 0xffffffffffffffff) >> {count}",
                SHIFT,
                computed if computed != FULL else (0, 1 << 64),
            )
        raise AssertionError(operator)

    def _in_the_ring(self, operator: str, left: Code, right: Code) -> Code:
        """An operation modulo 2**64: its operands need not be cut, only what comes out."""
        level = LEVELS[operator]
        computed = binary(operator, left.range, right.range)
        return self.fitted(f"{left.at(level)} {operator} {right.at(level + 1)}", level, computed)

    def _count(self, right: Code) -> str:
        if right.range[0] == right.range[1]:
            return str(right.range[0] & 63)
        return right.at(SHIFT + 1) if right.range[0] >= 0 and right.range[1] <= 63 else f"({right.at(BIT_AND)} & 63)"

    def _shift(self, operator: str, left: Code, right: Code, computed: Range) -> Code:
        return self.fitted(f"{left.at(SHIFT)} {operator} {self._count(right)}", SHIFT, computed)

    def _division(self, left: Code, right: Code, computed: Range, token: tree.Token) -> Code:
        mark = self.program.places.mark
        if right.range[0] > 0 and left.range[0] >= 0:
            return Code(f"{left.at(PRODUCT)} // {right.at(UNARY)}", PRODUCT, computed)
        if right.range[0] > 0 and left.simple and right.simple:
            text = f"{left.text} // {right.text} if {left.text} >= 0 else -(-{left.text} // {right.text})"
            return Code(text, CONDITIONAL, computed)
        call = mark(f"divide({left.text}, {right.text})", token)
        if left.simple and right.simple:
            test = f"{left.text} >= 0 < {right.text}"
            return Code(f"{left.text} // {right.text} if {test} else {call}", CONDITIONAL, wrapped(computed))
        return Code(call, ATOM, wrapped(computed))

    def _remainder(self, left: Code, right: Code, computed: Range, token: tree.Token) -> Code:
        mark = self.program.places.mark
        if right.range[0] > 0 and left.range[0] >= 0:
            return Code(f"{left.at(PRODUCT)} % {right.at(UNARY)}", PRODUCT, computed)
        if right.range[0] > 0 and left.simple and right.simple:
            text = f"{left.text} % {right.text} if {left.text} >= 0 else -(-{left.text} % {right.text})"
            return Code(text, CONDITIONAL, computed)
        call = mark(f"modulo({left.text}, {right.text})", token)
        if left.simple and right.simple:
            test = f"{left.text} >= 0 < {right.text}"
            return Code(f"{left.text} % {right.text} if {test} else {call}", CONDITIONAL, computed)
        return Code(call, ATOM, computed)

    def lower_unary(self, node: tree.Unary) -> Code:
        if node.operator == "!":
            return bit(self.condition(node))
        operand = self.value(node.operand)
        if node.operator == "-":
            operand = operand.raw
            low, high = operand.range
            return self.fitted(f"-{operand.at(UNARY)}", UNARY, (-high, -low))
        if node.operator == "~":
            low, high = wrapped(operand.range)
            return Code(f"~{operand.at(UNARY)}", UNARY, (~high, ~low))
        return operand

    def lower_logical(self, node: tree.Logical) -> Code:
        return bit(self.condition(node))

    def _comparison(self, node: tree.Comparison) -> Code:
        left, right = self._whole_literal(node.left), self._whole_literal(node.right)
        return Code(f"{left.at(BIT_OR)} {node.operator} {right.at(BIT_OR)}", COMPARE)

    def lower_comparison(self, node: tree.Comparison) -> Code:
        return bit(self._comparison(node))

    def lower_ternary(self, node: tree.Ternary) -> Code:
        condition = self.condition(node.condition)
        then, otherwise = self.value(node.then), self.value(node.otherwise)
        text = f"{then.at(OR)} if {condition.at(OR)} else {otherwise.at(CONDITIONAL)}"
        low = min(wrapped(then.range)[0], wrapped(otherwise.range)[0])
        high = max(wrapped(then.range)[1], wrapped(otherwise.range)[1])
        return Code(text, CONDITIONAL, (low, high), max(then.length, otherwise.length))

    def lower_concatenation(self, node: tree.Concatenation) -> Code:
        return self.concatenated(self.value(node.left), self.value(node.right))

    def concatenated(self, left: Code, right: Code) -> Code:
        length = left.length + right.length
        text = f"{left.at(SUM)} + {right.at(PRODUCT)}"
        if length <= self.limit:
            return Code(text, SUM, length=length)
        return Code(f"({text})[:{self.limit}]", ATOM, length=self.limit)

    def _regex_match(self, node: tree.RegexMatch) -> Code:
        name = self.program.regex(node.pattern)
        left = self._whole_literal(node.left).at(CONDITIONAL)
        text = f"{name}.match(c, {left})" if self.program.keeps_matches else f"{name}.test({left})"
        return Code(f"not {text}", NOT) if node.operator == "!~" else Code(text)

    def lower_regexmatch(self, node: tree.RegexMatch) -> Code:
        return bit(self._regex_match(node))

    # ------------------------------------------------------------ arrays

    def key(self, keys: list[tree.Expression | None]) -> str:
        """The text of an array's key: one value, or a tuple's content."""
        return ", ".join("None" if key is None else self.text(key) for key in keys)

    def key_value(self, keys: list[tree.Expression | None]) -> str:
        """The same as an expression of its own."""
        text = self.key(keys)
        return f"({text})" if len(keys) > 1 else text

    def lower_index(self, node: tree.Index) -> Code:
        if isinstance(node.array, tree.Histogram):
            histogram = self.statistics(node.array.operand)
            key = node.keys[0]
            assert key is not None
            call = f"{histogram}.bucket({self.text(key)})"
            return Code(self.program.places.mark(call, node.array.token), ATOM, (0, HIGHEST))
        assert isinstance(node.array, tree.Symbol)
        variable = node.array.referent
        if variable.type is Type.STATS:
            raise SemanticError("unexpected aggregate of type 'stats'", node.token)
        text = f"{self.unit.variable(variable)}[{self.key(node.keys)}]"
        return Code(text, ATOM, self.program.ranges.variable(variable), self.limit)

    def _array_in(self, node: tree.ArrayIn) -> Code:
        if isinstance(node.array, tree.Histogram):  # whether there is anything in the bucket
            key = node.keys[0]
            assert key is not None
            call = f"{self.statistics(node.array.operand)}.bucket({self.text(key)})"
            return Code(self.program.places.mark(call, node.array.token))
        assert isinstance(node.array, tree.Symbol)
        array = self.unit.variable(node.array.referent)
        if any(key is None for key in node.keys):
            return Code(f"{array}.contains(({self.key(node.keys)},))")
        if len(node.keys) > 1:
            return Code(f"{self.key_value(node.keys)} in {array}", COMPARE)
        only = node.keys[0]
        assert only is not None
        return Code(f"{self.value(only).at(BIT_OR)} in {array}", COMPARE)

    def lower_arrayin(self, node: tree.ArrayIn) -> Code:
        return bit(self._array_in(node))

    # ------------------------------------------------------------ statistics

    def statistics(self, operand: tree.Expression) -> str:
        """The text of a Statistics object that is read."""
        if isinstance(operand, tree.Index):
            assert isinstance(operand.array, tree.Symbol)
            return f"{self.unit.variable(operand.array.referent)}[{self.key(operand.keys)}]"
        assert isinstance(operand, tree.Symbol)
        return self.unit.variable(operand.referent)

    def sampled(self, operand: tree.Expression, right: tree.Expression) -> str:
        """``operand <<< right`` as an expression; it gives the sample."""
        value = self.text(right)
        if isinstance(operand, tree.Index):
            assert isinstance(operand.array, tree.Symbol)
            array = self.unit.variable(operand.array.referent)
            call = f"put_sample({array}, {self.key_value(operand.keys)}, {value})"
            return self.program.places.mark(call, operand.token)
        assert isinstance(operand, tree.Symbol)
        return f"add_sample({self.unit.variable(operand.referent)}, {value})"

    def lower_statistic(self, node: tree.Statistic) -> Code:
        name = self.statistics(node.operand)
        if node.function in ("count", "sum"):
            return Code(f"{name}.{node.function}", ATOM, (0, HIGHEST >> 1) if node.function == "count" else FULL)
        method = {"min": "minimum", "max": "maximum", "avg": "average", "variance": "variance"}[node.function]
        return Code(self.program.places.mark(f"{name}.{method}()", node.token))

    # ------------------------------------------------------------ assignments as expressions

    def lower_assignment(self, node: tree.Assignment) -> Code:
        left = node.left
        if node.operator == "<<<":
            return Code(self.sampled(left, node.right))
        if isinstance(left, tree.Symbol):
            name = self.unit.variable(left.referent)
            value = self.assigned(node, Code(name, ATOM, self.program.ranges.variable(left.referent), self.limit))
            return Code(f"({name} := {value.text})", ATOM, value.range, value.length)
        if isinstance(left, tree.Index):
            return self._put(left, "put", lambda old: self.assigned(node, old), node.operator != "=")
        return self.store(left, self.assigned(node, self.value(left) if node.operator != "=" else Code("0")))

    def assigned(self, node: tree.Assignment, old: Code) -> Code:
        """What an assignment stores, given the text of the old value, which is read after the right side."""
        right = self.value(node.right)
        if node.operator == "=":
            return right
        if not has_effects(node.right):
            return self.combined(node, old, right)
        name = self.unit.temporary("r")
        new = self.combined(node, old, right._replace(text=name, level=ATOM, wide=None))
        return new._replace(text=f"(({name} := {right.text}), {new.text})[1]", level=ATOM, wide=None)

    def combined(self, node: tree.Assignment, old: Code, right: Code) -> Code:
        """``old OP right`` for the assignment ``OP=``."""
        if node.operator == ".=":
            return self.concatenated(old, right)
        return self.arithmetic(node.operator[:-1], old, right, node.right.token)

    def _put(self, target: tree.Index, function: str, value: Any, reads: bool) -> Code:
        """An array's element written in an expression. The key is computed once, and before the value."""
        assert isinstance(target.array, tree.Symbol)
        variable = target.array.referent
        array = self.unit.variable(variable)
        key = self.key_value(target.keys)
        again = key
        if reads and any(k is not None and not self.value(k).simple for k in target.keys):
            again = self.unit.temporary("k")
            key = f"({again} := {key})"
        new = value(Code(f"{array}[{again}]", ATOM, self.program.ranges.variable(variable), self.limit))
        call = f"{function}({array}, {key}, {new.text})"
        return Code(self.program.places.mark(call, target.token), ATOM, new.range, new.length)

    def lower_precrement(self, node: tree.PreCrement) -> Code:
        return self._crement(node, old=False)

    def lower_postcrement(self, node: tree.PostCrement) -> Code:
        return self._crement(node, old=True)

    def _crement(self, node: Any, old: bool) -> Code:
        operator = node.operator[0]

        def stepped(before: Code) -> Code:
            return self.arithmetic(operator, before, number(1), node.token)

        target = node.operand
        if isinstance(target, tree.Index):
            return self._put(target, "put_old" if old else "put", stepped, True)
        if isinstance(target, tree.Symbol):
            name = self.unit.variable(target.referent)
            known = self.program.ranges.variable(target.referent)
            new = stepped(Code(name, ATOM, known))
            if not old:
                return Code(f"({name} := {new.text})", ATOM, wrapped(new.range))
            if fits(new.range) and new.range != FULL:
                return Code(f"({name} := {new.text}) {'-' if operator == '+' else '+'} 1", SUM, known)
            kept = self.unit.temporary("o")
            return Code(f"(({kept} := {name}), ({name} := {new.text}))[0]", ATOM, known)
        before = self.value(target)
        kept = self.unit.temporary("o")
        new = stepped(Code(kept, ATOM, before.range))
        stored = self.store(target, new)
        if not old:
            return Code(f"({kept} := {before.text}, {stored.text})[1]")
        return Code(f"(({kept} := {before.text}), {stored.text})[0]")

    def store(self, target: tree.Expression, value: Code) -> Code:
        """Write to the kernel. Needs -g, which was checked when the target was resolved."""
        if isinstance(target, tree.Autocast):
            target = target.operand
        if not isinstance(target, KernelRead) or target.store is None:
            raise SemanticError("write to target variable not permitted: it has no place of its own", target.token)
        if not self.program.options.guru:
            raise SemanticError("write to target variable not permitted; need stap -g", target.token)
        kind, *rest = target.store
        if kind == "register":
            return Code(f"store_register(c, {rest[0]}, {value.text})")
        address = self.kernel_text(rest[0], target.operands)
        numbers = ", ".join(str(part) for part in rest[1:])
        function = "store" if kind == "memory" else "store_bits"
        return Code(self.program.places.mark(f"{function}(c, {address}, {numbers}, {value.text})", target.token))

    # ------------------------------------------------------------ the kernel

    def kernel_text(self, node: Any, operands: list[tree.Expression]) -> str:
        """An address tree as Python. What is too wide for an address is cut by the memory itself."""
        return _KernelText(self, operands).address(node)

    def lower_kernelread(self, node: KernelRead) -> Code:
        text, level = _KernelText(self, node.operands).number(node)
        low, high = (-(1 << (node.bits - 1)), (1 << (node.bits - 1)) - 1) if node.signed else (0, (1 << node.bits) - 1)
        found = FULL if node.bits >= 64 else (low, high)
        return Code(self.program.places.mark(text, node.token), level, found)

    def lower_stringread(self, node: StringRead) -> Code:
        self.unit.reads_memory = True
        text = f"read_string(c, {self.text(node.address)}, {node.otherwise!r}, {self.limit})"
        return Code(text, ATOM, length=self.limit)

    def lower_savedvalue(self, node: SavedValue) -> Code:
        return Code(f"c.instance.data[{node.slot}]", ATOM, self.program.ranges.of(node), self.limit)

    def lower_autocast(self, node: tree.Autocast) -> Code:
        return self.value(node.operand)

    def lower_rawread(self, node: tree.RawRead) -> Code:
        operand = self.text(node.operand)
        if node.kind in ("kderef", "uderef"):
            assert node.size is not None
            function = "read_sized" if node.kind == "kderef" else "read_user_sized"
            call = f"{function}(c, {self.text(node.size)}, {operand})"
        else:
            call = f"read_register(c, {operand})"
        self.unit.program.needs_kernel = True
        return Code(self.program.places.mark(call, node.token))

    def lower_atperf(self, node: tree.AtPerf) -> Code:
        raise SemanticError("perf counters are not to be had on an emulated machine", node.token)

    def lower_atprobewrite(self, node: tree.AtProbewrite) -> Code:
        return number(0)

    # ------------------------------------------------------------ calls

    def lower_call(self, node: tree.Call) -> Code:
        name = self.program.callable_for(node)
        only = node.referents[0]
        takes = self._whole_literal if isinstance(only, LibraryFunction) else self.value
        arguments = [takes(argument).at(CONDITIONAL) for argument in node.arguments]
        if not isinstance(only, LibraryFunction) or len(node.referents) > 1 or only.declaration.takes_context:
            arguments.insert(0, "c")
        text = self.program.places.mark(f"{name}({', '.join(arguments)})", node.token)
        if isinstance(only, LibraryFunction) and only.declaration.result == "unknown":  # it gives None
            nothing = {Type.LONG: "0", Type.STRING: '""'}.get(node.type)
            return Code(f"({text} or {nothing})" if nothing else text, ATOM, length=0)
        if node.type is Type.STRING:
            return Code(text, ATOM, length=self.limit)
        return Code(text, ATOM, wrapped(self.program.ranges.of(node)))

    # ------------------------------------------------------------ printing

    def lower_print(self, node: tree.Print) -> Code:
        text = self.print_text(node)
        if node.to_stream:
            return Code(f"({self.unit.emit}({text.text}), 0)[1]", ATOM, (0, 0))
        return text

    def _whole_literal(self, node: tree.Expression) -> Code:
        """A value that is used where it stands: a literal is not cut, as it never gets into a string variable."""
        if isinstance(node, tree.String):
            return literal(node.value.partition("\0")[0])
        return self.value(node)

    def print_text(self, node: tree.Print) -> Code:
        """The printed text; a sprint's is cut like any string."""
        from stapy.runtime.values import printf

        if node.histogram is not None:
            call = f"{self.statistics(node.histogram.operand)}.histogram_text()"
            code = Code(self.program.places.mark(call, node.token))
            return code if node.to_stream else Code(f"{code.text}[:{self.limit}]", ATOM, length=self.limit)
        if len(node.arguments) > MOST_ARGUMENTS and not node.token.text.startswith("$"):  # a whole structure may
            raise SemanticError(f"too many arguments to print ({len(node.arguments)})", node.token)
        pieces: Any = node.format
        if node.raw_format is None:
            for argument in node.arguments:
                if argument.type is Type.STATS:
                    raise SemanticError("print format actual argument evaluation type unsupported", argument.token)
            delimiter = node.delimiter.value if node.delimiter is not None else ""
            pieces = printf.pieces_for(
                [str(argument.type) for argument in node.arguments], delimiter, node.name.endswith("ln")
            )
        codes = [self._whole_literal(argument) for argument in node.arguments]
        if node.to_stream and len(codes) == 1 and isinstance(node.arguments[0], tree.String) and not node.raw_format:
            pieces, codes = [printf.FormatPiece(text=node.arguments[0].value + pieces[-1].text)], []
        if any("\0" in piece.text for piece in pieces):
            pieces = printf.without_nuls(pieces, padded=node.to_stream)
        text = printf.expression(pieces, [code.text for code in codes])
        if text.startswith(("('", '("')) and " % (" in text:
            text = text[1:-1]  # the parentheses around a whole % operation
        if printf.reads_memory(pieces):
            text = self.program.places.mark(text, node.token)
            self.unit.program.needs_kernel = True
        if node.token.text.startswith("$") and any(_dereferences(argument) for argument in node.arguments):
            text = f"shown(lambda: {text})"
        length = _length(pieces, codes)
        if node.to_stream:
            if codes and length > printf.LONGEST:  # what does not fit the print buffer is lost
                return Code(f"({text})[:{printf.LONGEST}]")
            return Code(text, PRODUCT)
        if printf.may_hold_nul(pieces):
            return Code(f"cut({text}, {self.limit})", ATOM, length=self.limit)
        if length <= self.limit:
            return Code(text, ATOM if text.startswith("f'") else CONDITIONAL, length=length)
        return Code(f"({text})[:{self.limit}]", ATOM, length=self.limit)


def _dereferences(node: tree.Expression) -> bool:
    """Whether a part of a pretty-printed variable is read from memory."""
    return isinstance(node, KernelRead) and "'deref'" in repr(node.node)


def literal(value: str) -> Code:
    """A string literal, in double quotes where it reads well: it can stand in an f-string then."""
    plain = value.isascii() and value.isprintable() and '"' not in value and "\\" not in value
    return Code(f'"{value}"' if plain else ascii(value), ATOM, length=len(value))


def _length(pieces: Any, codes: list[Code]) -> int:
    """The most characters a format can give."""
    total = 0
    supply = iter(codes)
    for piece in pieces:
        if not piece.conversion:
            total += len(piece.text)
            continue
        if piece.conversion == "%":
            total += 1
            continue
        if piece.width_star or piece.precision_star or piece.conversion in "mMb":
            return 1 << 30
        code = next(supply)
        size = code.length if piece.conversion == "s" else 26
        total += max(size, piece.width or 0, piece.precision or 0)
    return total


class _KernelText:
    """Expression trees of the debug information as Python text."""

    def __init__(self, lowering: ExpressionLowering, operands: list[tree.Expression]) -> None:
        self.lowering = lowering
        self.unit = lowering.unit
        self.operands = operands

    def number(self, node: KernelRead) -> tuple[str, int]:
        """The value of a read as a script's number, and how tightly the text binds."""
        tree_node, bits = node.node, node.bits
        kind = tree_node[0]
        if kind == "deref" and tree_node[1] * 8 == bits and bits in (8, 16, 32, 64):
            letter = "s" if node.signed or bits == 64 else "u"
            return f"{self.memory()}.{letter}{bits}({self.address(tree_node[2])})", ATOM
        word = 8 * self.lowering.program.analysis.kernel.pointer_size
        if kind == "mask" and tree_node[1] >= word and self._is_register(tree_node[2]):
            tree_node, kind = tree_node[2], "register"  # it holds no more than that
        text = self.text(tree_node)
        known = word if self._is_register(tree_node) else 0  # bits it can have
        known = tree_node[1] if kind == "mask" else 8 * tree_node[1] if kind == "deref" else known
        if not known or known > bits:
            text = f"({text} & {hex((1 << bits) - 1)})"
        if bits < 64 and not node.signed:
            return text, ATOM
        half = hex(1 << (bits - 1))
        return f"({text} ^ {half}) - {half}", SUM

    @staticmethod
    def _is_register(node: Any) -> bool:
        """Whether a node is a register of the machine (and no operand of the script's)."""
        return node[0] == "register" and not isinstance(node[1], tuple)

    def memory(self) -> str:
        self.unit.reads_memory = True
        return "memory"

    def address(self, node: Any) -> str:
        """An address: the memory cuts it to the machine's width, so masks around it are not needed."""
        node = _bare(node)
        if node[0] == "add":
            return f"{self.address(node[1])} + {self.text(node[2])}"
        return self.text(node)

    def text(self, node: Any) -> str:
        from stapy.runtime.debuginfo.expressions import python_source

        return python_source(_bare_addresses(node), self.register, self.read, None)

    def register(self, what: Any) -> str:
        if isinstance(what, tuple):
            return self.lowering.value(self.operands[what[1]]).at(ATOM)
        self.unit.reads_registers = True
        return f"register({what})"

    def read(self, size: int, address: str) -> str:
        return f"{self.memory()}.u{8 * size}({address})"


def _bare(address: Any) -> Any:
    while address[0] == "mask" and address[1] >= 32:
        address = address[2]
    return address


def _bare_addresses(node: Any) -> Any:
    """A tree whose memory reads have no masks around their addresses."""
    if not isinstance(node, tuple):
        return node
    if node and node[0] == "deref":
        return ("deref", node[1], _bare_addresses(_bare(node[2])))
    return tuple(_bare_addresses(child) for child in node)


def has_effects(node: tree.Expression) -> bool:
    """Whether evaluating ``node`` can be told from evaluating it later, or twice."""
    uses = uses_of(node)
    return bool(uses.other or uses.written or uses.called)
