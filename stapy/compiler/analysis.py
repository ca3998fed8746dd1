"""What pass 2 gathers about a program: its globals, functions, handlers and probe instances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stapy.compiler import tree
from stapy.compiler.diagnostics import Reporter, SemanticError

if TYPE_CHECKING:
    from stapy.compiler.library import Library
    from stapy.runtime.program import Event
    from stapy.runtime.tapset.declare import TapsetFunction

TYPES = {"long": tree.Type.LONG, "string": tree.Type.STRING, "unknown": tree.Type.UNKNOWN}


@dataclass(slots=True)
class CompileOptions:
    """What the command line decides about compiling. The command line's own options have these names too."""

    arguments: list[str] = field(default_factory=list)  # the script's: $1, @1, ...
    architecture: str = "x86_64"  # -a
    guru: bool = False  # -g
    unoptimized: bool = False  # -u
    verbose: int = 0  # -v
    defines: dict[str, str] = field(default_factory=dict)  # -D
    globals: dict[str, str] = field(default_factory=dict)  # -G
    include: list[str] = field(default_factory=list)  # -I
    compatible: str | None = None
    skip_badvars: bool = False
    suppress_handler_errors: bool = False
    suppress_time_limits: bool = False
    no_global_var_display: bool = False
    module_name: str | None = None


class LibraryFunction:
    """A function of the tapset that is written in Python, seen as the analysis sees the script's own."""

    def __init__(self, declaration: TapsetFunction, token: tree.Token) -> None:
        self.declaration = declaration
        self.token = token
        self.name = declaration.name
        self.parameters = [
            tree.Variable(token, name, type=TYPES[kind], declared_type=TYPES[kind])
            for name, kind in declaration.parameters
        ]
        self.result = self.declared_result = TYPES[declaration.result]
        self.locals: list[tree.Variable] = []
        self.ctype: Any = None
        self.notes: dict[str, Any] = {}

    @property
    def pure(self) -> bool:
        return self.declaration.pure


Callee = tree.Function | LibraryFunction


@dataclass(eq=False, slots=True)
class Handler:
    """One body and its locals. Several probe instances share it where nothing in it depends on the place."""

    token: tree.Token
    body: tree.Statement
    script: tree.Script
    locals: list[tree.Variable] = field(default_factory=list)
    condition: tree.Expression | None = None
    place: Any = None  # families.Place: what target variables and @entry mean here
    returns: bool = False  # of a return probe
    entry: list[tree.Expression] = field(default_factory=list)  # what a return probe saves at the call
    entry_locals: list[tree.Variable] = field(default_factory=list)
    count: int = 1  # how many instances share it


@dataclass(eq=False, slots=True)
class Instance:
    """A probe instance: an event and the handler it calls."""

    event: Event
    handler: Handler
    point: str  # what pp() gives
    name: str  # what pn() gives
    chain: list[str]  # where it came from, nearest first: what -p2 writes behind "<-"
    token: tree.Token
    note: str = ""  # the function and so on, for -p2
    callers: tuple[tuple[int, int], ...] = ()  # of a callee probe: the code whose calls count
    place: Any = None  # targets.Place, for places in the kernel


@dataclass(eq=False)
class Analysis:
    """The program while pass 2 works on it."""

    options: Any
    reporter: Reporter
    kernel_source: Any  # a KernelDescription, a callable that gives one, or None
    library: Library
    scripts: list[tree.Script]  # the user's; files of the library come in as they are needed
    globals: list[tree.Variable] = field(default_factory=list)
    functions: list[Callee] = field(default_factory=list)
    handlers: list[Handler] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)
    displayed: list[tree.Variable] = field(default_factory=list)  # printed at exit: written and never read

    @property
    def kernel(self) -> Any:
        """The KernelDescription, loaded when it is first asked for."""
        if callable(self.kernel_source):
            self.kernel_source = self.kernel_source()
        return self.kernel_source

    def summary(self) -> str:
        """``1 probe, 2 functions, 0 embeds, 1 global``"""
        counts = (
            (len(self.instances), "probe"),
            (len(self.functions), "function"),
            (sum(len(script.embedded) for script in self.scripts), "embed"),
            (len(self.globals), "global"),
        )
        return ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for count, what in counts)

    def script_functions(self) -> Iterator[tree.Function]:
        for function in self.functions:
            if isinstance(function, tree.Function):
                yield function

    def error(self, error: SemanticError) -> None:
        self.reporter.error(error)

    @property
    def failed(self) -> bool:
        return self.reporter.errors > 0


def similar_text(what: str, names: list[str]) -> str:
    """`` (similar: a, b)``, or nothing where there is nothing similar."""
    return f" ({what}: {', '.join(names)})" if names else ""
