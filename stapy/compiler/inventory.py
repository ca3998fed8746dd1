"""What there is to write scripts with: the lists of --dump-functions, --dump-probe-types and --dump-probe-aliases."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from stapy.compiler import families, tree, unparse
from stapy.compiler.library import Library
from stapy.runtime.tapset import declare


def functions(library: Library, verbose: bool = False) -> Iterator[str]:
    """``name:result (parameter:type, ...)`` of every function, in order; with what it does where ``verbose``."""
    lines = []
    for name in library.function_names():
        for declared in declare.find(name):
            note = " /* guru */" if declared.guru else ""
            text = f"  # {_sentence(declared.doc)}" if verbose and declared.doc else ""
            lines.append(f"{declared}{note}{text}")
    for file in library.files:
        if file.functions:
            lines += [_signature(function) for function in library.load(file).functions if not function.private]
    return iter(sorted(line for line in lines if not line.startswith("_")))


def _signature(function: tree.Function) -> str:
    parameters = ", ".join(f"{variable.name}:{variable.type.value}" for variable in function.parameters)
    return f"{function.name}:{(function.declared_result or function.result).value} ({parameters})"


def _sentence(text: str) -> str:
    """The first sentence of a docstring, in one line."""
    return " ".join(inspect.cleandoc(text).partition("\n\n")[0].split())


def probe_types() -> Iterator[str]:
    """Every shape of probe point, ``kernel.function(string).call`` and so on, in order."""
    def component(part: tuple[str, str | None]) -> str:
        name, argument = part
        return f"{name}({argument})" if argument else name

    return iter(sorted({".".join(map(component, shape)) for shape, _ in families.shapes()}))


def probe_aliases(library: Library) -> Iterator[str]:
    """``name = point, point`` of every alias, in order; those whose names begin with two underscores are left out."""
    lines: set[str] = set()
    for root in library.alias_roots():
        for name, file in library.aliases(root):
            lines.update(_alias_lines(library.load(file), ".".join(name)))
    return iter(sorted(lines))


def _alias_lines(script: tree.Script, name: str) -> Iterator[str]:
    for alias in script.aliases:
        if not name.startswith("__") and name in map(unparse.point_text, alias.names):
            yield f"{name} = {', '.join(map(unparse.point_text, alias.points))}"
