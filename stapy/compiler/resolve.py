"""Probe points to probe instances: the tree of families and aliases, wildcards, ``?`` and ``!``, alias bodies.

Every alias and family hangs in one tree of probe point components. Resolving a point walks it down: a family's builder
ends the walk with events, an alias begins new walks with its own points and adds its body.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from stapy.compiler import families, tree
from stapy.compiler.analysis import Analysis, Handler, Instance, similar_text
from stapy.compiler.diagnostics import Said, SemanticError
from stapy.compiler.events import REFUSED, Derived
from stapy.compiler.families import Found, Request, spelled
from stapy.compiler.library import LibraryFile
from stapy.compiler.similar import similar
from stapy.compiler.symbols import Scope, check_condition, resolve_called, resolve_handler
from stapy.compiler.targets import TargetRewriter
from stapy.compiler.walk import clone, contains, descend
from stapy.runtime import program

MOST_EXPANDED = 50_000  # pieces of aliases' bodies that a program may come to
PLACE_BOUND = (tree.TargetSymbol, tree.AtEntry)


@dataclass(eq=False, slots=True)
class AliasEnd:
    """An alias at the node where its name ends; ``file`` is the library file that has it, until it is loaded."""

    name: tuple[str, ...]
    alias: tree.Alias | None = None
    script: tree.Script | None = None
    file: LibraryFile | None = None


@dataclass(eq=False, slots=True)
class Branch:
    """A node of the tree of probe points."""

    children: dict[tuple[str, str | None], Branch] = field(default_factory=dict)
    ends: list[families.Builder | AliasEnd] = field(default_factory=list)

    def down(self, shape: tuple[tuple[str, str | None], ...]) -> Branch:
        branch = self
        for key in shape:
            child = branch.children.get(key)
            if child is None:
                child = branch.children[key] = Branch()
            branch = child
        return branch

    def names(self) -> list[str]:
        return sorted({name for name, _ in self.children})

    def following(self) -> str:
        """What may come next, as the message about a truncated point lists it."""
        keys = sorted(self.children, key=lambda key: (key[0], key[1] or ""))
        return "".join(f" {name}{f'({kind})' if kind else ''}" for name, kind in keys)


@dataclass(eq=False, slots=True)
class Pending:
    """A probe on its way through aliases: the bodies gathered so far, outermost last."""

    token: tree.Token
    script: tree.Script
    pieces: list[tree.Block]  # in the order they run
    chain: list[str]  # nearest first
    alias_name: str | None = None  # the alias the script used, with what was appended to it
    conditions: list[tree.Expression] = field(default_factory=list)
    aliases: tuple[tree.Alias, ...] = ()  # being expanded, to find loops
    optional: bool = False
    expanded: frozenset[int] = frozenset()  # points (by their tokens) that led here through aliases
    suffix: frozenset[int] = frozenset()  # components (by their tokens) that were appended to aliases
    by_wildcard: bool = False  # a wildcard led here: that a suffix does not fit is no mistake
    shown: str = ""  # what pp() gives, where that is not the place itself: of families made of others
    words: dict[str, str] = field(default_factory=dict)  # target variables of theirs, as script text


class ProbeResolver:
    """Resolves the probes of all scripts into ``analysis.instances``."""

    def __init__(self, analysis: Analysis, scope: Scope) -> None:
        self.analysis = analysis
        self.scope = scope
        self.root = Branch()
        self._shared: dict[tuple[object, ...], Handler] = {}
        self._said: dict[int, Said] = {}
        self._derived: list[tree.Script] = []  # kept: pieces of theirs are known by identity
        self._known_scripts: set[int] = set()
        self._expanded = 0
        self._direct: set[int] = set()  # conditions of points that resolve without an alias
        for shape, builder in families.shapes():
            self.root.down(shape).ends.append(builder)
        for script in analysis.scripts:
            self.add_aliases(script)
        self._own = {
            _dotted(point) for script in analysis.scripts for alias in script.aliases for point in alias.names
        }
        self._roots: set[str] | None = None  # of the library's aliases, less those that are in the tree

    def add_aliases(self, script: tree.Script) -> None:
        for alias in script.aliases:
            for point in alias.names:
                name = _dotted(point)
                self.root.down(tuple((part, None) for part in name)).ends.append(AliasEnd(name, alias, script))

    def _grow(self, component: str) -> None:
        """Hang the library's aliases into the tree whose names may begin with ``component``."""
        if self._roots is None:
            self._roots = self.analysis.library.alias_roots()
        for root in sorted(root for root in self._roots if root == component or fnmatchcase(root, component)):
            self._roots.discard(root)
            seen: set[tuple[tuple[str, ...], str]] = set()
            for name, file in self.analysis.library.aliases(root):
                if name not in self._own and (name, str(file.path)) not in seen:
                    seen.add((name, str(file.path)))
                    self.root.down(tuple((part, None) for part in name)).ends.append(AliasEnd(name, file=file))

    # ------------------------------------------------------------ a script's probes

    def resolve_script(self, script: tree.Script) -> None:
        for probe in script.probes:
            base = ",".join(_point_text(point) for point in probe.points)
            pending = Pending(probe.token, script, [probe.body], [base])
            before = len(self.analysis.instances)
            self.derive(probe.points, pending)
            if any(id(point.condition) in self._direct for point in probe.points):
                base = ",".join(_point_text(point, id(point.condition) in self._direct) for point in probe.points)
                for instance in self.analysis.instances[before:]:
                    instance.chain = [*instance.chain[:-1], base]

    def derive(self, points: list[tree.ProbePoint], pending: Pending) -> int:
        """Resolve a list of points for one body. Errors are reported; how many instances came of it."""
        total = 0
        for point in points:
            made = self._derive_one(point, pending)
            total += made
            if made and point.sufficient:
                break
        return total

    def _derive_one(self, point: tree.ProbePoint, pending: Pending) -> int:
        optional = pending.optional or point.optional
        try:
            made = self.walk(self.root, 0, point, pending)
            if not made and not optional:
                raise SemanticError("no match", hint=_absence_hint(point, self.analysis))
            return made
        except SemanticError as error:
            if optional:
                return 0
            if id(error.token) in pending.suffix:
                raise  # a mistake of the point that uses the alias
            outer = SemanticError("while resolving probe point", point.components[0].token, error)
            self.analysis.error(outer)
            return 0

    # ------------------------------------------------------------ walking down

    def walk(self, branch: Branch, position: int, point: tree.ProbePoint, pending: Pending) -> int:
        """Resolve ``point`` from its component ``position`` on, at ``branch``. Raises SemanticError."""
        if position == len(point.components):
            if not branch.ends:
                raise SemanticError(f"probe point truncated (follow: {branch.following()})", point.components[-1].token)
            return sum(self.end(end, point, position, pending) for end in list(branch.ends))
        component = point.components[position]
        if position == 0:
            self._grow(component.name.replace("**", "*"))
        if "*" in component.name:
            return self._wildcard(branch, position, point, pending)
        child = branch.children.get((component.name, _kind(component)))
        if child is not None:
            return self.walk(child, position + 1, point, pending)
        aliases = [end for end in branch.ends if isinstance(end, AliasEnd)]
        if aliases:
            if pending.by_wildcard:
                pending = replace(pending, optional=True)
            return sum(self.end(end, point, position, pending) for end in aliases)
        if branch.ends:
            raise SemanticError("invalid suffix for probe", component.token)
        family = point.components[0].name
        if family in REFUSED:
            raise SemanticError(f"no match: {REFUSED[family]}", component.token)
        names = branch.names() if position else sorted({*branch.names(), *(self._roots or ())})
        raise SemanticError(
            f"probe point mismatch{similar_text('similar', similar(component.name, names))}", component.token
        )

    def _wildcard(self, branch: Branch, position: int, point: tree.ProbePoint, pending: Pending) -> int:
        """A component with ``*``, or with ``**``, which also stands for several."""
        component = point.components[position]
        kind = _kind(component)
        made = 0
        for (name, child_kind), child in sorted(
            branch.children.items(), key=lambda item: (item[0][0], item[0][1] or "")
        ):
            if "**" in component.name:
                made += self._double_wildcard(child, name, child_kind, position, point, pending)
            elif child_kind == kind and fnmatchcase(name, component.name):
                made += self._try(child, position, point, name, pending)
        if not made:
            hint = similar_text("similar", similar(component.name, branch.names()))
            raise SemanticError(f"probe point mismatch: didn't find any wildcard matches{hint}", component.token)
        return made

    def _double_wildcard(
        self, child: Branch, name: str, kind: str | None, position: int, point: tree.ProbePoint, pending: Pending
    ) -> int:
        component = point.components[position]
        made = 0
        if kind is None and component.argument is None:
            if fnmatchcase(name, component.name.replace("**", "*")):
                made += self._try(child, position, point, name, pending)
            prefix = component.name.partition("**")[0]
            if fnmatchcase(name, prefix + "*"):
                deeper = _replaced(point, position, name, keep=True)
                with suppress(SemanticError):
                    made += self.walk(child, position + 1, deeper, pending)
        return made

    def _try(self, child: Branch, position: int, point: tree.ProbePoint, name: str, pending: Pending) -> int:
        """One match of a wildcard; that it leads nowhere is no error."""
        try:
            matched = replace(pending, by_wildcard=True)
            return self.walk(child, position + 1, _replaced(point, position, name), matched)
        except SemanticError:
            return 0

    # ------------------------------------------------------------ the ends of the walk

    def end(self, end: families.Builder | AliasEnd, point: tree.ProbePoint, position: int, pending: Pending) -> int:
        if isinstance(end, AliasEnd):
            return self._expand(end, point, position, pending)
        if position != len(point.components):
            raise SemanticError("invalid suffix for probe", point.components[position].token)
        request = Request(self.analysis, point, pending.token)
        request.explains = not (pending.optional or point.optional or pending.by_wildcard)
        found = end(request)
        if isinstance(found, Derived):
            return self._derive_from(found, point, pending)
        return self._instances(found, point, pending)

    def _derive_from(self, derived: Derived, point: tree.ProbePoint, pending: Pending) -> int:
        """A family made of other probe points: those, with the family's prologue."""
        script = self.analysis.library.parse_text("derived", derived.text)
        self._derived.append(script)
        alias = script.aliases[0]
        inner = replace(
            pending,
            pieces=[alias.body, *pending.pieces],
            shown=derived.point,
            words=derived.words,
            alias_name=pending.alias_name or derived.point,
            conditions=[*([point.condition] if point.condition is not None else []), *pending.conditions],
            optional=pending.optional or point.optional,
        )
        return self.derive(alias.points, inner)

    def _expand(self, end: AliasEnd, point: tree.ProbePoint, position: int, pending: Pending) -> int:
        """An alias: its points, with what was appended to it, and its body around the one there is."""
        made = 0
        if pending.by_wildcard and self._is_absent(end):
            return 0
        for alias, script in self._aliases(end):
            token = point.components[0].token
            if id(token) in pending.expanded:
                raise SemanticError(f"recursive loop in alias expansion of {'.'.join(end.name)} at {token.place()}")
            suffix = point.components[position:]
            if self._exhausted(len(pending.pieces), alias.token):
                return made
            points = [_with_suffix(inner, suffix) for inner in alias.points]
            pieces = [alias.body, *pending.pieces] if not alias.epilogue else [*pending.pieces, alias.body]
            if alias.second is not None:
                pieces.append(alias.second)
            inner_pending = Pending(
                pending.token,
                pending.script,
                pieces,
                [_alias_text(alias), *pending.chain],
                pending.alias_name or spelled(point).rstrip("?!"),
                [*([point.condition] if point.condition is not None else []), *pending.conditions],
                (*pending.aliases, alias),
                pending.optional or point.optional,
                expanded=pending.expanded | {id(token)},
                suffix=pending.suffix.union(id(component.token) for component in suffix),
                shown=pending.shown,
                words=pending.words,
            )
            self.scope.add(script)
            made += self.derive(points, inner_pending)
        return made

    def _exhausted(self, pieces: int, token: tree.Token) -> bool:
        """Whether aliases expand to more than is sensible: two in each other's definitions double at every step."""
        before = self._expanded
        self._expanded += 1 + pieces
        if before <= MOST_EXPANDED < self._expanded:
            self.analysis.error(SemanticError("probe aliases expand without end", token))
        return self._expanded > MOST_EXPANDED

    def _is_absent(self, end: AliasEnd) -> bool:
        """Whether an alias is one of functions that the kernel has not: found without parsing it."""
        if end.file is None or not end.file.probed or self.analysis.kernel is None:
            return False
        symbols = self.analysis.kernel.symbols
        return not any(symbols.get(name) for name in end.file.probed)

    def _aliases(self, end: AliasEnd) -> list[tuple[tree.Alias, tree.Script]]:
        if end.alias is not None and end.script is not None:
            return [(end.alias, end.script)]
        assert end.file is not None
        script = self.analysis.library.load(end.file)
        return [(alias, script) for alias in script.aliases for point in alias.names if _dotted(point) == end.name]

    def _instances(self, found: list[Found], point: tree.ProbePoint, pending: Pending) -> int:
        conditions = [*([point.condition] if point.condition is not None else []), *pending.conditions]
        if point.condition is not None and not pending.aliases:
            self._direct.add(id(point.condition))
        for one in found:
            if pending.shown:
                one.point = pending.shown
            if pending.words and one.place is not None:
                one.place.words = pending.words
            handler = self._handler(one, pending, conditions)
            name = pending.alias_name or one.point.rstrip("?!")
            self.analysis.instances.append(
                Instance(
                    one.event, handler, one.point, name, pending.chain, pending.token, one.note, one.callers, one.place
                )
            )
        return len(found)

    # ------------------------------------------------------------ handlers

    def _handler(self, found: Found, pending: Pending, conditions: list[tree.Expression]) -> Handler:
        """The handler of an instance: one for all where nothing in the body depends on the place."""
        bound = any(contains(piece, PLACE_BOUND) for piece in pending.pieces)
        key = (*(id(piece) for piece in pending.pieces), "if", *(id(condition) for condition in conditions))
        if not bound and key in self._shared:
            self._shared[key].count += 1
            self.analysis.reporter.repeat(self._said[id(self._shared[key])])  # stap finds mistakes in every probe
            return self._shared[key]
        with self.analysis.reporter.recorded() as said:
            handler = self._new_handler(found, pending, conditions)
        self.analysis.handlers.append(handler)
        if not bound:
            self._shared[key] = handler
            self._said[id(handler)] = said
        return handler

    def _new_handler(self, found: Found, pending: Pending, conditions: list[tree.Expression]) -> Handler:
        returns = isinstance(found.event, program.FunctionReturn)
        handler = Handler(pending.token, _joined(pending), pending.script, place=found.place, returns=returns)
        if conditions:
            handler.condition = self._condition(conditions, pending.script)
        try:
            handler.body = TargetRewriter(self.analysis, handler).rewrite(handler.body)
        except SemanticError as error:
            if error.message.startswith("internal error: @entry"):
                error = SemanticError(f"while processing probe {found.point}", None, error)
            self.analysis.error(error)
        resolve_handler(self.scope, handler)
        return handler

    def _condition(self, conditions: list[tree.Expression], script: tree.Script) -> tree.Expression | None:
        joined: tree.Expression | None = None
        for condition in reversed(conditions):
            copy = clone(condition)
            try:
                check_condition(self.scope, copy, script)
            except SemanticError as error:
                self.analysis.error(error)
                return None
            joined = copy if joined is None else tree.Logical(copy.token, copy, "&&", joined)
        return joined


def _joined(pending: Pending) -> tree.Statement:
    """The pieces of a probe's body as one."""
    pieces = [clone(piece) for piece in pending.pieces]
    if len(pieces) == 1:
        return pieces[0]
    return tree.Block(pending.pieces[0].token, list(pieces))


def _kind(component: tree.PointComponent) -> str | None:
    if component.argument is None:
        return None
    return families.NUMBER if isinstance(component.argument, tree.Number) else families.STRING


def _dotted(point: tree.ProbePoint) -> tuple[str, ...]:
    return tuple(component.name for component in point.components)


def _replaced(point: tree.ProbePoint, position: int, name: str, keep: bool = False) -> tree.ProbePoint:
    """``point`` with the wildcard at ``position`` replaced by what it matched; ``keep``: and once more behind it."""
    component = point.components[position]
    matched = tree.PointComponent(component.token, name, component.argument)
    rest = [tree.PointComponent(component.token, "**", None)] if keep else []
    components = [*point.components[:position], matched, *rest, *point.components[position + 1 :]]
    return tree.ProbePoint(point.token, components, point.optional, point.sufficient, point.condition)


def _with_suffix(point: tree.ProbePoint, suffix: list[tree.PointComponent]) -> tree.ProbePoint:
    if not suffix:
        return point
    return tree.ProbePoint(point.token, [*point.components, *suffix], point.optional, point.sufficient, point.condition)


def _alias_text(alias: tree.Alias) -> str:
    names = " = ".join(spelled(name) for name in alias.names)
    return f"{names} {'+=' if alias.epilogue else '='} {', '.join(_point_text(point) for point in alias.points)}"


def _point_text(point: tree.ProbePoint, resolved: bool = False) -> str:
    """The point with its condition; where that is ``resolved``, with the names that stap then gives to globals."""
    from stapy.compiler import unparse

    if point.condition is None:
        return spelled(point)
    condition = clone(point.condition)
    if resolved:
        for node in descend(condition):
            if isinstance(node, tree.Symbol):
                node.name = f"__global_{node.name}"
    return f"{spelled(point)} if ({unparse.text(condition)})"


_ABSENT = {
    "module": "the built-in kernel has no modules",
    "process": "user programs are Python here: of a process there are begin, end, thread.begin, thread.end and syscall",
    "trace": "this kernel has no such tracepoint",
    "mark": "kernel markers are long gone",
}


def _absence_hint(point: tree.ProbePoint, analysis: Analysis) -> str | None:
    if point.components[0].name == "process":
        attached = getattr(analysis.kernel, "program", None)
        if attached is not None:
            return f"the program attached to is {attached}: probes go to its functions, lines and addresses"
    for component in point.components[:2]:
        if component.name in _ABSENT:
            return _ABSENT[component.name]
    return None


def resolve(analysis: Analysis) -> Scope:
    """Resolve all probes of the user's scripts and all that they use."""
    if not analysis.options.unoptimized:
        analysis.library.readers = analysis.scripts
    scope = Scope(analysis)
    resolver = ProbeResolver(analysis, scope)
    for script in list(analysis.scripts):
        resolver.resolve_script(script)
    resolve_called(scope)
    for script in analysis.library.loaded():  # grows while it is gone through
        resolver.resolve_script(script)
        resolve_called(scope)
    rewritten: set[int] = set()
    for function in analysis.script_functions():
        if id(function) not in rewritten and not isinstance(function.body, tree.EmbeddedCode):
            rewritten.add(id(function))
            try:
                function.body = TargetRewriter(analysis, None).rewrite(function.body)
            except SemanticError as error:
                analysis.error(error)
    for function in list(analysis.script_functions()):
        if isinstance(function.body, tree.EmbeddedCode):
            _embedded_globals(scope, function)
    resolve_called(scope)
    return scope


def _embedded_globals(scope: Scope, function: tree.Function) -> None:
    """Globals that embedded Python names (as ``g_x``) are part of the program."""
    import re

    from stapy.compiler.symbols import script_of

    assert isinstance(function.body, tree.EmbeddedCode)
    script = script_of(scope.analysis, function)
    for name in re.findall(r"\bg_(\w+)", function.body.code):
        scope.global_variable(name, script)
