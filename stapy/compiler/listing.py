"""What ``-p2``, ``-l`` and ``-L`` print: the analysed program with its types, probe points with their variables."""

from __future__ import annotations

import io
from typing import Any

from stapy.compiler import parser, resolve, tree
from stapy.compiler.analysis import Analysis, Callee, Instance
from stapy.compiler.diagnostics import Reporter, SemanticError
from stapy.compiler.library import Library
from stapy.compiler.symbols import Scope
from stapy.compiler.tree import Type

# ---------------------------------------------------------------- -p2


def dump(analysis: Analysis) -> str:
    """Globals, functions and probes with their types, as ``stap -p2`` prints them."""
    lines: list[str] = []
    if analysis.globals:
        lines.append("# globals")
        lines += [global_text(variable) for variable in analysis.globals]
    if analysis.functions:
        lines.append("# functions")
        for function in sorted(analysis.functions, key=lambda f: f.name):
            lines += _function(function)
    if analysis.instances:
        lines.append("# probes")
        for instance in analysis.instances:
            lines.append(instance_text(instance))
            lines += _locals(instance.handler.locals)
        lines += _synthetic(analysis)
    return "".join(line + "\n" for line in lines)


def global_text(variable: tree.Variable) -> str:
    """``name[size]%:type [key types]``"""
    size = f"[{variable.size}]" if variable.size else ""
    keys = f" [{', '.join(map(str, variable.key_types))}]" if variable.key_types else ""
    return f"{variable.name}{'%' if variable.wrap else ''}{size}:{variable.type}{keys}"


def _function(function: Callee) -> list[str]:
    parameters = ", ".join(f"{p.name}:{p.type}" for p in function.parameters)
    return [f"{function.name}:{function.result} ({parameters})", *_locals(function.locals)]


def _locals(variables: list[tree.Variable]) -> list[str]:
    return ["  # locals", *(f"  {v.name}:{v.type}" for v in variables)] if variables else []


def instance_text(instance: Instance) -> str:
    """A probe with what it came from: ``begin /* <- alias = begin <- alias */``"""
    from stapy.compiler import unparse

    condition = instance.handler.condition
    text = instance.point
    if condition is not None:
        shown = unparse.text(_mangled(condition))
        text += f" if {shown}" if shown.startswith("(") and isinstance(condition, tree.Logical) else f" if ({shown})"
    if instance.note:
        text += f" /* {instance.note}*/" if instance.note.startswith(" ") else f" /* {instance.note} */"
    return text + " /* " + " ".join(f"<- {step}" for step in instance.chain) + " */"


def _mangled(condition: tree.Expression) -> tree.Expression:
    """A condition with the names stap gives to globals."""
    from stapy.compiler.walk import clone, descend

    copy = clone(condition)
    for node in descend(copy):
        if isinstance(node, tree.Symbol):
            node.name = f"__global_{node.name}"
    return copy


def _synthetic(analysis: Analysis) -> list[str]:
    """The probes that stap adds: one for each global it prints at the end, and one for conditions."""
    lines = []
    for variable in analysis.displayed:
        lines.append("end /* <- end */")
        if variable.key_types:
            lines.append("  # locals")
            lines += [f"  __idx{number}:{kind}" for number, kind in enumerate(variable.key_types)]
            if variable.type is not Type.STATS:
                lines.append(f"  __val:{variable.type}")
    if any(
        isinstance(node, tree.Symbol)
        for handler in analysis.handlers
        if handler.condition is not None
        for node in _below(handler.condition)
    ):
        lines.append("begin /* <- begin */")
    return lines


def _below(node: tree.Node) -> Any:
    from stapy.compiler.walk import descend

    return descend(node)


# ---------------------------------------------------------------- -l and -L


def probe_points(
    pattern: str, kernel: Any, options: Any, reporter: Reporter, library: Library, variables: bool
) -> list[str] | None:
    """The lines for ``-l PATTERN`` (or ``-L``), sorted; None, and said why, where the pattern does not parse."""
    source = tree.Source("<input>", f"probe {pattern} {{}}")
    try:
        script = parser.parse(source, parser.ParseOptions(guru=True), reporter)
    except parser.ParseFailed:
        return None
    quiet = reporter if getattr(options, "verbose", 0) else Reporter(io.StringIO())
    analysis = Analysis(options, quiet, kernel, library, [script])
    try:
        resolve.ProbeResolver(analysis, Scope(analysis)).resolve_script(script)
    except SemanticError as error:
        quiet.error(error)
    found: dict[str, list[str]] = {}
    for instance in analysis.instances:
        text = instance.name
        names = _variables(instance, analysis) if variables else []
        if text not in found:
            found[text] = names
        else:
            found[text] = [name for name in found[text] if name in names]
    return sorted(" ".join([text, *names]) for text, names in found.items())


def _variables(instance: Instance, analysis: Analysis) -> list[str]:
    """``$name:type`` of what a handler can read there, then the variables that an alias sets."""
    names = target_variables(instance)
    if instance.name != instance.point:
        from stapy.compiler import types

        types.infer(analysis)
        names = [
            f"{variable.name}:{variable.type}"
            for variable in instance.handler.locals
            if variable.type is not Type.UNKNOWN and not variable.name.startswith("__")
        ]
    return names


def target_variables(instance: Instance) -> list[str]:
    place = instance.place
    if place is None:
        return []
    names = []
    if place.returns and place.function.return_type is not None:
        names.append(f"$return:{place.function.return_type.describe()}")
    ordered = sorted(place.variables, key=lambda variable: not variable.is_parameter)
    for variable in ordered:
        location = variable.location(place.pc, place.at_entry)
        if location is not None and not location.needs_entry_value:
            names.append(f"${variable.name}:{variable.type.describe()}")
    return names
