"""Elision and constant folding: what has no effect goes, with SystemTap's warnings; known conditions are decided.

Rounds run until nothing changes any more; only the first one warns.
"""

from __future__ import annotations

import re
from typing import Any

from stapy.compiler import tree
from stapy.compiler.analysis import Analysis, Callee, Handler, LibraryFunction, similar_text
from stapy.compiler.diagnostics import SemanticError
from stapy.compiler.similar import similar
from stapy.compiler.symbols import may_pass_on, reachable
from stapy.compiler.targets import signed64
from stapy.compiler.tree import Type
from stapy.compiler.walk import Rewriter, Visitor, clone, contains, descend

Unit = tree.Function | Handler
VALUES = (tree.Number, tree.String, tree.Call, tree.Print, tree.Unary, tree.Binary, tree.Comparison, tree.Ternary)

LEAST, GREATEST = -(1 << 63), (1 << 63) - 1
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


class Uses(Visitor):
    """Which variables a piece of the tree reads and writes, what it calls, and whether it does anything else.

    ``consumed`` are those whose value goes anywhere but back into them: a global that is only counted up is printed at
    the end, though ``+=`` reads it.
    """

    def __init__(self) -> None:
        self.read: set[tree.Variable] = set()
        self.consumed: set[tree.Variable] = set()
        self.written: set[tree.Variable] = set()
        self.called: list[Callee] = []
        self.other = False  # prints, stores to the kernel, or may do anything

    def visit_symbol(self, node: tree.Symbol) -> None:
        if node.referent is not None:
            self.read.add(node.referent)
            self.consumed.add(node.referent)

    def visit_expressionstatement(self, node: tree.ExpressionStatement) -> None:
        if isinstance(node.value, (tree.PreCrement, tree.PostCrement)):
            self._target(node.value.operand, reads=True)
        else:
            self.visit(node.value)

    def visit_assignment(self, node: tree.Assignment) -> None:
        self._target(node.left, reads=node.operator not in ("=", "<<<"))
        self.visit(node.right)

    def visit_precrement(self, node: tree.PreCrement) -> None:
        self._target(node.operand, reads=True, consumes=True)

    visit_postcrement = visit_precrement

    def _target(self, target: tree.Expression, reads: bool, consumes: bool = False) -> None:
        """What is assigned to."""
        variable = None
        if isinstance(target, VALUES):  # it has nothing that could be assigned to, and nothing is
            self.visit(target)
            return
        if isinstance(target, tree.Symbol):
            variable = target.referent
        elif isinstance(target, tree.Index) and isinstance(target.array, tree.Symbol):
            variable = target.array.referent
            for key in target.keys:
                if key is not None:
                    self.visit(key)
        if variable is None:
            self.other = True
            self.visit_children(target)
            return
        self.written.add(variable)
        if reads:
            self.read.add(variable)
        if consumes:
            self.consumed.add(variable)

    def visit_delete(self, node: tree.Delete) -> None:
        self._target(node.value, reads=True, consumes=True)

    def visit_foreach(self, node: tree.Foreach) -> None:
        self.written.update(key.referent for key in node.keys)
        if node.sort_direction and isinstance(node.array, tree.Symbol):
            self.written.add(node.array.referent)  # sorting changes it, as stap sees it
        if node.value is not None:
            self.written.add(node.value.referent)
        self.visit(node.array)
        for part in [*(node.slice or ()), node.limit]:
            if part is not None:
                self.visit(part)
        self.visit(node.body)

    def visit_try(self, node: tree.Try) -> None:
        if node.error is not None:
            self.written.add(node.error.referent)
        for part in (node.body, node.handler):
            if part is not None:
                self.visit(part)

    def visit_call(self, node: tree.Call) -> None:
        self.called.extend(node.referents)
        if not node.referents:
            self.other = True
        self.visit_children(node)

    def visit_print(self, node: tree.Print) -> None:
        if node.to_stream:
            self.other = True
        self.visit_children(node)

    def visit_embeddedcode(self, node: tree.EmbeddedCode) -> None:
        self.other = self.other or not is_pure_code(node.code)

    def visit_embeddedexpression(self, node: tree.EmbeddedExpression) -> None:
        self.other = self.other or not is_pure_code(node.code)

    def visit_next(self, node: tree.Next) -> None:
        self.other = True

    def visit_return(self, node: tree.Return) -> None:
        self.other = True
        self.visit_children(node)

    def visit_atprobewrite(self, node: tree.AtProbewrite) -> None:
        pass


class FunctionUses(Uses):
    """The same of a function's body, where ``return`` and ``next`` are no effects."""

    def visit_next(self, node: tree.Next) -> None:
        pass

    def visit_return(self, node: tree.Return) -> None:
        self.visit_children(node)


def is_pure_code(code: str) -> bool:
    return "/* pure */" in code or "# pure" in code


def uses_of(node: tree.Node | None) -> Uses:
    uses = Uses()
    if node is not None:
        uses.visit(node)
    return uses


class Effects:
    """Whether evaluating something can be told from not evaluating it."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._functions: dict[int, bool] = {}

    def has(self, node: tree.Node | None) -> bool:
        """Whether ``node`` has an effect: it writes, prints, or calls what does."""
        uses = uses_of(node)
        return uses.other or bool(uses.written) or any(self.of_function(function) for function in uses.called)

    def of_function(self, function: Callee) -> bool:
        """Whether calling ``function`` has an effect. Its own locals do not count."""
        if isinstance(function, LibraryFunction):
            return not function.pure
        known = self._functions.get(id(function))
        if known is None:
            self._functions[id(function)] = False  # for the recursive call
            uses = FunctionUses()
            uses.visit(function.body)
            own = {*function.locals, *function.parameters}
            known = uses.other or bool(uses.written - own) or any(self.of_function(f) for f in uses.called)
            self._functions[id(function)] = known
        return known


# ---------------------------------------------------------------- the driver


def units(analysis: Analysis) -> list[Unit]:
    """Handlers, then the script's functions: the order in which stap warns."""
    return [*analysis.handlers, *(f for f in analysis.script_functions() if not isinstance(f.body, tree.EmbeddedCode))]


def instances(unit: Unit) -> int:
    """How many probes have this body."""
    return unit.count if isinstance(unit, Handler) else 1


def optimize(analysis: Analysis, first: bool = True) -> None:
    """Fold and elide to a fixed point. ``first``: before type inference, when warnings are given."""
    Optimizer(analysis, first).run()


class Optimizer:
    def __init__(self, analysis: Analysis, first: bool) -> None:
        self.analysis = analysis
        self.first = first
        self.quiet = not first
        self.changed = False
        self.round = 0

    def warn(self, message: str, token: tree.Token) -> None:
        if not self.quiet and token.source.user:
            self.analysis.reporter.warning(message, token)

    def run(self) -> None:
        optimizing = not self.analysis.options.unoptimized
        while True:
            self.changed = False
            if optimizing:
                self.drop_unused_functions()
                self.drop_unused_variables()
                self.drop_dead_assignments()
                self.drop_empty_statements()
                self.drop_effectless()
                if self.round == 0:
                    self.warn_empty_functions()
            self.fold()
            if optimizing:
                self.drop_dead_code()
            self.round += 1
            self.quiet = True
            if not self.changed:
                break
        if optimizing:
            self.drop_empty_probes()

    # ------------------------------------------------------------ functions and variables

    def drop_unused_functions(self) -> None:
        """Keep the functions that handlers call, directly or through others."""
        keep: set[int] = set()
        waiting: list[Callee] = []
        for handler in self.analysis.handlers:
            waiting += uses_of(handler.body).called
            for expression in handler.entry:
                waiting += uses_of(expression).called
        while waiting:
            function = waiting.pop()
            if id(function) not in keep:
                keep.add(id(function))
                if isinstance(function, tree.Function):
                    waiting += uses_of(function.body).called
        self.analysis.functions = [f for f in self.analysis.functions if id(f) in keep]

    def all_uses(self) -> Uses:
        uses = Uses()
        for unit in units(self.analysis):
            uses.visit(unit.body)
            if isinstance(unit, Handler):
                for expression in unit.entry:
                    uses.visit(expression)
                if unit.condition is not None:
                    uses.visit(unit.condition)
        for function in self.analysis.script_functions():
            if isinstance(function.body, tree.EmbeddedCode):
                self._embedded_uses(function.body.code, uses)
        return uses

    def _embedded_uses(self, code: str, uses: Uses) -> None:
        """The globals that embedded code says it reads and writes."""
        for variable in self.analysis.globals:
            if f"pragma:read:{variable.name}" in code or f"global_get.{variable.name}" in code:
                uses.read.add(variable)
            if f"pragma:write:{variable.name}" in code or f"global_set.{variable.name}" in code:
                uses.written.add(variable)

    def drop_unused_variables(self) -> None:
        """Drop variables nobody mentions; warn of those that are read and never written."""
        for unit in units(self.analysis):
            uses = Uses()
            uses.visit(unit.body)
            if isinstance(unit, Handler):
                for expression in unit.entry:
                    uses.visit(expression)
            with self.analysis.reporter.times(instances(unit)):
                for variable in unit.locals:
                    if variable not in uses.written and variable in uses.read and self.round == 0:
                        others = [*unit.locals, *self.analysis.globals, *getattr(unit, "parameters", ())]
                        names = {other.name for other in others if other is not variable}
                        hint = similar_text("similar", similar(variable.name, names))
                        self.warn(f"never-assigned local variable '{variable.name}'{hint}", variable.token)
            unit.locals = [v for v in unit.locals if v in uses.read or v in uses.written]
        uses = self.all_uses()
        for variable in self.analysis.globals:
            if variable not in uses.written and variable in uses.read and variable.initial is None and self.round == 0:
                hint = similar_text("similar", similar(variable.name, [v.name for v in self.analysis.globals]))
                self.warn(f"never-assigned global variable '{variable.name}'{hint}", variable.token)
        keep = [v for v in self.analysis.globals if v in uses.read or v in uses.written]
        if len(keep) != len(self.analysis.globals):
            self.analysis.globals = keep
            self.changed = True

    def drop_dead_assignments(self) -> None:
        """Assignments to variables nobody reads leave their right side; the script's globals are seen from outside."""
        uses = self.all_uses()
        read = set(uses.read)
        read.update(variable for variable in self.analysis.globals if variable.token.source.user)
        for unit in units(self.analysis):
            remover = _DeadAssignments(self, read)
            with self.analysis.reporter.times(instances(unit)):
                unit.body = remover.rewrite(unit.body)
            self.changed |= remover.changed

    # ------------------------------------------------------------ statements

    def drop_empty_statements(self) -> None:
        effects = Effects(self.analysis)
        for unit in units(self.analysis):
            remover = _EmptyStatements(effects)
            unit.body = remover.rewrite(unit.body)
            self.changed |= remover.changed

    def drop_effectless(self) -> None:
        effects = Effects(self.analysis)
        for unit in units(self.analysis):
            remover = _EffectlessExpressions(self, effects)
            with self.analysis.reporter.times(instances(unit)):
                unit.body = remover.rewrite(unit.body)
            self.changed |= remover.changed

    def fold(self) -> None:
        for unit in units(self.analysis):
            # stap does not compute before it knows the types
            folder = DecidingFolder() if self.first or self.analysis.options.unoptimized else Folder()
            unit.body = folder.rewrite(unit.body)
            if isinstance(unit, Handler):
                unit.entry = [folder.rewrite(expression) for expression in unit.entry]
            self.changed |= folder.changed

    def drop_dead_code(self) -> None:
        for unit in units(self.analysis):
            if self.first and isinstance(unit, Handler):
                continue  # type inference sees what cannot be reached in a probe, as in stap
            remover = _DeadCode()
            unit.body = remover.rewrite(unit.body)
            self.changed |= remover.changed

    def warn_empty_functions(self) -> None:
        for function in self.analysis.script_functions():
            if isinstance(function.body, tree.Null):
                self.warn(f"side-effect-free function '{function.name}'", function.token)

    def drop_empty_probes(self) -> None:
        """Drop probes that do nothing; stap says so for each."""
        self.quiet = False
        for instance in list(self.analysis.instances):
            tests = instance.handler.condition is not None and not isinstance(instance.handler.condition, tree.Number)
            if isinstance(instance.handler.body, tree.Null) and not tests:
                family = re.match(r"\w*", instance.point)[0]  # type: ignore[index]
                self.warn(f"Probe '{family}' has been elided", instance.token)
                self.analysis.instances.remove(instance)
        used = {id(instance.handler) for instance in self.analysis.instances}
        self.analysis.handlers = [h for h in self.analysis.handlers if id(h) in used]


# ---------------------------------------------------------------- assignments nobody needs


class _DeadAssignments(Rewriter):
    def __init__(self, optimizer: Optimizer, read: set[tree.Variable]) -> None:
        self.optimizer = optimizer
        self.read = read
        self.changed = False

    def rewrite_assignment(self, node: tree.Assignment) -> tree.Expression:
        check_lvalue(node.left, node.token, "assignment")
        self.rewrite_children(node)
        left = node.left
        if isinstance(left, tree.Symbol) and left.referent not in self.read:
            self.changed = True
            self.optimizer.warn(f"Eliding assignment to '{left.referent.name}'", node.token)
            return node.right
        if (
            isinstance(left, tree.Index)
            and isinstance(left.array, tree.Symbol)
            and left.array.referent not in self.read
            and not any(key is not None and uses_of(key).other for key in left.keys)
        ):
            self.changed = True
            self.optimizer.warn(f"Eliding assignment to '{left.array.referent.name}'", node.token)
            return node.right
        return node

    def rewrite_try(self, node: tree.Try) -> tree.Statement:
        self.rewrite_children(node)
        if node.error is not None and node.error.referent not in self.read:
            node.error = None
        return node


def check_lvalue(target: tree.Expression, token: tree.Token, what: str) -> None:
    """Raises SemanticError for something that cannot be assigned to."""
    from stapy.compiler.targets import KernelRead, UnresolvedTarget

    allowed = (
        tree.Symbol,
        tree.Index,
        tree.TargetSymbol,
        tree.Cast,
        tree.AtVar,
        tree.Autocast,
        KernelRead,
        UnresolvedTarget,
    )
    if not isinstance(target, allowed) or (isinstance(target, tree.Index) and isinstance(target.array, tree.Histogram)):
        if not what:
            raise SemanticError("invalid lvalue type", target.token)
        raise SemanticError(f"Expecting lvalue for {what}", token, other=target.token)


# ---------------------------------------------------------------- statements that do nothing


def _is_null(node: tree.Statement | None) -> bool:
    return node is None or isinstance(node, tree.Null)


class _EmptyStatements(Rewriter):
    """Empty blocks, and ifs and loops whose bodies are empty."""

    def __init__(self, effects: Effects) -> None:
        self.effects = effects
        self.changed = False

    def null(self, node: tree.Node) -> tree.Statement:
        self.changed = True
        return tree.Null(node.token)

    def rewrite_block(self, node: tree.Block) -> tree.Statement:
        kept: list[tree.Statement] = []
        for statement in node.statements:
            new = self.rewrite(statement)
            if isinstance(new, tree.Block):
                kept.extend(new.statements)
            elif not isinstance(new, tree.Null):
                kept.append(new)
        node.statements = kept
        # None of this is a change that is worth another round, to stap.
        if not kept:
            return tree.Null(node.token)
        return kept[0] if len(kept) == 1 else node

    def rewrite_try(self, node: tree.Try) -> tree.Statement:
        self.rewrite_children(node)
        if _is_null(node.body):
            return self.null(node)
        return node

    def rewrite_if(self, node: tree.If) -> tree.Statement:
        self.rewrite_children(node)
        if _is_null(node.otherwise) and node.otherwise is not None:
            node.otherwise = None
            self.changed = True
        if _is_null(node.then):
            if node.otherwise is not None:
                self.changed = True
                negated = tree.Unary(node.condition.token, "!", node.condition, type=Type.LONG)
                return tree.If(node.token, negated, node.otherwise, None)
            if not self.effects.has(node.condition):
                return self.null(node)
            self.changed = True
            return tree.ExpressionStatement(node.condition.token, node.condition)
        return node

    def rewrite_for(self, node: tree.For) -> tree.Statement:
        self.rewrite_children(node)
        if _is_null(node.initial):
            node.initial = None
        if _is_null(node.step):
            node.step = None
        if (
            isinstance(node.body, tree.Null)
            and node.initial is None
            and node.step is None
            and not self.effects.has(node.condition)
        ):
            return self.null(node)
        return node

    def rewrite_foreach(self, node: tree.Foreach) -> tree.Statement:
        self.rewrite_children(node)
        if isinstance(node.body, tree.Null) and not self.effects.has(node.limit):
            return self.null(node)
        return node


class _EffectlessExpressions(Rewriter):
    """Expression statements without effect; of the others only the parts that have one."""

    def __init__(self, optimizer: Optimizer, effects: Effects) -> None:
        self.optimizer = optimizer
        self.effects = effects
        self.changed = False

    def rewrite_expressionstatement(self, node: tree.ExpressionStatement) -> tree.Statement:
        if not self.effects.has(node.value):
            self.changed = True
            self.optimizer.warn("Eliding side-effect-free expression ", node.token)
            return tree.Null(node.token)
        value = node.value
        if isinstance(value, tree.Ternary) and self.effects.has(value.then) is not self.effects.has(value.otherwise):
            self.changed = True
            return self._chosen(value)
        reduced = self.reduce(value)
        if reduced is not node.value:
            self.changed = True
            node.value = reduced
        return node

    def _chosen(self, node: tree.Ternary) -> tree.Statement:
        """``condition ? effect : nothing`` as an if."""
        if self.effects.has(node.then):
            return tree.If(node.token, node.condition, tree.ExpressionStatement(node.then.token, node.then), None)
        negated = tree.Unary(node.condition.token, "!", node.condition, type=Type.LONG)
        return tree.If(node.token, negated, tree.ExpressionStatement(node.otherwise.token, node.otherwise), None)

    def reduce(self, node: tree.Expression) -> tree.Expression:
        """The part of ``node`` that has the effect, where only one has."""
        has = self.effects.has
        if isinstance(node, (tree.Binary, tree.Comparison, tree.Concatenation)):
            if not has(node.left):
                return self.reduce(node.right)
            if not has(node.right):
                return self.reduce(node.left)
        elif isinstance(node, tree.Unary):
            return self.reduce(node.operand)
        elif isinstance(node, tree.Logical) and not has(node.right):
            return self.reduce(node.left)
        elif isinstance(node, tree.Ternary):
            if not has(node.then) and not has(node.otherwise):
                return self.reduce(node.condition)
        elif isinstance(node, tree.Call):
            effective = [argument for argument in node.arguments if has(argument)]
            if len(effective) == 1 and not any(self.effects.of_function(f) for f in node.referents):
                return self.reduce(effective[0])
        elif isinstance(node, tree.Print) and not node.to_stream:
            effective = [argument for argument in node.arguments if has(argument)]
            if len(effective) == 1:
                return self.reduce(effective[0])
        return node


class _DeadCode(Rewriter):
    """What stands behind next, break, continue or return."""

    def __init__(self) -> None:
        self.changed = False

    def rewrite_block(self, node: tree.Block) -> tree.Statement:
        self.rewrite_children(node)
        for place, statement in enumerate(node.statements):
            if _leaves(statement) and place + 1 < len(node.statements):
                del node.statements[place + 1 :]
                self.changed = True
                break
        return node


def _leaves(node: tree.Statement | None) -> bool:
    """Whether control never gets behind ``node``."""
    if isinstance(node, (tree.Next, tree.Break, tree.Continue, tree.Return)):
        return True
    if isinstance(node, tree.Block):
        return any(_leaves(statement) for statement in node.statements)
    if isinstance(node, tree.If):
        return node.otherwise is not None and _leaves(node.then) and _leaves(node.otherwise)
    return False


# ---------------------------------------------------------------- constant folding


class Folder(Rewriter):
    """Computes what is constant and decides what is known."""

    def __init__(self) -> None:
        self.changed = False

    def number(self, node: tree.Expression, value: int) -> tree.Number:
        self.changed = True
        return tree.Number(node.token, signed64(value), type=Type.LONG)

    def string(self, node: tree.Expression, value: str, raw: str) -> tree.String:
        self.changed = True
        return tree.String(node.token, value, raw=raw, type=Type.STRING)

    def rewrite_if(self, node: tree.If) -> tree.Statement:
        node.condition = (self if type(self) is Folder else Folder()).rewrite(node.condition)
        if isinstance(node.condition, tree.Number):
            self.changed = True
            chosen = node.then if node.condition.value else node.otherwise
            return self.rewrite(chosen) if chosen is not None else tree.Null(node.token)
        node.then = self.rewrite(node.then)
        if node.otherwise is not None:
            node.otherwise = self.rewrite(node.otherwise)
        return node

    def rewrite_for(self, node: tree.For) -> tree.Statement:
        self.rewrite_children(node)
        if isinstance(node.condition, tree.Number) and node.condition.value == 0:
            self.changed = True
            return node.initial if node.initial is not None else tree.Null(node.token)
        return node

    def rewrite_foreach(self, node: tree.Foreach) -> tree.Statement:
        parts, node.slice = node.slice, None
        self.rewrite_children(node)
        if parts is not None:  # stap does not compute in slices
            node.slice = [DecidingFolder().rewrite(part) if part is not None else None for part in parts]
        if isinstance(node.limit, tree.Number) and node.limit.value <= 0:
            self.changed = True
            return tree.Null(node.token)
        return node

    def rewrite_atdefined(self, node: tree.AtDefined) -> tree.Expression:
        return self.number(node, 0)  # what is defined was found out with the target variables

    def rewrite_ternary(self, node: tree.Ternary) -> tree.Expression:
        node.condition = self.rewrite(node.condition)
        if isinstance(node.condition, tree.Number):
            self.changed = True
            return self.rewrite(node.then if node.condition.value else node.otherwise)
        node.then = self.rewrite(node.then)
        node.otherwise = self.rewrite(node.otherwise)
        return node

    def rewrite_unary(self, node: tree.Unary) -> tree.Expression:
        node.operand = self.rewrite(node.operand)
        if isinstance(node.operand, tree.Number):
            value = node.operand.value
            result = {"+": value, "-": -value, "~": ~value, "!": int(not value)}[node.operator]
            return self.number(node, result)
        return node

    def rewrite_logical(self, node: tree.Logical) -> tree.Expression:
        node.left = self.rewrite(node.left)
        node.right = self.rewrite(node.right)
        absorbing = node.operator == "||"  # the value that decides by itself
        left, right = node.left, node.right
        if isinstance(left, tree.Number):
            if bool(left.value) is absorbing:
                return self.number(node, int(absorbing))
            if isinstance(right, tree.Number):
                return self.number(node, int(bool(right.value)))
        elif isinstance(right, tree.Number) and bool(right.value) is absorbing:
            uses = uses_of(left)
            if not (uses.other or uses.written or uses.called):
                return self.number(node, int(absorbing))
        return node

    def rewrite_comparison(self, node: tree.Comparison) -> tree.Expression:
        self.rewrite_children(node)
        left, right = node.left, node.right
        settled = self._always(node)
        if settled is not None:
            return self.number(node, settled)
        if isinstance(left, (tree.Number, tree.String)) and type(left) is type(right):
            # stap compares the literals as it keeps them, escapes and all
            a: Any = left.raw or left.value if isinstance(left, tree.String) else left.value
            b: Any = right.raw or right.value if isinstance(right, tree.String) else right.value
            return self.number(
                node,
                int({"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b, "==": a == b, "!=": a != b}[node.operator]),
            )
        return node

    def _always(self, node: tree.Comparison) -> int | None:
        """What a comparison with the least or greatest number is, where that is sure."""
        for one, other, operator in (
            (node.left, node.right, node.operator),
            (node.right, node.left, _TURNED[node.operator]),
        ):
            if isinstance(other, tree.Number) and not isinstance(one, (tree.Number, tree.String)):
                known = {(">", GREATEST): 0, ("<=", GREATEST): 1, ("<", LEAST): 0, (">=", LEAST): 1}
                settled = known.get((operator, other.value))
                uses = uses_of(one)
                if settled is not None and not (uses.other or uses.written or uses.called):
                    return settled
        return None

    def rewrite_concatenation(self, node: tree.Concatenation) -> tree.Expression:
        self.rewrite_children(node)
        left, right = node.left, node.right
        if isinstance(left, tree.String) and isinstance(right, tree.String) and "\0" not in left.value:
            return self.string(left, left.value + right.value, left.raw + right.raw)
        for one, other in ((left, right), (right, left)):
            if isinstance(one, tree.String) and not one.value and other.type is Type.STRING:
                self.changed = True
                return other
        return node

    def rewrite_binary(self, node: tree.Binary) -> tree.Expression:
        self.rewrite_children(node)
        left, right = node.left, node.right
        if isinstance(left, tree.Number) and isinstance(right, tree.Number):
            value = compute(node.operator, left.value, right.value)
            return node if value is None else self.number(node, value)
        if isinstance(right, tree.Number):
            return self._with_constant(node, left, right.value)
        if isinstance(left, tree.Number) and node.operator in ("+", "*", "&", "|", "^"):
            return self._with_constant(node, right, left.value)
        if isinstance(left, tree.Number) and left.value == 0 and node.operator in ("<<", ">>"):
            return self._zero(node, right)
        return node

    def _with_constant(self, node: tree.Binary, other: tree.Expression, value: int) -> tree.Expression:
        """``other OP value``, where that is ``other`` itself, or nothing but 0."""
        if isinstance(other, tree.String):
            return node
        operator = node.operator
        if (
            (value == 0 and operator in ("+", "-", "|", "^", "<<", ">>", ">>>"))
            or (value == 1 and operator in ("*", "/"))
            or (value == -1 and operator == "&")
        ):
            self.changed = True
            return other
        if value == 0 and operator in ("*", "&"):
            return self._zero(node, other)
        return node

    def _zero(self, node: tree.Binary, other: tree.Expression) -> tree.Expression:
        uses = uses_of(other)
        pure = all(isinstance(called, LibraryFunction) and called.pure for called in uses.called)
        if uses.other or uses.written or not pure:
            return node
        return self.number(node, 0)


class DecidingFolder(Folder):
    """Before type inference, and under ``-u``: only what @defined decides, and what takes unknown target variables out
    of the program. Other numbers that the script has stand as they are."""

    def rewrite_if(self, node: tree.If) -> tree.Statement:
        if _is_decided(node.condition) or self._drops_target(node.condition, node.then, node.otherwise):
            return super().rewrite_if(node)
        return self.rewrite_children(node)

    def rewrite_ternary(self, node: tree.Ternary) -> tree.Expression:
        if _is_decided(node.condition) or self._drops_target(node.condition, node.then, node.otherwise):
            node.condition = Folder().rewrite(node.condition)
            return super().rewrite_ternary(node)
        return self.rewrite_children(node)

    def _drops_target(self, condition: tree.Expression, then: tree.Node, otherwise: tree.Node | None) -> bool:
        """Whether a condition is constant, and what it excludes has a target variable that is not there."""
        from stapy.compiler.targets import UnresolvedTarget

        unknown = (UnresolvedTarget, tree.TargetSymbol)
        if not contains(then, unknown) and (otherwise is None or not contains(otherwise, unknown)):
            return False
        folded = Folder().rewrite(clone(condition))
        return isinstance(folded, tree.Number)

    def rewrite_logical(self, node: tree.Logical) -> tree.Expression:
        either = _is_decided(node.left) or _is_decided(node.right)
        return super().rewrite_logical(node) if either else self.rewrite_children(node)

    def rewrite_unary(self, node: tree.Unary) -> tree.Expression:
        return super().rewrite_unary(node) if _is_decided(node.operand) else self.rewrite_children(node)

    def rewrite_children(self, node: tree.Node) -> Any:
        return Rewriter.rewrite_children(self, node)

    rewrite_for = rewrite_children
    rewrite_binary = rewrite_comparison = rewrite_concatenation = rewrite_children


def _is_decided(node: tree.Expression) -> bool:
    """Whether a condition hangs on @defined, which is known by now."""
    if isinstance(node, tree.AtDefined):
        return True
    if isinstance(node, tree.Number):
        return node.token.kind != "number"
    if isinstance(node, tree.Logical):
        return _is_decided(node.left) or _is_decided(node.right)
    return isinstance(node, tree.Unary) and _is_decided(node.operand)


def compute(operator: str, left: int, right: int) -> int | None:
    """``left OP right`` in 64-bit arithmetic; None where that is a run-time error."""
    if operator in ("/", "%"):
        if right == 0:
            return None
        quotient = abs(left) // abs(right)
        if (left < 0) != (right < 0):
            quotient = -quotient
        return signed64(quotient if operator == "/" else left - quotient * right)
    if operator in ("<<", ">>", ">>>") and not 0 <= right < 64:
        return left  # as stap folds it; at run time the count is taken modulo 64
    count = right & 63
    results = {
        "+": left + right,
        "-": left - right,
        "*": left * right,
        "&": left & right,
        "|": left | right,
        "^": left ^ right,
        "<<": left << count,
        ">>": left >> count,
        ">>>": (left & 0xFFFFFFFFFFFFFFFF) >> count,
    }
    return signed64(results[operator])


# ---------------------------------------------------------------- checks that are not optimisation


def drop_unreachable_overloads(analysis: Analysis) -> None:
    """Of each call the overloads that it may get to; the others have had their say in type inference."""
    for unit in units(analysis):
        bodies = [unit.body, *unit.entry] if isinstance(unit, Handler) else [unit.body]
        for body in bodies:
            for node in descend(body):
                if isinstance(node, tree.Call):
                    node.referents = reachable(node.referents)


def check_crements(analysis: Analysis) -> None:
    """Raises SemanticError for ``++`` and ``--`` of what cannot be assigned to: in stap an error of pass 3."""
    for unit in units(analysis):
        for node in descend(unit.body):
            if isinstance(node, (tree.PreCrement, tree.PostCrement)):
                check_lvalue(node.operand, node.token, "")


def check_iterations(analysis: Analysis) -> None:
    """Report arrays that a foreach over them modifies, itself or through functions that it calls."""
    for unit in units(analysis):
        with analysis.reporter.times(instances(unit)):
            _IterationCheck(analysis, []).visit(unit.body)


class _IterationCheck(Visitor):
    def __init__(self, analysis: Analysis, arrays: list[tree.Variable]) -> None:
        self.analysis = analysis
        self.arrays = arrays

    def visit_foreach(self, node: tree.Foreach) -> None:
        array = node.array.referent if isinstance(node.array, tree.Symbol) else None
        for part in [*(node.slice or ()), node.limit]:
            if part is not None:
                self.visit(part)
        if array is not None:
            self.arrays.append(array)
        self.visit(node.body)
        if array is not None:
            self.arrays.pop()

    def _modified(self, target: tree.Expression) -> None:
        array = target.array if isinstance(target, tree.Index) else target
        if isinstance(array, tree.Symbol) and array.referent in self.arrays:
            self.analysis.error(
                SemanticError(f"variable '{array.referent.name}' modified during 'foreach' iteration", array.token)
            )

    def visit_assignment(self, node: tree.Assignment) -> None:
        self._modified(node.left)
        self.visit_children(node)

    def visit_precrement(self, node: tree.PreCrement) -> None:
        self._modified(node.operand)
        self.visit_children(node)

    visit_postcrement = visit_precrement

    def visit_delete(self, node: tree.Delete) -> None:
        if isinstance(node.value, tree.Index):  # stap lets pass that the whole array goes
            self._modified(node.value)
        self.visit_children(node)

    def visit_call(self, node: tree.Call) -> None:
        self.visit_children(node)
        if not self.arrays:
            return
        for function in node.referents:
            written = written_globals(function)
            for array in self.arrays:
                if array in written:
                    self.analysis.error(
                        SemanticError(
                            f"function call modifies var '{array.name}' during 'foreach' iteration", node.token
                        )
                    )


def written_globals(function: Callee, seen: set[int] | None = None) -> set[tree.Variable]:
    """The globals that a function writes, itself or through others."""
    seen = set() if seen is None else seen
    if id(function) in seen or not isinstance(function, tree.Function):
        return set()
    seen.add(id(function))
    uses = uses_of(function.body)
    whole = {
        id(node.value.referent) for node in descend(function.body)
        if isinstance(node, tree.Delete) and isinstance(node.value, tree.Symbol)
    }
    written = {variable for variable in uses.written if variable.is_global and id(variable) not in whole}
    for called in uses.called:
        written |= written_globals(called, seen)
    return written


def mark_returns(analysis: Analysis) -> None:
    """Note of each function whether it returns a value (and, where that is plain, of what type) and whether it may pass
    a call on. Elision may drop all its returns; it is a function with a value all the same."""
    for function in analysis.script_functions():
        values = [
            node.value for node in descend(function.body) if isinstance(node, tree.Return) and node.value is not None
        ]
        function.notes["returns value"] = bool(values)
        for value in values:
            if isinstance(value, (tree.Number, tree.String)):
                function.notes["plain result"] = Type.LONG if isinstance(value, tree.Number) else Type.STRING
        may_pass_on(function)


def settle_returns(analysis: Analysis) -> None:
    """Functions whose returns were all elided have the type of what they returned."""
    for function in analysis.script_functions():
        if (
            function.result is Type.UNKNOWN
            and "plain result" in function.notes
            and not any(isinstance(node, tree.Return) for node in descend(function.body))
        ):
            function.result = function.notes["plain result"]
