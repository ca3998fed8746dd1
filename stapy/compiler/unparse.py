"""The tree back to text, parenthesised, as ``stap -p1`` prints it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from . import tree
from .lexer import quoted
from .tree import Node, Script


def dump(*scripts: Script) -> str:
    """The parse tree of one script or several, under ``-p1``'s heading."""
    return "# parse tree dump\n" + "".join(_script(script) + "\n" for script in scripts)


def text(node: Node) -> str:
    """One node, as messages and listings show it."""
    return _Printer().finish(node)


def point_text(point: tree.ProbePoint) -> str:
    return text(point)


def _script(script: Script) -> str:
    printer = _Printer()
    write = printer.out.append
    write(f"# file {script.source.name}\n")
    for embedded in script.embedded:
        printer.node(embedded)
    for variable in script.globals:
        write("global ")
        printer.node(variable)
        write("\n")
    for alias in script.aliases:
        printer.node(alias)
    for probe in script.probes:
        printer.node(probe)
    for function in script.functions:
        printer.node(function)
    return printer.finish()


def _literal(string: tree.String) -> str:
    """A literal: quotes are escaped, all other escapes are still as stap keeps them."""
    return '"' + string.raw.replace('"', '\\"') + '"'


class _Printer:
    """Appends a node's text to ``out``. The methods are found by the node's class."""

    def __init__(self) -> None:
        self.out: list[str] = []

    def finish(self, node: Node | None = None) -> str:
        if node is not None:
            self.node(node)
        return "".join(self.out)

    def node(self, node: Node) -> None:
        """A tree is as deep as the script wants (up to the parser's limit)."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, 100_000))
        try:
            self.print(node)
        finally:
            sys.setrecursionlimit(limit)

    def print(self, node: Node) -> None:
        method = _METHODS.get(type(node))
        if method is not None:
            method(self, node)
        else:  # what the analysis put in the place of a target variable: its name stands for it
            self.out.append(node.token.text)

    def words(self, *parts: str | Node) -> None:
        """Texts and nodes in a row."""
        for part in parts:
            if isinstance(part, str):
                self.out.append(part)
            else:
                self.print(part)

    def listed(self, nodes: Sequence[Node | None], separator: str = ", ") -> None:
        for number, node in enumerate(nodes):
            if number:
                self.out.append(separator)
            if node is None:
                self.out.append("*")
            else:
                self.print(node)

    # ------------------------------------------------------------ declarations

    def variable(self, node: tree.Variable) -> None:
        self.out.append(node.name + "%" * node.wrap)
        if node.size is not None:
            self.out.append(f"[{node.size}]")
        if node.initial is not None:
            self.words(" = ", node.initial)

    def alias(self, node: tree.Alias) -> None:
        self.out.append("probe ")
        self.listed(node.names, " = ")
        self.out.append(" += " if node.epilogue else " = ")
        self.listed(node.points)
        self.words(node.body, "\n")

    def probe(self, node: tree.Probe) -> None:
        self.out.append("probe ")
        self.listed(node.points, ",")
        self.words(node.body, "\n")

    def point(self, node: tree.ProbePoint) -> None:
        for number, component in enumerate(node.components):
            self.out.append("." * (number > 0) + component.name)
            if component.argument is not None:
                self.words("(", component.argument, ")")
        if node.sufficient:
            self.out.append("!")
        elif node.optional:
            self.out.append("?")
        if node.condition is not None:
            self.words(" if (", node.condition, ")")

    def function(self, node: tree.Function) -> None:
        self.out.append(f"function {node.name} (")
        self.out.append(", ".join(parameter.name for parameter in node.parameters))
        self.words(")\n", node.body, "\n")

    # ------------------------------------------------------------ statements

    def block(self, node: tree.Block) -> None:
        self.out.append("{\n")
        for statement in node.statements:
            self.words(statement, ";\n")
        self.out.append("}")

    def embedded(self, node: tree.EmbeddedCode) -> None:
        self.out.append(f"%{{{node.code}%}}")

    def null(self, node: tree.Null) -> None:
        self.out.append(";")

    def expression_statement(self, node: tree.ExpressionStatement) -> None:
        self.print(node.value)

    def if_(self, node: tree.If) -> None:
        self.words("if (", node.condition, ") ", node.then, "\n")
        if node.otherwise is not None:
            self.words("else ", node.otherwise, "\n")

    def for_(self, node: tree.For) -> None:
        self.out.append("for (")
        if node.initial is not None:
            self.print(node.initial)
        self.words("; ", node.condition, "; ")
        if node.step is not None:
            self.print(node.step)
        self.words(") ", node.body)

    def foreach(self, node: tree.Foreach) -> None:
        mark = {1: "+", -1: "-", 0: ""}[node.sort_direction]
        self.out.append("foreach (")
        if node.value is not None:
            self.words(node.value, " = ")
        self.out.append("[")
        for number, key in enumerate(node.keys, 1):
            self.out.append(", " * (number > 1))
            self.words(key, mark if number == node.sort_column else "")
        self.words("] in ", node.array)
        if node.slice is not None:
            self.out.append("[")
            self.listed(node.slice)
            self.out.append("]")
        if node.sort_column == 0 and mark:
            self.out.append((f" @{node.sort_aggregate}" if node.sort_aggregate else "") + mark)
        if node.limit is not None:
            self.words(" limit ", node.limit)
        self.words(") ", node.body)

    def return_(self, node: tree.Return) -> None:
        self.out.append("return")
        if node.value is not None:
            self.words(" ", node.value)

    def delete(self, node: tree.Delete) -> None:
        self.words("delete ", node.value)

    def next(self, node: Node) -> None:
        self.out.append("next")

    def break_(self, node: Node) -> None:
        self.out.append("break")

    def continue_(self, node: Node) -> None:
        self.out.append("continue")

    def try_(self, node: tree.Try) -> None:
        self.out.append("try {\n")
        if node.body is not None:
            self.words(node.body, "\n")
        self.out.append("} catch")
        if node.error is not None:
            self.words(" (", node.error, ")")
        self.out.append(" {\n")
        if node.handler is not None:
            self.words(node.handler, "\n")
        self.out.append("}\n")

    # ------------------------------------------------------------ expressions

    def number(self, node: tree.Number) -> None:
        self.out.append(str(node.value))

    def string(self, node: tree.String) -> None:
        self.out.append(_literal(node))

    def embedded_expression(self, node: tree.EmbeddedExpression) -> None:
        self.out.append(f"%{{ {node.code} %}}")

    def symbol(self, node: tree.Symbol) -> None:
        self.out.append(node.name)

    def suffixes(self, components: list[tree.Component]) -> None:
        for component in components:
            if component.kind == "index":
                assert component.index is not None
                self.words("[", component.index, "]")
            else:
                self.out.append("->" + component.member)

    def target(self, node: tree.TargetSymbol) -> None:
        self.out.append("&" * node.address_of + node.name)
        self.suffixes(node.components)

    def cast(self, node: tree.Cast) -> None:
        self.words("&" * node.address_of + "@cast(", node.operand, ", " + quoted(node.type_name))
        if node.module:
            self.out.append(", " + quoted(node.module))
        self.out.append(")")
        self.suffixes(node.components)

    def at_var(self, node: tree.AtVar) -> None:
        self.out.append("&" * node.address_of + f'@var("{node.target}"')
        if node.module:
            self.out.append(", " + quoted(node.module))
        self.out.append(")")
        self.suffixes(node.components)

    def autocast(self, node: tree.Autocast) -> None:
        self.words("&" * node.address_of + "(", node.operand, ")")
        self.suffixes(node.components)

    def at_defined(self, node: tree.AtDefined) -> None:
        self.words("@defined(", node.operand, ")")

    def at_entry(self, node: tree.AtEntry) -> None:
        self.words("@entry(", node.operand, ")")

    def at_probewrite(self, node: tree.AtProbewrite) -> None:
        self.out.append(f"@probewrite({node.name})")

    def at_perf(self, node: tree.AtPerf) -> None:
        self.out.append(f'@perf("{node.counter}")')

    def at_const(self, node: tree.AtConst) -> None:
        self.out.append(f"%{{ /* pure */ /* unprivileged */ /* stable */ {node.text} %}}")

    def raw_read(self, node: tree.RawRead) -> None:
        self.out.append(f"@{node.kind}(")
        if node.size is not None:
            self.words(node.size, ", ")
        self.words(node.operand, ")")

    def index(self, node: tree.Index) -> None:
        self.words(node.array, "[")
        self.listed(node.keys)
        self.out.append("]")

    def array_in(self, node: tree.ArrayIn) -> None:
        self.out.append("[")
        self.listed(node.keys)
        self.words("] in ", node.array)

    def unary(self, node: Any) -> None:
        self.words(node.operator, "(", node.operand, ")")

    def post_crement(self, node: tree.PostCrement) -> None:
        self.words("(", node.operand, ")", node.operator)

    def binary(self, node: Any) -> None:
        self.words("(", node.left, f") {node.operator} (", node.right, ")")

    def regex_match(self, node: tree.RegexMatch) -> None:
        self.words("(", node.left, f") {node.operator} ", node.pattern)

    def ternary(self, node: tree.Ternary) -> None:
        self.words("(", node.condition, ")?(", node.then, "):(", node.otherwise, ")")

    def call(self, node: tree.Call) -> None:
        self.out.append(node.name + "(")
        self.listed(node.arguments)
        self.out.append(")")

    def print_(self, node: tree.Print) -> None:
        self.out.append(node.name + "(")
        if node.raw_format is not None:
            self.out.append(quoted(node.raw_format.raw))
        elif node.delimiter is not None:
            self.out.append(quoted(node.delimiter.raw))
        elif node.histogram is not None:
            self.print(node.histogram)
        if node.arguments and (node.raw_format is not None or node.delimiter is not None):
            self.out.append(", ")
        self.listed(node.arguments)
        self.out.append(")")

    def statistic(self, node: tree.Statistic) -> None:
        self.words(f"@{node.function}(", node.operand)
        self.out.append("" if node.argument is None else f", {node.argument}")
        self.out.append(")")

    def histogram(self, node: tree.Histogram) -> None:
        self.words(f"@{node.function}(", node.operand)
        self.out.append("".join(f", {parameter}" for parameter in node.parameters) + ")")


_METHODS: dict[type, Callable[[_Printer, Any], None]] = {
    tree.Variable: _Printer.variable,
    tree.Alias: _Printer.alias,
    tree.Probe: _Printer.probe,
    tree.ProbePoint: _Printer.point,
    tree.Function: _Printer.function,
    tree.Block: _Printer.block,
    tree.EmbeddedCode: _Printer.embedded,
    tree.Null: _Printer.null,
    tree.ExpressionStatement: _Printer.expression_statement,
    tree.If: _Printer.if_,
    tree.For: _Printer.for_,
    tree.Foreach: _Printer.foreach,
    tree.Return: _Printer.return_,
    tree.Delete: _Printer.delete,
    tree.Next: _Printer.next,
    tree.Break: _Printer.break_,
    tree.Continue: _Printer.continue_,
    tree.Try: _Printer.try_,
    tree.Number: _Printer.number,
    tree.String: _Printer.string,
    tree.EmbeddedExpression: _Printer.embedded_expression,
    tree.Symbol: _Printer.symbol,
    tree.TargetSymbol: _Printer.target,
    tree.Cast: _Printer.cast,
    tree.AtVar: _Printer.at_var,
    tree.Autocast: _Printer.autocast,
    tree.AtDefined: _Printer.at_defined,
    tree.AtEntry: _Printer.at_entry,
    tree.AtProbewrite: _Printer.at_probewrite,
    tree.AtPerf: _Printer.at_perf,
    tree.AtConst: _Printer.at_const,
    tree.RawRead: _Printer.raw_read,
    tree.Index: _Printer.index,
    tree.ArrayIn: _Printer.array_in,
    tree.Unary: _Printer.unary,
    tree.PreCrement: _Printer.unary,
    tree.PostCrement: _Printer.post_crement,
    tree.Binary: _Printer.binary,
    tree.Logical: _Printer.binary,
    tree.Comparison: _Printer.binary,
    tree.Concatenation: _Printer.binary,
    tree.Assignment: _Printer.binary,
    tree.RegexMatch: _Printer.regex_match,
    tree.Ternary: _Printer.ternary,
    tree.Call: _Printer.call,
    tree.Print: _Printer.print_,
    tree.Statistic: _Printer.statistic,
    tree.Histogram: _Printer.histogram,
}
