"""How a function of the tapset is declared: a typed Python function under a decorator, found by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from stapy.runtime.tapset.index import MODULES

_TYPES = {"int": "long", "bool": "long", "str": "string", "None": "unknown"}


@dataclass(frozen=True, slots=True)
class TapsetFunction:
    """One overload of a tapset function, as the compiler and ``--dump-functions`` see it.

    Types are "long", "string" and (of a result) "unknown" for none. ``call`` takes the Context first where
    ``takes_context``. ``pure`` functions have no effect but their result, so an unused call is dropped.
    ``needs_kernel`` ones ask for a machine; with ``at_begin`` not in begin and end probes, where they have an answer.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    result: str
    call: Callable[..., Any]
    takes_context: bool
    pure: bool
    needs_kernel: bool
    guru: bool
    at_begin: bool

    @property
    def doc(self) -> str:
        """The function's documentation."""
        return self.call.__doc__ or ""

    def __str__(self) -> str:
        """``name:result (parameter:type, ...)``, as ``stap --dump-functions`` writes it."""
        parameters = ", ".join(f"{name}:{kind}" for name, kind in self.parameters)
        return f"{self.name}:{self.result} ({parameters})"


_declared: dict[str, list[TapsetFunction]] = {}
Function = TypeVar("Function", bound=Callable[..., Any])


def tapset_function(*names: str, pure: bool = False, needs_kernel: bool = False, guru: bool = False,
                    at_begin: bool = False) -> Callable[[Function], Function]:
    """Declare a function for scripts.

    Parameters and result are annotated ``int`` (long), ``str`` (string) or, the result, ``None``; a first parameter
    annotated ``Context`` is the handler's context. Parameters have the names they have in stap's tapset, with an
    underscore behind those that Python uses itself. Trailing parameters with defaults make overloads of
    fewer arguments. ``names`` are the script's names for it (one by default: the Python function's own). The docstring
    is its documentation. ``guru`` ones need ``-g``. The rest is as in TapsetFunction.
    """
    def declare(function: Function) -> Function:
        for name in names or (function.__name__,):
            _declared.setdefault(name, []).extend(
                TapsetFunction(name, typed, result, function, takes_context, pure, needs_kernel, guru, at_begin)
                for typed, result, takes_context in _signatures(function))
        return function

    return declare


def _signatures(function: Callable[..., Any]) -> Iterator[tuple[tuple[tuple[str, str], ...], str, bool]]:
    """Parameters, result and whether it takes the context, for each number of arguments, the greatest first."""
    code = function.__code__  # cheaper than inspect.signature, and start-up counts
    parameters = code.co_varnames[:code.co_argcount]
    annotations = function.__annotations__
    takes_context = bool(parameters) and annotations.get(parameters[0]) == "Context"
    # The names are stap's; one that Python wants for itself has an underscore behind it.
    typed = tuple((parameter.rstrip("_"), _TYPES[annotations[parameter]]) for parameter in parameters[takes_context:])
    result = _TYPES[annotations["return"]]
    fewest = len(typed) - len(function.__defaults__ or ())
    for count in range(len(typed), fewest - 1, -1):
        yield typed[:count], result, takes_context


def find(name: str) -> list[TapsetFunction]:
    """The overloads of the function ``name``, the longest first; empty where there is none. Loads only its module."""
    found = _declared.get(name)
    if found is None:
        module = _module_of(name)
        if module is None:
            return []
        importlib.import_module(f"stapy.runtime.tapset.{module}")
        found = _declared.get(name, [])
    return found


def functions() -> dict[str, list[TapsetFunction]]:
    """All functions by name. Loads every module of the tapset."""
    for module in MODULES:
        importlib.import_module(f"stapy.runtime.tapset.{module}")
    return dict(sorted(_declared.items()))


def names() -> Iterable[str]:
    """The names of all functions, for suggestions. Loads nothing."""
    for listed in MODULES.values():
        yield from listed.split()


def _module_of(name: str) -> str | None:
    for module, listed in MODULES.items():
        if name in listed.split():
            return module
    return None


def index_text() -> str:
    """What index.py has to say: read from the modules themselves. A test holds the two equal."""
    from textwrap import wrap

    package = Path(__file__).parent
    modules = sorted(path.stem for path in package.glob("*.py") if path.stem not in ("__init__", "declare", "index"))
    for module in modules:
        importlib.import_module(f"stapy.runtime.tapset.{module}")
    lines = []
    for module in modules:
        home = f"stapy.runtime.tapset.{module}"
        names = sorted(name for name, overloads in _declared.items()
                       if any(function.call.__module__ == home for function in overloads))
        if names:
            lines += [f'    "{module}": """', *(f"        {line}" for line in wrap(" ".join(names), 100)), '    """,']
    return "\n".join([
        '"""Which module of the tapset has which functions, so that only those a script calls are loaded.', "",
        "declare.write_index() writes this file.", '"""', "", "MODULES: dict[str, str] = {", *lines, "}", ""])


def write_index() -> None:
    """Write index.py anew, after functions came or went."""
    Path(__file__).with_name("index.py").write_text(index_text())
