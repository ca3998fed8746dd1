"""What ``-p2``, ``-l`` and ``-L`` print: the analysed program with its types, probe points with their variables."""

from __future__ import annotations

import io
from typing import Any

from stapy.compiler import parser, resolve, tree
from stapy.compiler.analysis import Analysis, Callee, Handler, Instance
from stapy.compiler.diagnostics import Reporter, SemanticError
from stapy.compiler.library import Library
from stapy.compiler.symbols import Scope, resolve_called
from stapy.compiler.tree import Type

# ---------------------------------------------------------------- -p2


def dump(analysis: Analysis) -> str:
    """Globals, functions and probes with their types, as ``stap -p2`` prints them; with ``-v`` their bodies too."""
    lines: list[str] = []
    verbose = bool(analysis.options.verbose)
    if analysis.globals:
        lines.append("# globals")
        lines += [global_text(variable, verbose) for variable in analysis.globals]
    if analysis.functions:
        lines.append("# functions")
        for function in sorted(analysis.functions, key=lambda f: f.name):
            lines += _function(function)
            if verbose and isinstance(function, tree.Function):
                lines += _body(function.body)
    if analysis.instances:
        lines.append("# probes")
        for instance in analysis.instances:
            lines.append(instance_text(instance))
            lines += _locals(instance.handler.locals)
            if verbose:
                lines += _body(_with_condition(instance.handler))
        lines += _synthetic(analysis, verbose)
    return "".join(line + "\n" for line in lines)


def global_text(variable: tree.Variable, verbose: bool = False) -> str:
    """``name[size]%:type [key types]``, and ``= value`` if ``verbose``."""
    from stapy.compiler import unparse

    size = f"[{variable.size}]" if variable.size else ""
    keys = f" [{', '.join(map(str, variable.key_types))}]" if variable.key_types else ""
    value = f" = {unparse.text(variable.initial)}" if verbose and variable.initial is not None else ""
    return f"{variable.name}{'%' if variable.wrap else ''}{size}:{variable.type}{keys}{value}"


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
        text += f" if ({unparse.text(_mangled(condition))})"
    if instance.note:
        text += f" /* {instance.note}*/" if instance.note.startswith(" ") else f" /* {instance.note} */"
    return text + " /* " + " ".join(f"<- {step}" for step in instance.chain) + " */"


def _mangled(node: tree.Node) -> tree.Node:
    """A part of the tree with the names that stap gives to globals and functions, and with the names only of what was
    looked up in the kernel's debug information."""
    from stapy.compiler.walk import clone, descend

    copy = clone(node)
    plain = {id(n.value) for n in descend(copy) if isinstance(n, tree.Delete)}  # stap leaves their names as they are
    for found in descend(copy):
        if isinstance(found, tree.Symbol) and id(found) not in plain and (
            found.referent is None or found.referent.is_global
        ):
            found.name = f"{_prefix(found.referent)}{found.name}"
        elif isinstance(found, tree.Call) and found.referents:
            function = found.referents[0]
            found.name = f"{_prefix(function)}{found.name}__overload_{_overload(function)}"
    return copy


def _prefix(declaration: Any) -> str:
    if getattr(declaration, "private", False):
        path = "".join(c if c.isalnum() else "_" for c in declaration.token.source.name)
        return f"__private_{path}_"
    return "__global_"


def _overload(function: Callee) -> int:
    """Which of the functions of its name this one is, counted in the order of declaration."""
    if isinstance(function, tree.Function):
        return int(function.notes.get("overload", 0))
    from stapy.runtime.tapset import declare

    arities = sorted(len(other.parameters) for other in declare.find(function.name))
    return arities.index(len(function.parameters))


def _body(body: tree.Statement) -> list[str]:
    from stapy.compiler import unparse

    return ["{ " + unparse.text(_mangled(body)) + " }"]


def _with_condition(handler: Handler) -> tree.Statement:
    """The body as stap has it: it begins with the test of the probe point's condition, if that is not a constant."""
    if handler.condition is None or isinstance(handler.condition, tree.Number):
        return handler.body
    token = handler.body.token
    test = tree.If(token, tree.Unary(token, "!", handler.condition), tree.Next(token), None)
    rest = handler.body.statements if isinstance(handler.body, tree.Block) else [handler.body]
    return tree.Block(token, [test, *rest])


def _synthetic(analysis: Analysis, verbose: bool) -> list[str]:
    """The probes that stap adds: one for conditions, and one for each global it prints at the end."""
    lines = []
    if any(
        isinstance(node, tree.Symbol)
        for handler in analysis.handlers
        if handler.condition is not None
        for node in _below(handler.condition)
    ):
        lines += ["begin /* <- begin */", *(["{ ; }"] if verbose else [])]
    for variable in analysis.displayed:
        lines.append("end /* <- end */")
        if variable.key_types:
            lines.append("  # locals")
            lines += [f"  __idx{number}:{kind}" for number, kind in enumerate(variable.key_types)]
            if variable.type is not Type.STATS:
                lines.append(f"  __val:{variable.type}")
        if verbose:
            lines += ["{ {", _display(variable) + ";", "} }"]
    return lines


_STATISTICS = ("count", "min", "max", "sum", "avg")


def _display(variable: tree.Variable) -> str:
    """The statement that prints a global at the end."""
    name = f"{_prefix(variable)}{variable.name}"
    formats = {Type.LONG: "%#x" if variable.ctype is not None else "%d", Type.STRING: '\\"%#s\\"'}
    if not variable.key_types:
        if variable.type is Type.STATS:
            shown = " ".join(f"@{function}=%#d" for function in _STATISTICS)
            values = ", ".join(f"@{function}({name})" for function in _STATISTICS)
            return (
                f'if ((@count({name})) == (0)) printf("{variable.name} @count=0x0\\\\n")\n'
                f'else printf("{variable.name} {shown}\\\\n", {values})\n'
            )
        return f'printf("{variable.name}={formats[variable.type]}\\\\n", {name})'
    indices = [f"__idx{number}" for number in range(len(variable.key_types))]
    keys = ", ".join(indices)
    shown_keys = ",".join("%#d" if kind is Type.LONG else '\\"%#s\\"' for kind in variable.key_types)
    if variable.type is Type.STATS:
        element = f"{name}[{keys}]"
        shown = " ".join(f"@{function}=%#d" for function in _STATISTICS)
        values = ", ".join(f"@{function}({element})" for function in _STATISTICS)
        head = f"foreach ([{keys}] in {name}-)"
        return f'{head} printf("{variable.name}[{shown_keys}] {shown}\\\\n", {keys}, {values})'
    head = f"foreach (__val = [{keys}] in {name}-)"
    return f'{head} printf("{variable.name}[{shown_keys}]={formats[variable.type]}\\\\n", {keys}, __val)'


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
    scope = Scope(analysis)
    try:
        resolve.ProbeResolver(analysis, scope).resolve_script(script)
        if variables:
            resolve_called(scope)
    except SemanticError as error:
        quiet.error(error)
    if variables and any(instance.name != instance.point for instance in analysis.instances):
        from stapy.compiler import types

        types.infer(analysis)
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
    if place.words:  # a family made of others: only its own
        return [f"{word}:{'string' if word == '$value' else 'long'}" for word in place.words]
    names = []
    if place.returns and place.function.return_type is not None:
        names.append(f"$return:{place.function.return_type.describe()}")
    ordered = sorted(place.variables, key=lambda variable: not variable.is_parameter)
    for variable in ordered:
        location = variable.location(place.pc, place.at_entry)
        if location is not None and not location.needs_entry_value:
            names.append(f"${variable.name}:{variable.type.describe()}")
    return names
