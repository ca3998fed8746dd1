"""Symbol resolution: every name in a body gets its variable or functions, the script's before the tapset's."""

from __future__ import annotations

from collections.abc import Sequence

from stapy.compiler import tree
from stapy.compiler.analysis import Analysis, Callee, Handler, LibraryFunction, similar_text
from stapy.compiler.diagnostics import SemanticError
from stapy.compiler.similar import distance, similar
from stapy.compiler.walk import Visitor, children, descend

ANY = -1  # an arity that says nothing: delete


def set_arity(variable: tree.Variable, arity: int, token: tree.Token) -> None:
    """Note that ``variable`` is used with ``arity`` keys, 0 for a scalar. Raises SemanticError if it was otherwise."""
    known = variable.notes.get("arity")
    if variable.size is not None and not arity and variable.is_global:
        raise SemanticError("inconsistent arity", variable.token)
    if known is None:
        variable.notes["arity"] = arity
        variable.notes["arity token"] = token
        if arity:
            variable.key_types = [tree.Type.UNKNOWN] * arity
    elif known != arity:
        first = SemanticError(f"arity {known} first inferred here", variable.notes["arity token"])
        raise SemanticError(f"inconsistent arity ({known} vs {arity})", token, chain=first)


class Scope:
    """The names of the program's globals and functions, over all scripts."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._globals: dict[str, tree.Variable] = {}
        self._functions: dict[str, list[tree.Function]] = {}
        self._library: dict[str, list[Callee]] = {}
        self._seen: set[int] = set()
        self._scripts: dict[int, tree.Script] = {}  # by their sources
        self._used: set[int] = set()
        self.called: list[Callee] = []  # by handlers, not yet resolved
        for script in analysis.scripts:
            self.add(script)

    def add(self, script: tree.Script) -> None:
        """Make a script's public declarations known. Raises SemanticError for a global's name given twice."""
        if id(script) in self._seen:
            return
        self._seen.add(id(script))
        self._scripts[id(script.source)] = script
        for variable in script.globals:
            variable.is_global = True
            if variable.private:
                continue
            before = self._globals.get(variable.name)
            if before is not None and before is not variable:
                raise SemanticError(
                    f"conflicting global variables '{variable.name}' and '{before.name}'",
                    variable.token,
                    other=before.token,
                )
            self._globals[variable.name] = variable
        for function in script.functions:
            overloads = [other for other in script.functions if other.name == function.name]
            function.notes["overload"] = overloads.index(function)
            if not function.private:
                self._functions.setdefault(function.name, []).append(function)

    def declares(self, name: str, script: tree.Script) -> bool:
        """Whether there is a global of that name."""
        own = any(v.private and v.name == name for v in script.globals)
        return own or name in self._globals or self.analysis.library.global_variable(name) is not None

    def script_at(self, token: tree.Token, otherwise: tree.Script) -> tree.Script:
        """The script that a name stands in, whose private declarations it sees: an alias brings names of its own."""
        return self._scripts.get(id(token.source), otherwise)

    def global_variable(self, name: str, script: tree.Script) -> tree.Variable | None:
        """The global called ``name`` as seen from ``script``; it is in the program from now on."""
        variable = next((v for v in script.globals if v.private and v.name == name), None)
        if variable is None:
            variable = self._globals.get(name) or self.analysis.library.global_variable(name)
        if variable is not None and id(variable) not in self._used:
            self._used.add(id(variable))
            variable.is_global = True
            if variable.size is None and "arity" not in variable.notes and variable.initial is not None:
                set_arity(variable, 0, variable.token)
            self.analysis.globals.append(variable)
        return variable

    def functions(self, name: str, arity: int, token: tree.Token, script: tree.Script) -> list[Callee]:
        """The overloads to try for a call, in order. Raises SemanticError where there is none."""
        own = [f for f in script.functions if f.private and f.name == name]
        candidates: list[Callee] = [*own, *self._functions.get(name, ()), *self.library_functions(name)]
        if not candidates:
            raise SemanticError(
                f"unresolved function {name}{similar_text('similar', similar(name, self.function_names()))}",
                token,
                remedy=self._own_function_hint(name, script),
            )
        fitting = [f for f in candidates if len(f.parameters) == arity]
        if not fitting:
            known = candidates[-1]
            if isinstance(known, LibraryFunction):
                known = max(candidates, key=lambda f: len(f.parameters))
            raise SemanticError(
                f"arity mismatch found (function '{name}' takes {len(known.parameters)} args)",
                token,
                other=_declared_at(known),
            )
        return sorted(fitting, key=priority)

    def library_functions(self, name: str) -> list[Callee]:
        if name not in self._library:
            self._library[name] = self.analysis.library.functions(name)
        return self._library[name]

    def function_names(self) -> set[str]:
        """What stap suggests: functions of the tapset, and none of the script's."""
        return self.analysis.library.function_names()

    def _own_function_hint(self, name: str, script: tree.Script) -> str | None:
        """One of the script's own functions that may have been meant."""
        own = {f.name for f in script.functions} | {
            name for name, found in self._functions.items() if found[0].token.source.user
        }
        nearest = similar(name, own, 1)
        if nearest and distance(name, nearest[0]) <= max(2, len(name) // 2):
            return f"the script has a function '{nearest[0]}'"
        return None


def _declared_at(function: Callee) -> tree.Token:
    """The place of a declaration, with its line where it is in Python."""
    token = function.token
    if token.source.text:
        return token
    source = tree.Source.read(token.source.name, user=False)
    lines = enumerate(source.text.split("\n")[token.line - 1 :], token.line)
    number, line = next((n, text) for n, text in lines if text.startswith("def "))
    return tree.Token("identifier", function.name, source, number, 5, line.index("("))


def reachable(functions: list[Callee]) -> list[Callee]:
    """Of the overloads of a call, in order, those that it may get to."""
    for place, function in enumerate(functions):
        if not may_pass_on(function):
            return functions[: place + 1]
    return functions


def priority(function: Callee) -> int:
    """The lower, the earlier an overload is tried: the script's own come first where nothing is written."""
    if isinstance(function, tree.Function) and function.priority is not None:
        return function.priority
    return 0 if function.token.source.user else 1


def may_pass_on(function: Callee) -> bool:
    """Whether calls of ``function`` may go on to the next overload: it contains ``next``."""
    if not isinstance(function, tree.Function):
        return False
    known = function.notes.get("next")
    if known is None:
        stack: list[tree.Node] = [function.body]
        known = False
        while stack and not known:
            node = stack.pop()
            known = isinstance(node, tree.Next) or (isinstance(node, tree.EmbeddedCode) and "NEXT" in node.code)
            stack.extend(children(node))
        function.notes["next"] = known
    return known


class SymbolResolver(Visitor):
    """Resolves one body. An error is reported and ends the statement that it is in; the next one is tried."""

    def __init__(
        self,
        scope: Scope,
        script: tree.Script,
        local_variables: list[tree.Variable],
        parameters: Sequence[tree.Variable] = (),
    ) -> None:
        self.scope = scope
        self.analysis = scope.analysis
        self.script = script
        self.locals = local_variables
        self._parameters = frozenset(variable.name for variable in parameters)
        self._local = {variable.name: variable for variable in [*parameters, *local_variables]}
        self.called: list[Callee] = []

    def resolve(self, node: tree.Node) -> None:
        """Resolve everything below ``node``; an error that leaves no way on is reported and ends it."""
        try:
            self.visit(node)
        except SemanticError as error:
            self.analysis.error(error)

    def visit_block(self, node: tree.Block) -> None:
        for statement in node.statements:
            self.resolve(statement)

    # ------------------------------------------------------------ variables

    def variable(self, name: str, arity: int, token: tree.Token) -> tree.Variable | None:
        found = self._local.get(name)
        if found is None:
            found = self.scope.global_variable(name, self.scope.script_at(token, self.script))
        if found is not None and arity != ANY:
            if arity and not found.is_global and "arity" not in found.notes:
                return None  # a parameter, which is never an array
            set_arity(found, arity, token)
        return found

    def visit_symbol(self, node: tree.Symbol) -> None:
        if node.referent is None:
            node.referent = self.variable(node.name, 0, node.token) or self.new_local(node)
        else:
            set_arity(node.referent, 0, node.token)

    def new_local(self, node: tree.Symbol) -> tree.Variable:
        variable = tree.Variable(node.token, node.name)
        set_arity(variable, 0, node.token)
        self._local[node.name] = variable
        self.locals.append(variable)
        return variable

    def array(self, node: tree.Expression, arity: int, user: tree.Node) -> None:
        """Resolve the name of an array (or histogram) that ``user`` uses with ``arity`` keys. Raises SemanticError."""
        if isinstance(node, tree.Histogram):
            self.visit(node)
            return
        assert isinstance(node, tree.Symbol)
        if node.referent is None:
            node.referent = self.variable(node.name, arity, node.token)
        else:
            set_arity(node.referent, arity, node.token)
        if node.referent is None:
            raise _unresolved_array(node, arity, user)

    def visit_index(self, node: tree.Index) -> None:
        for key in node.keys:
            if key is not None:
                self.visit(key)
        self.array(node.array, len(node.keys), node)

    def visit_arrayin(self, node: tree.ArrayIn) -> None:
        for key in node.keys:
            if key is not None:
                self.visit(key)
        self.array(node.array, len(node.keys), node)

    def visit_foreach(self, node: tree.Foreach) -> None:
        for key in node.keys:
            self.visit(key)
        self.array(node.array, 1 if isinstance(node.array, tree.Histogram) else len(node.keys), node)
        for part in node.slice or ():
            if part is not None:
                self.visit(part)
        if node.slice is not None and len(node.slice) != len(node.keys) and isinstance(node.array, tree.Symbol):
            raise _unresolved_array(node.array, len(node.slice), node, "__global_")
        if node.value is not None:
            self.visit(node.value)
        if node.limit is not None:
            self.visit(node.limit)
        self.visit(node.body)

    def visit_delete(self, node: tree.Delete) -> None:
        target = node.value
        if isinstance(target, tree.Symbol):
            if target.name not in self._parameters:
                target.referent = self.variable(target.name, ANY, target.token)
            if target.referent is None:
                raise SemanticError("unresolved array in delete statement", target.token)
            return
        self.visit(target)

    def visit_autocast(self, node: tree.Autocast) -> None:
        if not node.address_of:
            node.token = node.components[0].token  # messages are about the arrow
        self.visit_children(node)

    def visit_atprobewrite(self, node: tree.AtProbewrite) -> None:
        pass

    # ------------------------------------------------------------ functions

    def visit_call(self, node: tree.Call) -> None:
        for argument in node.arguments:
            self.visit(argument)
        if node.referents:
            return
        script = self.scope.script_at(node.token, self.script)
        node.referents = list(self.scope.functions(node.name, len(node.arguments), node.token, script))
        if (
            any(
                isinstance(f, tree.Function) and isinstance(f.body, tree.EmbeddedCode) and "/* guru */" in f.body.code
                for f in node.referents
            )
            and not self.analysis.options.guru
            and self.script.source.user
        ):
            self.analysis.error(
                SemanticError(f"function '{node.name}' may not be used unless -g is specified", node.token)
            )
        for function in node.referents:
            if (
                isinstance(function, LibraryFunction)
                and function.declaration.guru
                and not self.analysis.options.guru
                and self.script.source.user
            ):
                self.analysis.error(
                    SemanticError(f"function '{node.name}' may not be used unless -g is specified", node.token)
                )
        self.called.extend(node.referents)


def _unresolved_array(node: tree.Symbol, arity: int, user: tree.Node, prefix: str = "") -> SemanticError:
    return SemanticError(
        f"unresolved arity-{arity} global array {prefix}{node.name}, missing global declaration?",
        node.token,
        site=type(user),
        remedy=f"arrays are global: global {node.name}" if not prefix else "a slice has a part for each key",
    )


def resolve_handler(scope: Scope, handler: Handler) -> None:
    """Resolve a handler's body, what it saves at the call and its condition. What they call waits in ``scope.called``:
    stap, too, resolves functions after all probes."""
    resolver = SymbolResolver(scope, handler.script, handler.locals)
    resolver.resolve(handler.body)
    at_entry = SymbolResolver(scope, handler.script, handler.entry_locals)
    for expression in handler.entry:
        at_entry.resolve(expression)
    if handler.condition is not None:
        SymbolResolver(scope, handler.script, []).resolve(handler.condition)
    scope.called += resolver.called + at_entry.called


def resolve_called(scope: Scope) -> None:
    """Take the functions that handlers call, directly or through others, into the program, and resolve their bodies."""
    analysis = scope.analysis
    called, scope.called = scope.called, []
    known = {id(function) for function in analysis.functions}
    waiting = list(called)
    while waiting:
        function = waiting.pop(0)
        if id(function) in known:
            continue
        known.add(id(function))
        analysis.functions.append(function)
        if isinstance(function, tree.Function) and not isinstance(function.body, tree.EmbeddedCode):
            script = script_of(analysis, function)
            resolver = SymbolResolver(scope, script, function.locals, function.parameters)
            resolver.resolve(function.body)
            waiting.extend(resolver.called)


def script_of(analysis: Analysis, function: tree.Function) -> tree.Script:
    """The script that declares ``function``."""
    for script in analysis.scripts:
        if script.source is function.token.source:
            return script
    of_library = analysis.library.script_from(function.token.source)
    if of_library is not None:
        return of_library
    raise AssertionError(f"function {function.name} belongs to no script")


def check_condition(scope: Scope, condition: tree.Expression, script: tree.Script) -> None:
    """Resolve a probe point's ``if (...)``, which may use global scalars and nothing else. Raises SemanticError."""
    for node in descend(condition):
        if isinstance(node, tree.Call):
            raise SemanticError("probe condition must not reference function", node.token)
        if isinstance(node, (tree.Assignment, tree.PreCrement, tree.PostCrement)):
            raise SemanticError("probe condition must not modify any variables", node.token)
        if isinstance(node, (tree.Cast, tree.AtVar)):
            raise SemanticError("probe condition must not reference target variables", node.token)
    for node in descend(condition):
        if isinstance(node, tree.Symbol) and not scope.declares(node.name, script):
            raise SemanticError("probe condition must not reference undeclared global", node.token)
