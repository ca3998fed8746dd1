"""Which numbers an expression can give: where a result fits 64 bits in any case, no code has to make it fit.

Ranges of variables come from all assignments in the program, to a fixed point. A variable that only ever grows by small
steps would need years to overflow, and counts as bounded.
"""

from __future__ import annotations

from typing import Any

from stapy.compiler import tree
from stapy.compiler.analysis import Analysis, Handler, LibraryFunction
from stapy.compiler.optimize import units
from stapy.compiler.targets import KernelRead, SavedValue
from stapy.compiler.tree import Type
from stapy.compiler.walk import descend

Range = tuple[int, int]
LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1
FULL: Range = (LOWEST, HIGHEST)
BIT: Range = (0, 1)
SMALL_STEP = 1 << 20
FAR = 1 << 62  # where a counter never gets
ROUNDS = 6

# What tapset functions give whose values are known to be small.
_ID: Range = (-(1 << 32), 1 << 32)
_TIME: Range = (0, 1 << 62)
_FUNCTIONS: dict[str, Range] = {
    **dict.fromkeys(("pid", "tid", "ppid", "uid", "euid", "gid", "egid", "cpu", "target", "strlen"), _ID),
    **dict.fromkeys(("task_pid", "task_tid", "task_cpu", "gettimeofday_s", "isinstr"), _ID),
    **dict.fromkeys(("gettimeofday_ns", "gettimeofday_us", "gettimeofday_ms", "get_cycles", "jiffies"), _TIME),
    **dict.fromkeys(("local_clock_ns", "cpu_clock_ns"), _TIME),
}


def join(one: Range | None, other: Range | None) -> Range | None:
    """The smallest range around both; None stands for no value at all."""
    if one is None or other is None:
        return one if other is None else other
    return min(one[0], other[0]), max(one[1], other[1])


def fits(wanted: Range) -> bool:
    """Whether a computed range lies within 64 bits."""
    return wanted[0] >= LOWEST and wanted[1] <= HIGHEST


def wrapped(wanted: Range) -> Range:
    """What is left of a computed range once it is cut to 64 bits."""
    return wanted if fits(wanted) else FULL


class Ranges:
    """The ranges of all long variables and functions of a program."""

    def __init__(self, analysis: Analysis) -> None:
        self._known: dict[int, Range | None] = {}
        self._writes: list[tuple[Any, Any, bool]] = []  # variable, expression or Range, whether it is added to it
        for variable in analysis.globals:
            initial = variable.initial
            value = initial.value if isinstance(initial, tree.Number) else 0
            self._known[id(variable)] = (min(value, 0), max(value, 0))
        for unit in units(analysis):
            self._collect(unit)
        for function in analysis.script_functions():
            if isinstance(function.body, tree.EmbeddedCode):
                self._known[id(function)] = FULL
        self._solve()

    # ------------------------------------------------------------ collecting

    def _collect(self, unit: Handler | tree.Function) -> None:
        for variable in unit.locals:
            self._known[id(variable)] = (0, 0)
        roots: list[tree.Node] = [unit.body]
        if isinstance(unit, Handler):
            roots += unit.entry
        else:
            self._known[id(unit)] = (0, 0)
        for root in roots:
            for node in descend(root):
                self._collect_node(node, unit)

    def _collect_node(self, node: tree.Node, unit: Handler | tree.Function) -> None:
        if isinstance(node, tree.Assignment):
            target = _variable(node.left)
            if target is None or node.operator == "<<<":
                return
            if node.operator == "=":
                self._writes.append((target, node.right, False))
            elif node.operator in ("+=", "-="):
                self._writes.append((target, node.right, True))
            else:
                self._writes.append((target, tree.Binary(node.token, node.left, node.operator[:-1], node.right), False))
        elif isinstance(node, (tree.PreCrement, tree.PostCrement)):
            target = _variable(node.operand)
            if target is not None:
                self._writes.append((target, (1, 1), True))
        elif isinstance(node, tree.Foreach):
            written = [*node.keys, *([node.value] if node.value is not None else [])]
            self._writes += [(symbol.referent, FULL, False) for symbol in written]
        elif isinstance(node, tree.Call):
            for function in node.referents:
                if isinstance(function, tree.Function):
                    self._writes += [
                        (parameter, argument, False)
                        for parameter, argument in zip(function.parameters, node.arguments, strict=True)
                    ]
        elif isinstance(node, tree.Return) and node.value is not None:
            self._writes.append((unit, node.value, False))

    # ------------------------------------------------------------ solving

    def _solve(self) -> None:
        for round_number in range(ROUNDS + 2):
            changed = False
            for target, value, adds in self._writes:
                known = self._known.get(id(target))
                new = self._value(value)
                if adds:
                    step = max(abs(new[0]), abs(new[1]))
                    base = known or (0, 0)
                    new = (max(base[0] - step, -FAR), min(base[1] + step, FAR)) if step <= SMALL_STEP else FULL
                    if round_number >= ROUNDS and step <= SMALL_STEP:
                        new = (-FAR, FAR)
                joined = join(known, new)
                if joined != known:
                    changed = True
                    if round_number >= ROUNDS and not adds:
                        joined = FULL
                    self._known[id(target)] = joined
            if not changed:
                return
        # what still moves may be anything
        writes: dict[int, list[tuple[Any, bool]]] = {}
        for target, value, adds in self._writes:
            writes.setdefault(id(target), []).append((value, adds))
        for target, _, adds in self._writes:
            if not adds or self._known.get(id(target)) != (-FAR, FAR):
                self._settle(id(target), writes[id(target)])

    def _settle(self, target: int, writes: list[tuple[Any, bool]]) -> None:
        before = self._known.get(target)
        if before == FULL:
            return
        for value, adds in writes:
            new = self._value(value)
            if adds:
                new = (-FAR, FAR) if max(abs(new[0]), abs(new[1])) <= SMALL_STEP else FULL
            if join(before, new) != before:
                self._known[target] = FULL
                return

    def _value(self, value: Any) -> Range:
        return value if isinstance(value, tuple) else wrapped(self.of(value))

    # ------------------------------------------------------------ asking

    def of(self, node: tree.Expression) -> Range:
        """The range of a long expression, before it is cut to 64 bits."""
        method = getattr(self, "_of_" + type(node).__name__.lower(), None)
        return method(node) if method is not None and node.type is not Type.STRING else FULL

    def variable(self, variable: Any) -> Range:
        return self._known.get(id(variable)) or FULL

    def _of_number(self, node: tree.Number) -> Range:
        return node.value, node.value

    def _of_symbol(self, node: tree.Symbol) -> Range:
        return self.variable(node.referent)

    def _of_index(self, node: tree.Index) -> Range:
        return self.variable(node.array.referent) if isinstance(node.array, tree.Symbol) else FULL

    def _of_comparison(self, node: tree.Expression) -> Range:
        return BIT

    _of_logical = _of_arrayin = _of_regexmatch = _of_comparison

    def _of_unary(self, node: tree.Unary) -> Range:
        if node.operator == "!":
            return BIT
        low, high = wrapped(self.of(node.operand))
        return {"-": (-high, -low), "~": (~high, ~low), "+": (low, high)}[node.operator]

    def _of_ternary(self, node: tree.Ternary) -> Range:
        return join(wrapped(self.of(node.then)), wrapped(self.of(node.otherwise))) or FULL

    def _of_assignment(self, node: tree.Assignment) -> Range:
        if node.operator == "=":
            return wrapped(self.of(node.right))
        target = _variable(node.left)
        return self.variable(target) if target is not None else FULL

    def _of_precrement(self, node: tree.PreCrement) -> Range:
        target = _variable(node.operand)
        return self.variable(target) if target is not None else FULL

    _of_postcrement = _of_precrement

    def _of_call(self, node: tree.Call) -> Range:
        found: Range | None = None
        for function in node.referents:
            if isinstance(function, LibraryFunction):
                known: Range | None = _FUNCTIONS.get(function.name, FULL)
            else:
                known = self._known.get(id(function), FULL)
            found = join(found, known)
        return found or FULL

    def _of_kernelread(self, node: KernelRead) -> Range:
        if node.bits >= 64:
            return FULL
        return (-(1 << (node.bits - 1)), (1 << (node.bits - 1)) - 1) if node.signed else (0, (1 << node.bits) - 1)

    def _of_savedvalue(self, node: SavedValue) -> Range:
        return wrapped(self.of(node.saved))

    def _of_statistic(self, node: tree.Statistic) -> Range:
        return (0, FAR) if node.function == "count" else FULL

    def _of_binary(self, node: tree.Binary) -> Range:
        return binary(node.operator, wrapped(self.of(node.left)), wrapped(self.of(node.right)))


def binary(operator: str, left: Range, right: Range) -> Range:
    """The range of ``left OP right`` without wrapping."""
    if operator == "+":
        return left[0] + right[0], left[1] + right[1]
    if operator == "-":
        return left[0] - right[1], left[1] - right[0]
    if operator == "*":
        products = [a * b for a in left for b in right]
        return min(products), max(products)
    if operator == "/":
        largest = max(abs(left[0]), abs(left[1]))
        return (0 if left[0] >= 0 and right[0] >= 0 else -largest), largest
    if operator == "%":
        largest = max(abs(right[0]), abs(right[1])) - 1
        return (0 if left[0] >= 0 else -max(largest, 0)), max(largest, 0)
    if operator == "&":
        bounds = [side[1] for side in (left, right) if side[0] >= 0]
        return (0, min(bounds)) if bounds else (min(left[0], right[0], LOWEST), max(left[1], right[1], HIGHEST))
    if operator in ("|", "^"):
        bits = max(abs(bound).bit_length() for bound in (*left, *right))
        return (0 if left[0] >= 0 and right[0] >= 0 else -(1 << bits)), (1 << bits) - 1
    if operator == "<<":
        if right[0] == right[1]:
            return left[0] << (right[0] & 63), left[1] << (right[0] & 63)
        if right[0] >= 0 and right[1] <= 63:
            ends = [a << b for a in left for b in right]
            return min(ends), max(ends)
        return min(0, left[0]) << 63, max(0, left[1]) << 63
    if operator == ">>":
        return min(left[0], 0), max(left[1], 0)
    return (0, HIGHEST) if right[0] >= 1 and right[1] <= 63 else FULL


def _variable(target: tree.Expression) -> Any:
    if isinstance(target, tree.Symbol):
        return target.referent
    if isinstance(target, tree.Index) and isinstance(target.array, tree.Symbol):
        return target.array.referent
    return None
